#include "validation/command.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <string_view>

#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "validation/process.h"

namespace TorchLift {

namespace {

constexpr std::size_t kMaxOutput = 1024 * 1024;
constexpr int kTickMs = 200;

// At least what a pipe can hold, but not more and more of one who writes without end. False when
// the other end is closed.
bool readAvailable(const FileDescriptor &descriptor, std::string &text)
{
    constexpr int kMostReads = 8;
    char buffer[1 << 14];
    for (int i = 0; i < kMostReads; ++i) {
        const ssize_t count = ::read(descriptor.get(), buffer, sizeof buffer);
        if (count > 0) {
            text.append(buffer, static_cast<std::size_t>(count));
            if (text.size() > 2 * kMaxOutput) {
                text.erase(0, text.size() - kMaxOutput);
            }
            continue;
        }
        return count < 0 && (errno == EAGAIN || errno == EINTR);
    }
    return true;
}

void readUntilClosed(FileDescriptor &descriptor, short events, std::string &text, bool isLast)
{
    const bool hasSome = events != 0 || (isLast && descriptor.isOpen());
    if (hasSome && !readAvailable(descriptor, text)) {
        descriptor.reset();
    }
}

} // namespace

Result<CommandOutcome> runCommand(const Command &command, std::stop_token stop)
{
    using Clock = std::chrono::steady_clock;
    ProcessOptions options;
    options.arguments = command.arguments;
    options.environment = command.environment;
    auto process = Process::start(std::move(options));
    if (!process) {
        return tl::unexpected(process.error());
    }
    (*process)->settle();
    const auto begin = Clock::now();
    CommandOutcome outcome;
    FileDescriptor &output = (*process)->output;
    FileDescriptor &errorOutput = (*process)->errorOutput;
    // Its end, not that of its pipes, is what counts: something it left running in the background
    // (a shim's, a wrapper's) may hold them open for as long as it likes.
    const FileDescriptor end(static_cast<int>(::syscall(SYS_pidfd_open, (*process)->pid(), 0U)));
    bool hasEnded = false;
    while (!hasEnded) {
        if (stop.stop_requested()) {
            return fail(Errc::Cancelled, "cancelled");
        }
        if (command.timeoutSeconds > 0
            && Clock::now() - begin > std::chrono::seconds(command.timeoutSeconds)) {
            return fail(Errc::Timeout, "it did not end in time", command.arguments.front());
        }
        pollfd waiting[] = {
            {output.get(), POLLIN, 0}, {errorOutput.get(), POLLIN, 0}, {end.get(), POLLIN, 0}};
        ::poll(waiting, 3, kTickMs); // a closed one has the number -1, which poll() passes over
        hasEnded = end.isOpen() ? waiting[2].revents != 0 // then all it wrote is in the pipes
                                : !output.isOpen() && !errorOutput.isOpen();
        readUntilClosed(output, waiting[0].revents, outcome.output, hasEnded);
        readUntilClosed(errorOutput, waiting[1].revents, outcome.errorOutput, hasEnded);
        if (command.onTick) {
            command.onTick();
        }
    }
    (*process)->kill(); // what it left behind; its own status is settled
    const int status = (*process)->wait();
    outcome.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return outcome;
}

std::vector<std::string> commandEnvironment()
{
    std::vector<std::string> variables;
    for (char **entry = environ; *entry != nullptr; ++entry) {
        const std::string_view text(*entry);
        constexpr std::string_view misleading[] = {"PYTHONPATH=",   "PYTHONHOME=", "VIRTUAL_ENV=",
                                                   "CONDA_PREFIX=", "UV_PYTHON=",  "LD_PRELOAD="};
        if (std::none_of(std::begin(misleading), std::end(misleading),
                         [text](std::string_view name) { return text.starts_with(name); })) {
            variables.emplace_back(text);
        }
    }
    return variables;
}

std::vector<std::string> programsInPath(const std::string &name)
{
    std::vector<std::string> found;
    const char *path = std::getenv("PATH");
    std::string_view folders = path != nullptr ? path : "/usr/bin:/bin";
    while (!folders.empty()) {
        const std::size_t end = folders.find(':');
        const auto candidate = std::filesystem::path(folders.substr(0, end)) / name;
        if (candidate.is_absolute() && ::access(candidate.c_str(), X_OK) == 0) {
            found.push_back(candidate.string());
        }
        folders = end == std::string_view::npos ? std::string_view() : folders.substr(end + 1);
    }
    return found;
}

} // namespace TorchLift
