#pragma once

#include <cstddef>
#include <optional>
#include <vector>

namespace TorchLift {

/// How far a new distribution of numbers is from the old one.
///
/// Both are counted in kDistributionBins bins that each hold a tenth of the old numbers (fewer
/// where numbers repeat); a share of 0 counts as kDistributionEpsilon. With old shares p and new
/// shares q:
///   PSI = sum (p - q) ln(p / q),   KL = sum p ln(p / q), in nats.
/// A PSI below 0.1 is no shift, up to 0.25 a moderate one, above a major one (the rule of thumb
/// of N. Siddiqi, Credit Risk Scorecards, 2006). Two samples of one distribution give about
/// (bins - 1)(1/n + 1/m) (B. Yurdakul, Statistical Properties of Population Stability Index,
/// 2018): 0.036 for 500 numbers each, hence kFewestForDistribution.
struct DistributionShift
{
    double psi = 0;
    double kl = 0;
    std::size_t bins = 0;
};

inline constexpr std::size_t kDistributionBins = 10;
inline constexpr double kDistributionEpsilon = 1e-4;
inline constexpr std::size_t kFewestForDistribution = 500; ///< numbers on either side
inline constexpr double kModerateShift = 0.1;
inline constexpr double kMajorShift = 0.25;

/// "none", "moderate" or "major".
[[nodiscard]] const char *shiftName(double psi) noexcept;

/// nullopt for too few numbers, numbers that are not finite, or old numbers that are all the same.
[[nodiscard]] std::optional<DistributionShift> distributionShift(const std::vector<double> &old,
                                                                 const std::vector<double> &now);

} // namespace TorchLift
