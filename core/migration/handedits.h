#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "migration/migrate.h"

namespace TorchLift {

/// What the edits of a migration make without those by hand: what the migration itself wrote.
[[nodiscard]] std::string generatedCode(const Migration &migration);

/// The edits by hand that lead from generatedCode() to `edited`: whole lines of the old code that
/// become whole lines of `edited`. With them render() gives `edited`, whatever other edits touch
/// those lines.
[[nodiscard]] std::vector<Edit> handEdits(const Migration &migration, std::string_view edited);

/// Carries what was edited by hand over to a new migration: `written` is what an earlier migration
/// wrote, `edited` what has become of it. The new code is the merge of both, its edits by hand are
/// among the edits, and where the new migration wants something else in a place that was edited a
/// residue with the reason "conflict" says so.
void keepHandEdits(Migration &migration, std::string_view written, std::string_view edited);

/// Whether a residue is one of those.
[[nodiscard]] bool isHandConflict(const Residue &residue);

/// Takes the edits by hand and what was said about them out again.
void dropHandEdits(Migration &migration);

} // namespace TorchLift
