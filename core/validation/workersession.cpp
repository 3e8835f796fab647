#include "validation/workersession.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdlib>

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/text.h"
#include "validation/sandbox.h"

namespace TorchLift {

namespace fs = std::filesystem;

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::int64_t kStartTimeoutMs = 120'000; // a cold disk under import torch
constexpr std::int64_t kClearTimeoutMs = 5'000;   // a run may have stopped the worker
constexpr int kMemoryCheckMs = 50;

std::int64_t millisecondsSince(Clock::time_point start)
{
    return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - start).count();
}

// Reads what is there into `text`; false at the end of the stream.
bool readInto(FileDescriptor &descriptor, std::string &text, std::size_t limit)
{
    char buffer[65536];
    const ssize_t count = ::read(descriptor.get(), buffer, sizeof buffer);
    if (count > 0) {
        const std::size_t room = limit + 1 - std::min(text.size(), limit + 1);
        text.append(buffer, std::min(static_cast<std::size_t>(count), room));
        return true;
    }
    return count < 0 && (errno == EAGAIN || errno == EINTR);
}

// At most `limit` bytes, valid UTF-8, no character cut in two.
std::string shownOutput(std::string bytes, std::size_t limit)
{
    if (bytes.size() > limit) {
        bytes.resize(limit);
        while (!bytes.empty() && (static_cast<unsigned char>(bytes.back()) & 0xC0U) == 0x80U) {
            bytes.pop_back();
        }
        if (!bytes.empty() && (static_cast<unsigned char>(bytes.back()) & 0x80U) != 0) {
            bytes.pop_back();
        }
    }
    return toValidUtf8(bytes);
}

Result<fs::path> makeWorkFolder()
{
    std::string pattern = (fs::temp_directory_path() / "torchlift-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) {
        return fail(Errc::Io, "no folder for the run can be made", pattern);
    }
    return fs::path(pattern);
}

void linkData(const std::vector<fs::path> &data, const fs::path &folder)
{
    for (const fs::path &path : data) {
        std::error_code ignored;
        fs::create_symlink(fs::absolute(path, ignored), folder / path.filename(), ignored);
    }
}

} // namespace

bool startAlike(const RunRequest &one, const RunRequest &other)
{
    return one.isSandboxed == other.isSandboxed && one.data == other.data
           && one.limits.memoryBytes == other.limits.memoryBytes
           && one.limits.diskBytes == other.limits.diskBytes
           && one.limits.processes == other.limits.processes;
}

Result<std::unique_ptr<WorkerSession>> WorkerSession::start(const fs::path &worker,
                                                            const Environment &environment,
                                                            const RunRequest &request,
                                                            const std::vector<std::string> &preload)
{
    std::unique_ptr<WorkerSession> session(new WorkerSession);
    session->m_limits = request.limits;
    SandboxOptions sandbox{environment, worker, request.data, {}, request.limits.diskBytes};
    if (request.project) {
        sandbox.packages = request.project->packages;
    }
    ProcessOptions options;
    if (request.isSandboxed) {
        auto sandboxed = sandboxedWorker(sandbox);
        if (!sandboxed) {
            return tl::unexpected(sandboxed.error());
        }
        options = std::move(*sandboxed);
    } else {
        auto folder = makeWorkFolder();
        if (!folder) {
            return tl::unexpected(folder.error());
        }
        session->m_workFolder = *folder;
        linkData(request.data, *folder);
        options = plainWorker(sandbox, *folder);
    }
    session->m_memory = std::make_unique<MemoryBound>(request.limits.memoryBytes);
    options.cgroupProcesses = session->m_memory->groupProcesses();
    auto process = Process::start(std::move(options));
    if (!process) {
        return tl::unexpected(process.error());
    }
    session->m_process = std::move(*process);
    session->m_canRepeat = request.isSandboxed && request.data.empty() && !request.project;
    session->m_pending = setupFrame(request.limits, preload, session->m_canRepeat);
    session->sendPending();
    return session;
}

WorkerSession::~WorkerSession()
{
    m_process.reset();
    if (!m_workFolder.empty()) {
        std::error_code ignored;
        fs::remove_all(m_workFolder, ignored); // does not follow links
    }
}

