#pragma once

#include <string>
#include <string_view>

#include "base/progress.h"
#include "base/result.h"
#include "cli/commands.h"

namespace TorchLift::Cli {

/// One sentence on stderr: what was wrong, with what, and what helps. Returns the exit status
/// that belongs to it.
[[nodiscard]] int report(const Error &error);

/// Writes to a file (atomically), or to stdout for "-".
[[nodiscard]] Result<void> writeResult(const std::string &target, std::string_view bytes);

/// Progress as a line on stderr that replaces itself, on a terminal only.
[[nodiscard]] ProgressCallback terminalProgress();

/// What the migration did and left, in words, with line numbers of the old code.
[[nodiscard]] std::string describeMigration(const Migration &migration,
                                            const std::string &language);

/// The three runs and the verdict, in words.
[[nodiscard]] std::string describeRow(const ResultRow &row);

[[nodiscard]] std::string describeRetrieval(const Retrieval &retrieval);

/// Whether something known to break is left in the new code.
[[nodiscard]] bool leavesBreakage(const Migration &migration);

/// StillBroken when the new code does not work or differs, otherwise Done.
[[nodiscard]] int statusOf(const ResultRow &row);

} // namespace TorchLift::Cli
