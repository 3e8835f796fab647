#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/text.h"

namespace TorchLift {

/// Where the values of the `source` members of a notebook's cells stand in its text, in order;
/// nullopt for a cell without one. `json` must be valid JSON.
[[nodiscard]] std::vector<std::optional<ByteSpan>> cellSources(std::string_view json);

} // namespace TorchLift
