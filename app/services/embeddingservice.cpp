#include "services/embeddingservice.h"

#include <filesystem>

#include <QElapsedTimer>

#include "pipeline/chosenmodel.h"

namespace TorchLift {

namespace {

constexpr qint64 kProgressEveryMs = 40; // more often than this nobody sees

// As long as a note mostly is.
const char *const kTrialText =
    "torch.gesv was removed: torch.linalg.solve takes its place. The arguments change their order, "
    "and the LU factorisation is no longer returned; torch.linalg.lu_factor gives it. Code that "
    "unpacks two values must be rewritten.";

HubOptions hubOf(const EmbeddingJob &job)
{
    HubOptions hub;
    hub.url = job.network.hub.empty() ? hub.url : job.network.hub;
    hub.network.proxy = job.network.proxy;
    hub.network.certificates = job.network.certificates;
    hub.key = job.key;
    return hub;
}

std::uint64_t freeBytesAt(std::filesystem::path folder)
{
    std::error_code error;
    while (folder.has_relative_path() && !std::filesystem::exists(folder, error)) {
        folder = folder.parent_path();
    }
    const auto space = std::filesystem::space(folder, error);
    return error ? 0 : space.available;
}

} // namespace

EmbeddingWorker::EmbeddingWorker(Paths paths)
    : m_paths(std::move(paths))
    , m_store(m_paths.models())
{}

void EmbeddingWorker::list()
{
    Q_EMIT listed(models());
}

Result<EmbeddingModels> EmbeddingWorker::models() const
{
    auto network = loadNetworkSettings(m_paths.config);
    if (!network) {
        return tl::unexpected(network.error());
    }
    return EmbeddingModels{m_store.list(), freeBytesAt(m_paths.models()), std::move(*network)};
}

void EmbeddingWorker::tryOut(quint64 id, const EmbeddingChoice &choice, std::stop_token stop)
{
    Q_EMIT tried(id, trial(choice, std::move(stop)));
}

Result<EmbeddingTrial> EmbeddingWorker::trial(const EmbeddingChoice &choice,
                                              std::stop_token stop) const
{
    if (stop.stop_requested()) { // a later question came meanwhile
        return fail(Errc::Cancelled, "cancelled");
    }
    if (auto checked = checkModel(choice.model, m_paths.models()); !checked) {
        return tl::unexpected(checked.error());
    }
    auto model = openEmbedding(m_paths, choice, stop);
    if (!model) {
        return tl::unexpected(model.error());
    }
    const std::string text = kTrialText;
    EmbeddingTrial trial{0, (*model)->dimension(), (*model)->maxTokens()};
    for (int round = 0; round < 2; ++round) { // the first one warms up
        QElapsedTimer timer;
        timer.start();
        if (auto row = (*model)->embed({&text, 1}, TextRole::Passage, {}, stop); !row) {
            return tl::unexpected(row.error());
        }
        trial.milliseconds = static_cast<double>(timer.nsecsElapsed()) / 1e6;
    }
    return trial;
}

void EmbeddingWorker::run(const EmbeddingJob &job, std::stop_token stop)
{
    Q_EMIT finished(done(job, std::move(stop)));
}

Result<void> EmbeddingWorker::done(const EmbeddingJob &job, std::stop_token stop)
{
    QElapsedTimer sinceLast;
    const auto onProgress = [this, &sinceLast](const Progress &progress) {
        if (!sinceLast.isValid() || sinceLast.elapsed() >= kProgressEveryMs) {
            sinceLast.start();
            Q_EMIT progressed(progress);
        }
    };
    switch (job.kind) {
    case EmbeddingJob::Kind::Install:
        return install(job, onProgress, std::move(stop));
    case EmbeddingJob::Kind::InstallFromFolder:
        return m_store.installFromFolder(job.model, job.folder, onProgress, std::move(stop));
    case EmbeddingJob::Kind::Remove:
        return m_store.remove(job.model);
    }
    return {};
}

Result<void> EmbeddingWorker::install(const EmbeddingJob &job, const ProgressCallback &progress,
                                      std::stop_token stop)
{
    const auto before = loadNetworkSettings(m_paths.config);
    if (!before) {
        return tl::unexpected(before.error());
    }
    NetworkSettings network = *before; // the index is not asked about here
    network.hub = job.network.hub;
    network.proxy = job.network.proxy;
    network.certificates = job.network.certificates;
    if (network != *before) {
        if (auto saved = saveNetworkSettings(m_paths.config, network); !saved) {
            return saved;
        }
    }
    return m_store.install(job.model, {}, hubOf(job), progress, std::move(stop));
}

EmbeddingService::EmbeddingService(const Paths &paths, QObject *parent)
    : QObject(parent)
    , m_thread(QStringLiteral("embeddings"), paths)
{
    EmbeddingWorker *worker = m_thread.worker();
    connect(worker, &EmbeddingWorker::listed, this, &EmbeddingService::listed);
    connect(worker, &EmbeddingWorker::progressed, this, &EmbeddingService::progressed);
    connect(worker, &EmbeddingWorker::finished, this, &EmbeddingService::finished);
    connect(worker, &EmbeddingWorker::tried, this, [this](quint64 id, const auto &trial) {
        if (id == m_trial) {
            Q_EMIT tried(trial);
        }
    });
}

void EmbeddingService::list()
{
    m_thread.add([](EmbeddingWorker &worker, const std::stop_token &) { worker.list(); });
}

void EmbeddingService::tryOut(const EmbeddingChoice &choice)
{
    m_thread.post([id = ++m_trial, choice](EmbeddingWorker &worker, std::stop_token stop) {
        worker.tryOut(id, choice, std::move(stop));
    });
}

void EmbeddingService::run(EmbeddingJob job)
{
    ++m_trial; // whatever it answers is of before
    m_thread.post([job = std::move(job)](EmbeddingWorker &worker, std::stop_token stop) {
        worker.run(job, std::move(stop));
    });
}

void EmbeddingService::cancel()
{
    m_thread.cancel();
}

} // namespace TorchLift
