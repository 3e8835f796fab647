#include "diff/diffmodel.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string>
#include <unordered_map>

#include <dtl/dtl.hpp>

#include "base/text.h"

namespace TorchLift {

namespace {

constexpr std::size_t kMaxDifferingLines = 50'000;
// dtl's time grows with length times distance: beyond this product a search takes seconds.
constexpr double kMaxWork = 2e8;
constexpr std::size_t kMaxWordsPerLine = 2'000;

struct Line
{
    std::string_view text; ///< without its end
    std::string_view end;
};

std::vector<Line> splitLines(std::string_view text)
{
    std::vector<Line> lines;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find_first_of("\r\n", at), text.size());
        const std::size_t length = end == text.size()                     ? 0
                                   : text.substr(end).starts_with("\r\n") ? 2
                                                                          : 1;
        lines.push_back({text.substr(at, end - at), text.substr(end, length)});
        at = end + length;
    }
    return lines;
}

enum class Step : std::uint8_t { Same, Removed, Added };

// The shortest way from one sequence of numbers to the other; everything removed and added when
// that would take too long.
std::vector<Step> shortestEdit(std::vector<std::uint32_t> before, std::vector<std::uint32_t> after)
{
    std::vector<Step> steps;
    std::size_t prefix = 0;
    while (prefix < before.size() && prefix < after.size() && before[prefix] == after[prefix]) {
        ++prefix;
    }
    std::size_t suffix = 0;
    while (suffix < before.size() - prefix && suffix < after.size() - prefix
           && before[before.size() - 1 - suffix] == after[after.size() - 1 - suffix]) {
        ++suffix;
    }
    steps.assign(prefix, Step::Same);
    const auto middle = [&](std::vector<std::uint32_t> &all) {
        return std::vector<std::uint32_t>(all.begin() + static_cast<std::ptrdiff_t>(prefix),
                                          all.end() - static_cast<std::ptrdiff_t>(suffix));
    };
    before = middle(before);
    after = middle(after);
    const std::size_t total = before.size() + after.size();
    // Lines that only one side has must differ: a lower bound for the distance.
    std::unordered_map<std::uint32_t, long> counts;
    for (const std::uint32_t line : before) {
        ++counts[line];
    }
    for (const std::uint32_t line : after) {
        --counts[line];
    }
    std::size_t distance = 0;
    for (const auto &[line, count] : counts) {
        distance += static_cast<std::size_t>(std::abs(count));
    }
    const bool isTooMuch =
        total > kMaxDifferingLines
        || static_cast<double>(total) * static_cast<double>(distance + 1) > kMaxWork;
    if (before.empty() || after.empty() || isTooMuch) {
        steps.insert(steps.end(), before.size(), Step::Removed);
        steps.insert(steps.end(), after.size(), Step::Added);
    } else {
        dtl::Diff<std::uint32_t> diff(before, after);
        diff.onHuge();
        diff.compose();
        for (const auto &[line, info] : diff.getSes().getSequence()) {
            steps.push_back(info.type == dtl::SES_COMMON   ? Step::Same
                            : info.type == dtl::SES_DELETE ? Step::Removed
                                                           : Step::Added);
        }
    }
    steps.insert(steps.end(), suffix, Step::Same);
    return steps;
}

class Numbering
{
public:
    std::uint32_t operator()(std::string_view text)
    {
        return m_numbers.try_emplace(text, static_cast<std::uint32_t>(m_numbers.size()))
            .first->second;
    }

private:
    std::unordered_map<std::string_view, std::uint32_t> m_numbers;
};

std::vector<std::uint32_t> numbered(const std::vector<Line> &lines, Numbering &numbers,
                                    bool hasEnds)
{
    std::vector<std::uint32_t> out;
    out.reserve(lines.size());
    for (const Line &line : lines) {
        out.push_back(
            numbers(hasEnds ? std::string_view(line.text.data(), line.text.size() + line.end.size())
                            : line.text));
    }
    return out;
}

bool isWordCharacter(char c)
{
    return isNameCharacter(c) || static_cast<unsigned char>(c) >= 0x80;
}

