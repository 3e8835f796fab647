#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/version.h"

namespace TorchLift {

/// An interpreter with one torch version.
struct Environment
{
    std::string name;                  ///< "torch-1.0.0": the folder's name
    std::filesystem::path folder;      ///< the virtual environment
    std::filesystem::path interpreter; ///< folder/bin/python
    std::filesystem::path base;        ///< prefix of the interpreter it was made from
    Version torch;
    Version python;
    std::string numpy; ///< version, empty where it is missing
    std::string cuda;  ///< version that torch was built with; empty for a build without
};

/// Looks at one folder without running anything of its packages' code: pyvenv.cfg, the
/// interpreter, torch/version.py, metadata of NumPy.
/// Errors: MissingPart with the command that makes or repairs it.
[[nodiscard]] Result<Environment> inspectEnvironment(const std::filesystem::path &folder);

/// The environment for `torch` below `environmentsFolder` ("torch-1.0.0").
/// Errors: MissingPart with the command that installs it.
[[nodiscard]] Result<Environment> findEnvironment(const std::filesystem::path &environmentsFolder,
                                                  const Version &torch);

/// All usable ones, by version.
[[nodiscard]] std::vector<Environment>
listEnvironments(const std::filesystem::path &environmentsFolder);

} // namespace TorchLift
