#include "evaluation/statistics.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>
#include <utility>
#include <vector>

namespace TorchLift {

namespace {

std::vector<double> differences(std::span<const double> a, std::span<const double> b)
{
    std::vector<double> result(std::min(a.size(), b.size()));
    for (std::size_t i = 0; i < result.size(); ++i) {
        result[i] = a[i] - b[i];
    }
    return result;
}

} // namespace

double meanOf(std::span<const double> values) noexcept
{
    return values.empty() ? 0
                          : std::accumulate(values.begin(), values.end(), 0.0)
                                / static_cast<double>(values.size());
}

double randomisationTest(std::span<const double> a, std::span<const double> b,
                         Resampling resampling)
{
    const std::vector<double> all = differences(a, b);
    const double seen = std::abs(std::accumulate(all.begin(), all.end(), 0.0));
    std::mt19937_64 random(resampling.seed);
    std::size_t asLarge = 0;
    for (std::size_t round = 0; round < resampling.rounds; ++round) {
        double sum = 0;
        std::uint64_t bits = 0;
        for (std::size_t i = 0; i < all.size(); ++i) {
            if (i % 64 == 0) {
                bits = random();
            }
            sum += (bits & 1U) != 0 ? all[i] : -all[i];
            bits >>= 1U;
        }
        constexpr double rounding = 1e-9; // the same sum in another order
        if (std::abs(sum) >= seen - rounding) {
            ++asLarge;
        }
    }
    return (1 + static_cast<double>(asLarge)) / (1 + static_cast<double>(resampling.rounds));
}

double wilcoxonTest(std::span<const double> a, std::span<const double> b)
{
    std::vector<double> all = differences(a, b);
    std::erase(all, 0.0);
    if (all.empty()) {
        return 1;
    }
    std::sort(all.begin(), all.end(), [](double x, double y) { return std::abs(x) < std::abs(y); });
    double positive = 0;
    double ties = 0;
    for (std::size_t i = 0; i < all.size();) {
        std::size_t end = i;
        while (end < all.size() && std::abs(all[end]) == std::abs(all[i])) {
            ++end;
        }
        const double rank = static_cast<double>(i + 1 + end) / 2;
        for (; i < end; ++i) {
            positive += all[i] > 0 ? rank : 0;
        }
        const auto tied = static_cast<double>(end) - (2 * rank - static_cast<double>(end) - 1);
        ties += tied * tied * tied - tied;
    }
    const auto n = static_cast<double>(all.size());
    const double mean = n * (n + 1) / 4;
    const double variance = n * (n + 1) * (2 * n + 1) / 24 - ties / 48;
    const double distance = std::max(std::abs(positive - mean) - 0.5, 0.0);
    return variance <= 0 ? 1 : std::erfc(distance / std::sqrt(2 * variance));
}

Interval bootstrapInterval(std::span<const double> values, double confidence, Resampling resampling)
{
    if (values.empty() || resampling.rounds == 0) {
        return {};
    }
    std::mt19937_64 random(resampling.seed);
    std::vector<double> means(resampling.rounds);
    for (double &mean : means) {
        double sum = 0;
        for (std::size_t i = 0; i < values.size(); ++i) {
            // Not std::uniform_int_distribution, which differs between libraries.
            sum += values[static_cast<std::size_t>(random() % values.size())];
        }
        mean = sum / static_cast<double>(values.size());
    }
    std::sort(means.begin(), means.end());
    const auto at = [&](double share) {
        return means[std::min(static_cast<std::size_t>(share * static_cast<double>(means.size())),
                              means.size() - 1)];
    };
    return {at((1 - confidence) / 2), at(1 - (1 - confidence) / 2)};
}

} // namespace TorchLift
