#include <algorithm>
#include <set>
#include <string_view>

#include "pipeline/pipeline.h"

namespace TorchLift {

namespace {

// What one run says about lines of one text.
class Coverage
{
public:
    Coverage(std::string_view text, const Run &run)
        : m_text(text)
        , m_lines(text)
        , m_executed(run.executedLines.begin(), run.executedLines.end())
        , m_executable(run.executableLines.begin(), run.executableLines.end())
    {}

    // Whether every statement that `span` touches ran. A line without a statement of its own
    // (the second line of a call) counts for the statement it continues.
    [[nodiscard]] bool ran(const ByteSpan &span) const
    {
        const int first = m_lines.lineOf(span.begin);
        const int last = m_lines.lineOf(span.size() == 0 ? span.begin : span.end - 1);
        std::set<int> needed;
        for (int line = first; line <= last; ++line) {
            if (m_executable.contains(line)) {
                needed.insert(line);
            }
            if (isDefinitionHead(line)) {
                needed.insert(firstBodyLine(line));
            }
        }
        if (needed.empty()) {
            const auto after = m_executable.upper_bound(first);
            if (after == m_executable.begin()) {
                return false;
            }
            needed.insert(*std::prev(after));
        }
        return std::includes(m_executed.begin(), m_executed.end(), needed.begin(), needed.end());
    }

private:
    [[nodiscard]] std::string_view lineText(int line) const
    {
        const ByteSpan span = m_lines.spanOf(line);
        std::string_view text = m_text.substr(span.begin, span.size());
        text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
        return text;
    }

    // A decorator or `def` line runs when the class is made; that says nothing of its body.
    [[nodiscard]] bool isDefinitionHead(int line) const
    {
        const std::string_view text = lineText(line);
        return text.starts_with("def ") || text.starts_with("async def ") || text.starts_with("@");
    }

    [[nodiscard]] int firstBodyLine(int head) const
    {
        auto line = m_executable.upper_bound(head);
        while (line != m_executable.end() && isDefinitionHead(*line)) {
            ++line;
        }
        return line == m_executable.end() ? head : *line;
    }

    std::string_view m_text;
    LineIndex m_lines;
    std::set<int> m_executed;
    std::set<int> m_executable;
};

EditProof proofFromVerdict(const Verdict &verdict)
{
    if (!verdict.explainedBy.empty()) {
        return EditProof::Proven; // what was observed agreed, with torch as it was inside
    }
    switch (verdict.kind) {
    case VerdictKind::Equal:
    case VerdictKind::Numerical:
        return EditProof::Proven;
    case VerdictKind::Differs:
        return EditProof::Refuted;
    case VerdictKind::NoReference:
    case VerdictKind::NotCompared:
    case VerdictKind::RandomStream:
        return EditProof::NotCompared;
    }
    return EditProof::NotCompared;
}

} // namespace

void proveEdits(Migration &migration, const ResultRow &row)
{
    if (!row.oldAtSource || !row.newAtTarget || !row.verdict) {
        return;
    }
    const Coverage oldCoverage(migration.oldCode, *row.oldAtSource);
    const Coverage newCoverage(migration.newCode, *row.newAtTarget);
    const bool hasReference = row.oldAtSource->works();
    const Rendering rendering = render(migration.oldCode, migration.edits);
    for (Edit &edit : migration.edits) {
        if (!edit.isAccepted) {
            continue;
        }
        const auto rendered =
            std::find_if(rendering.edits.begin(), rendering.edits.end(),
                         [&](const RenderedEdit &r) { return r.editId == edit.id; });
        const bool oldRan =
            !hasReference
            || std::all_of(edit.replacements.begin(), edit.replacements.end(),
                           [&](const Replacement &r) { return oldCoverage.ran(r.span); });
        const bool newRan = rendered != rendering.edits.end()
                            && std::all_of(rendered->spans.begin(), rendered->spans.end(),
                                           [&](const ByteSpan &span) {
                                               // A deletion leaves nothing that could run.
                                               return span.size() == 0 || newCoverage.ran(span);
                                           });
        edit.proof = oldRan && newRan ? proofFromVerdict(*row.verdict) : EditProof::NotExecuted;
    }
}

} // namespace TorchLift
