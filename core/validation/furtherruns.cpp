#include "validation/furtherruns.h"

#include <algorithm>
#include <cmath>

namespace TorchLift {

std::vector<double> measuredNoise(const Variable &usual, const Variable &moved)
{
    const std::size_t count = usual.values.size();
    if (moved.values.size() != count || usual.shape != moved.shape || usual.text != moved.text) {
        return {};
    }
    std::vector<double> noise(count, 0);
    double largest = 0;
    for (std::size_t i = 0; i < count; ++i) {
        const double movement = std::abs(moved.values[i] - usual.values[i]);
        largest = std::isfinite(movement) ? std::max(largest, movement) : largest;
        noise[i] = kNoiseFactor * largest;
    }
    const bool isTensor = !usual.dtype.empty();
    if (isTensor) {
        std::fill(noise.begin(), noise.end(), kNoiseFactor * largest);
    }
    return noise;
}

std::vector<bool> unstableValues(const Variable &usual, const Variable &repeated)
{
    const std::size_t count = usual.values.size();
    if (repeated.values.size() != count || usual.shape != repeated.shape
        || usual.text != repeated.text) {
        return std::vector<bool>(count, true);
    }
    std::vector<bool> unstable(count);
    for (std::size_t i = 0; i < count; ++i) {
        const bool areBothNan = std::isnan(usual.values[i]) && std::isnan(repeated.values[i]);
        unstable[i] = !areBothNan && usual.values[i] != repeated.values[i];
    }
    return unstable;
}

} // namespace TorchLift
