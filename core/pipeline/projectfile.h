#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/version.h"

namespace TorchLift {

/// What a project keeps of how it is run (resources/schemas/project.schema.json). What the file
/// does not name is nullopt or empty.
struct ProjectSettings
{
    std::optional<std::string> run;
    std::vector<std::filesystem::path> data;     ///< relative ones are below the file's folder
    std::vector<std::filesystem::path> packages; ///< likewise
    std::optional<Version> from;
    std::optional<Version> to;
    std::optional<int> timeoutSeconds;
    std::optional<bool> isCudaOnCpu;
};

/// The name of the file that is read from a project's folder.
inline constexpr const char *kProjectFile = "torchlift-project.yaml";

/// Errors: those of readYaml, with file and line.
[[nodiscard]] Result<ProjectSettings> readProjectFile(const std::filesystem::path &file);

/// The settings of a folder; none where it has no such file. Errors: as readProjectFile().
[[nodiscard]] Result<ProjectSettings> projectSettingsOf(const std::filesystem::path &folder);

} // namespace TorchLift
