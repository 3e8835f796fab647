#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "timeline/packagetable.h"

namespace TorchLift {

/// Steps of one character (left out, put in, changed, two swapped) from `left` to `right`;
/// `limit + 1` as soon as there are more.
[[nodiscard]] std::size_t editDistance(std::string_view left, std::string_view right,
                                       std::size_t limit);

/// Public names that release `index` of `table` has and that resemble `name`, most alike first.
[[nodiscard]] std::vector<std::string> similarNames(const PackageTable &table,
                                                    std::string_view name, std::size_t index,
                                                    std::size_t limit);

} // namespace TorchLift
