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
constexpr std::size_t kMaxRepeaters = 3; // old code in both versions, new code in one

// Tells the pool that a run is going on.
class RunMark
{
public:
    explicit RunMark(WorkerPool &pool)
        : m_pool(pool)
    {
        pool.runBegins();
    }
    ~RunMark() { m_pool.runEnded(); }
    RunMark(const RunMark &) = delete;
    RunMark &operator=(const RunMark &) = delete;

private:
    WorkerPool &m_pool;
};

// A worker that ran a script and waits for a further run of it.
struct Repeater
{
    fs::path environment;
    RunRequest request;
    std::unique_ptr<WorkerSession> session;

    [[nodiscard]] bool serves(const Environment &wanted, const RunRequest &other) const
    {
        return environment == wanted.folder && request.code == other.code
               && request.fileName == other.fileName && startAlike(request, other)
               && !other.project;
    }
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
    if (request.code.find("optim") != std::string::npos) {
        modules.emplace_back("torch._dynamo"); // by the first optimizer, in torch 2
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

    // The worker that has run this script before, where there is one and it is well.
    std::unique_ptr<WorkerSession> takeRepeater(const Environment &environment,
                                                const RunRequest &request,
                                                const std::stop_token &stop)
    {
        const auto found =
            std::find_if(repeaters.begin(), repeaters.end(), [&](const Repeater &repeater) {
                return repeater.serves(environment, request);
            });
        if (found == repeaters.end()) {
            return nullptr;
        }
        auto session = std::move(found->session);
        repeaters.erase(found);
        if (session->waitUntilReady(stop)) {
            return session;
        }
        pool.end(std::move(session));
        return nullptr;
    }

    Result<std::unique_ptr<WorkerSession>> sessionFor(const Environment &environment,
                                                      const RunRequest &request,
                                                      const std::stop_token &stop)
    {
        if (auto session = takeRepeater(environment, request, stop)) {
            return session;
        }
        if (auto session = pool.take(environment, request)) {
            return session;
        }
        return startCold(environment, request, stop);
    }

    void put(std::unique_ptr<WorkerSession> session, const Environment &environment,
             const RunRequest &request)
    {
        if (!keepsRepeaters || !session->repeats()) {
            pool.end(std::move(session));
            return;
        }
        if (repeaters.size() >= kMaxRepeaters) {
            pool.end(std::move(repeaters.front().session));
            repeaters.erase(repeaters.begin());
        }
        repeaters.push_back({environment.folder, request, std::move(session)});
    }

    fs::path worker;
    WorkerPool pool;
    std::vector<Repeater> repeaters;
    bool keepsRepeaters = false;
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
    const RunMark mark(m_impl->pool);
    auto session = m_impl->sessionFor(environment, request, stop);
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
    m_impl->put(std::move(*session), environment, request);
    run.torch = environment.torch;
    run.python = environment.python;
    run.conditions.seed = request.seed;
    run.conditions.isCudaOnCpu = request.isCudaOnCpu;
    return run;
}

RepeatedRuns::RepeatedRuns(Runner &runner)
    : m_runner(runner)
{
    runner.m_impl->keepsRepeaters = true;
}

RepeatedRuns::~RepeatedRuns()
{
    Runner::Impl &impl = *m_runner.m_impl;
    impl.keepsRepeaters = false;
    for (Repeater &repeater : impl.repeaters) {
        impl.pool.end(std::move(repeater.session));
    }
    impl.repeaters.clear();
}

} // namespace TorchLift
