#include "settings/paths.h"

#include <cstdlib>
#include <string>

#include <pwd.h>
#include <unistd.h>

namespace TorchLift {

namespace {

// XDG says: a relative value is invalid and ignored.
std::filesystem::path fromEnvironment(const char *name)
{
    const char *value = std::getenv(name); // NOLINT(concurrency-mt-unsafe): nobody calls setenv
    const std::filesystem::path path(value == nullptr ? "" : value);
    return path.is_absolute() ? path : std::filesystem::path();
}

std::filesystem::path homeFolder()
{
    const std::filesystem::path home = fromEnvironment("HOME");
    if (!home.empty()) {
        return home;
    }
    const passwd *user = ::getpwuid(::getuid()); // NOLINT(concurrency-mt-unsafe): at start only
    return user == nullptr ? "/" : user->pw_dir;
}

std::filesystem::path executableFolder()
{
    std::error_code ignored;
    return std::filesystem::read_symlink("/proc/self/exe", ignored).parent_path();
}

std::filesystem::path xdg(const char *name, const char *belowHome)
{
    const std::filesystem::path set = fromEnvironment(name);
    return (set.empty() ? homeFolder() / belowHome : set) / "torchlift";
}

std::filesystem::path resourcesFolder()
{
    if (const std::filesystem::path set = fromEnvironment("TORCHLIFT_RESOURCES"); !set.empty()) {
        return set;
    }
    const std::filesystem::path installed =
        (executableFolder() / "../share/torchlift").lexically_normal();
    std::error_code ignored;
    return std::filesystem::is_directory(installed, ignored)
               ? installed
               : std::filesystem::path(TORCHLIFT_SOURCE_RESOURCES);
}

} // namespace

Paths Paths::standard()
{
    Paths paths;
    if (const std::filesystem::path home = fromEnvironment("TORCHLIFT_HOME"); !home.empty()) {
        paths.config = home / "config";
        paths.data = home / "data";
        paths.cache = home / "cache";
    } else {
        paths.config = xdg("XDG_CONFIG_HOME", ".config");
        paths.data = xdg("XDG_DATA_HOME", ".local/share");
        paths.cache = xdg("XDG_CACHE_HOME", ".cache");
    }
    paths.resources = resourcesFolder();
    return paths;
}

std::filesystem::path Paths::encoderModule() const
{
    constexpr const char *name = "libtorchlift-encoder.so";
    // From a build folder: bin/ itself, or its parent for the test programs.
    for (const char *folder : {".", "..", "../lib/torchlift"}) {
        std::error_code ignored;
        const std::filesystem::path candidate =
            (executableFolder() / folder / name).lexically_normal();
        if (std::filesystem::exists(candidate, ignored)) {
            return candidate;
        }
    }
    return executableFolder() / name;
}

} // namespace TorchLift
