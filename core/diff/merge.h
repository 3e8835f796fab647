#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace TorchLift {

/// A place that both sides changed, each in its own way.
struct MergeConflict
{
    int baseLine = 0;   ///< from 1; where the lines stood, or would stand, in the base
    int mergedLine = 0; ///< from 1, in the merged text
    std::string ours;   ///< what was kept
    std::string theirs; ///< what was left out
};

struct Merge
{
    std::string text;
    std::vector<MergeConflict> conflicts; ///< by position
};

/// Line by line: what `theirs` changed since `base` is brought into `ours`. Where both changed the
/// same lines differently ours stays and a conflict says so; lines that both inserted at one place
/// all stay, ours first. Thread-safe.
[[nodiscard]] Merge mergeTexts(std::string_view base, std::string_view ours,
                               std::string_view theirs);

} // namespace TorchLift
