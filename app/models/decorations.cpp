#include "models/decorations.h"

#include <algorithm>
#include <optional>

#include "models/linemap.h"

namespace TorchLift {

namespace {

/// Carries spans of one text over to a later one: lines that are unchanged keep their columns,
/// changed lines are taken whole, spans on vanished lines are lost.
class SpanMap
{
public:
    SpanMap(std::string_view from, std::string_view to)
        : m_isSame(from == to)
        , m_fromLines(from)
        , m_toLines(to)
    {
        if (!m_isSame) {
            m_diff = diffTexts(from, to);
            m_lines.emplace(m_diff, m_fromLines.lineCount(), m_toLines.lineCount());
            m_isUnchanged.resize(m_fromLines.lineCount() + 1, false);
            for (const DiffRow &row : m_diff.rows) {
                const auto line = static_cast<std::size_t>(row.oldLine);
                if (row.kind == DiffRow::Kind::Same && line < m_isUnchanged.size()) {
                    m_isUnchanged[line] = true;
                }
            }
        }
    }

    [[nodiscard]] std::optional<ByteSpan> map(const ByteSpan &span) const
    {
        if (m_isSame) {
            return span;
        }
        const int first = m_fromLines.lineOf(span.begin);
        const int last = m_fromLines.lineOf(span.end);
        const auto begin = place(span.begin, first, false);
        const auto end = place(span.end, last, true);
        if (!begin || !end || *end < *begin) {
            return std::nullopt;
        }
        return ByteSpan{*begin, *end};
    }

private:
    [[nodiscard]] std::optional<std::size_t> place(std::size_t offset, int line, bool isEnd) const
    {
        const int target = m_lines->toNew(line);
        if (target == 0) {
            return std::nullopt;
        }
        const ByteSpan there = m_toLines.spanOf(target);
        if (!m_isUnchanged[static_cast<std::size_t>(line)]) {
            return isEnd ? there.end : there.begin;
        }
        return std::min(there.begin + (offset - m_fromLines.spanOf(line).begin), there.end);
    }

    bool m_isSame;
    LineIndex m_fromLines;
    LineIndex m_toLines;
    DiffModel m_diff;
    std::optional<LineMap> m_lines;
    std::vector<bool> m_isUnchanged;
};

} // namespace

Decorations decorate(std::string oldText, std::string newText, const AcceptanceState &state)
{
    Decorations result;
    result.diff = diffTexts(oldText, newText);
    if (state.migration) {
        const Migration &migration = *state.migration;
        const LineIndex oldLines(oldText);
        const LineIndex newLines(newText);
        const LineMap lines(result.diff, oldLines.lineCount(), newLines.lineCount());
        const SpanMap toOld(migration.oldCode, oldText);
        const Rendering rendering = state.rendering();
        const SpanMap toNew(rendering.newCode, newText);

        for (const Edit &edit : migration.edits) {
            EditPlace place;
            for (const Replacement &replacement : edit.replacements) {
                if (const auto span = toOld.map(replacement.span)) {
                    place.oldSpans.push_back(*span);
                }
            }
            if (!place.oldSpans.empty()) {
                place.oldLine = oldLines.lineOf(place.oldSpans.front().begin);
                place.newLine = lines.nearestNew(place.oldLine);
            }
            const auto rendered =
                std::find_if(rendering.edits.begin(), rendering.edits.end(),
                             [&edit](const RenderedEdit &one) { return one.editId == edit.id; });
            if (rendered != rendering.edits.end()) {
                for (const ByteSpan &span : rendered->spans) {
                    if (const auto mapped = toNew.map(span)) {
                        place.newSpans.push_back(*mapped);
                    }
                }
                if (!place.newSpans.empty()) {
                    place.newLine = newLines.lineOf(place.newSpans.front().begin);
                }
            }
            result.edits.push_back(std::move(place));
        }
        for (const Residue &residue : migration.residues) {
            const auto span = toOld.map(residue.span);
            result.residues.push_back(span.value_or(ByteSpan{}));
            result.residueLines.push_back(span ? oldLines.lineOf(span->begin) : 0);
        }
    }
    result.oldText = std::move(oldText);
    result.newText = std::move(newText);
    return result;
}

} // namespace TorchLift
