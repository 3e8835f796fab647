#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "validation/memorybound.h"
#include "validation/process.h"
#include "validation/runner.h"
#include "validation/workerprotocol.h"

namespace TorchLift {

/// Whether a worker that was started for one of them can run the other's script.
[[nodiscard]] bool startAlike(const RunRequest &one, const RunRequest &other);

/// One worker from its start to its end. It can be prepared ahead: started, imports done, waiting
/// for its script. It serves one script: its first run, and further runs of the same. Belongs to
/// one thread at a time, but the thread that started it must outlive it (the kernel kills it with
/// that thread).
class WorkerSession
{
public:
    /// Starts the worker and tells it its limits; does not wait for it.
    /// Errors: as sandboxedWorker().
    [[nodiscard]] static Result<std::unique_ptr<WorkerSession>>
    start(const std::filesystem::path &worker, const Environment &environment,
          const RunRequest &request, const std::vector<std::string> &preload);
    ~WorkerSession();
    WorkerSession(const WorkerSession &) = delete;
    WorkerSession &operator=(const WorkerSession &) = delete;

    /// Waits until the imports are done, or what a run left is cleared away. Errors: Cancelled;
    /// Internal with what was printed when it ended instead, Timeout.
    [[nodiscard]] Result<void> waitUntilReady(std::stop_token stop);

    /// Whether it is ready and alive.
    [[nodiscard]] bool isWaiting() const;

    /// Gives it the script and blocks until the run ended, whose processes do not outlive it.
    /// Beyond its limits the worker is killed.
    [[nodiscard]] Run execute(const RunRequest &request, std::stop_token stop);

    /// Whether it is alive after a run and clears away what that left, to be ready for the next.
    [[nodiscard]] bool repeats() const { return m_repeats; }

private:
    enum class Ending { Running, Closed, Timeout, OutputLimit, Memory, Cancelled };

    WorkerSession() = default;
    template <typename IsDone>
    Ending watch(std::int64_t timeoutMs, const std::stop_token &stop, IsDone isDone);
    void receive(short outputEvents, short errorEvents, short reportEvents);
    void readFrames();
    void sendPending();
    void drain();
    void askForEnd(Ending ending);
    Run conclude(Ending ending);

    struct Received // of one run
    {
        std::string output;
        std::string errorOutput;
        std::optional<std::string> report;
        std::optional<WorkerEnd> end;
    };

    RunLimits m_limits;
    std::unique_ptr<MemoryBound> m_memory;
    std::filesystem::path m_workFolder; // of a run without a sandbox
    std::string m_pending;              // not yet sent to the worker
    FrameReader m_frames;
    Received m_received;
    bool m_canRepeat = false;
    bool m_repeats = false;
    bool m_isReady = false;
    bool m_isStopping = false;
    bool m_isClosed = false;
    std::unique_ptr<Process> m_process; // last: it ends before what bounds it goes
};

} // namespace TorchLift
