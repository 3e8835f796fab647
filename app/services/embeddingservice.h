#pragma once

#include <optional>
#include <string>
#include <vector>

#include <QObject>

#include "base/progress.h"
#include "models/embeddingchoice.h"
#include "models/modelstore.h"
#include "services/reply.h"
#include "services/workerthread.h"
#include "settings/networksettings.h"
#include "settings/paths.h"

namespace TorchLift {

/// One change to the embedding models.
struct EmbeddingJob
{
    enum class Kind { Install, InstallFromFolder, Remove };

    Kind kind = Kind::Install;
    std::string model;
    std::string folder;      ///< InstallFromFolder: it is copied from there
    NetworkSettings network; ///< Install: how the hub is reached; remembered
    std::string key;         ///< Install: for repositories that ask for one; never remembered
};

/// The models, and what is known of the network.
struct EmbeddingModels
{
    std::vector<ModelState> states;
    std::uint64_t freeBytes = 0; ///< where models are kept
    NetworkSettings network;
};

/// What a model does here.
struct EmbeddingTrial
{
    double milliseconds = 0; ///< for a note of usual length
    std::size_t dimension = 0;
    std::size_t maxTokens = 0;
};

class EmbeddingWorker final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(EmbeddingWorker)

public:
    explicit EmbeddingWorker(Paths paths);

    void list();
    void tryOut(quint64 id, const EmbeddingChoice &choice, std::stop_token stop);
    void run(const EmbeddingJob &job, std::stop_token stop);

Q_SIGNALS:
    void listed(const TorchLift::Reply<TorchLift::EmbeddingModels> &models);
    void tried(quint64 id, const TorchLift::Reply<TorchLift::EmbeddingTrial> &trial);
    void progressed(const TorchLift::Progress &progress);
    void finished(const TorchLift::Reply<void> &outcome);

private:
    [[nodiscard]] Result<EmbeddingModels> models() const;
    [[nodiscard]] Result<EmbeddingTrial> trial(const EmbeddingChoice &choice,
                                               std::stop_token stop) const;
    [[nodiscard]] Result<void> done(const EmbeddingJob &job, std::stop_token stop);
    [[nodiscard]] Result<void> install(const EmbeddingJob &job, const ProgressCallback &progress,
                                       std::stop_token stop);

    Paths m_paths;
    ModelStore m_store;
};

/// Looks at embedding models, tries them out and changes them in the background, one job after the
/// other.
class EmbeddingService final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(EmbeddingService)

public:
    explicit EmbeddingService(const Paths &paths, QObject *parent = nullptr);

    void list();
    /// Opens a model as chosen and embeds a text; answers to earlier questions are dropped.
    void tryOut(const EmbeddingChoice &choice);
    /// Not while another one runs.
    void run(EmbeddingJob job);
    /// The answer (Cancelled) still arrives; an installation goes on from there the next time.
    void cancel();

Q_SIGNALS:
    void listed(const TorchLift::Reply<TorchLift::EmbeddingModels> &models);
    void tried(const TorchLift::Reply<TorchLift::EmbeddingTrial> &trial);
    void progressed(const TorchLift::Progress &progress);
    void finished(const TorchLift::Reply<void> &outcome);

private:
    quint64 m_trial = 0;
    WorkerThread<EmbeddingWorker> m_thread; // last: stops before the rest is gone
};

} // namespace TorchLift
