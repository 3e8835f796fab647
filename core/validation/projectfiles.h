#pragma once

#include <filesystem>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "source/sourcefolder.h"

namespace TorchLift {

/// One file of a project as a run sees it.
struct FileCopy
{
    std::string path; ///< below the project's folder, with slashes
    std::string bytes;
    bool isExecutable = false;
};

/// What a run sees of a project's folder. Runs get copies: what a test writes is gone with it.
struct ProjectFiles
{
    std::filesystem::path folder;
    std::vector<FileCopy> files;
    std::vector<SkippedPath> skipped; ///< hidden folders, caches, links, large files
    /// Data that lies inside the project: where, and by which name runs show it.
    std::vector<std::pair<std::string, std::string>> dataPlaces;
};

/// All files together may hold so much; what is larger is data, which is shown, not copied.
inline constexpr std::size_t kMaxProjectBytes = 128U * 1024U * 1024U;

/// Reads a project's folder as it is now. `data` that lies inside is left out, as are hidden
/// folders, caches, virtual environments and links.
/// Errors: those of listSources and readFile; TooLarge with the remedy.
[[nodiscard]] Result<ProjectFiles> readProjectFolder(const std::filesystem::path &folder,
                                                     const std::vector<std::filesystem::path> &data,
                                                     std::stop_token stop);

/// The files in one text, as torchlift_project.py unpacks them: of each the length of its path
/// (4 bytes, little endian), of its content (8), whether it is executable (1), path and content.
/// `data`: names that stand in the work folder already and are left alone.
[[nodiscard]] std::string packProject(const ProjectFiles &project,
                                      const std::vector<std::filesystem::path> &data);

} // namespace TorchLift
