#pragma once

#include <filesystem>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/version.h"

namespace TorchLift {

/// A CPython that environments can be made from.
struct Interpreter
{
    std::filesystem::path path; ///< the real one, behind shims, links and virtual environments
    Version version;
    std::string origin; ///< stable key: "given", "system", "path", "pyenv", "uv", "conda"
};

/// Asks an interpreter what it is, by running it without the user's packages.
/// Errors: MissingPart when it is no CPython 3 that runs; Cancelled.
[[nodiscard]] Result<Interpreter> describeInterpreter(const std::filesystem::path &path,
                                                      std::stop_token stop);

/// All CPython 3 of this machine: the system's, PATH, pyenv (by real path: its shims need a
/// chosen version), uv's own, conda and its environments, /opt. Each once, by version, and of one
/// version in that order. Runs them all at once, on threads of its own that it joins (some 100
/// ms). Errors: Cancelled.
[[nodiscard]] Result<std::vector<Interpreter>> discoverInterpreters(std::stop_token stop);

/// The first of `found` whose minor version is wanted, in the order of `minors`.
/// Errors: MissingPart with commands that get one.
[[nodiscard]] Result<Interpreter> chooseInterpreter(std::span<const Interpreter> found,
                                                    std::span<const int> minors);

} // namespace TorchLift
