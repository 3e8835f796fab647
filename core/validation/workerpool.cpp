#include "validation/workerpool.h"

#include <algorithm>
#include <fstream>
#include <string>
#include <utility>

#include "base/logging.h"

namespace TorchLift {

namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

// Three runs follow one another: starting a replacement between them would slow them down.
constexpr milliseconds kQuietTime{300};
constexpr std::int64_t kMemoryToLeave = 2LL * 1024 * 1024 * 1024;
constexpr int kMaxFailures = 2;
// torch 2 imports its compiler when the first optimizer is made: a second of a run otherwise.
// Where there is no such module it is passed over.
const std::vector<std::string> kModules{"numpy", "torch", "torch._dynamo"};

std::int64_t availableMemory()
{
    std::ifstream file("/proc/meminfo");
    std::string name;
    std::int64_t kibibytes = 0;
    std::string unit;
    while (file >> name >> kibibytes) {
        if (name == "MemAvailable:") {
            return kibibytes * 1024;
        }
        std::getline(file, unit);
    }
    return 0;
}

} // namespace

WorkerPool::WorkerPool(std::filesystem::path worker, milliseconds idleTime)
    : m_worker(std::move(worker))
    , m_idleTime(idleTime)
    , m_lastUse(Clock::now())
    , m_thread([this](const std::stop_token &stop) { work(stop); })
{}

WorkerPool::~WorkerPool()
{
    m_thread.request_stop();
    m_changed.notify_all();
    m_thread.join();
}

WorkerPool::Shelf *WorkerPool::find(const std::filesystem::path &folder)
{
    const auto found = std::find_if(m_shelves.begin(), m_shelves.end(), [&](const Shelf &shelf) {
        return shelf.environment.folder == folder;
    });
    return found == m_shelves.end() ? nullptr : &*found;
}

void WorkerPool::keep(const Environment &environment, std::size_t count)
{
    Sessions surplus;
    const std::lock_guard lock(m_mutex);
    Shelf *shelf = find(environment.folder);
    if (shelf == nullptr) {
        shelf = &m_shelves.emplace_back();
    }
    shelf->environment = environment;
    shelf->wanted = count;
    shelf->failures = 0;
    while (shelf->spares.size() > count) {
        surplus.push_back(std::move(shelf->spares.back()));
        shelf->spares.pop_back();
    }
    m_lastUse = Clock::now() - kQuietTime;
    m_changed.notify_all();
}

std::unique_ptr<WorkerSession> WorkerPool::take(const Environment &environment,
                                                const RunRequest &request)
{
    const std::lock_guard lock(m_mutex);
    Shelf *shelf = find(environment.folder);
    if (shelf == nullptr || !startAlike(request, RunRequest())) {
        return nullptr;
    }
    while (!shelf->spares.empty()) {
        auto session = std::move(shelf->spares.back());
        shelf->spares.pop_back();
        if (session->isWaiting()) {
            return session;
        }
    }
    return nullptr;
}

void WorkerPool::end(std::unique_ptr<WorkerSession> session)
{
    const std::lock_guard lock(m_mutex);
    m_used.push_back(std::move(session));
    m_changed.notify_all();
}

void WorkerPool::runBegins()
{
    const std::lock_guard lock(m_mutex);
    ++m_runs;
    m_lastUse = Clock::now();
}

void WorkerPool::runEnded()
{
    const std::lock_guard lock(m_mutex);
    --m_runs;
    m_lastUse = Clock::now();
    m_changed.notify_all();
}

std::size_t WorkerPool::spareCount(const Environment &environment) const
{
    const std::lock_guard lock(m_mutex);
    for (const Shelf &shelf : m_shelves) {
        if (shelf.environment.folder == environment.folder) {
            return shelf.spares.size();
        }
    }
    return 0;
}

WorkerPool::Shelf *WorkerPool::shelfToFill()
{
    const auto sinceUse = Clock::now() - m_lastUse;
    if (m_runs > 0 || sinceUse < kQuietTime || sinceUse >= m_idleTime) {
        return nullptr;
    }
    const auto found = std::find_if(m_shelves.begin(), m_shelves.end(), [](const Shelf &shelf) {
        return shelf.spares.size() < shelf.wanted && shelf.failures < kMaxFailures;
    });
    return found == m_shelves.end() || availableMemory() < kMemoryToLeave ? nullptr : &*found;
}

WorkerPool::Sessions WorkerPool::releaseUnneeded()
{
    Sessions released = std::exchange(m_used, {});
    if (m_runs == 0 && Clock::now() - m_lastUse >= m_idleTime) {
        for (Shelf &shelf : m_shelves) {
            std::move(shelf.spares.begin(), shelf.spares.end(), std::back_inserter(released));
            shelf.spares.clear();
        }
    }
    return released;
}

void WorkerPool::work(const std::stop_token &stop)
{
    std::unique_lock lock(m_mutex);
    while (!stop.stop_requested()) {
        if (Sessions released = releaseUnneeded(); !released.empty()) {
            lock.unlock();
            released.clear(); // kills and waits: not under the lock
            lock.lock();
        } else if (shelfToFill() != nullptr) {
            fill(lock, stop);
        } else {
            m_changed.wait_for(lock, std::min(m_idleTime, kQuietTime) / 2);
        }
    }
    m_shelves.clear();
    m_used.clear();
}

void WorkerPool::fill(std::unique_lock<std::mutex> &lock, const std::stop_token &stop)
{
    const Environment environment = shelfToFill()->environment;
    lock.unlock();
    const RunRequest usual;
    auto session = WorkerSession::start(m_worker, environment, usual, kModules);
    Result<void> ready =
        session ? (*session)->waitUntilReady(stop) : Result<void>(tl::unexpected(session.error()));
    if (!ready && ready.error().code != Errc::Cancelled) {
        Log::warning("validation",
                     "no worker waits for " + environment.name + ": " + ready.error().detail);
    }
    std::unique_ptr<WorkerSession> surplus;
    lock.lock();
    Shelf *shelf = find(environment.folder);
    if (!ready) {
        shelf->failures += 1;
    } else if (shelf->spares.size() < shelf->wanted) {
        shelf->failures = 0;
        shelf->spares.push_back(std::move(*session));
    } else {
        surplus = std::move(*session);
    }
}

} // namespace TorchLift
