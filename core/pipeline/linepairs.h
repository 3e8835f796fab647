#pragma once

#include <string_view>
#include <utility>
#include <vector>

#include "migration/migrate.h"

namespace TorchLift {

/// Which line of the new code stands in the place of which line of the old: by comparing the
/// lines, and where `migration` (may be null) made `newCode` of `oldCode`, by its edits: the lines
/// an edit wrote belong to those it replaced, in order. Ascending old lines; from 1. Pure.
[[nodiscard]] std::vector<std::pair<int, int>>
linePairs(std::string_view oldCode, std::string_view newCode, const Migration *migration);

} // namespace TorchLift
