#include "llm/httperror.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

#include "llm/chatstream.h"

namespace TorchLift {

namespace {

using std::chrono::seconds;

constexpr long long kMaxSeconds = 366LL * 24 * 3600;

std::vector<std::string_view> words(std::string_view text)
{
    constexpr std::string_view separators = " ,-\t";
    std::vector<std::string_view> out;
    while (!text.empty()) {
        const std::size_t begin = std::min(text.find_first_not_of(separators), text.size());
        text.remove_prefix(begin);
        const std::size_t end = std::min(text.find_first_of(separators), text.size());
        if (end > 0) {
            out.push_back(text.substr(0, end));
        }
        text.remove_prefix(end);
    }
    return out;
}

std::optional<int> number(std::string_view text)
{
    int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool isWhole = error == std::errc{} && end == text.data() + text.size();
    return isWhole && value >= 0 ? std::optional(value) : std::nullopt;
}

std::optional<unsigned> month(std::string_view name)
{
    constexpr std::array<std::string_view, 12> names = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto *found = std::find(names.begin(), names.end(), name);
    return found == names.end() ? std::nullopt
                                : std::optional(static_cast<unsigned>(found - names.begin()) + 1U);
}

std::optional<seconds> timeOfDay(std::string_view text)
{
    if (text.size() != 8 || text[2] != ':' || text[5] != ':') {
        return std::nullopt;
    }
    const auto hour = number(text.substr(0, 2));
    const auto minute = number(text.substr(3, 2));
    const auto second = number(text.substr(6, 2));
    if (!hour || !minute || !second || *hour > 23 || *minute > 59 || *second > 60) {
        return std::nullopt;
    }
    return std::chrono::hours(*hour) + std::chrono::minutes(*minute) + seconds(*second);
}

std::optional<std::chrono::sys_seconds> parseHttpDate(std::string_view value)
{
    // "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT": six words;
    // "Sun Nov  6 08:49:37 1994": five.
    const std::vector<std::string_view> parts = words(value);
    const bool isAsctime = parts.size() == 5;
    if (!isAsctime && (parts.size() != 6 || parts[5] != "GMT")) {
        return std::nullopt;
    }
    const auto day = number(parts[isAsctime ? 2 : 1]);
    const auto monthOfYear = month(parts[isAsctime ? 1 : 2]);
    auto year = number(parts[isAsctime ? 4 : 3]);
    const auto time = timeOfDay(parts[isAsctime ? 3 : 4]);
    if (!day || !monthOfYear || !year || !time) {
        return std::nullopt;
    }
    if (*year < 100) {
        *year += *year < 70 ? 2000 : 1900;
    }
    const std::chrono::year_month_day date(std::chrono::year(*year),
                                           std::chrono::month(*monthOfYear),
                                           std::chrono::day(static_cast<unsigned>(*day)));
    if (!date.ok() || *year > 9999) {
        return std::nullopt;
    }
    return std::chrono::sys_days(date) + *time;
}

std::string_view trimmed(std::string_view text)
{
    const std::size_t begin = text.find_first_not_of(" \t");
    const std::size_t end = text.find_last_not_of(" \t");
    return begin == std::string_view::npos ? "" : text.substr(begin, end - begin + 1);
}

std::string remedyOfStatus(int status, std::optional<seconds> retryAfter)
{
    if (retryAfter) {
        return "ask again in " + std::to_string(retryAfter->count()) + " s";
    }
    switch (status) {
    case 401:
    case 403:
        return "check the key of this profile";
    case 404:
        return "check the address and the model's name in this profile";
    case 429:
    case 503:
        return "wait a little and ask again";
    default:
        return {};
    }
}

} // namespace

std::optional<seconds> parseRetryAfter(std::string_view value,
                                       std::chrono::system_clock::time_point now)
{
    value = trimmed(value);
    std::optional<long long> wait;
    if (value.find_first_not_of("0123456789.") == std::string_view::npos && !value.empty()) {
        const std::size_t point = value.find('.');
        const std::string_view fraction =
            point == std::string_view::npos ? "" : value.substr(point + 1);
        if (const auto whole = number(value.substr(0, point));
            whole && fraction.find('.') == std::string_view::npos) {
            const bool hasRest = fraction.find_first_not_of('0') != std::string_view::npos;
            wait = static_cast<long long>(*whole) + (hasRest ? 1 : 0);
        }
    } else if (const auto date = parseHttpDate(value)) {
        wait = std::max<long long>(0, std::chrono::ceil<seconds>(*date - now).count());
    }
    return wait && *wait <= kMaxSeconds ? std::optional(seconds(*wait)) : std::nullopt;
}

Error errorOfStatus(int status, std::string_view body, std::optional<seconds> retryAfter)
{
    std::string detail = "the server answered " + std::to_string(status);
    if (const std::string said = serverWords(body); !said.empty()) {
        detail += ": " + said;
    }
    if (retryAfter) {
        detail += " (retry after " + std::to_string(retryAfter->count()) + " s)";
    }
    return Error{Errc::Network, std::move(detail), {}, remedyOfStatus(status, retryAfter)};
}

} // namespace TorchLift
