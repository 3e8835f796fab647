#include "base/version.h"

#include <array>
#include <charconv>

namespace TorchLift {

namespace {

// What may follow the numbers: a local build ("+cu126"), a pre-release ("a1", "rc2", ".dev1"), a
// post-release (".post2") or a fourth number.
bool isTail(std::string_view text)
{
    if (text.starts_with('.')) {
        text.remove_prefix(1);
        return !text.empty() && std::string_view("0123456789abdpr").find(text[0]) != text.npos;
    }
    return text.empty()
           || (text.size() > 1 && std::string_view("+-abrd").find(text[0]) != text.npos);
}

} // namespace

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
        const std::string_view digits = count == 0 ? text : text.substr(1); // behind the dot
        int &value = numbers[count];
        const auto [end, error] =
            std::from_chars(digits.data(), digits.data() + digits.size(), value);
        if (error == std::errc::invalid_argument && count >= 2) {
            break; // "1.5.dev20200101"
        }
        if (error != std::errc{} || value < 0 || value > 9999) {
            return std::nullopt;
        }
        ++count;
        text.remove_prefix(static_cast<std::size_t>(end - text.data()));
        if (!text.starts_with('.')) {
            break;
        }
    }
    return count >= 2 && isTail(text) ? std::optional(Version{numbers[0], numbers[1], numbers[2]})
                                      : std::nullopt;
}

} // namespace TorchLift
