#include "evaluation/calibration.h"

#include <algorithm>
#include <cmath>
#include <random>

namespace TorchLift {

std::vector<std::optional<std::size_t>> depthsNeeded(const Rankings &run, const Qrels &qrels,
                                                     Covered covered)
{
    std::vector<std::optional<std::size_t>> depths;
    for (const auto &[query, judgement] : qrels) {
        const auto wanted = static_cast<std::size_t>(std::count_if(
            judgement.begin(), judgement.end(), [](const auto &one) { return one.second > 0; }));
        if (wanted == 0) {
            continue;
        }
        depths.emplace_back();
        const auto found = run.find(query);
        std::size_t hits = 0;
        for (std::size_t i = 0; found != run.end() && i < found->second.size(); ++i) {
            const auto judged = judgement.find(found->second[i]);
            hits += judged != judgement.end() && judged->second > 0 ? 1 : 0;
            if (hits == (covered == Covered::First ? 1 : wanted)) {
                depths.back() = i + 1;
                break;
            }
        }
    }
    return depths;
}

std::optional<std::size_t> calibrateDepth(std::span<const std::optional<std::size_t>> needed,
                                          double coverage)
{
    std::vector<std::size_t> depths;
    for (const std::optional<std::size_t> &depth : needed) {
        if (depth) {
            depths.push_back(*depth);
        }
    }
    std::sort(depths.begin(), depths.end());
    constexpr double rounding = 1e-9; // 0.9 * 10 must not become 10
    const auto place = static_cast<std::size_t>(
        std::max(1.0, std::ceil(static_cast<double>(needed.size() + 1) * coverage - rounding)));
    return place <= depths.size() ? std::optional(depths[place - 1]) : std::nullopt;
}

Calibration calibrate(std::span<const std::optional<std::size_t>> needed, double coverage,
                      std::size_t splits)
{
    Calibration result;
    result.coverage = coverage;
    result.k = calibrateDepth(needed, coverage);
    std::mt19937_64 random(20250423);
    std::vector<std::optional<std::size_t>> shuffled(needed.begin(), needed.end());
    const std::size_t half = shuffled.size() / 2;
    double sum = 0;
    for (std::size_t split = 0; split < splits && half > 0; ++split) {
        for (std::size_t i = shuffled.size() - 1; i > 0; --i) {
            std::swap(shuffled[i], shuffled[static_cast<std::size_t>(random() % (i + 1))]);
        }
        const auto k = calibrateDepth(std::span(shuffled).first(half), coverage);
        if (!k) {
            continue;
        }
        const auto heldOut = std::span(shuffled).subspan(half);
        const auto inside = std::count_if(heldOut.begin(), heldOut.end(),
                                          [&](const auto &depth) { return depth && *depth <= *k; });
        sum += static_cast<double>(inside) / static_cast<double>(heldOut.size());
        ++result.splits;
    }
    result.measured = result.splits == 0 ? 0 : sum / static_cast<double>(result.splits);
    return result;
}

} // namespace TorchLift
