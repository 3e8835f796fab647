#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/version.h"

namespace TorchLift {

/// What an environment of a torch release is made of.
struct TorchRelease
{
    Version torch;
    std::vector<int> pythonMinors;         ///< CPython 3.x with a wheel, the preferred one first
    std::vector<std::string> requirements; ///< for the package installer: "torch==1.5.0", ...
    std::string torchvision;               ///< the version that belongs to it
    int downloadMb = 0;                    ///< at most; nothing where it was downloaded before
    int diskMb = 0;                        ///< files of the finished environment
};

/// The first release of each minor version, 1.0.0 to 2.10.0, oldest first.
[[nodiscard]] std::span<const Version> minorReleases();

/// Errors: InvalidArgument for a version before 1.0 or after the newest known minor release.
[[nodiscard]] Result<TorchRelease> torchRelease(const Version &torch);

/// What to ask the package installer for when a script wants `package`: torchvision in the
/// version that belongs to `release`, others as they are ("scipy", "pandas==1.1.5").
/// Errors: InvalidArgument for what is no name of a package (an option, a path, an address), and
/// for torch and NumPy, which the environment itself decides.
[[nodiscard]] Result<std::string> packageRequirement(const std::string &package,
                                                     const TorchRelease &release);

} // namespace TorchLift
