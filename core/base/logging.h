#pragma once

#include <filesystem>
#include <string_view>

#include "base/result.h"

namespace TorchLift::Log {

enum class Level { Debug, Info, Warning, Error };

/// Where messages go and from which level on. Call once, early; before that they go to stderr
/// from Warning on. Any thread may log.
/// `file` may be empty; otherwise it rotates at 5 MiB, two old ones are kept.
/// Errors: Io when the file cannot be opened (messages then go to stderr alone).
[[nodiscard]] Result<void> configure(Level level, const std::filesystem::path &file);

/// Writes one line, control characters as blanks; `module` is the folder's name ("validation").
void write(Level level, std::string_view module, std::string_view message);

inline void debug(std::string_view module, std::string_view message)
{
    write(Level::Debug, module, message);
}
inline void info(std::string_view module, std::string_view message)
{
    write(Level::Info, module, message);
}
inline void warning(std::string_view module, std::string_view message)
{
    write(Level::Warning, module, message);
}
inline void error(std::string_view module, std::string_view message)
{
    write(Level::Error, module, message);
}

} // namespace TorchLift::Log
