#include "migration/handedits.h"

#include <algorithm>

#include "base/files.h"
#include "diff/lineranges.h"
#include "diff/merge.h"
#include "migration/textedit.h"

namespace TorchLift {

namespace {

using Lines = std::vector<std::string_view>;

const LocalizedText kTitle{"edited by hand", "правка вручную"};
const LocalizedText kReason{"These lines were edited by hand after an earlier migration; they are "
                            "kept as they are.",
                            "Эти строки правили вручную после прежней миграции; они оставлены как "
                            "есть."};
const LocalizedText kConflict{
    "The lines here were edited by hand, and the migration now writes something else. What was "
    "written by hand is kept; the migration's own is: ",
    "Строки здесь правили вручную, а миграция теперь пишет другое. Оставлено написанное вручную; "
    "вариант миграции: "};
constexpr std::size_t kLongestQuote = 400;

std::vector<std::size_t> offsetsOf(const Lines &lines)
{
    std::vector<std::size_t> offsets{0};
    for (const std::string_view line : lines) {
        offsets.push_back(offsets.back() + line.size());
    }
    return offsets;
}

// The lines of the old code and of what was made of it, put side by side.
class Correspondence
{
public:
    Correspondence(const Lines &old, const Lines &generated, const std::vector<ByteSpan> &replaced)
        : m_changes(changedRanges(old, generated))
        , m_oldCount(old.size())
    {
        const std::vector<std::size_t> offsets = offsetsOf(old);
        const auto lineOf = [&](std::size_t offset) {
            const auto after = std::upper_bound(offsets.begin(), offsets.end(), offset);
            return static_cast<std::size_t>(after - offsets.begin()) - 1;
        };
        for (const ByteSpan &span : replaced) {
            const std::size_t first = lineOf(span.begin);
            m_replaced.emplace_back(first,
                                    std::max(first, lineOf(std::max(span.end, 1UL) - 1)) + 1);
        }
    }

    /// The range of old lines (and the generated ones beside them) that holds the generated lines
    /// [begin, end) and cuts through no change and no replacement.
    LineRange around(std::size_t begin, std::size_t end) const
    {
        LineRange range{toOld(begin), toOld(end), begin, end};
        for (bool isGrowing = true; isGrowing;) {
            const LineRange before = range;
            for (const LineRange &change : m_changes) {
                if (touches(range, change)) {
                    extend(range, change);
                }
                // Behind what is inserted there must be a line that goes along.
                const bool isOpen = change.oldBegin == change.oldEnd
                                    && change.oldEnd == range.oldEnd
                                    && change.newEnd == range.newEnd
                                    && range.newBegin < change.newEnd && range.oldEnd < m_oldCount;
                if (isOpen) {
                    extend(range, {range.oldEnd, range.oldEnd + 1, range.newEnd, range.newEnd + 1});
                }
            }
            for (const auto &[first, last] : m_replaced) {
                if (first < range.oldEnd && range.oldBegin < last
                    && (first < range.oldBegin || last > range.oldEnd)) {
                    extend(range, {first, last, toNew(first), toNew(last)});
                }
            }
            isGrowing = before.oldBegin != range.oldBegin || before.oldEnd != range.oldEnd
                        || before.newBegin != range.newBegin || before.newEnd != range.newEnd;
        }
        return range;
    }

private:
    // What is inserted just in front of a range counts to it (see render()).
    static bool touches(const LineRange &range, const LineRange &change)
    {
        const bool isInsertedInFront = change.oldBegin == change.oldEnd
                                       && change.oldEnd == range.oldBegin
                                       && change.newEnd == range.newBegin;
        const bool overlaps =
            change.newBegin == change.newEnd
                ? range.newBegin < change.newBegin && change.newBegin < range.newEnd
                : change.newBegin < range.newEnd && range.newBegin < change.newEnd;
        return overlaps || isInsertedInFront;
    }

