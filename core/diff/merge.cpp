#include "diff/merge.h"

#include <algorithm>
#include <optional>

#include "diff/lineranges.h"

namespace TorchLift {

namespace {

using Lines = std::vector<std::string_view>;

// Whether two changes of the base cannot be told apart by place. What ends where the other begins
// is next to it, not in it; two insertions at one place are together.
bool meet(const LineRange &a, const LineRange &b)
{
    const bool areInsertions = a.oldBegin == a.oldEnd && b.oldBegin == b.oldEnd;
    return areInsertions ? a.oldBegin == b.oldBegin
                         : a.oldBegin < b.oldEnd && b.oldBegin < a.oldEnd;
}

// One side's changes, taken from the front.
class Side
{
public:
    Side(const Lines &base, const Lines &lines)
        : m_lines(lines)
        , m_changes(changedRanges(base, lines))
    {}

    [[nodiscard]] const LineRange *next() const
    {
        return m_next < m_changes.size() ? &m_changes[m_next] : nullptr;
    }

    // The next change; `to` is extended to its end.
    void take(std::size_t &to)
    {
        const LineRange &change = m_changes[m_next++];
        to = std::max(to, change.oldEnd);
        m_shift =
            static_cast<std::ptrdiff_t>(change.newEnd) - static_cast<std::ptrdiff_t>(change.oldEnd);
    }

    [[nodiscard]] std::ptrdiff_t shift() const { return m_shift; }

    // What base lines became between the shift before and the one now.
    [[nodiscard]] std::string text(std::size_t begin, std::size_t end,
                                   std::ptrdiff_t shiftBefore) const
    {
        std::string out;
        const auto from =
            static_cast<std::size_t>(static_cast<std::ptrdiff_t>(begin) + shiftBefore);
        const auto to = static_cast<std::size_t>(static_cast<std::ptrdiff_t>(end) + m_shift);
        for (std::size_t line = from; line < to; ++line) {
            out += m_lines[line];
        }
        return out;
    }

private:
    const Lines &m_lines;
    std::vector<LineRange> m_changes;
    std::size_t m_next = 0;
    std::ptrdiff_t m_shift = 0; // of this side's lines against the base, up to here
};

// Both, each line once.
std::string together(std::string_view ours, std::string_view theirs)
{
    std::string out(ours);
    const Lines known = linesWithEnds(ours);
    for (const std::string_view line : linesWithEnds(theirs)) {
        if (std::find(known.begin(), known.end(), line) == known.end()) {
            out += !out.empty() && out.back() != '\n' ? "\n" : "";
            out += line;
        }
    }
    return out;
}

class Merger
{
public:
    Merger(std::string_view base, std::string_view ours, std::string_view theirs)
        : m_base(linesWithEnds(base))
        , m_oursLines(linesWithEnds(ours))
        , m_theirsLines(linesWithEnds(theirs))
        , m_ours(m_base, m_oursLines)
        , m_theirs(m_base, m_theirsLines)
    {}

    Merge run()
    {
        while (m_ours.next() != nullptr || m_theirs.next() != nullptr) {
            step();
        }
        copyTo(m_base.size());
        return std::move(m_out);
    }

private:
    void copyTo(std::size_t line)
    {
        for (; m_at < line; ++m_at) {
            m_out.text += m_base[m_at];
        }
    }

    static bool isFirst(const LineRange *a, const LineRange *b)
    {
        return a != nullptr
               && (b == nullptr || a->oldBegin < b->oldBegin
                   || (a->oldBegin == b->oldBegin && a->oldEnd <= b->oldEnd));
    }

    // One group of changes that touch each other.
    void step()
    {
        const bool isOursFirst = isFirst(m_ours.next(), m_theirs.next());
        const LineRange first = isOursFirst ? *m_ours.next() : *m_theirs.next();
        const std::ptrdiff_t oursBefore = m_ours.shift();
        const std::ptrdiff_t theirsBefore = m_theirs.shift();
        copyTo(first.oldBegin);
        std::size_t end = first.oldEnd;
        bool hasOurs = false;
        bool hasTheirs = false;
        for (bool isGrowing = true; isGrowing;) {
            isGrowing = false;
            const LineRange group{first.oldBegin, end, 0, 0};
            const bool isStart = !hasOurs && !hasTheirs;
            if (m_ours.next() != nullptr
                && ((isStart && isOursFirst) || (!isStart && meet(group, *m_ours.next())))) {
                m_ours.take(end);
                hasOurs = isGrowing = true;
            } else if (m_theirs.next() != nullptr
                       && ((isStart && !isOursFirst)
                           || (!isStart && meet(group, *m_theirs.next())))) {
                m_theirs.take(end);
                hasTheirs = isGrowing = true;
            }
        }
        const std::string ours = m_ours.text(first.oldBegin, end, oursBefore);
        const std::string theirs = m_theirs.text(first.oldBegin, end, theirsBefore);
        m_at = end;
        if (hasOurs && hasTheirs && first.oldBegin == end) {
            m_out.text += together(ours, theirs);
        } else {
            if (hasOurs && hasTheirs && ours != theirs) {
                const auto lines = std::count(m_out.text.begin(), m_out.text.end(), '\n');
                m_out.conflicts.push_back({static_cast<int>(first.oldBegin) + 1,
                                           static_cast<int>(lines) + 1, ours, theirs});
            }
            m_out.text += hasOurs ? ours : theirs;
        }
    }

    Lines m_base;
    Lines m_oursLines;
    Lines m_theirsLines;
    Side m_ours;
    Side m_theirs;
    Merge m_out;
    std::size_t m_at = 0; // lines of the base that are done
};

} // namespace

Merge mergeTexts(std::string_view base, std::string_view ours, std::string_view theirs)
{
    if (ours == base || ours == theirs) {
        return {std::string(theirs), {}};
    }
    if (theirs == base) {
        return {std::string(ours), {}};
    }
    return Merger(base, ours, theirs).run();
}

} // namespace TorchLift
