#pragma once

#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "base/progress.h"
#include "base/result.h"
#include "cli/commands.h"
#include "pipeline/projectvalidation.h"
#include "source/sourcefile.h"
#include "validation/project.h"

namespace TorchLift::Cli {

/// One sentence on stderr: what was wrong, with what, and what helps. Returns the exit status
/// that belongs to it.
[[nodiscard]] int report(const Error &error);

/// Writes to a file (atomically), or to stdout for "-".
[[nodiscard]] Result<void> writeResult(const std::string &target, std::string_view bytes);

/// Writes each text, whose target comes first, unless that is empty.
[[nodiscard]] Result<void>
writeResults(std::initializer_list<std::pair<std::string, std::string>> results);

/// Progress as a line on stderr that replaces itself, on a terminal only.
[[nodiscard]] ProgressCallback terminalProgress();

/// Replaces a file; the old one stays beside it as FILE.orig, and an earlier copy is never
/// overwritten. Errors: Refused when there is one; those of readFile and writeFileAtomically.
[[nodiscard]] Result<void> replaceKeepingOld(const std::string &file, std::string_view bytes);

/// The difference that `patch -p0` makes of a file's bytes: of a notebook its JSON.
/// Errors: those of SourceFile::encode.
[[nodiscard]] Result<std::string> filePatch(const SourceFile &file, std::string_view newCode,
                                            const std::string &name);

/// How a line of the old code is called.
using PlaceName = std::function<std::string(int line)>;

/// What the migration did and left, in words, with places of the old code.
[[nodiscard]] std::string describeMigration(const Migration &migration, const std::string &language,
                                            const PlaceName &placeOf);

/// A line for each thing that breaks, is said to go, or changes.
[[nodiscard]] std::string describeFindings(const Migration &migration, const std::string &file,
                                           const std::string &language, const PlaceName &placeOf);

/// The time now, as sessions note it.
[[nodiscard]] std::string nowIso8601();

/// A line on the run that ended last, as soon as it did; empty when all have and were told.
[[nodiscard]] std::string describeLastRun(const ResultRow &row);

/// The three runs and the verdict, in words.
[[nodiscard]] std::string describeRow(const ResultRow &row);

/// A line on stderr for each run of a project's command.
[[nodiscard]] ProjectProgress tellRuns();

/// Every test that does not simply pass, what is missing, and the counts.
[[nodiscard]] std::string describeProject(const ProjectResult &result);

/// Foreign text as a terminal may show it: no control character but line feed and tabulator.
[[nodiscard]] std::string printable(std::string_view text);

[[nodiscard]] std::string describeRetrieval(const Retrieval &retrieval);
/// One line: how many, found by what, and which.
[[nodiscard]] std::string describeNotes(const Retrieval &retrieval);

/// Whether something known to break is left in the new code: a residue, or code that does not
/// parse as Python 3.
[[nodiscard]] bool leavesBreakage(const Migration &migration);

/// StillBroken when the new code does not work, or differs by more than changes inside torch
/// explain, otherwise Done.
/// PartMissing, said on stderr, when `script` imports a package that is not there.
[[nodiscard]] int statusOf(const ResultRow &row, const std::string &script);

} // namespace TorchLift::Cli