    static void extend(LineRange &range, const LineRange &by)
    {
        range.oldBegin = std::min(range.oldBegin, by.oldBegin);
        range.oldEnd = std::max(range.oldEnd, by.oldEnd);
        range.newBegin = std::min(range.newBegin, by.newBegin);
        range.newEnd = std::max(range.newEnd, by.newEnd);
    }

    // Where a line stands on the other side; inside a change the nearest place.
    std::size_t toOld(std::size_t line) const
    {
        std::ptrdiff_t shift = 0;
        for (const LineRange &change : m_changes) {
            if (change.newEnd > line) {
                return change.newBegin < line ? change.oldBegin : moved(line, shift);
            }
            shift = static_cast<std::ptrdiff_t>(change.oldEnd)
                    - static_cast<std::ptrdiff_t>(change.newEnd);
        }
        return moved(line, shift);
    }

    std::size_t toNew(std::size_t line) const
    {
        std::ptrdiff_t shift = 0;
        for (const LineRange &change : m_changes) {
            if (change.oldEnd > line) {
                return change.oldBegin < line ? change.newBegin : moved(line, shift);
            }
            shift = static_cast<std::ptrdiff_t>(change.newEnd)
                    - static_cast<std::ptrdiff_t>(change.oldEnd);
        }
        return moved(line, shift);
    }

    static std::size_t moved(std::size_t line, std::ptrdiff_t shift)
    {
        return static_cast<std::size_t>(static_cast<std::ptrdiff_t>(line) + shift);
    }

