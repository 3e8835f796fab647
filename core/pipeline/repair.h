#pragma once

#include <functional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/pipeline.h"

namespace TorchLift {

/// Where the error of a run in the target leads to, among what migration held back.
struct RepairHints
{
    Observations observed;          ///< receivers and operands whose type the error tells
    std::vector<std::string> edits; ///< ids of edits that were not accepted

    [[nodiscard]] bool isEmpty() const noexcept { return observed.empty() && edits.empty(); }
};

/// Follows symbol, line and argument that the error names. `failed` ran migration.newCode. Pure.
[[nodiscard]] RepairHints repairHints(const Migration &migration, const Run &failed);

struct RepairOptions
{
    MigrationOptions migration;
    ValidateOptions validation;
    /// Also try edits that MigrationOptions::accept did not let through. Otherwise only uses whose
    /// receiver was unknown until the error told are rewritten.
    bool triesHeldBack = false;
};

struct RepairedRow
{
    ResultRow row;
    std::vector<std::string> edits; ///< ids of those that came in since the run failed without
};

/// Migrates once more with what was learned.
using MigrateAgain = std::function<Result<Migration>(const MigrationOptions &options)>;

/// As Pipeline::validate; and as long as the new code fails in the target and its error
/// leads to something held back, takes that in and runs again, a few times at most. Replaces
/// `migration` by the one that the row belongs to.
[[nodiscard]] Result<RepairedRow> validateAndRepair(Pipeline &pipeline, std::string_view name,
                                                    Migration &migration, RepairOptions options,
                                                    const MigrateAgain &migrateAgain,
                                                    const RowCallback &onRow, std::stop_token stop);

} // namespace TorchLift
