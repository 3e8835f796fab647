#pragma once

#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "pipeline/foldermigration.h"
#include "pipeline/pipeline.h"
#include "validation/project.h"
#include "validation/projectfiles.h"

namespace TorchLift {

/// How a project is run.
struct ProjectRunOptions
{
    std::string command;                         ///< "pytest -q", for a shell
    std::vector<std::filesystem::path> packages; ///< folders of further packages
    ValidateOptions how;
    std::vector<std::string> watched{}; ///< files below the folder whose lines are followed
};

/// Called before each run of the command: which it is (from 1), how many there are at least.
using ProjectProgress = std::function<void(int run, int runs, const Version &torch)>;

/// Runs a project's command with the old code in source and target and with the new code in the
/// target; gives a verdict for each test that pytest or unittest tells of, else for the command.
/// Where values of a test differ, the command runs again as judge.h says, each such run once for
/// all tests. Tests, and commands without tests, are compared by what they print; tests also
/// by what their own names hold when they return. Every test starts from the same seed.
/// Errors: MissingPart, with the command that helps, for an environment or pytest that is missing;
/// InvalidArgument for options.how.trace; Refused, TooLarge, Cancelled. A command that fails is a
/// result.
[[nodiscard]] Result<ProjectResult>
validateProject(Pipeline &pipeline, const ProjectFiles &oldFiles, const ProjectFiles &newFiles,
                const ProjectRunOptions &options, const ProjectProgress &progress,
                std::stop_token stop);

/// The Python files that edits change: what ProjectRunOptions::watched needs for proveEdits().
[[nodiscard]] std::vector<std::string> editedFiles(const FolderMigration &folder);

/// Sets EditProof of every accepted edit of the watched files. An edit is tried by the tests that
/// ran its lines in old@source and new@target; where no test did and they ran outside (imports),
/// by all tests; where there are no tests, by the command. Refuted: one of these differs (of those
/// outside: all). Proven: at least one agrees. NotExecuted: none ran it. Pure.
void proveEdits(FolderMigration &folder, const ProjectResult &result);

/// Runs a project's command in source and target and gives what the expressions of its scripts
/// were, as far as reading does not tell. A command that fails tells what it reached.
/// Errors: as validateProject(), those of readProjectFolder() and readFolder().
[[nodiscard]] Result<FolderObservations> observeProject(Pipeline &pipeline,
                                                        const std::filesystem::path &folder,
                                                        const ProjectRunOptions &options,
                                                        const ProjectProgress &progress,
                                                        std::stop_token stop);

} // namespace TorchLift
