#include "validation/memorybound.h"

#include <algorithm>
#include <atomic>
#include <charconv>
#include <chrono>
#include <csignal>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/logging.h"

namespace TorchLift {

namespace fs = std::filesystem;

namespace {

constexpr const char *kGroupPrefix = "torchlift-";
constexpr std::uint64_t kMaxFiles = 200'000; // in each memory file system: a file costs 1 KiB

bool writeValue(const fs::path &file, const std::string &value)
{
    const FileDescriptor target(::open(file.c_str(), O_WRONLY | O_CLOEXEC));
    return target.isOpen()
           && ::write(target.get(), value.data(), value.size())
                  == static_cast<ssize_t>(value.size());
}

std::string readAll(const fs::path &file)
{
    std::ifstream stream(file);
    std::ostringstream text;
    text << stream.rdbuf();
    return text.str();
}

// The number after `key` in a file of "key value" lines; 0 when it is not there.
std::int64_t numberAfter(const std::string &text, const std::string &key)
{
    const std::size_t at = text.find(key);
    if (at == std::string::npos) {
        return 0;
    }
    const std::size_t begin = text.find_first_of("0123456789", at + key.size());
    std::int64_t number = 0;
    if (begin != std::string::npos) {
        std::from_chars(text.data() + begin, text.data() + text.size(), number);
    }
    return number;
}

struct Place
{
    fs::path folder;
    bool isSecondVersion = false;
};

// Where a group might be made: below our own one first, then upwards.
std::vector<Place> candidates()
{
    std::vector<Place> places;
    std::ifstream own("/proc/self/cgroup");
    for (std::string line; std::getline(own, line);) {
        const std::size_t first = line.find(':');
        const std::size_t second = line.find(':', first + 1);
        if (first == std::string::npos || second == std::string::npos) {
            continue;
        }
        const std::string controllers = line.substr(first + 1, second - first - 1);
        const fs::path path = fs::path(line.substr(second + 1)).relative_path();
        if (controllers == "memory") {
            places.insert(places.begin(), {{"/sys/fs/cgroup/memory" / path, false},
                                           {"/sys/fs/cgroup/memory", false}});
        } else if (controllers.empty()) {
            for (fs::path up = path; !up.empty(); up = up.parent_path()) {
                places.push_back({"/sys/fs/cgroup" / up.parent_path(), true});
            }
            places.push_back({"/sys/fs/cgroup", true});
        }
    }
    return places;
}

// Groups of programs that were killed before they could remove them.
void removeStale(const fs::path &folder)
{
    std::error_code error;
    for (const auto &entry : fs::directory_iterator(folder, error)) {
        const std::string name = entry.path().filename().string();
        if (name.rfind(kGroupPrefix, 0) == 0) {
            const int owner =
                std::atoi(name.c_str() + std::char_traits<char>::length(kGroupPrefix));
            if (owner > 0 && ::kill(owner, 0) != 0 && errno == ESRCH) {
                ::rmdir(entry.path().c_str());
            }
        }
    }
}

void collectDescendants(int pid, std::vector<int> &found)
{
    found.push_back(pid);
    const fs::path tasks = "/proc/" + std::to_string(pid) + "/task";
    std::error_code error;
    for (const auto &task : fs::directory_iterator(tasks, error)) {
        std::istringstream children(readAll(task.path() / "children"));
        for (int child = 0; children >> child;) {
            collectDescendants(child, found);
        }
    }
}

std::int64_t residentBytes(int pid)
{
    const std::string status = readAll("/proc/" + std::to_string(pid) + "/status");
    return (numberAfter(status, "RssAnon:") + numberAfter(status, "RssShmem:")) * 1024;
}

// Pages that several processes share count once; slower, and not for every process readable.
std::int64_t proportionalBytes(int pid)
{
    const std::string rollup = readAll("/proc/" + std::to_string(pid) + "/smaps_rollup");
    const std::int64_t bytes =
        (numberAfter(rollup, "Pss_Anon:") + numberAfter(rollup, "Pss_Shmem:")) * 1024;
    return bytes > 0 ? bytes : residentBytes(pid);
}

struct FileUse
{
    std::int64_t bytes = 0;
    std::uint64_t files = 0;
};

// Of the memory file systems as one process sees them; nothing when it may not be looked at, or
// when it still sees the host's.
FileUse fileUse(int pid)
{
    FileUse all;
    const std::string root = "/proc/" + std::to_string(pid) + "/root";
    if (::access((root + "/worker/worker.py").c_str(), F_OK) != 0) {
        return all;
    }
    for (const char *place : {"/work", "/tmp", "/dev/shm"}) {
        struct statvfs use = {};
        if (::statvfs((root + place).c_str(), &use) == 0) {
            all.bytes += static_cast<std::int64_t>((use.f_blocks - use.f_bfree) * use.f_frsize);
            all.files = std::max<std::uint64_t>(all.files, use.f_files - use.f_ffree);
        }
    }
    return all;
}

} // namespace

MemoryBound::MemoryBound(std::int64_t bytes)
    : m_bytes(bytes)
{
    for (const Place &place : candidates()) {
        if (::access(place.folder.c_str(), W_OK) == 0
            && openGroup(place.folder, place.isSecondVersion)) {
            return;
        }
    }
}

bool MemoryBound::openGroup(const fs::path &folder, bool isSecondVersion)
{
    static std::atomic<unsigned> count{0};
    removeStale(folder);
    const fs::path group =
        folder / (kGroupPrefix + std::to_string(::getpid()) + "-" + std::to_string(count++));
    if (::mkdir(group.c_str(), 0755) != 0) {
        return false;
    }
    const std::string bytes = std::to_string(m_bytes);
    const bool isBound =
        writeValue(group / (isSecondVersion ? "memory.max" : "memory.limit_in_bytes"), bytes);
    if (isBound) {
        // Absent where swap is not accounted for; then there is none to be had either, mostly.
        writeValue(group / (isSecondVersion ? "memory.swap.max" : "memory.memsw.limit_in_bytes"),
                   isSecondVersion ? "0" : bytes);
        m_processes =
            FileDescriptor(::open((group / "cgroup.procs").c_str(), O_WRONLY | O_CLOEXEC));
    }
    if (!m_processes.isOpen()) {
        ::rmdir(group.c_str());
        return false;
    }
    m_folder = group;
    return true;
}

MemoryBound::~MemoryBound()
{
    m_processes.reset();
    if (m_folder.empty()) {
        return;
    }
    // The group is in use until the last process is gone: of a run that left a million files that
    // takes seconds, of others no time.
    constexpr std::chrono::milliseconds longest{50};
    constexpr std::chrono::seconds patience{20};
    std::chrono::milliseconds pause{1};
    for (std::chrono::milliseconds waited{0}; waited < patience; waited += pause) {
        if (::rmdir(m_folder.c_str()) == 0 || errno != EBUSY) {
            return;
        }
        pause = std::min(2 * pause, longest);
        std::this_thread::sleep_for(pause);
    }
    Log::warning("validation", "a control group could not be removed: " + m_folder.string());
}

bool MemoryBound::exceeded(int root) const
{
    if (hasGroup()) {
        const std::string events =
            readAll(m_folder / "memory.events") + readAll(m_folder / "memory.oom_control");
        return numberAfter(events, "oom_kill ") > 0;
    }
    std::vector<int> processes;
    collectDescendants(root, processes);
    FileUse files;
    std::int64_t quick = 0;
    for (const int pid : processes) {
        quick += residentBytes(pid);
        if (files.files == 0) {
            files = fileUse(pid);
        }
    }
    if (files.files > kMaxFiles) {
        return true;
    }
    if (quick + files.bytes <= m_bytes) {
        return false;
    }
    std::int64_t exact = files.bytes;
    for (const int pid : processes) {
        exact += proportionalBytes(pid);
    }
    return exact > m_bytes;
}

} // namespace TorchLift
