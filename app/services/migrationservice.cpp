#include "services/migrationservice.h"

namespace TorchLift {

namespace {

constexpr qint64 kProgressEveryMs = 40; // more often than this nobody sees

} // namespace

MigrationWorker::MigrationWorker(Paths paths)
    : m_paths(std::move(paths))
{}

Result<Pipeline *> MigrationWorker::pipeline()
{
    if (!m_pipeline) {
        auto opened = Pipeline::open(m_paths);
        if (!opened) {
            return tl::unexpected(opened.error());
        }
        m_pipeline = std::move(*opened);
        m_pipeline->useEmbedding(m_embedding);
    }
    return m_pipeline.get();
}

void MigrationWorker::inspect(quint64 id, const Version &source, const Version &target)
{
    Q_EMIT inspected(
        id, pipeline().map([&](Pipeline *open) { return open->readiness(source, target); }));
}

void MigrationWorker::useEmbedding(std::optional<EmbeddingChoice> choice)
{
    m_embedding = std::move(choice);
    if (m_pipeline) {
        m_pipeline->useEmbedding(m_embedding);
    }
}

void MigrationWorker::migrate(quint64 id, const std::string &code, const MigrationOptions &options,
                              std::stop_token stop)
{
    Q_EMIT migrated(id, pipeline().and_then(
                            [&](Pipeline *open) { return open->migrate(code, options, stop); }));
}

void MigrationWorker::retrieve(quint64 id, const std::string &code,
                               std::shared_ptr<const Migration> migration,
                               const RetrieveOptions &options, std::stop_token stop)
{
    QElapsedTimer sinceLast;
    const auto report = [this, id, &sinceLast](const Progress &progress) {
        if (!sinceLast.isValid() || sinceLast.elapsed() >= kProgressEveryMs) {
            sinceLast.start();
            Q_EMIT progressed(id, progress);
        }
    };
    Q_EMIT retrieved(id, pipeline().and_then([&](Pipeline *open) {
        return open->retrieve(code, migration.get(), options, report, stop);
    }));
}

void MigrationWorker::preparePrompt(quint64 id, const std::string &code, const Retrieval &retrieval,
                                    std::shared_ptr<const Migration> migration,
                                    const std::string &language)
{
    Q_EMIT promptPrepared(id, pipeline().and_then([&](Pipeline *open) {
        return open->prompt(code, retrieval, *migration, language);
    }));
}

MigrationService::MigrationService(const Paths &paths, QObject *parent)
    : QObject(parent)
    , m_thread(QStringLiteral("migration"), paths)
{
    MigrationWorker *worker = m_thread.worker();
    connect(worker, &MigrationWorker::inspected, this, [this](quint64 id, const auto &value) {
        if (id == m_inspection) {
            Q_EMIT inspected(value);
        }
    });
    connect(worker, &MigrationWorker::migrated, this, [this](quint64 id, const auto &value) {
        if (id == m_migration) {
            Q_EMIT migrated(value);
        }
    });
    connect(worker, &MigrationWorker::retrieved, this, [this](quint64 id, const auto &value) {
        if (id == m_retrieval) {
            Q_EMIT retrieved(value);
        }
    });
    connect(worker, &MigrationWorker::promptPrepared, this, [this](quint64 id, const auto &value) {
        if (id == m_prompt) {
            Q_EMIT promptPrepared(value);
        }
    });
    connect(worker, &MigrationWorker::progressed, this, [this](quint64 id, const auto &value) {
        if (id == m_retrieval) {
            Q_EMIT progressed(value);
        }
    });
}

void MigrationService::inspect(const Version &source, const Version &target)
{
    m_inspection = ++m_lastId;
    m_thread.add([id = m_inspection, source, target](MigrationWorker &worker, std::stop_token) {
        worker.inspect(id, source, target);
    });
}

void MigrationService::useEmbedding(std::optional<EmbeddingChoice> choice)
{
    m_thread.add([choice = std::move(choice)](MigrationWorker &worker, std::stop_token) {
        worker.useEmbedding(choice);
    });
}

void MigrationService::migrate(std::string code, MigrationOptions options)
{
    m_migration = ++m_lastId;
    m_retrieval = 0;
    m_thread.post([id = m_migration, code = std::move(code),
                   options = std::move(options)](MigrationWorker &worker, std::stop_token stop) {
        worker.migrate(id, code, options, std::move(stop));
    });
}

void MigrationService::retrieve(std::string code, std::shared_ptr<const Migration> migration,
                                RetrieveOptions options)
{
    m_retrieval = ++m_lastId;
    m_thread.post([id = m_retrieval, code = std::move(code), migration = std::move(migration),
                   options](MigrationWorker &worker, std::stop_token stop) {
        worker.retrieve(id, code, migration, options, std::move(stop));
    });
}

void MigrationService::preparePrompt(std::string code, Retrieval retrieval,
                                     std::shared_ptr<const Migration> migration,
                                     std::string language)
{
    m_prompt = ++m_lastId;
    m_thread.post([id = m_prompt, code = std::move(code), retrieval = std::move(retrieval),
                   migration = std::move(migration),
                   language = std::move(language)](MigrationWorker &worker, std::stop_token) {
        worker.preparePrompt(id, code, retrieval, migration, language);
    });
}

void MigrationService::cancel()
{
    m_thread.cancel();
    m_migration = 0;
    m_retrieval = 0;
    m_prompt = 0;
}

} // namespace TorchLift
