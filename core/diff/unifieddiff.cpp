#include "diff/diffmodel.h"

#include <algorithm>

namespace TorchLift {

namespace {

// Lines with their ends: `patch` knows \n alone, a carriage return is part of the line.
std::vector<std::string_view> patchLines(std::string_view text)
{
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
        lines.push_back(text.substr(0, end));
        text.remove_prefix(end);
    }
    return lines;
}

std::string rangeText(std::size_t first, std::size_t count)
{
    const std::size_t shown = count == 0 ? first : first + 1;
    return std::to_string(shown) + (count == 1 ? "" : "," + std::to_string(count));
}

void appendLine(std::string &out, char mark, std::string_view line)
{
    out += mark;
    out += line;
    if (!line.ends_with('\n')) {
        out += "\n\\ No newline at end of file\n";
    }
}

struct Range
{
    std::size_t oldBegin = 0;
    std::size_t oldEnd = 0;
    std::size_t newBegin = 0;
    std::size_t newEnd = 0;
};

// Runs of lines that differ, from a diff of whole lines.
std::vector<Range> changedRanges(const std::vector<std::string_view> &before,
                                 const std::vector<std::string_view> &after)
{
    // diffTexts knows lone carriage returns and ignores line ends, so ends are made visible.
    std::vector<Range> ranges;
    const auto encode = [](const std::vector<std::string_view> &lines) {
        std::string out;
        for (const std::string_view line : lines) {
            for (const char c : line) {
                out += c == '\r' ? "\x01" : c == '\n' ? "\x02" : std::string(1, c);
            }
            out += '\n';
        }
        return out;
    };
    const std::string oldText = encode(before);
    const std::string newText = encode(after);
    const DiffModel model = diffTexts(oldText, newText);
    std::size_t atOld = 0;
    std::size_t atNew = 0;
    std::size_t row = 0;
    for (const DiffHunk &hunk : model.hunks) {
        atOld += hunk.firstRow - row;
        atNew += hunk.firstRow - row;
        Range range{atOld, atOld, atNew, atNew};
        for (row = hunk.firstRow; row < hunk.endRow; ++row) {
            range.oldEnd += model.rows[row].oldLine > 0 ? 1 : 0;
            range.newEnd += model.rows[row].newLine > 0 ? 1 : 0;
        }
        atOld = range.oldEnd;
        atNew = range.newEnd;
        ranges.push_back(range);
    }
    return ranges;
}

} // namespace

std::string unifiedDiff(std::string_view oldText, std::string_view newText,
                        std::string_view oldName, std::string_view newName, int contextLines)
{
    if (oldText == newText) {
        return {};
    }
    const std::vector<std::string_view> before = patchLines(oldText);
    const std::vector<std::string_view> after = patchLines(newText);
    const std::vector<Range> ranges = changedRanges(before, after);
    const auto context = static_cast<std::size_t>(std::max(contextLines, 0));
    std::string out = "--- " + std::string(oldName) + "\n+++ " + std::string(newName) + "\n";
    for (std::size_t first = 0; first < ranges.size();) {
        std::size_t last = first;
        while (last + 1 < ranges.size()
               && ranges[last + 1].oldBegin - ranges[last].oldEnd <= 2 * context) {
            ++last;
        }
        const std::size_t lead = std::min(context, ranges[first].oldBegin);
        const std::size_t trail = std::min(context, before.size() - ranges[last].oldEnd);
        const std::size_t oldBegin = ranges[first].oldBegin - lead;
        const std::size_t newBegin = ranges[first].newBegin - lead;
        out += "@@ -" + rangeText(oldBegin, ranges[last].oldEnd + trail - oldBegin) + " +"
               + rangeText(newBegin, ranges[last].newEnd + trail - newBegin) + " @@\n";
        std::size_t at = oldBegin;
        for (std::size_t i = first; i <= last; ++i) {
            for (; at < ranges[i].oldBegin; ++at) {
                appendLine(out, ' ', before[at]);
            }
            for (; at < ranges[i].oldEnd; ++at) {
                appendLine(out, '-', before[at]);
            }
            for (std::size_t added = ranges[i].newBegin; added < ranges[i].newEnd; ++added) {
                appendLine(out, '+', after[added]);
            }
        }
        for (; at < ranges[last].oldEnd + trail; ++at) {
            appendLine(out, ' ', before[at]);
        }
        first = last + 1;
    }
    return out;
}

} // namespace TorchLift
