#include "diff/lineranges.h"

#include <algorithm>
#include <string>

#include "diff/diffmodel.h"

namespace TorchLift {

std::vector<std::string_view> linesWithEnds(std::string_view text)
{
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
        lines.push_back(text.substr(0, end));
        text.remove_prefix(end);
    }
    return lines;
}

std::vector<LineRange> changedRanges(const std::vector<std::string_view> &before,
                                     const std::vector<std::string_view> &after)
{
    // diffTexts knows lone carriage returns and ignores line ends, so ends are made visible.
    std::vector<LineRange> ranges;
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
        LineRange range{atOld, atOld, atNew, atNew};
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

} // namespace TorchLift
