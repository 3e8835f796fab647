#pragma once

#include <filesystem>
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

/// The Python of a package.
struct SourceFolder
{
    std::vector<std::filesystem::path> files; ///< *.py and *.ipynb below the folder, sorted
    std::vector<SkippedPath> skipped;         ///< sorted
};

/// Lists what there is to migrate below `folder`. Links are not followed, so nothing outside is
/// touched and loops do not matter; hidden folders, caches and virtual environments are left out.
/// Errors: NotFound, Unreadable, Cancelled.
[[nodiscard]] Result<SourceFolder> listSources(const std::filesystem::path &folder,
                                               std::stop_token stop = {});

} // namespace TorchLift
