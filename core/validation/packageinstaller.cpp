#include "validation/packageinstaller.h"

#include <algorithm>
#include <cstdlib>

#include <fcntl.h>
#include <sys/file.h>

#include "base/text.h"
#include "validation/command.h"
#include "validation/filedescriptor.h"

namespace TorchLift {

namespace fs = std::filesystem;

namespace {

constexpr std::int64_t kMegabyte = 1024 * 1024;
constexpr std::size_t kMaxWords = 2000;

// The installer's words, without an endless list.
std::string lastWords(const CommandOutcome &outcome)
{
    const std::string &text = outcome.errorOutput.empty() ? outcome.output : outcome.errorOutput;
    const std::size_t error = text.find("error: "); // before it stands what went well
    const std::string told = error == std::string::npos ? text : text.substr(error);
    const std::string tail = told.size() > kMaxWords ? told.substr(told.size() - kMaxWords) : told;
    std::string words = toValidUtf8(tail);
    while (!words.empty() && (words.back() == '\n' || words.back() == ' ')) {
        words.pop_back();
    }
    return words;
}

bool says(const std::string &text, std::initializer_list<const char *> phrases)
{
    return std::any_of(phrases.begin(), phrases.end(), [&text](const char *phrase) {
        return text.find(phrase) != std::string::npos;
    });
}

Error errorOf(const CommandOutcome &outcome, const std::string &subject)
{
    const std::string words = lastWords(outcome);
    if (says(words, {"No space left", "Permission denied", "Read-only file system"})) {
        return {Errc::Io, words, subject, "make room, or set TORCHLIFT_HOME to a larger disk"};
    }
    if (says(words, {"No solution found", "not found in the package registry", "no wheels"})) {
        return {Errc::InvalidArgument, words, subject, {}};
    }
    return {Errc::Network, words, subject,
            "try again: what has arrived is kept (--index, --proxy, --cert say how to get there)"};
}

std::vector<std::string> installerEnvironment(const ProvisionOptions &options)
{
    std::vector<std::string> variables = commandEnvironment();
    const auto set = [&variables](const std::string &name, const std::string &value) {
        if (value.empty()) {
            return;
        }
        std::erase_if(variables, [&name](const std::string &variable) {
            return variable.starts_with(name + "=");
        });
        variables.push_back(name + "=" + value);
    };
    for (const char *name :
         {"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"}) {
        set(name, options.proxy);
    }
    set("SSL_CERT_FILE", options.certificates.string());
    set("UV_DEFAULT_INDEX", options.index);
    return variables;
}

// What a download that was broken off has left in the cache. Only while no other installer is at
// work there: each holds this lock, shared.
void removeBrokenOff(const fs::path &cache)
{
    const FileDescriptor lock(::open((cache / ".lock").c_str(), O_RDWR | O_CLOEXEC));
    if (!lock.isOpen() || ::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
        return;
    }
    std::error_code error;
    std::vector<fs::path> leftovers;
    for (const auto &entry : fs::directory_iterator(cache, error)) {
        if (entry.path().filename().string().starts_with(".tmp")) {
            leftovers.push_back(entry.path());
        }
    }
    for (const fs::path &leftover : leftovers) {
        fs::remove_all(leftover, error);
    }
}

} // namespace

PackageInstaller::PackageInstaller(fs::path program)
    : m_program(std::move(program))
{}

Result<PackageInstaller> PackageInstaller::find(const fs::path &tools, std::stop_token stop)
{
    std::vector<std::string> candidates{(tools / "uv").string()};
    for (std::string &program : programsInPath("uv")) {
        candidates.push_back(std::move(program));
    }
    for (const std::string &candidate : candidates) {
        Command command;
        command.arguments = {candidate, "--version"};
        command.environment = commandEnvironment();
        command.timeoutSeconds = 20;
        const auto outcome = runCommand(command, stop); // a pyenv shim of that name may not work
        if (outcome && outcome->status == 0) {
            return PackageInstaller(candidate);
        }
        if (!outcome && outcome.error().code == Errc::Cancelled) {
            return tl::unexpected(outcome.error());
        }
    }
    return fail(Errc::MissingPart, "uv, the package installer, is not there", "uv",
                "installer/setup.sh --only environments   or: pip install uv");
}

Result<void> PackageInstaller::makeEnvironment(const fs::path &folder, const fs::path &python,
                                               std::stop_token stop) const
{
    Command command;
    command.arguments = {m_program.string(), "venv",     "--quiet",       "--no-project",
                         "--relocatable",    "--python", python.string(), folder.string()};
    command.environment = commandEnvironment();
    const auto outcome = runCommand(command, std::move(stop));
    if (!outcome) {
        return tl::unexpected(outcome.error());
    }
    if (outcome->status != 0) {
        return fail(Errc::MissingPart, lastWords(*outcome), python.string());
    }
    return {};
}

struct PackageInstaller::Job
{
    fs::path environment;
    std::vector<std::string> requirements;
    std::vector<std::string> variables;
    fs::path cache;
    int expectedMb = 0;
    bool replaces = false;
};

Result<void> PackageInstaller::run(const Job &job, const ProgressCallback &progress,
                                   std::stop_token stop) const
{
    Command command;
    command.arguments = {m_program.string(), "pip", "install", "--python",
                         (job.environment / "bin/python").string()};
    if (job.replaces) {
        command.arguments.emplace_back("--reinstall");
    }
    command.arguments.insert(command.arguments.end(), job.requirements.begin(),
                             job.requirements.end());
    command.environment = job.variables;
    removeBrokenOff(job.cache);
    const std::int64_t before = freeBytes(job.cache);
    command.onTick = [&] {
        if (progress) {
            const std::int64_t grown = (before - freeBytes(job.cache)) / kMegabyte;
            const auto most = static_cast<std::int64_t>(job.expectedMb) - 1; // the end: told apart
            progress({"installing", static_cast<double>(std::clamp<std::int64_t>(grown, 0, most)),
                      static_cast<double>(job.expectedMb), "MB"});
        }
    };
    const auto outcome = runCommand(command, std::move(stop));
    if (!outcome) {
        removeBrokenOff(job.cache);
        return tl::unexpected(outcome.error());
    }
    if (outcome->status != 0) {
        return tl::unexpected(errorOf(*outcome, job.requirements.front()));
    }
    if (progress) {
        const auto all = static_cast<double>(job.expectedMb);
        progress({"installing", all, all, "MB"});
    }
    return {};
}

Result<void> PackageInstaller::install(const fs::path &environment,
                                       const std::vector<std::string> &requirements, int expectedMb,
                                       const ProvisionOptions &options,
                                       const ProgressCallback &progress, std::stop_token stop) const
{
    return run({environment, requirements, installerEnvironment(options), cacheFolder(), expectedMb,
                false},
               progress, std::move(stop));
}

Result<void> PackageInstaller::reinstall(const fs::path &environment,
                                         const std::vector<std::string> &requirements,
                                         int expectedMb, const fs::path &cache,
                                         const ProvisionOptions &options,
                                         const ProgressCallback &progress,
                                         std::stop_token stop) const
{
    std::vector<std::string> variables = installerEnvironment(options);
    std::erase_if(variables, [](const std::string &variable) {
        return variable.starts_with("UV_CACHE_DIR=");
    });
    variables.push_back("UV_CACHE_DIR=" + cache.string());
    auto done = run({environment, requirements, std::move(variables), cache, expectedMb, true},
                    progress, std::move(stop));
    std::error_code ignored;
    fs::remove_all(cache, ignored);
    return done;
}

fs::path PackageInstaller::cacheFolder()
{
    const auto variable = [](const char *name) {
        const char *value = std::getenv(name);
        return fs::path(value != nullptr ? value : "");
    };
    if (const fs::path own = variable("UV_CACHE_DIR"); !own.empty()) {
        return own;
    }
    const fs::path cache = variable("XDG_CACHE_HOME");
    return (cache.is_absolute() ? cache : variable("HOME") / ".cache") / "uv";
}

std::int64_t freeBytes(const fs::path &path)
{
    std::error_code error;
    fs::path existing = fs::absolute(path, error);
    while (existing.has_relative_path() && !fs::exists(existing, error)) {
        existing = existing.parent_path();
    }
    const fs::space_info space = fs::space(existing, error);
    return error ? 0 : static_cast<std::int64_t>(space.available);
}

} // namespace TorchLift
