#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "migration/migrate.h"

namespace TorchLift {

/// A migration and which of its edits are part of the new code now. A value: the new code's
/// undo history keeps one for every step.
struct AcceptanceState
{
    std::shared_ptr<const Migration> migration; ///< null: nothing was migrated yet
    std::vector<bool> accepted;                 ///< one for each of migration->edits

    AcceptanceState() = default;
    /// Starts with what the migration itself accepted.
    explicit AcceptanceState(std::shared_ptr<const Migration> result);

    /// The edits with their flags as they are here.
    [[nodiscard]] std::vector<Edit> edits() const;
    /// The new code that these edits make, without anything typed by hand.
    [[nodiscard]] Rendering rendering() const;
    /// The same with `rows` (and whatever belongs to the same groups) accepted or not.
    [[nodiscard]] AcceptanceState with(const std::vector<std::size_t> &rows, bool isAccepted) const;
    /// Rows of all edits made by `ruleId`.
    [[nodiscard]] std::vector<std::size_t> rowsOfRule(const std::string &ruleId) const;
};

} // namespace TorchLift
