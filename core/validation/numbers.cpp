#include "validation/numbers.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace TorchLift {

Closeness worse(Closeness left, Closeness right) noexcept
{
    return std::max(left, right);
}

Closeness compareNumbers(double left, double right, const Tolerance &tolerance,
                         double noise) noexcept
{
    if (left == right || (std::isnan(left) && std::isnan(right))) {
        return Closeness::Equal;
    }
    if (!std::isfinite(left) || !std::isfinite(right)) {
        return Closeness::Different;
    }
    const double allowed =
        tolerance.absolute + tolerance.relative * std::max(std::abs(left), std::abs(right));
    return std::abs(left - right) <= std::max(allowed, noise) ? Closeness::WithinTolerance
                                                              : Closeness::Different;
}

std::string numberText(double value)
{
    char buffer[32];
    const auto [end, error] = std::to_chars(buffer, buffer + sizeof buffer, value);
    return error == std::errc() ? std::string(buffer, end) : std::string();
}

} // namespace TorchLift
