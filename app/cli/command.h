#pragma once

#include <functional>
#include <optional>

#include <CLI/CLI.hpp>

#include "cli/commands.h"
#include "validation/environmentstore.h"
#include "validation/releasesearch.h"

namespace TorchLift::Cli {

/// A part of the command line that describes itself and what to do when it was given.
struct Command
{
    CLI::App *app = nullptr; ///< innermost one
    std::function<int(const Context &)> run;
};

/// environments list|install|add|repair|remove.
[[nodiscard]] std::vector<Command> addEnvironments(CLI::App &app);
[[nodiscard]] Command addBisect(CLI::App &app);
[[nodiscard]] Command addCheckpoint(CLI::App &app);
[[nodiscard]] Command addReport(CLI::App &app);
[[nodiscard]] Command addAsk(CLI::App &app);

/// What `bisect --json FILE` found; nullopt when that was nothing, or for an empty name.
/// Errors: NotFound, Unreadable, InvalidInput.
[[nodiscard]] Result<std::optional<BisectionAnswer>> readBisection(const std::string &file);
void addBisection(CLI::App *command, std::string &file);

/// Shared pieces of these.
void addVersions(CLI::App *command, VersionOptions &versions);
void addJson(CLI::App *command, std::string &json);
/// `help` says what the engine is for.
void addEngine(CLI::App *command, EngineCommandOptions &options, const std::string &help);
void addRun(CLI::App *command, RunOptions &run);

/// Options of how environments are provisioned.
struct ProvisionCommandOptions
{
    std::string python;
    std::string index;
    std::string proxy;
    std::string certificates;
};

void addProvision(CLI::App *command, ProvisionCommandOptions &options);

/// With what the settings say where an option was not given. Errors: those of
/// loadNetworkSettings.
[[nodiscard]] Result<ProvisionOptions> provisionOptions(const Context &context,
                                                        const ProvisionCommandOptions &options);

} // namespace TorchLift::Cli
