#pragma once

#include <cstddef>
#include <filesystem>
#include <stop_token>
#include <string>
#include <string_view>

#include "base/result.h"

namespace TorchLift {

/// Source files above this are refused with TooLarge: nothing a person wrote is that long.
inline constexpr std::size_t kMaxSourceBytes = 32U * 1024U * 1024U;

/// Reads a regular file whole. Never blocks on a FIFO or a device.
/// Errors: NotFound, Unreadable (no permission, a folder, not a regular file), TooLarge.
[[nodiscard]] Result<std::string> readFile(const std::filesystem::path &path,
                                           std::size_t maxBytes = kMaxSourceBytes);

/// Replaces `path` with `bytes` so that at every moment either the old or the whole new file
/// is there: temporary file in the same folder, fsync, rename, fsync of the folder. Keeps the
/// mode of a file that exists (a new one gets the umask's) and follows symbolic links to their
/// target. Errors: Io, with the operating system's reason, also for a folder or a device.
[[nodiscard]] Result<void> writeFileAtomically(const std::filesystem::path &path,
                                               std::string_view bytes);

/// SHA-256 (FIPS 180-4) as 64 lower-case hexadecimal digits.
[[nodiscard]] std::string sha256Hex(std::string_view bytes);

/// The same of a file of any size, read in pieces. Errors as readFile(); Cancelled.
[[nodiscard]] Result<std::string> sha256HexOfFile(const std::filesystem::path &path,
                                                  const std::stop_token &stop = {});

} // namespace TorchLift
