#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "diff/diffmodel.h"

namespace TorchLift {

/// A piece of a text that another one takes the place of.
struct TextChange
{
    ByteSpan span; ///< bytes of the text that changes
    std::string text;

    bool operator==(const TextChange &) const = default;
};

/// Where the lines of one text are in another. Lines count from 1; 0: not there.
class LineMap
{
public:
    LineMap(const DiffModel &diff, std::size_t oldLines, std::size_t newLines);

    [[nodiscard]] int toNew(int oldLine) const noexcept;
    [[nodiscard]] int toOld(int newLine) const noexcept;
    /// The nearest line of the new text at or before where `oldLine` would be; at least 1.
    [[nodiscard]] int nearestNew(int oldLine) const noexcept;

private:
    std::vector<int> m_toNew;
    std::vector<int> m_toOld;
};

/// The one change that makes `wanted` of `current`: what lies between their common beginning
/// and their common end, cut at UTF-8 characters. nullopt when they are the same.
[[nodiscard]] std::optional<TextChange> singleChange(std::string_view current,
                                                     std::string_view wanted);

/// Carries the step from `base` to `wanted` over to `current`, which somebody edited after it
/// was `base`: the changes to make in `current`, ascending and disjoint. nullopt when a line to
/// change was also changed by hand.
[[nodiscard]] std::optional<std::vector<TextChange>>
carryOver(std::string_view base, std::string_view wanted, std::string_view current);

/// `text` with `changes` (ascending, disjoint) made.
[[nodiscard]] std::string applyChanges(std::string_view text,
                                       const std::vector<TextChange> &changes);

} // namespace TorchLift
