#include "base/version.h"

#include <array>
#include <charconv>

namespace TorchLift {

std::string Version::toString() const
{
    return std::to_string(major) + '.' + std::to_string(minor) + '.' + std::to_string(patch);
}

std::string Version::toShortString() const
{
    return std::to_string(major) + '.' + std::to_string(minor);
}

std::optional<Version> Version::parse(std::string_view text)
{
    if (text.starts_with('v') || text.starts_with('V')) {
        text.remove_prefix(1);
    }
    std::array<int, 3> numbers{};
    std::size_t count = 0;
    while (count < numbers.size()) {
        int value = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (error != std::errc{} || value < 0 || value > 9999) {
            return std::nullopt;
        }
        numbers[count++] = value;
        text.remove_prefix(static_cast<std::size_t>(end - text.data()));
        if (!text.starts_with('.') || count == numbers.size()) {
            break;
        }
        text.remove_prefix(1);
    }
    // What may follow: a local build ("+cu126"), a pre-release ("a1", "rc2") or a fourth number.
    const bool tailIsFine = text.empty() || text.front() == '+' || text.front() == '.'
                            || text.front() == 'a' || text.front() == 'b' || text.front() == 'r'
                            || text.front() == 'd' || text.front() == '-';
    if (count < 2 || !tailIsFine) {
        return std::nullopt;
    }
    return Version{numbers[0], numbers[1], numbers[2]};
}

} // namespace TorchLift
