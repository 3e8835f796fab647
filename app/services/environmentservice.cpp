#include "services/environmentservice.h"

#include "settings/networksettings.h"

namespace TorchLift {

namespace {

Result<ProvisionOptions> optionsOf(const Paths &paths)
{
    const auto settings = loadNetworkSettings(paths.config);
    if (!settings) {
        return tl::unexpected(settings.error());
    }
    ProvisionOptions options;
    options.index = settings->index;
    options.proxy = settings->proxy;
    options.certificates = settings->certificates;
    return options;
}

// Of a Result only whether it went well.
template <typename T>
Result<void> outcomeOf(const Result<T> &result)
{
    return result ? Result<void>() : tl::unexpected(result.error());
}

} // namespace

EnvironmentWorker::EnvironmentWorker(Paths paths)
    : m_paths(std::move(paths))
    , m_store(m_paths.environments())
{}

void EnvironmentWorker::list()
{
    Q_EMIT listed(m_store.list());
}

void EnvironmentWorker::plan(quint64 id, const Version &torch, std::stop_token stop)
{
    const auto options = optionsOf(m_paths);
    Q_EMIT planned(id, options ? m_store.plan(torch, *options, std::move(stop))
                               : Result<ProvisionPlan>(tl::unexpected(options.error())));
}

void EnvironmentWorker::run(const EnvironmentJob &job, std::stop_token stop)
{
    Q_EMIT finished(done(job, std::move(stop)));
}

Result<void> EnvironmentWorker::done(const EnvironmentJob &job, std::stop_token stop)
{
    const auto options = optionsOf(m_paths);
    if (!options) {
        return tl::unexpected(options.error());
    }
    const auto onProgress = [this](const Progress &progress) { Q_EMIT progressed(progress); };
    switch (job.kind) {
    case EnvironmentJob::Kind::Install: {
        const auto plan = m_store.plan(job.torch, *options, stop);
        return plan ? outcomeOf(
                   m_store.install(*plan, job.packages, *options, onProgress, std::move(stop)))
                    : tl::unexpected(plan.error());
    }
    case EnvironmentJob::Kind::Repair:
        return outcomeOf(m_store.repair(job.torch, *options, onProgress, std::move(stop)));
    case EnvironmentJob::Kind::Remove:
        return m_store.remove(job.torch, std::move(stop));
    case EnvironmentJob::Kind::Add:
        return outcomeOf(
            m_store.add(job.torch, job.packages, *options, onProgress, std::move(stop)));
    }
    return {};
}

EnvironmentService::EnvironmentService(const Paths &paths, QObject *parent)
    : QObject(parent)
    , m_thread(QStringLiteral("environments"), paths)
{
    EnvironmentWorker *worker = m_thread.worker();
    connect(worker, &EnvironmentWorker::listed, this, &EnvironmentService::listed);
    connect(worker, &EnvironmentWorker::progressed, this, &EnvironmentService::progressed);
    connect(worker, &EnvironmentWorker::finished, this, &EnvironmentService::finished);
    connect(worker, &EnvironmentWorker::planned, this, [this](quint64 id, const auto &plan) {
        if (id == m_plan) {
            Q_EMIT planned(plan);
        }
    });
}

void EnvironmentService::list()
{
    m_thread.add([](EnvironmentWorker &worker, const std::stop_token &) { worker.list(); });
}

void EnvironmentService::plan(const Version &torch)
{
    m_thread.add([id = ++m_plan, torch](EnvironmentWorker &worker, std::stop_token stop) {
        worker.plan(id, torch, std::move(stop));
    });
}

void EnvironmentService::run(EnvironmentJob job)
{
    m_thread.post([job = std::move(job)](EnvironmentWorker &worker, std::stop_token stop) {
        worker.run(job, std::move(stop));
    });
}

void EnvironmentService::cancel()
{
    m_thread.cancel();
}

} // namespace TorchLift
