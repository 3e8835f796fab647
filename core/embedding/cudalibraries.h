#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "base/result.h"

namespace TorchLift {

/// A library ("libcudart", of whatever version) below `libtorch`/nvidia, where each of NVIDIA's
/// packages has a folder of its own.
[[nodiscard]] std::optional<std::filesystem::path>
findNvidiaLibrary(const std::filesystem::path &libtorch, const std::string &name);

/// Opens what torch needs to compute on an NVIDIA GPU, by absolute path, once in a process: the
/// CUDA libraries below `libtorch`/nvidia, then libtorch_cuda. Needs libtorch_cpu opened before.
/// Errors: MissingPart, with what is not there: the driver, a card, or a library (and the command
/// that gets it).
[[nodiscard]] Result<void> openCuda(const std::filesystem::path &libtorch);

} // namespace TorchLift
