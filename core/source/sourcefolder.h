#pragma once

#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"

namespace TorchLift {

/// A file or folder that is left out, and why.
struct SkippedPath
{
    std::filesystem::path path; ///< below the folder
    std::string reason;
};

/// Whether a file of this name is to be migrated.
using WantedFile = std::function<bool(const std::filesystem::path &)>;

/// *.py and *.ipynb.
[[nodiscard]] bool isPythonFile(const std::filesystem::path &path);

/// The sources of a package.
struct SourceFolder
{
    std::vector<std::filesystem::path> files; ///< those wanted, below the folder, sorted
    std::vector<SkippedPath> skipped;         ///< sorted
};

/// Lists what there is to migrate below `folder`. Links are not followed, so nothing outside is
/// touched and loops do not matter; hidden folders, caches and virtual environments are left out.
/// Errors: NotFound, Unreadable, Cancelled.
[[nodiscard]] Result<SourceFolder> listSources(const std::filesystem::path &folder,
                                               std::stop_token stop = {},
                                               const WantedFile &isWanted = isPythonFile);

} // namespace TorchLift
