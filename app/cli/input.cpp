#include "cli/input.h"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <filesystem>

#include <unistd.h>

#include "base/files.h"
#include "settings/sharedengine.h"
#include "vectorstores/engineaddress.h"

namespace TorchLift::Cli {

namespace {

constexpr std::size_t kMaxKeyBytes = 16384;
constexpr int kProjectSeconds = 600; // of a run of all tests, where nobody says

Result<std::string> readDescriptor(int descriptor, std::size_t maxBytes, const char *name)
{
    std::string bytes;
    std::array<char, 65536> buffer{};
    while (true) {
        const ssize_t got = ::read(descriptor, buffer.data(), buffer.size());
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return fail(Errc::Unreadable, "it cannot be read", name);
        }
        if (got == 0) {
            return bytes;
        }
        bytes.append(buffer.data(), static_cast<std::size_t>(got));
        if (bytes.size() > maxBytes) {
            return fail(Errc::TooLarge, "larger than " + std::to_string(maxBytes) + " bytes", name);
        }
    }
}

} // namespace

Result<Script> readScript(const std::string &file)
{
    Script script;
    script.name = file == "-" ? "stdin" : file;
    std::error_code ignored;
    if (file != "-" && std::filesystem::is_directory(file, ignored)) {
        return fail(Errc::InvalidInput, "it is a folder, and this takes one file", file);
    }
    auto bytes =
        file == "-" ? readDescriptor(STDIN_FILENO, kMaxSourceBytes, "stdin") : readFile(file);
    if (!bytes) {
        return tl::unexpected(bytes.error());
    }
    auto source = SourceFile::decode(file, std::move(*bytes));
    if (!source) {
        Error error = source.error();
        error.subject = script.name;
        return tl::unexpected(error);
    }
    static_cast<SourceFile &>(script) = std::move(*source);
    return script;
}

Result<std::optional<Version>> parseVersionOption(const std::string &text, bool mayBeAuto)
{
    if (mayBeAuto && text == "auto") {
        return std::optional<Version>();
    }
    const std::optional<Version> version = Version::parse(text);
    if (!version) {
        return fail(Errc::InvalidArgument, "not a version (like 1.0.0)", text);
    }
    return version;
}

Result<MigrationOptions> migrationOptions(const VersionOptions &versions, const std::string &accept)
{
    MigrationOptions options;
    auto from = parseVersionOption(versions.from, true);
    if (!from) {
        return tl::unexpected(from.error());
    }
    auto to = parseVersionOption(versions.to, false);
    if (!to) {
        return tl::unexpected(to.error());
    }
    options.from = *from;
    options.to = **to;
    if (options.from && *options.from > options.to) {
        return fail(Errc::InvalidArgument, "--from is after --to");
    }
    options.accept = accept == "safe"  ? Acceptance::Safe
                     : accept == "all" ? Acceptance::All
                                       : Acceptance::Review;
    return options;
}

ValidateOptions validateOptions(const RunOptions &run, const Version &source, const Version &target)
{
    ValidateOptions options;
    options.source = source;
    options.target = target;
    options.limits.wallSeconds = run.timeoutSeconds.value_or(options.limits.wallSeconds);
    options.data.assign(run.data.begin(), run.data.end());
    options.isSandboxed = !run.isUnsandboxed;
    options.trace = run.trace;
    options.isCudaOnCpu = run.isCudaOnCpu;
    return options;
}

Result<ProjectRunOptions> projectRunOptions(const RunOptions &run, VersionOptions versions,
                                            const std::string &folder)
{
    const auto settings =
        run.projectFile.empty() ? projectSettingsOf(folder) : readProjectFile(run.projectFile);
    if (!settings) {
        return tl::unexpected(settings.error());
    }
    if (settings->from && versions.from == "auto") {
        versions.from = settings->from->toString();
    }
    if (settings->to && !versions.isToGiven) {
        versions.to = settings->to->toString();
    }
    const auto known = migrationOptions(versions, {});
    if (!known) {
        return tl::unexpected(known.error());
    }
    ProjectRunOptions options;
    options.how = validateOptions(run, known->from.value_or(Version{1, 0, 0}), known->to);
    options.how.limits.wallSeconds =
        run.timeoutSeconds.value_or(settings->timeoutSeconds.value_or(kProjectSeconds));
    options.how.isCudaOnCpu = run.isCudaOnCpu || settings->isCudaOnCpu.value_or(false);
    if (run.data.empty()) {
        options.how.data = settings->data;
    }
    options.packages = settings->packages;
    if (!run.packages.empty()) {
        options.packages.assign(run.packages.begin(), run.packages.end());
    }
    options.command = !run.command.empty() ? run.command : settings->run.value_or("");
    if (options.command.find_first_not_of(" \t\r\n") == std::string::npos) {
        std::error_code ignored;
        const bool hasMain =
            std::filesystem::exists(std::filesystem::path(folder) / "main.py", ignored);
        const std::string example = hasMain ? "python main.py" : "pytest -q";
        return fail(Errc::InvalidArgument, "it is not known what to run in this project", folder,
                    "--run \"" + example + "\", or a line 'run: " + example + "' in its "
                        + std::string(kProjectFile));
    }
    return options;
}

Result<std::string> readKey(int descriptor)
{
    auto key = readDescriptor(descriptor, kMaxKeyBytes, "--key-fd");
    if (key) {
        key->erase(key->find_last_not_of(" \t\r\n") + 1);
    }
    return key;
}

Result<ChatProfile> chatProfile(const std::string &baseUrl, const std::string &model,
                                int keyDescriptor)
{
    ChatProfile profile;
    profile.name = baseUrl;
    profile.baseUrl = baseUrl;
    profile.model = model;
    if (keyDescriptor >= 0) {
        auto key = readKey(keyDescriptor);
        if (!key) {
            return tl::unexpected(key.error());
        }
        profile.key = std::move(*key);
    }
    return profile;
}

Result<EngineOptions> engineOptions(const Context &context, const EngineCommandOptions &options)
{
    SharedEngine engine{options.address, options.certificates, options.proxy};
    if (engine.address.empty()) {
        auto remembered = loadSharedEngine(context.paths.config);
        if (!remembered) {
            return tl::unexpected(remembered.error());
        }
        engine.address = remembered->address;
        engine.certificates =
            engine.certificates.empty() ? remembered->certificates : engine.certificates;
        engine.proxy = engine.proxy.empty() ? remembered->proxy : engine.proxy;
    }
    const auto address = EngineAddress::parse(engine.address);
    if (!address) {
        return tl::unexpected(address.error());
    }
    EngineOptions how;
    how.address = address->toString();
    how.network.proxy = engine.proxy;
    how.network.certificates = engine.certificates;
    // NOLINTNEXTLINE(concurrency-mt-unsafe): nobody changes the environment
    const char *key = std::getenv("TORCHLIFT_ENGINE_KEY");
    how.key = key != nullptr ? key : "";
    if (options.keyDescriptor >= 0) {
        auto read = readKey(options.keyDescriptor);
        if (!read) {
            return tl::unexpected(read.error());
        }
        how.key = std::move(*read);
    }
    return how;
}

Result<void> useEngine(const Context &context, Pipeline &pipeline,
                       const EngineCommandOptions &options)
{
    if (!options.isAsked) {
        return {};
    }
    auto engine = engineOptions(context, options);
    if (!engine) {
        return tl::unexpected(engine.error());
    }
    pipeline.useEngine(std::move(*engine));
    return {};
}

} // namespace TorchLift::Cli
