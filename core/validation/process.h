#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "validation/filedescriptor.h"

namespace TorchLift {

/// What to start. Nothing of ours but the descriptors named here reaches the child.
struct ProcessOptions
{
    std::vector<std::string> arguments;    ///< [0] is the program's absolute path
    std::vector<std::string> environment;  ///< "NAME=value"
    std::vector<FileDescriptor> inherited; ///< become 5, 6, ... in the child
    std::filesystem::path workingFolder;   ///< empty: "/"
    int cgroupProcesses = -1;              ///< open cgroup.procs the child enters first, or -1
};

/// A child process with five pipes: 0 is /dev/null, 1 and 2 its output, 3 what we tell it and
/// 4 what it tells us. It leads a session of its own and is killed when the thread that started
/// it ends. Destruction kills its process group and reaps it. Belongs to one thread at a time.
class Process
{
public:
    /// Number of the first descriptor of ProcessOptions::inherited in the child.
    static constexpr int kFirstInherited = 5;

    /// Errors: MissingPart when the program cannot be executed, Internal.
    [[nodiscard]] static Result<std::unique_ptr<Process>> start(ProcessOptions options);
    ~Process();
    Process(const Process &) = delete;
    Process &operator=(const Process &) = delete;

    [[nodiscard]] int pid() const noexcept { return m_pid; }

    /// To be called once the program runs and has arranged for its own end with ours: until then
    /// a guard kills its process group when we vanish.
    void settle() noexcept;
    /// Kills it with its process group. May be called at any time, more than once.
    void kill() noexcept;
    /// Waits for its end; the status as waitpid() gives it.
    int wait() noexcept;

    FileDescriptor output; ///< non-blocking, as all of these
    FileDescriptor errorOutput;
    FileDescriptor report;
    FileDescriptor job; ///< a socket: send() with MSG_NOSIGNAL

private:
    Process() = default;

    int m_pid = -1;
    int m_status = 0;
    bool m_isReaped = false;
    FileDescriptor m_lifeline; // of the guard
};

} // namespace TorchLift
