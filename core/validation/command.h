#pragma once

#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"

namespace TorchLift {

/// A trusted program of the host's (an interpreter, the package installer) to be run to its end.
struct Command
{
    std::vector<std::string> arguments;   ///< [0] is the program's absolute path
    std::vector<std::string> environment; ///< "NAME=value"
    int timeoutSeconds = 0;               ///< 0: as long as it takes
    std::function<void()> onTick;         ///< about five times a second; may be empty
};

struct CommandOutcome
{
    int status = -1;         ///< exit status; -1 when a signal ended it
    std::string output;      ///< at most a megabyte, the last one
    std::string errorOutput; ///< likewise
};

/// Blocks until it ended, and ends what it left running in the background; kills it with its
/// descendants on a stop request. A status other than zero is an outcome, no Error. Errors:
/// Cancelled, Timeout, MissingPart (it cannot be started).
[[nodiscard]] Result<CommandOutcome> runCommand(const Command &command, std::stop_token stop);

/// Our own environment variables, but for those that lead an interpreter astray (PYTHONPATH and
/// the like, an activated environment).
[[nodiscard]] std::vector<std::string> commandEnvironment();

/// Absolute paths of `name` in PATH, in order.
[[nodiscard]] std::vector<std::string> programsInPath(const std::string &name);

} // namespace TorchLift
