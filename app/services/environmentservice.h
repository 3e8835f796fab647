#pragma once

#include <string>
#include <vector>

#include <QObject>

#include "base/progress.h"
#include "services/reply.h"
#include "services/workerthread.h"
#include "settings/paths.h"
#include "validation/environmentstore.h"

namespace TorchLift {

/// One change to the environments.
struct EnvironmentJob
{
    enum class Kind { Install, Repair, Remove, Add };

    Kind kind = Kind::Install;
    Version torch;
    std::vector<std::string> packages; ///< Install: further ones; Add: those
};

class EnvironmentWorker final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(EnvironmentWorker)

public:
    explicit EnvironmentWorker(Paths paths);

    void list();
    void plan(quint64 id, const Version &torch, std::stop_token stop);
    void run(const EnvironmentJob &job, std::stop_token stop);

Q_SIGNALS:
    void listed(const TorchLift::Reply<std::vector<TorchLift::EnvironmentState>> &states);
    void planned(quint64 id, const TorchLift::Reply<TorchLift::ProvisionPlan> &plan);
    void progressed(const TorchLift::Progress &progress);
    void finished(const TorchLift::Reply<void> &outcome);

private:
    [[nodiscard]] Result<void> done(const EnvironmentJob &job, std::stop_token stop);

    Paths m_paths;
    EnvironmentStore m_store;
};

/// Looks at environments and changes them in the background, one job after the other.
class EnvironmentService final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(EnvironmentService)

public:
    explicit EnvironmentService(const Paths &paths, QObject *parent = nullptr);

    void list();
    /// What installing `torch` will take; answers to earlier questions are dropped.
    void plan(const Version &torch);
    /// Not while another one runs.
    void run(EnvironmentJob job);
    /// The answer (Cancelled) still arrives.
    void cancel();

Q_SIGNALS:
    void listed(const TorchLift::Reply<std::vector<TorchLift::EnvironmentState>> &states);
    void planned(const TorchLift::Reply<TorchLift::ProvisionPlan> &plan);
    void progressed(const TorchLift::Progress &progress);
    void finished(const TorchLift::Reply<void> &outcome);

private:
    quint64 m_plan = 0;
    WorkerThread<EnvironmentWorker> m_thread; // last: stops before the rest is gone
};

} // namespace TorchLift
