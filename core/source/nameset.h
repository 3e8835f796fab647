#pragma once

#include <algorithm>
#include <string_view>
#include <unordered_set>

namespace TorchLift {

using NameSet = std::unordered_set<std::string_view>;

/// The words of a literal: "abs acos add" gives three names.
[[nodiscard]] inline NameSet splitNames(std::string_view words)
{
    NameSet names;
    while (!words.empty()) {
        const std::size_t end = std::min(words.find(' '), words.size());
        if (end > 0) {
            names.insert(words.substr(0, end));
        }
        words.remove_prefix(std::min(end + 1, words.size()));
    }
    return names;
}

} // namespace TorchLift
