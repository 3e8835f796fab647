#pragma once

#include <string>

#include "validation/verdict.h"

namespace TorchLift {

enum class Closeness { Equal, WithinTolerance, Different };

/// The worse of two.
[[nodiscard]] Closeness worse(Closeness left, Closeness right) noexcept;

/// Compares by the rule of Tolerance; NaN equals NaN, an infinity only itself.
/// `noise` is measured and allowed beside the tolerance.
[[nodiscard]] Closeness compareNumbers(double left, double right, const Tolerance &tolerance,
                                       double noise = 0) noexcept;

/// As short as it can be and still name this number.
[[nodiscard]] std::string numberText(double value);

} // namespace TorchLift
