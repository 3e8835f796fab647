#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace TorchLift {

/// Resampling is repeatable: the same seed gives the same numbers everywhere.
struct Resampling
{
    std::size_t rounds = 10000;
    std::uint64_t seed = 20250423;
};

[[nodiscard]] double meanOf(std::span<const double> values) noexcept; ///< 0 for none

/// The chance of a mean difference at least this large, either way, if the two of each pair could
/// be exchanged (Fisher's randomisation test by sign flips; Smucker et al., CIKM 2007):
/// (1 + as large) / (1 + rounds). `a` and `b` have one value for each query, in the same order.
[[nodiscard]] double randomisationTest(std::span<const double> a, std::span<const double> b,
                                       Resampling resampling = {});

/// Wilcoxon's signed-rank test, two-sided: pairs without difference dropped, mean ranks for ties,
/// normal approximation with correction for ties and continuity. 1 where nothing differs.
[[nodiscard]] double wilcoxonTest(std::span<const double> a, std::span<const double> b);

struct Interval
{
    double low = 0;
    double high = 0;
};

/// Percentile bootstrap of the mean (Efron & Tibshirani): `confidence` of the means of samples
/// drawn with replacement lie inside.
[[nodiscard]] Interval bootstrapInterval(std::span<const double> values, double confidence = 0.95,
                                         Resampling resampling = {});

} // namespace TorchLift
