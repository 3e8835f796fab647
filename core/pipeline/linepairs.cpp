#include "pipeline/linepairs.h"

#include <algorithm>
#include <map>

#include "diff/diffmodel.h"

namespace TorchLift {

namespace {

using Pairs = std::map<int, int>; // old line, new line

struct LineRange
{
    int first = 0;
    int last = 0;

    [[nodiscard]] bool contains(int line) const { return first <= line && line <= last; }
};

LineRange rangeOf(const LineIndex &lines, const ByteSpan &span)
{
    return {lines.lineOf(span.begin), lines.lineOf(span.size() == 0 ? span.begin : span.end - 1)};
}

// An edit's lines take the place of whatever the comparison of the texts paired there.
void pairEdit(Pairs &pairs, const LineRange &before, const LineRange &after)
{
    std::erase_if(pairs, [&](const auto &pair) {
        return before.contains(pair.first) || after.contains(pair.second);
    });
    const int common = std::min(before.last - before.first, after.last - after.first) + 1;
    for (int i = 0; i < common; ++i) {
        pairs[before.first + i] = after.first + i;
    }
    if (before.last - before.first >= common) {
        pairs[before.last] = after.last; // a statement made shorter still ends somewhere
    }
}

void pairEdits(Pairs &pairs, const Migration &migration, const Rendering &rendering)
{
    const LineIndex oldLines(migration.oldCode);
    const LineIndex newLines(rendering.newCode);
    for (const RenderedEdit &rendered : rendering.edits) {
        const auto edit = std::find_if(migration.edits.begin(), migration.edits.end(),
                                       [&](const Edit &one) { return one.id == rendered.editId; });
        if (edit == migration.edits.end() || edit->replacements.size() != rendered.spans.size()) {
            continue;
        }
        for (std::size_t i = 0; i < rendered.spans.size(); ++i) {
            const ByteSpan &before = edit->replacements[i].span;
            if (before.size() > 0 && rendered.spans[i].size() > 0) {
                pairEdit(pairs, rangeOf(oldLines, before), rangeOf(newLines, rendered.spans[i]));
            }
        }
    }
}

} // namespace

std::vector<std::pair<int, int>> linePairs(std::string_view oldCode, std::string_view newCode,
                                           const Migration *migration)
{
    Pairs pairs;
    for (const DiffRow &row : diffTexts(oldCode, newCode).rows) {
        if (row.oldLine > 0 && row.newLine > 0) {
            pairs.emplace(row.oldLine, row.newLine);
        }
    }
    if (migration != nullptr && migration->oldCode == oldCode) {
        const Rendering rendering = render(oldCode, migration->edits);
        if (rendering.newCode == newCode) {
            pairEdits(pairs, *migration, rendering);
        }
    }
    return {pairs.begin(), pairs.end()};
}

} // namespace TorchLift
