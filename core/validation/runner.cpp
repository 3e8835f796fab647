#include "validation/runner.h"

#include <algorithm>
#include <chrono>

#include "base/files.h"
#include "base/text.h"
#include "validation/sandbox.h"
#include "validation/workerpool.h"
#include "validation/workersession.h"

namespace TorchLift {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kMaxNameBytes = 200;

Result<void> checkRequest(const RunRequest &request)
{
    const std::string &name = request.fileName;
    if (name.empty() || name == "." || name == ".." || name.size() > kMaxNameBytes
        || name.find('/') != std::string::npos || name.find('\0') != std::string::npos
        || !isValidUtf8(name)) {
        return fail(Errc::InvalidArgument, "not a name for a script", toValidUtf8(name));
    }
    if (!request.project && request.code.size() > kMaxSourceBytes) {
        return fail(Errc::TooLarge, "the script is too large to be run", name);
    }
    if (request.project && request.project->command.empty()) {
        return fail(Errc::InvalidArgument, "there is no command to run");
    }
    const RunLimits &limits = request.limits;
    if (limits.wallSeconds <= 0 || limits.memoryBytes <= 0 || limits.processes <= 0
        || limits.outputBytes <= 0 || limits.diskBytes <= 0) {
        return fail(Errc::InvalidArgument, "every limit of a run must be above zero");
    }
    for (const fs::path &path : request.data) {
        if (!request.project && path.filename() == name) {
            return fail(Errc::InvalidArgument, "the data and the script have one name", name);
        }
    }
    return {};
}

constexpr std::chrono::minutes kIdleTime{5};

// Tells the pool when a run is over, however it ends, and gives it the used worker of its own.
class RunMark
{
public:
    explicit RunMark(WorkerPool &pool)
        : m_pool(pool)
    {}
    ~RunMark() { m_pool.runEnded(std::move(used)); }
    RunMark(const RunMark &) = delete;
    RunMark &operator=(const RunMark &) = delete;

    std::unique_ptr<WorkerSession> used;

private:
    WorkerPool &m_pool;
};

// Imported ahead of the script, so that the seed is set before its first line. A script that
// never names torch does not wait for it, and a project's command has processes of its own.
std::vector<std::string> modulesFor(const RunRequest &request)
{
    std::vector<std::string> modules;
    if (request.project) {
        return modules;
    }
    const bool usesTorch = request.code.find("torch") != std::string::npos;
    if (usesTorch || request.code.find("numpy") != std::string::npos) {
        modules.emplace_back("numpy");
    }
    if (usesTorch) {
        modules.emplace_back("torch");
    }
    return modules;
}

} // namespace

class Runner::Impl
{
public:
    explicit Impl(fs::path workerScript)
        : worker(std::move(workerScript))
        , pool(worker, kIdleTime)
    {}

    Result<std::unique_ptr<WorkerSession>> startCold(const Environment &environment,
                                                     const RunRequest &request,
                                                     const std::stop_token &stop)
    {
        auto session = WorkerSession::start(worker, environment, request, modulesFor(request));
        if (!session) {
            return session;
        }
        if (auto ready = (*session)->waitUntilReady(stop); !ready) {
            return tl::unexpected(ready.error());
        }
        return session;
    }

    fs::path worker;
    WorkerPool pool;
};

Runner::Runner(fs::path worker)
    : m_impl(std::make_unique<Impl>(std::move(worker)))
{}

Runner::~Runner() = default;

void Runner::keepWarm(const Environment &environment, int spares)
{
    m_impl->pool.keep(environment, static_cast<std::size_t>(std::max(spares, 0)));
}

int Runner::warmCount(const Environment &environment) const
{
    return static_cast<int>(m_impl->pool.spareCount(environment));
}

Result<void> Runner::sandboxAvailable()
{
    return findSandbox();
}

Result<Run> Runner::run(const Environment &environment, const RunRequest &request,
                        std::stop_token stop)
{
    if (auto checked = checkRequest(request); !checked) {
        return tl::unexpected(checked.error());
    }
    if (request.isSandboxed) {
        if (auto available = findSandbox(); !available) {
            return tl::unexpected(available.error());
        }
    }
    Result<std::unique_ptr<WorkerSession>> session = m_impl->pool.take(environment, request);
    RunMark mark(m_impl->pool);
    const bool isOfPool = *session != nullptr;
    if (!isOfPool) {
        session = m_impl->startCold(environment, request, stop);
    }
    if (!session && session.error().code == Errc::Cancelled) {
        Run cancelled;
        cancelled.outcome = Outcome::Cancelled;
        cancelled.isSandboxed = request.isSandboxed;
        return cancelled;
    }
    if (!session) {
        return tl::unexpected(session.error());
    }
    Run run = (*session)->execute(request, stop);
    if (isOfPool) {
        mark.used = std::move(*session);
    }
    run.torch = environment.torch;
    run.python = environment.python;
    run.conditions.seed = request.seed;
    run.conditions.isCudaOnCpu = request.isCudaOnCpu;
    return run;
}

} // namespace TorchLift
