#include "validation/distribution.h"

#include <algorithm>
#include <cmath>

namespace TorchLift {

namespace {

bool isSuitable(const std::vector<double> &values)
{
    return values.size() >= kFewestForDistribution
           && std::all_of(values.begin(), values.end(),
                          [](double value) { return std::isfinite(value); });
}

// Upper bounds of all bins but the last, ascending and different.
std::vector<double> boundsOf(std::vector<double> values)
{
    std::sort(values.begin(), values.end());
    std::vector<double> bounds;
    for (std::size_t bin = 1; bin < kDistributionBins; ++bin) {
        const double bound = values[bin * values.size() / kDistributionBins];
        if (bound > values.front() && (bounds.empty() || bound > bounds.back())) {
            bounds.push_back(bound);
        }
    }
    return bounds;
}

std::vector<double> sharesOf(const std::vector<double> &values, const std::vector<double> &bounds)
{
    std::vector<double> shares(bounds.size() + 1, 0);
    for (const double value : values) {
        const auto bin = std::upper_bound(bounds.begin(), bounds.end(), value) - bounds.begin();
        shares[static_cast<std::size_t>(bin)] += 1.0 / static_cast<double>(values.size());
    }
    for (double &share : shares) {
        share = std::max(share, kDistributionEpsilon);
    }
    return shares;
}

} // namespace

const char *shiftName(double psi) noexcept
{
    return psi < kModerateShift ? "none" : psi <= kMajorShift ? "moderate" : "major";
}

std::optional<DistributionShift> distributionShift(const std::vector<double> &old,
                                                   const std::vector<double> &now)
{
    if (!isSuitable(old) || !isSuitable(now)) {
        return std::nullopt;
    }
    const std::vector<double> bounds = boundsOf(old);
    if (bounds.empty()) {
        return std::nullopt;
    }
    const std::vector<double> before = sharesOf(old, bounds);
    const std::vector<double> after = sharesOf(now, bounds);
    DistributionShift shift;
    shift.bins = before.size();
    for (std::size_t bin = 0; bin < before.size(); ++bin) {
        const double logarithm = std::log(before[bin] / after[bin]);
        shift.psi += (before[bin] - after[bin]) * logarithm;
        shift.kl += before[bin] * logarithm;
    }
    return shift;
}

} // namespace TorchLift
