#include "validation/command.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <string_view>

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include "validation/process.h"

namespace TorchLift {

namespace {

constexpr std::size_t kMaxOutput = 1024 * 1024;
constexpr int kTickMs = 200;

// False when the other end is closed.
bool readAvailable(const FileDescriptor &descriptor, std::string &text)
{
    char buffer[1 << 14];
    for (;;) {
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
}

void readUntilClosed(FileDescriptor &descriptor, short events, std::string &text)
{
    if (events != 0 && !readAvailable(descriptor, text)) {
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
    while (output.isOpen() || errorOutput.isOpen()) {
        if (stop.stop_requested()) {
            return fail(Errc::Cancelled, "cancelled", command.arguments.front());
        }
        if (command.timeoutSeconds > 0
            && Clock::now() - begin > std::chrono::seconds(command.timeoutSeconds)) {
            return fail(Errc::Timeout, "it did not end in time", command.arguments.front());
        }
        pollfd waiting[] = {{output.get(), POLLIN, 0}, {errorOutput.get(), POLLIN, 0}};
        ::poll(waiting, 2, kTickMs); // a closed one has the number -1, which poll() passes over
        readUntilClosed(output, waiting[0].revents, outcome.output);
        readUntilClosed(errorOutput, waiting[1].revents, outcome.errorOutput);
        if (command.onTick) {
            command.onTick();
        }
    }
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
