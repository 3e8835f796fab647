#include "validation/furtherruns.h"

#include <algorithm>
#include <cmath>

namespace TorchLift {

namespace {

std::vector<double> noiseOf(const Variable &usual, const Variable &moved, double factor)
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
        noise[i] = factor * largest;
    }
    const bool isTensor = !usual.dtype.empty();
    if (isTensor) {
        std::fill(noise.begin(), noise.end(), factor * largest);
    }
    return noise;
}

} // namespace

std::vector<double> measuredNoise(const Variable &usual, const std::vector<Moved<Variable>> &moved)
{
    std::vector<double> noise;
    for (const auto &[variable, factor] : moved) {
        const std::vector<double> found = noiseOf(usual, *variable, factor);
        noise.resize(std::max(noise.size(), found.size()), 0);
        for (std::size_t i = 0; i < found.size(); ++i) {
            noise[i] = std::max(noise[i], found[i]);
        }
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
