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

std::vector<bool> lostInNoise(const Variable &usual, const std::vector<double> &noise)
{
    constexpr double half = 0.5;
    double largest = 0;
    for (const double value : usual.values) {
        largest = std::isfinite(value) ? std::max(largest, std::abs(value)) : largest;
    }
    std::vector<bool> lost;
    for (const double allowed : noise) {
        lost.push_back(allowed > 0 && allowed >= half * largest);
    }
    return lost;
}

double allowedOthers(const Variable &usual, const std::vector<Moved<Variable>> &moved)
{
    double allowed = 0;
    for (const auto &[variable, factor] : moved) {
        if (variable->values.size() != usual.values.size()) {
            continue;
        }
        double others = 0;
        for (std::size_t i = 0; i < usual.values.size(); ++i) {
            others += usual.values[i] != variable->values[i] ? 1 : 0;
        }
        allowed = std::max(allowed, factor * others);
    }
    return allowed;
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
