#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "validation/memorybound.h"
#include "validation/process.h"
#include "validation/runner.h"
#include "validation/workerprotocol.h"

namespace TorchLift {

/// One worker from its start to its end; it serves one run. It can be prepared ahead: started,
/// imports done, waiting for its script. Belongs to one thread at a time, but the thread that
/// started it must outlive it (the kernel kills it with that thread).
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

    /// Waits until the imports are done. Errors: Cancelled; Internal with what was printed when
    /// it ended instead, Timeout.
    [[nodiscard]] Result<void> waitUntilReady(std::stop_token stop);

    /// Whether it is ready and alive.
    [[nodiscard]] bool isWaiting() const;

    /// Gives it the script and blocks until the run ended; kills it beyond its limits.
    [[nodiscard]] Run execute(const RunRequest &request, std::stop_token stop);

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

    RunLimits m_limits;
    std::unique_ptr<MemoryBound> m_memory;
    std::filesystem::path m_workFolder; // of a run without a sandbox
    std::string m_pending;              // not yet sent to the worker
    FrameReader m_frames;
    std::string m_output;
    std::string m_errorOutput;
    std::string m_report;
    WorkerEnd m_end;
    bool m_isReady = false;
    bool m_isStopping = false;
    bool m_hasReport = false;
    bool m_hasEnd = false;
    bool m_isClosed = false;
    std::unique_ptr<Process> m_process; // last: it ends before what bounds it goes
};

} // namespace TorchLift
