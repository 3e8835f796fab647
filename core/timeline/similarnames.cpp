#include "timeline/similarnames.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace TorchLift {
namespace {

constexpr std::size_t kShortestSlip = 4;  // a name shorter than this is taken as meant
constexpr std::size_t kLongSlip = 7;      // from here on two slips still leave one name over
constexpr std::size_t kLongestName = 200; // nothing that long resembles a symbol

std::string lowered(std::string_view text)
{
    std::string result(text);
    for (char &c : result) {
        c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    return result;
}

std::string_view lastPart(std::string_view name)
{
    return name.substr(name.rfind('.') + 1); // npos + 1 is 0: the whole name
}

std::string_view ownerOf(std::string_view name)
{
    const std::size_t dot = name.rfind('.');
    return dot == std::string_view::npos ? std::string_view() : name.substr(0, dot);
}

std::size_t depthOf(std::string_view name)
{
    return static_cast<std::size_t>(std::count(name.begin(), name.end(), '.'));
}

bool isPrivate(std::string_view name)
{
    return name.starts_with('_') || name.find("._") != std::string_view::npos;
}

/// How unlike two lower-case names are; nullopt when one can't stand for the other.
std::optional<std::size_t> unlikeness(std::string_view wanted, std::string_view candidate)
{
    const bool isSameOwner = ownerOf(wanted) == ownerOf(candidate);
    const std::string_view wantedPart = lastPart(wanted);
    const std::string_view part = lastPart(candidate);
    if (part == wantedPart) {
        return (isSameOwner ? 0 : 10) + depthOf(candidate);
    }
    const std::size_t allowed = wantedPart.size() < kShortestSlip ? 0
                                : wantedPart.size() < kLongSlip   ? 1
                                                                  : 2;
    const std::size_t slips = isSameOwner ? editDistance(wantedPart, part, allowed) : allowed + 1;
    if (slips > allowed) {
        return std::nullopt;
    }
    return slips * 3 + depthOf(candidate);
}

} // namespace

std::size_t editDistance(std::string_view left, std::string_view right, std::size_t limit)
{
    const std::size_t difference =
        left.size() > right.size() ? left.size() - right.size() : right.size() - left.size();
    if (difference > limit) {
        return limit + 1;
    }
    std::vector<std::size_t> beforeLast(right.size() + 1);
    std::vector<std::size_t> last(right.size() + 1);
    std::vector<std::size_t> row(right.size() + 1);
    for (std::size_t j = 0; j <= right.size(); ++j) {
        row[j] = j;
    }
    for (std::size_t i = 1; i <= left.size(); ++i) {
        std::swap(beforeLast, last);
        std::swap(last, row);
        row[0] = i;
        std::size_t best = row[0];
        for (std::size_t j = 1; j <= right.size(); ++j) {
            const std::size_t change = left[i - 1] == right[j - 1] ? 0 : 1;
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + change});
            if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1]) {
                row[j] = std::min(row[j], beforeLast[j - 2] + 1);
            }
            best = std::min(best, row[j]);
        }
        if (best > limit) {
            return limit + 1;
        }
    }
    return std::min(row[right.size()], limit + 1);
}

std::vector<std::string> similarNames(const PackageTable &table, std::string_view name,
                                      std::size_t index, std::size_t limit)
{
    if (name.size() > kLongestName) {
        return {};
    }
    const std::string wanted = lowered(name);
    std::vector<std::pair<std::size_t, std::string_view>> found;
    for (const PackageTable::Entry &entry : table.entries()) {
        const bool isThere = ((entry.present >> index) & 1U) != 0;
        if (!isThere || entry.name == name || isPrivate(entry.name)) {
            continue;
        }
        const auto score = unlikeness(wanted, lowered(entry.name));
        const bool isUsable = score
                              && table.value(entry, PackageTable::Field::Raises, index).empty()
                              && table.value(entry, PackageTable::Field::Alias, index).empty();
        if (isUsable) {
            found.emplace_back(*score, entry.name);
        }
    }
    std::sort(found.begin(), found.end());
    std::vector<std::string> names;
    for (std::size_t i = 0; i < std::min(limit, found.size()); ++i) {
        names.emplace_back(found[i].second);
    }
    return names;
}

} // namespace TorchLift
