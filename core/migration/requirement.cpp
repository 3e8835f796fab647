#include "migration/requirement.h"

#include <algorithm>
#include <array>
#include <utility>

namespace TorchLift {

namespace {

using Op = Clause::Op;

constexpr std::size_t kMaxParts = 6;
constexpr int kMaxNumber = 999'999;

std::size_t skipBlanks(std::string_view text, std::size_t at)
{
    return std::min(text.find_first_not_of(" \t", at), text.size());
}

struct Sign
{
    std::string_view text;
    Op op;
};

constexpr std::array<Sign, 10> kSigns{{{"===", Op::Equal},
                                       {"==", Op::Equal},
                                       {"~=", Op::Compatible},
                                       {"<=", Op::AtMost},
                                       {">=", Op::AtLeast},
                                       {"!=", Op::Not},
                                       {"<", Op::Below},
                                       {">", Op::Above},
                                       {"^", Op::Caret},
                                       {"~", Op::Tilde}}};

// The sign at the beginning of `text`; what has none asks for equality.
std::optional<Sign> signOf(std::string_view text, RangeSyntax syntax)
{
    for (const Sign &sign : kSigns) {
        if (!text.starts_with(sign.text)) {
            continue;
        }
        const bool isPoetrys = sign.op == Op::Caret || sign.op == Op::Tilde;
        return isPoetrys && syntax != RangeSyntax::Poetry ? std::nullopt : std::optional(sign);
    }
    if (syntax == RangeSyntax::Conda && text.starts_with('=')) {
        return Sign{"=", Op::Prefix};
    }
    const bool isBare = syntax != RangeSyntax::Pip && !text.empty() && isDigit(text.front());
    return isBare ? std::optional(Sign{"", Op::Equal}) : std::nullopt;
}

// After the numbers: a wildcard, or a tail that says which build or stage of the release it is.
bool readTail(std::string_view tail, Clause &clause)
{
    if (tail == ".*" || tail == "*") { // conda's 1.0* is its 1.0.*
        clause.isWildcard = true;
        return true;
    }
    const std::size_t plus = tail.find('+');
    if (plus != std::string_view::npos) {
        clause.local = tail.substr(plus + 1);
        tail = tail.substr(0, plus);
    }
    return std::all_of(tail.begin(), tail.end(), [](char c) {
        return isDigit(c) || (c >= 'a' && c <= 'z') || c == '.' || c == '-';
    });
}

std::optional<Clause> parseClause(std::string_view text, std::size_t offset, RangeSyntax syntax)
{
    const std::optional<Sign> sign = signOf(text, syntax);
    if (!sign) {
        return std::nullopt;
    }
    Clause clause;
    clause.op = sign->op;
    clause.sign = sign->text;
    const std::size_t begin = skipBlanks(text, sign->text.size());
    std::size_t length = 0;
    const auto release = ReleaseNumber::parse(text.substr(begin), &length);
    if (!release || !readTail(text.substr(begin + length), clause)) {
        return std::nullopt;
    }
    clause.release = *release;
    clause.span = {offset, offset + text.size()};
    clause.version = {offset + begin, offset + text.size()};
    return clause;
}

bool hasPrefix(const ReleaseNumber &candidate, const ReleaseNumber &prefix, std::size_t count)
{
    for (std::size_t i = 0; i < count; ++i) {
        if (candidate.part(i) != prefix.part(i)) {
            return false;
        }
    }
    return true;
}

// The first place that ^ holds fast: of 0.2.3 the second.
std::size_t caretPlace(const ReleaseNumber &release)
{
    std::size_t place = 0;
    while (place + 1 < release.parts.size() && release.parts[place] == 0) {
        ++place;
    }
    return place;
}

} // namespace

std::optional<ReleaseNumber> ReleaseNumber::parse(std::string_view text, std::size_t *length)
{
    ReleaseNumber out;
    std::size_t at = 0;
    std::size_t end = 0;
    while (at < text.size() && isDigit(text[at]) && out.parts.size() < kMaxParts) {
        int number = 0;
        for (; at < text.size() && isDigit(text[at]); ++at) {
            number = std::min(number * 10 + (text[at] - '0'), kMaxNumber);
        }
        out.parts.push_back(number);
        end = at;
        if (at >= text.size() || text[at] != '.') {
            break;
        }
        ++at;
    }
    if (length != nullptr) {
        *length = end;
    }
    return out.parts.empty() ? std::nullopt : std::optional(std::move(out));
}

std::string ReleaseNumber::toString(std::size_t count) const
{
    std::string out;
    for (std::size_t i = 0; i < std::min(count, parts.size()); ++i) {
        out += (i == 0 ? "" : ".") + std::to_string(parts[i]);
    }
    return out;
}

ReleaseNumber ReleaseNumber::next(std::size_t index) const
{
    ReleaseNumber out;
    for (std::size_t i = 0; i <= index; ++i) {
        out.parts.push_back(part(i) + (i == index ? 1 : 0));
    }
    return out;
}

int compare(const ReleaseNumber &a, const ReleaseNumber &b) noexcept
{
    for (std::size_t i = 0; i < std::max(a.parts.size(), b.parts.size()); ++i) {
        if (a.part(i) != b.part(i)) {
            return a.part(i) < b.part(i) ? -1 : 1;
        }
    }
    return 0;
}

bool Clause::allows(const ReleaseNumber &candidate) const
{
    const int order = compare(candidate, release);
    const bool isPrefix = hasPrefix(candidate, release, release.parts.size());
    const auto isBelowNext = [&](std::size_t place) {
        return compare(candidate, release.next(place)) < 0;
    };
    switch (op) {
    case Op::Equal:
        return isWildcard ? isPrefix : order == 0;
    case Op::Prefix:
        return isPrefix;
    case Op::Compatible:
        return order >= 0 && isBelowNext(release.parts.size() > 1 ? release.parts.size() - 2 : 0);
    case Op::Caret:
        return order >= 0 && isBelowNext(caretPlace(release));
    case Op::Tilde:
        return order >= 0 && isBelowNext(release.parts.size() > 1 ? 1 : 0);
    case Op::AtMost:
        return order <= 0;
    case Op::Below:
        return order < 0;
    case Op::AtLeast:
        return order >= 0;
    case Op::Above:
        return order > 0;
    case Op::Not:
        return isWildcard ? !isPrefix : order != 0;
    }
    return false;
}

std::optional<std::vector<Clause>> parseRange(std::string_view text, RangeSyntax syntax)
{
    std::vector<Clause> out;
    std::size_t at = skipBlanks(text, 0);
    if (at == text.size() || text.substr(at) == "*") {
        return out;
    }
    while (at <= text.size()) {
        const std::size_t comma = std::min(text.find(',', at), text.size());
        const std::size_t begin = skipBlanks(text, at);
        std::size_t end = comma;
        while (end > begin && (text[end - 1] == ' ' || text[end - 1] == '\t')) {
            --end;
        }
        if (begin >= end) { // a comma at the very end is allowed
            return comma == text.size() && !out.empty() ? std::optional(out) : std::nullopt;
        }
        auto clause = parseClause(text.substr(begin, end - begin), begin, syntax);
        if (!clause) {
            return std::nullopt;
        }
        out.push_back(std::move(*clause));
        at = comma + 1;
    }
    return out;
}

bool allows(const std::vector<Clause> &range, const ReleaseNumber &candidate)
{
    return std::all_of(range.begin(), range.end(),
                       [&](const Clause &clause) { return clause.allows(candidate); });
}

} // namespace TorchLift
