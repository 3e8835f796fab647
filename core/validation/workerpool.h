#pragma once

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <stop_token>
#include <thread>
#include <vector>

#include "validation/environment.h"
#include "validation/runner.h"
#include "validation/workersession.h"

namespace TorchLift {

/// Keeps sandboxed workers that have imported NumPy and torch and wait for a script. Each serves
/// one script and is replaced in the background, when no run is going on and memory allows; all are
/// released after some minutes without a run and come back with the next one. Any thread may call.
class WorkerPool
{
public:
    /// `idleTime`: how long spares are kept without a run.
    WorkerPool(std::filesystem::path worker, std::chrono::milliseconds idleTime);
    ~WorkerPool();
    WorkerPool(const WorkerPool &) = delete;
    WorkerPool &operator=(const WorkerPool &) = delete;

    /// How many spares there shall be of an environment; 0 lets them go.
    void keep(const Environment &environment, std::size_t count);

    /// A waiting worker that suits the request, or null: the caller then starts one of its own.
    [[nodiscard]] std::unique_ptr<WorkerSession> take(const Environment &environment,
                                                      const RunRequest &request);
    /// Between the two no replacement is started.
    void runBegins();
    void runEnded();
    /// Ends it in the background: killing the processes of a worker and freeing their memory takes
    /// longer than a short run.
    void end(std::unique_ptr<WorkerSession> session);

    /// How many workers of this environment wait now.
    [[nodiscard]] std::size_t spareCount(const Environment &environment) const;

private:
    struct Shelf
    {
        Environment environment;
        std::size_t wanted = 0;
        int failures = 0; // in a row; an environment that cannot start is given up
        std::vector<std::unique_ptr<WorkerSession>> spares;
    };
    using Sessions = std::vector<std::unique_ptr<WorkerSession>>;

    void work(const std::stop_token &stop);
    Shelf *shelfToFill();
    void fill(std::unique_lock<std::mutex> &lock, const std::stop_token &stop);
    Sessions releaseUnneeded();
    Shelf *find(const std::filesystem::path &folder);

    const std::filesystem::path m_worker;
    const std::chrono::milliseconds m_idleTime;
    mutable std::mutex m_mutex;
    std::condition_variable_any m_changed;
    std::vector<Shelf> m_shelves;
    Sessions m_used; // to be ended
    int m_runs = 0;  // going on now
    std::chrono::steady_clock::time_point m_lastUse;
    std::jthread m_thread; // last: joined before the rest goes
};

} // namespace TorchLift
