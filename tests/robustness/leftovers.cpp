#include "leftovers.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace fs = std::filesystem;

namespace {

std::string firstLine(const fs::path &file)
{
    std::ifstream stream(file);
    std::string line;
    std::getline(stream, line);
    return line;
}

char stateOf(int pid)
{
    const std::string status = firstLine("/proc/" + std::to_string(pid) + "/stat");
    const std::size_t end = status.rfind(')');
    return end == std::string::npos || end + 2 >= status.size() ? 'X' : status[end + 2];
}

std::set<std::string> children()
{
    std::set<std::string> found;
    for (const auto &task : fs::directory_iterator("/proc/self/task")) {
        std::istringstream numbers(firstLine(task.path() / "children"));
        for (int pid = 0; numbers >> pid;) {
            if (stateOf(pid) == 'Z') {
                ::waitpid(pid, nullptr, WNOHANG);
            } else {
                const std::string number = std::to_string(pid);
                found.insert(number + " " + firstLine("/proc/" + number + "/comm"));
            }
        }
    }
    return found;
}

std::set<std::string> lines(const fs::path &file)
{
    std::set<std::string> all;
    std::ifstream stream(file);
    for (std::string line; std::getline(stream, line);) {
        all.insert(line);
    }
    return all;
}

// What is below `folder`, with what others remove meanwhile left out.
template <typename Visit>
void walk(const fs::path &folder, Visit visit)
{
    constexpr auto options = fs::directory_options::skip_permission_denied;
    std::error_code error;
    for (fs::recursive_directory_iterator at(folder, options, error), end; !error && at != end;
         at.increment(error)) {
        visit(at->path());
    }
}

std::set<std::string> ownFiles()
{
    std::set<std::string> found;
    walk(fs::temp_directory_path(), [&](const fs::path &path) { found.insert(path.string()); });
    for (const fs::path &group : ownControlGroups()) {
        found.insert(group.string());
    }
    return found;
}

void addNew(std::ostringstream &out, const char *kind, const std::set<std::string> &now,
            const std::set<std::string> &before)
{
    std::set<std::string> added;
    std::set_difference(now.begin(), now.end(), before.begin(), before.end(),
                        std::inserter(added, added.end()));
    for (const std::string &item : added) {
        out << kind << ' ' << item << "; ";
    }
}

} // namespace

std::vector<fs::path> ownControlGroups()
{
    std::vector<fs::path> found;
    const std::string prefix = "torchlift-" + std::to_string(::getpid()) + "-";
    // Where they can be made (memorybound.cpp): beside or above the group that this process is in.
    for (const char *hierarchy : {"/sys/fs/cgroup/memory", "/sys/fs/cgroup"}) {
        walk(hierarchy, [&](const fs::path &path) {
            if (path.filename().string().starts_with(prefix)) {
                found.push_back(path);
            }
        });
        if (!found.empty()) {
            break;
        }
    }
    return found;
}

void adoptOrphans()
{
    ::prctl(PR_SET_CHILD_SUBREAPER, 1);
}

Leftovers Leftovers::now()
{
    Leftovers all;
    all.processes = children();
    all.mounts = lines("/proc/self/mountinfo");
    all.files = ownFiles();
    const fs::directory_iterator descriptors("/proc/self/fd");
    all.descriptors = static_cast<std::size_t>(std::distance(begin(descriptors), end(descriptors)));
    return all;
}

std::string Leftovers::since(const Leftovers &before) const
{
    std::ostringstream out;
    addNew(out, "process", processes, before.processes);
    addNew(out, "mount", mounts, before.mounts);
    addNew(out, "file", files, before.files);
    if (descriptors > before.descriptors) {
        out << descriptors - before.descriptors << " descriptors";
    }
    return out.str();
}