    std::vector<LineRange> m_changes;
    std::size_t m_oldCount;
    std::vector<std::pair<std::size_t, std::size_t>> m_replaced; // old lines of replacements
};

Edit handEdit(std::string_view oldCode, ByteSpan span, std::string_view text)
{
    Edit edit;
    edit.replacements.push_back(replaced(span, text));
    edit.title = kTitle;
    edit.reason = kReason;
    edit.provenance = Provenance::Hand;
    edit.safety = Safety::Review;
    edit.isAccepted = true;
    edit.id = "hand:" + std::to_string(span.begin) + "-" + std::to_string(span.end) + ":"
              + sha256Hex(oldCode.substr(span.begin, span.size())).substr(0, 12);
    return edit;
}

std::vector<Edit> withoutHandEdits(std::vector<Edit> edits)
{
    std::erase_if(edits, [](const Edit &edit) { return edit.provenance == Provenance::Hand; });
    return edits;
}

bool renders(const Migration &migration, const std::vector<Edit> &hand, std::string_view edited)
{
    std::vector<Edit> all = withoutHandEdits(migration.edits);
    all.insert(all.end(), hand.begin(), hand.end());
    return render(migration.oldCode, all).newCode == edited;
}

// Told where the edit by hand stands that wrote the line.
Residue conflictResidue(const Migration &migration, const std::string &merged,
                        const MergeConflict &conflict)
{
    Residue residue;
    residue.reason = ResidueReason::Conflict;
    residue.symbol = "(edited by hand)";
    residue.isBreaking = false;
    const std::string quote = toValidUtf8(conflict.theirs.substr(0, kLongestQuote));
    residue.detail = {kConflict.en + quote, kConflict.ru + quote};
    const std::size_t at = LineIndex(merged).spanOf(conflict.mergedLine).begin;
    const Rendering rendering = render(migration.oldCode, migration.edits);
    for (const RenderedEdit &rendered : rendering.edits) {
        if (rendered.editId.starts_with("hand:") && rendered.spans.front().begin <= at) {
            const auto edit = std::find_if(migration.edits.begin(), migration.edits.end(),
                                           [&](const Edit &e) { return e.id == rendered.editId; });
            residue.span = edit->span();
        }
    }
    for (const Edit &edit : migration.edits) {
        if (edit.provenance != Provenance::Hand && edit.span().overlaps(residue.span)) {
            residue.symbol = edit.symbol;
            residue.changes = edit.changes;
            residue.ruleId = edit.ruleId;
            residue.brokenIn = edit.brokenIn;
            residue.isBreaking = true;
        }
    }
    residue.line = LineIndex(migration.oldCode).lineOf(residue.span.begin);
    return residue;
}

} // namespace

std::string generatedCode(const Migration &migration)
{
    return render(migration.oldCode, withoutHandEdits(migration.edits)).newCode;
}

std::vector<Edit> handEdits(const Migration &migration, std::string_view edited)
{
    const std::string generated = generatedCode(migration);
    if (generated == edited) {
        return {};
    }
    std::vector<ByteSpan> replacedSpans;
    for (const Edit &edit : migration.edits) {
        for (const Replacement &replacement : edit.replacements) {
            if (edit.isAccepted && edit.provenance != Provenance::Hand) {
                replacedSpans.push_back(replacement.span);
            }
        }
    }
    const Lines old = linesWithEnds(migration.oldCode);
    const Lines made = linesWithEnds(generated);
    const Lines now = linesWithEnds(edited);
    const std::vector<std::size_t> offsets = offsetsOf(old);
    const Correspondence beside(old, made, replacedSpans);

    std::vector<std::pair<LineRange, LineRange>> places; // old and made; made and now
    for (const LineRange &change : changedRanges(made, now)) {
        LineRange place = beside.around(change.oldBegin, change.oldEnd);
        std::size_t typedBegin = change.newBegin - (change.oldBegin - place.newBegin);
        while (!places.empty() && place.oldBegin <= places.back().first.oldEnd
               && place.newBegin <= places.back().first.newEnd) { // they have grown together
            const auto &[other, typed] = places.back();
            const std::size_t begin = std::min(place.newBegin, other.newBegin);
            typedBegin = typed.newBegin - (other.newBegin - begin);
            place = {std::min(place.oldBegin, other.oldBegin), std::max(place.oldEnd, other.oldEnd),
                     begin, std::max(place.newEnd, other.newEnd)};
            places.pop_back();
        }
        places.push_back({place,
                          {place.newBegin, place.newEnd, typedBegin,
                           change.newEnd + (place.newEnd - change.oldEnd)}});
    }
    std::vector<Edit> edits;
    for (const auto &[place, typed] : places) {
        std::string text;
        for (std::size_t line = typed.newBegin; line < std::min(typed.newEnd, now.size()); ++line) {
            text += now[line];
        }
        edits.push_back(
            handEdit(migration.oldCode, {offsets[place.oldBegin], offsets[place.oldEnd]}, text));
    }
    if (!renders(migration, edits, edited)) { // added imports stand where no old line does
        return {handEdit(migration.oldCode, {0, migration.oldCode.size()}, edited)};
    }
    return edits;
}

bool isHandConflict(const Residue &residue)
{
    return residue.reason == ResidueReason::Conflict && residue.detail.en.starts_with(kConflict.en);
}

void dropHandEdits(Migration &migration)
{
    const std::size_t before = migration.edits.size();
    migration.edits = withoutHandEdits(std::move(migration.edits));
    if (migration.edits.size() != before) {
        migration.newCode = generatedCode(migration);
    }
    std::erase_if(migration.residues, isHandConflict);
}

void keepHandEdits(Migration &migration, std::string_view written, std::string_view edited)
{
    dropHandEdits(migration);
    const std::string generated = generatedCode(migration);
    const bool isByModel = migration.newCode != generated; // then no edit tells how it came about
    const Merge merge = mergeTexts(written, edited, isByModel ? migration.newCode : generated);
    const std::vector<Edit> hand =
        isByModel ? std::vector<Edit>{} : handEdits(migration, merge.text);
    migration.newCode = merge.text;
    migration.edits.insert(migration.edits.end(), hand.begin(), hand.end());
    std::stable_sort(migration.edits.begin(), migration.edits.end(),
                     [](const Edit &a, const Edit &b) { return a.span().begin < b.span().begin; });

    for (const MergeConflict &conflict : merge.conflicts) {
        migration.residues.push_back(conflictResidue(migration, merge.text, conflict));
    }
    std::stable_sort(migration.residues.begin(), migration.residues.end(),
                     [](const Residue &a, const Residue &b) { return a.span < b.span; });
}

} // namespace TorchLift
