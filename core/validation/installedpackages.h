#pragma once

#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/progress.h"
#include "base/result.h"

namespace TorchLift {

/// A Python package as it is installed.
struct InstalledPackage
{
    std::string name; ///< as its metadata folder spells it
    std::string version;
    /// SHA-256 over the paths and hashes of the files that came in its wheel, sorted: the same
    /// wheel gives the same one wherever it is installed. Empty when it has no RECORD.
    std::string contentSha256;

    bool operator==(const InstalledPackage &) const = default;
};

/// The packages of a site-packages folder, by name.
[[nodiscard]] std::vector<InstalledPackage>
installedPackages(const std::filesystem::path &packages);

/// What is wrong with the files that the packages' RECORDs list: one is missing or has another
/// size. nullopt when all are there. Reads no file's contents (some 100 ms for 20,000 files).
[[nodiscard]] std::optional<std::string> firstDamage(const std::filesystem::path &packages);

/// The same, and the first file whose SHA-256 is not the one in its RECORD. Reads all there is, on
/// as many threads as there are cores; progress is in bytes. Errors: Cancelled.
[[nodiscard]] Result<std::optional<std::string>> firstChange(const std::filesystem::path &packages,
                                                             const ProgressCallback &progress,
                                                             std::stop_token stop);

/// lib/pythonX.Y/site-packages of an environment; empty when there is none.
[[nodiscard]] std::filesystem::path sitePackagesOf(const std::filesystem::path &environment);

} // namespace TorchLift
