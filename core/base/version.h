#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace TorchLift {

/// A release number. Compares numerically: 1.10 is after 1.9 (never as text).
struct Version
{
    int major = 0;
    int minor = 0;
    int patch = 0;

    auto operator<=>(const Version &) const = default;

    /// "1.13.0": always three numbers.
    [[nodiscard]] std::string toString() const;
    /// "1.13": what a rule's window shows.
    [[nodiscard]] std::string toShortString() const;

    /// Accepts "1.0", "1.0.0", "v1.0.0" and local or pre-release tails ("2.7.0+cu126",
    /// "1.0.0a1"), which are ignored. Anything else, or a number above 9999, is nullopt.
    [[nodiscard]] static std::optional<Version> parse(std::string_view text);
};

} // namespace TorchLift
