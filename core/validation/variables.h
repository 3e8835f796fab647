#pragma once

#include "validation/run.h"
#include "validation/verdict.h"

namespace TorchLift {

/// A mask before and after 1.2: uint8 and bool.
[[nodiscard]] bool isMask(const Variable &oldVariable, const Variable &newVariable);

/// A tensor without dimensions and the number in it: what .data[0] and .item() give.
[[nodiscard]] bool isItem(const Variable &oldVariable, const Variable &newVariable);

/// The text of a container with the numbers themselves where it holds tensors without dimensions.
[[nodiscard]] std::string withoutItems(std::string text);

/// Another dtype that correct migrations cause: a mask, an item.
[[nodiscard]] bool isExpectedDtype(const Variable &oldVariable, const Variable &newVariable);

/// Real numbers, as opposed to whole ones and truth values.
[[nodiscard]] bool isFloating(const Variable &variable);

/// What numbers of these two may be apart: `tolerance` widened by their dtype and largest number.
[[nodiscard]] Tolerance toleranceFor(const Tolerance &tolerance, const Variable &left,
                                     const Variable &right);

/// Whether their difference looks like accumulated rounding; the rule is told at Tolerance.
/// Both have equally many values.
[[nodiscard]] bool isDrift(const Variable &left, const Variable &right, double norm);

} // namespace TorchLift