// Words, single other characters, and runs of blanks.
std::vector<ByteSpan> words(std::string_view text)
{
    std::vector<ByteSpan> out;
    for (std::size_t at = 0; at < text.size();) {
        std::size_t end = at + 1;
        if (isWordCharacter(text[at])) {
            while (end < text.size() && isWordCharacter(text[end])) {
                ++end;
            }
        } else if (text[at] == ' ') {
            while (end < text.size() && text[end] == ' ') {
                ++end;
            }
        }
        out.push_back({at, end});
        at = end;
    }
    return out;
}

void addSpan(std::vector<ByteSpan> &spans, const ByteSpan &span)
{
    if (!spans.empty() && spans.back().end == span.begin) {
        spans.back().end = span.end;
    } else {
        spans.push_back(span);
    }
}

void markWords(DiffRow &row, std::string_view before, std::string_view after)
{
    const std::vector<ByteSpan> oldWords = words(before);
    const std::vector<ByteSpan> newWords = words(after);
    if (oldWords.size() + newWords.size() > kMaxWordsPerLine) {
        row.oldWords = {{0, before.size()}};
        row.newWords = {{0, after.size()}};
        return;
    }
    Numbering numbers;
    const auto number = [&](const std::vector<ByteSpan> &spans, std::string_view text) {
        std::vector<std::uint32_t> out;
        for (const ByteSpan &span : spans) {
            out.push_back(numbers(text.substr(span.begin, span.size())));
        }
        return out;
    };
    std::size_t atOld = 0;
    std::size_t atNew = 0;
    for (const Step step : shortestEdit(number(oldWords, before), number(newWords, after))) {
        if (step == Step::Removed) {
            addSpan(row.oldWords, oldWords[atOld]);
        } else if (step == Step::Added) {
            addSpan(row.newWords, newWords[atNew]);
        }
        atOld += step != Step::Added ? 1 : 0;
        atNew += step != Step::Removed ? 1 : 0;
    }
}

// Whether only line ends tell the texts apart.
bool isSameButForEnds(const std::vector<Line> &before, const std::vector<Line> &after)
{
    return std::equal(before.begin(), before.end(), after.begin(), after.end(),
                      [](const Line &a, const Line &b) { return a.text == b.text; });
}

} // namespace

DiffModel diffTexts(std::string_view oldText, std::string_view newText)
{
    const std::vector<Line> before = splitLines(oldText);
    const std::vector<Line> after = splitLines(newText);
    const bool hasEnds = oldText != newText && isSameButForEnds(before, after);
    Numbering numbers;
    const std::vector<std::uint32_t> oldNumbers = numbered(before, numbers, hasEnds);
    const std::vector<std::uint32_t> newNumbers = numbered(after, numbers, hasEnds);
    const std::vector<Step> steps = shortestEdit(oldNumbers, newNumbers);

    DiffModel model;
    std::size_t atOld = 0;
    std::size_t atNew = 0;
    for (std::size_t i = 0; i < steps.size();) {
        if (steps[i] == Step::Same) {
            model.rows.push_back({DiffRow::Kind::Same,
                                  static_cast<int>(++atOld),
                                  static_cast<int>(++atNew),
                                  {},
                                  {}});
            ++i;
            continue;
        }
        std::size_t removed = 0;
        std::size_t added = 0;
        for (; i < steps.size() && steps[i] != Step::Same; ++i) {
            (steps[i] == Step::Removed ? removed : added) += 1;
        }
        DiffHunk hunk{model.rows.size(), 0};
        for (std::size_t k = 0; k < std::max(removed, added); ++k) {
            DiffRow row;
            row.kind = k >= added     ? DiffRow::Kind::Removed
                       : k >= removed ? DiffRow::Kind::Added
                                      : DiffRow::Kind::Changed;
            row.oldLine = k < removed ? static_cast<int>(++atOld) : 0;
            row.newLine = k < added ? static_cast<int>(++atNew) : 0;
            if (row.kind == DiffRow::Kind::Changed) {
                markWords(row, before[atOld - 1].text, after[atNew - 1].text);
            }
            model.rows.push_back(std::move(row));
        }
        hunk.endRow = model.rows.size();
        model.hunks.push_back(hunk);
    }
    return model;
}

} // namespace TorchLift
