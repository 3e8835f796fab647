#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "validation/run.h"

namespace TorchLift {

/// A run that ended because something it imports is not there: no failure of the migration.
struct MissingPackage
{
    std::string module;       ///< as imported: "PIL", "utils"
    std::string distribution; ///< as installed: "Pillow"; empty where it is the user's own file
};

/// "torchvision" of "No module named 'torchvision.models'"; empty when the run's error is another.
[[nodiscard]] std::string missingModule(const Run &run);

/// nullopt when the run ended otherwise, and for modules that no package brings: parts of torch
/// and NumPy, and what Python's own library lost. `script` tells whether a file of that name lies
/// beside it; may be empty.
[[nodiscard]] std::optional<MissingPackage> missingPackage(const Run &run,
                                                           const std::filesystem::path &script);

/// What to do about it: a command, or the option that shows the user's own file to the run.
[[nodiscard]] std::string remedyOf(const MissingPackage &missing,
                                   const std::filesystem::path &script);

} // namespace TorchLift
