#pragma once

#include <QString>

#include "validation/resultstable.h"

namespace TorchLift {

/// What ResultsPane shows of one validated case, as HTML in the theme's colours: verdict, first
/// divergence (a link to kDivergenceLink), differences, the three runs with time and memory,
/// warnings, deprecations apart, and what was printed.
[[nodiscard]] QString resultDetails(const ResultRow &row);

inline constexpr const char *kDivergenceLink = "torchlift:divergence";

} // namespace TorchLift
