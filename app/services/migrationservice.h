#pragma once

#include <memory>
#include <optional>

#include <QElapsedTimer>
#include <QObject>

#include "pipeline/pipeline.h"
#include "services/reply.h"
#include "services/workerthread.h"

namespace TorchLift {

/// What the worker says in reply; ids are those of the requests.
class MigrationWorker final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(MigrationWorker)

public:
    explicit MigrationWorker(Paths paths);

    void inspect(quint64 id, const Version &source, const Version &target);
    void useEmbedding(std::optional<EmbeddingChoice> choice);
    void migrate(quint64 id, const std::string &code, const MigrationOptions &options,
                 std::stop_token stop);
    void retrieve(quint64 id, const std::string &code, std::shared_ptr<const Migration> migration,
                  const RetrieveOptions &options, std::stop_token stop);
    void preparePrompt(quint64 id, const std::string &code, const Retrieval &retrieval,
                       std::shared_ptr<const Migration> migration, const std::string &language);

Q_SIGNALS:
    void inspected(quint64 id, const TorchLift::Reply<TorchLift::Readiness> &readiness);
    void migrated(quint64 id, const TorchLift::Reply<TorchLift::Migration> &migration);
    void retrieved(quint64 id, const TorchLift::Reply<TorchLift::Retrieval> &retrieval);
    void promptPrepared(quint64 id, const TorchLift::Reply<std::string> &prompt);
    void progressed(quint64 id, const TorchLift::Progress &progress);

private:
    [[nodiscard]] Result<Pipeline *> pipeline();

    Paths m_paths;
    std::optional<EmbeddingChoice> m_embedding;
    std::unique_ptr<Pipeline> m_pipeline; // opened on first need
};

/// Migration and retrieval in the background. A new request of one kind makes the answer to the
/// one before stale: it is dropped.
class MigrationService final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(MigrationService)

public:
    explicit MigrationService(const Paths &paths, QObject *parent = nullptr);

    void inspect(const Version &source, const Version &target);
    /// As Pipeline::useEmbedding, for what is asked from now on.
    void useEmbedding(std::optional<EmbeddingChoice> choice);
    void migrate(std::string code, MigrationOptions options);
    void retrieve(std::string code, std::shared_ptr<const Migration> migration,
                  RetrieveOptions options);
    void preparePrompt(std::string code, Retrieval retrieval,
                       std::shared_ptr<const Migration> migration, std::string language);
    /// The running request ends soon; its answer does not arrive any more.
    void cancel();

Q_SIGNALS:
    void inspected(const TorchLift::Reply<TorchLift::Readiness> &readiness);
    void migrated(const TorchLift::Reply<TorchLift::Migration> &migration);
    void retrieved(const TorchLift::Reply<TorchLift::Retrieval> &retrieval);
    void promptPrepared(const TorchLift::Reply<std::string> &prompt);
    void progressed(const TorchLift::Progress &progress);

private:
    quint64 m_lastId = 0;
    quint64 m_inspection = 0;
    quint64 m_migration = 0;
    quint64 m_retrieval = 0;
    quint64 m_prompt = 0;
    WorkerThread<MigrationWorker> m_thread; // last: stops before the rest is gone
};

} // namespace TorchLift
