#pragma once

#include <filesystem>

#include "base/result.h"

namespace TorchLift {

inline constexpr const char *kSetUp = "installer/setup.sh";

/// Whether `file` is an ELF library that is not cut off: the dynamic linker would die of SIGBUS
/// on such a one. Errors: MissingPart, Damaged.
[[nodiscard]] Result<void> checkLibrary(const std::filesystem::path &file);

/// Checks and opens a library; `scope` is RTLD_LOCAL or RTLD_GLOBAL. It is never closed.
/// Errors: MissingPart, Damaged with the dynamic linker's reason.
[[nodiscard]] Result<void *> openLibrary(const std::filesystem::path &file, int scope);

} // namespace TorchLift
