#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace TorchLift {

/// Lines [oldBegin, oldEnd) of one text became [newBegin, newEnd) of another; from 0.
struct LineRange
{
    std::size_t oldBegin = 0;
    std::size_t oldEnd = 0;
    std::size_t newBegin = 0;
    std::size_t newEnd = 0;
};

/// Lines with their ends, as `patch` and `merge` count them: they know \n alone.
[[nodiscard]] std::vector<std::string_view> linesWithEnds(std::string_view text);

/// Runs of lines that differ in any byte, line ends included, ascending.
[[nodiscard]] std::vector<LineRange> changedRanges(const std::vector<std::string_view> &before,
                                                   const std::vector<std::string_view> &after);

} // namespace TorchLift