template <typename IsDone>
WorkerSession::Ending WorkerSession::watch(std::int64_t timeoutMs, const std::stop_token &stop,
                                           IsDone isDone)
{
    const FileDescriptor stopEvent(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    const std::stop_callback onStop(stop, [&stopEvent] {
        const std::uint64_t one = 1;
        [[maybe_unused]] const auto written = ::write(stopEvent.get(), &one, sizeof one);
    });
    const auto start = Clock::now();
    auto lastCheck = start;
    const auto outputLimit = static_cast<std::size_t>(m_limits.outputBytes);
    while (!isDone()) {
        if (stop.stop_requested()) {
            return Ending::Cancelled;
        }
        if (m_isClosed) {
            return Ending::Closed;
        }
        if (!m_isStopping
            && (m_received.output.size() > outputLimit
                || m_received.errorOutput.size() > outputLimit)) {
            return Ending::OutputLimit;
        }
        const std::int64_t left = timeoutMs - millisecondsSince(start);
        if (left <= 0) {
            return Ending::Timeout;
        }
        pollfd waiting[] = {{m_process->output.get(), POLLIN, 0},
                            {m_process->errorOutput.get(), POLLIN, 0},
                            {m_process->report.get(), POLLIN, 0},
                            {stopEvent.get(), POLLIN, 0},
                            {m_pending.empty() ? -1 : m_process->job.get(), POLLOUT, 0}};
        ::poll(waiting, std::size(waiting),
               static_cast<int>(std::min<std::int64_t>(left, kMemoryCheckMs)));
        if (millisecondsSince(lastCheck) >= kMemoryCheckMs) {
            lastCheck = Clock::now();
            if (m_memory->exceeded(m_process->pid())) {
                return Ending::Memory;
            }
        }
        receive(waiting[0].revents, waiting[1].revents, waiting[2].revents);
        if (waiting[4].revents != 0) {
            sendPending();
        }
    }
    return Ending::Running;
}

void WorkerSession::receive(short outputEvents, short errorEvents, short reportEvents)
{
    const auto limit = static_cast<std::size_t>(m_limits.outputBytes);
    if (outputEvents != 0 && !readInto(m_process->output, m_received.output, limit)) {
        m_process->output.reset();
    }
    if (errorEvents != 0 && !readInto(m_process->errorOutput, m_received.errorOutput, limit)) {
        m_process->errorOutput.reset();
    }
    if (reportEvents != 0) {
        readFrames();
    }
}

void WorkerSession::readFrames()
{
    std::string bytes;
    constexpr std::size_t any = 65536;
    if (!readInto(m_process->report, bytes, any)) {
        m_isClosed = true;
        return;
    }
    m_frames.append(bytes);
    while (auto frame = m_frames.next()) {
        switch (frame->kind) {
        case 'S':
            m_process->settle();
            break;
        case 'R':
            m_isReady = true;
            break;
        case 'U':
            m_received.report = std::move(frame->payload);
            break;
        case 'E':
            if (auto end = parseEnd(frame->payload)) {
                m_received.end = std::move(*end);
            }
            break;
        default:
            break;
        }
    }
    m_isClosed = m_frames.isBroken();
}

void WorkerSession::sendPending()
{
    const ssize_t count =
        ::send(m_process->job.get(), m_pending.data(), m_pending.size(), MSG_NOSIGNAL);
    if (count > 0) {
        m_pending.erase(0, static_cast<std::size_t>(count));
    } else if (count < 0 && errno != EAGAIN && errno != EINTR) {
        m_pending.clear(); // it is gone; the end of the report pipe says so
    }
}

Result<void> WorkerSession::waitUntilReady(std::stop_token stop)
{
    const std::int64_t patience = m_repeats ? kClearTimeoutMs : kStartTimeoutMs;
    const Ending ending = watch(patience, stop, [this] { return m_isReady; });
    switch (ending) {
    case Ending::Running:
        return {};
    case Ending::Cancelled:
        return fail(Errc::Cancelled, "the run was cancelled");
    case Ending::Timeout:
        return fail(Errc::Timeout, "the worker did not start in time");
    case Ending::Memory:
        return fail(Errc::Refused, "the memory limit is too low for the imports alone");
    default:
        m_process->kill();
        drain();
        return fail(Errc::Internal,
                    "the worker ended before its script began: "
                        + shownOutput(m_received.errorOutput, static_cast<std::size_t>(2000)));
    }
}

bool WorkerSession::isWaiting() const
{
    // A waiting worker has nothing to say; the end of its pipe would show here.
    pollfd report{m_process->report.get(), POLLIN, 0};
    return m_isReady && !m_isClosed && ::poll(&report, 1, 0) == 0;
}

Run WorkerSession::execute(const RunRequest &request, std::stop_token stop)
{
    drain(); // what strays of an earlier run wrote after its end
    m_received = {};
    m_isReady = false;
    m_limits = request.limits;
    m_pending += jobFrames(request);
    const auto start = Clock::now();
    const Ending ending = watch(std::int64_t{1000} * m_limits.wallSeconds, stop,
                                [this] { return m_received.end.has_value(); });
    const auto end = Clock::now();
    m_repeats = m_canRepeat && ending == Ending::Running;
    askForEnd(ending);
    if (!m_repeats) {
        m_process->kill();
    }
    drain();
    Run run = conclude(ending);
    if (m_repeats && run.outcome != Outcome::Ok && run.outcome != Outcome::Exception) {
        m_repeats = false; // whatever ended it may have hurt the worker
        m_process->kill();
    }
    run.wallMs = std::chrono::duration<double, std::milli>(end - start).count();
    run.isSandboxed = request.isSandboxed;
    return run;
}

// What was observed of a run that went beyond a limit is wanted too: the lines that ran from its
// supervisor, its variables from the script's process if it still answers.
void WorkerSession::askForEnd(Ending ending)
{
    constexpr std::int64_t patienceMs = 1500; // more than the worker gives the script
    constexpr std::int64_t urgentMs = 500;
    m_isStopping = true;
    const auto isDone = [this] { return m_received.end.has_value(); };
    if (ending == Ending::Timeout || ending == Ending::OutputLimit) {
        m_pending += stopFrame(false);
        ending = watch(patienceMs, {}, isDone);
    }
    if (ending == Ending::Memory) {
        m_pending += stopFrame(true);
        watch(urgentMs, {}, isDone);
    }
}

// All that was printed lies in the pipes when a run has ended. Their end is not waited for: it
// comes when the memory of the processes is free, or not before a stray process is gone.
void WorkerSession::drain()
{
    pollfd waiting[] = {{m_process->output.get(), POLLIN, 0},
                        {m_process->errorOutput.get(), POLLIN, 0}};
    constexpr int maxReads = 1000; // a stray process may go on writing
    for (int reads = 0; reads<maxReads && ::poll(waiting, std::size(waiting), 0)> 0; ++reads) {
        receive(waiting[0].revents, waiting[1].revents, 0);
        waiting[0].fd = m_process->output.get();
        waiting[1].fd = m_process->errorOutput.get();
    }
}

Run WorkerSession::conclude(Ending ending)
{
    const auto limit = static_cast<std::size_t>(m_limits.outputBytes);
    Run run;
    bool isReported = false;
    if (m_received.report) {
        if (auto report = parseReport(*m_received.report)) {
            run = std::move(*report);
            isReported = true;
        }
    }
    if (m_received.output.size() > limit || m_received.errorOutput.size() > limit) {
        ending = ending == Ending::Cancelled ? ending : Ending::OutputLimit;
    }
    const bool isComplete = isReported && run.outcome == Outcome::Ok;
    const bool hasEnd = m_received.end.has_value();
    WorkerEnd end = hasEnd ? std::move(*m_received.end) : WorkerEnd{};
    run.peakMemoryBytes = std::max(run.peakMemoryBytes, end.peakBytes);
    run.executedLines = std::move(end.executedLines);
    run.executableLines = std::move(end.executableLines);
    const bool endedItself = ending == Ending::Running || ending == Ending::Closed;
    if (hasEnd && endedItself) {
        run.signal = end.signal;
        run.exitStatus = end.exitStatus;
    }
    switch (ending) {
    case Ending::Timeout:
        run.outcome = Outcome::Timeout;
        break;
    case Ending::OutputLimit:
        run.outcome = Outcome::OutputLimit;
        break;
    case Ending::Memory:
        run.outcome = Outcome::Memory;
        break;
    case Ending::Cancelled:
        run.outcome = Outcome::Cancelled;
        break;
    case Ending::Running:
    case Ending::Closed:
        if (!hasEnd) {
            run.outcome = Outcome::Incomplete;
        } else if (end.signal != 0) {
            run.outcome = Outcome::Signal;
        } else if (!isReported || (isComplete && end.exitStatus != 0)) {
            run.outcome = Outcome::Exit;
        }
        // One of several processes may have died of it and the script may have seen an error.
        if (run.outcome != Outcome::Ok && m_memory->hasGroup()
            && m_memory->exceeded(m_process->pid())) {
            run.outcome = Outcome::Memory;
        }
        break;
    }
    run.output = shownOutput(std::move(m_received.output), limit);
    run.errorOutput = shownOutput(std::move(m_received.errorOutput), limit);
    return run;
}

} // namespace TorchLift
