#pragma once

#include <functional>

#include <CLI/CLI.hpp>

#include "cli/commands.h"
#include "validation/environmentstore.h"

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

/// Shared pieces of these.
void addVersions(CLI::App *command, VersionOptions &versions);
void addJson(CLI::App *command, std::string &json);
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
