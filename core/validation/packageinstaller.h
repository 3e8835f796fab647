#pragma once

#include <filesystem>
#include <stop_token>
#include <string>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "validation/environmentstore.h"

namespace TorchLift {

/// uv, the package installer: finds it and calls it.
class PackageInstaller
{
public:
    /// The one that installer/setup.sh got in `tools`, or the first of PATH that runs.
    /// Errors: MissingPart with the command that gets it.
    [[nodiscard]] static Result<PackageInstaller> find(const std::filesystem::path &tools,
                                                       std::stop_token stop);

    /// An empty environment that may be moved. Errors: MissingPart with the installer's words.
    [[nodiscard]] Result<void> makeEnvironment(const std::filesystem::path &folder,
                                               const std::filesystem::path &python,
                                               std::stop_token stop) const;

    /// Installs into it. `expectedMb` of growth on the disk are 100 percent of the progress (what
    /// is in the cache already takes none). Packages that arrived whole before a break are kept in
    /// the cache; what arrived by half is cleared away. Errors: Network, InvalidArgument (no such
    /// package or none for this Python), Io, Cancelled; with the installer's words.
    [[nodiscard]] Result<void> install(const std::filesystem::path &environment,
                                       const std::vector<std::string> &requirements, int expectedMb,
                                       const ProvisionOptions &options,
                                       const ProgressCallback &progress,
                                       std::stop_token stop) const;

    /// The same past the cache: everything is downloaded again and replaces what is there. For
    /// when what install() brought is damaged, since its files are links to those of the cache.
    /// `cache` is a folder for the time being, on the environment's disk.
    [[nodiscard]] Result<void> reinstall(const std::filesystem::path &environment,
                                         const std::vector<std::string> &requirements,
                                         int expectedMb, const std::filesystem::path &cache,
                                         const ProvisionOptions &options,
                                         const ProgressCallback &progress,
                                         std::stop_token stop) const;

    /// Where downloads are kept.
    [[nodiscard]] static std::filesystem::path cacheFolder();

private:
    struct Job;

    explicit PackageInstaller(std::filesystem::path program);
    [[nodiscard]] Result<void> run(const Job &job, const ProgressCallback &progress,
                                   std::stop_token stop) const;

    std::filesystem::path m_program;
};

/// Free space for an ordinary user on the disk of `path`, which need not exist yet.
[[nodiscard]] std::int64_t freeBytes(const std::filesystem::path &path);

} // namespace TorchLift
