#include "diff/diffmodel.h"

#include <algorithm>

#include "diff/lineranges.h"

namespace TorchLift {

namespace {

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

} // namespace

std::string unifiedDiff(std::string_view oldText, std::string_view newText,
                        std::string_view oldName, std::string_view newName, int contextLines)
{
    if (oldText == newText) {
        return {};
    }
    const std::vector<std::string_view> before = linesWithEnds(oldText);
    const std::vector<std::string_view> after = linesWithEnds(newText);
    const std::vector<LineRange> ranges = changedRanges(before, after);
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
