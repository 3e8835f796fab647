#include <algorithm>
#include <set>
#include <string_view>

#include "pipeline/pipeline.h"
#include "pipeline/projectvalidation.h"

namespace TorchLift {

namespace {

// What one run says about lines of one text.
class Coverage
{
public:
    Coverage(std::string_view text, const std::vector<int> &executable,
             const std::vector<int> &executed)
        : m_text(text)
        , m_lines(text)
        , m_executed(executed.begin(), executed.end())
        , m_executable(executable.begin(), executable.end())
    {}

    void add(const std::vector<int> &executed)
    {
        m_executed.insert(executed.begin(), executed.end());
    }

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
    if (isExplained(verdict)) {
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

// Whether the runs went through all that an edit changed. `oldCoverage` is null without reference.
bool isTried(const Edit &edit, const Rendering &rendering, const Coverage *oldCoverage,
             const Coverage &newCoverage)
{
    const auto rendered = std::find_if(rendering.edits.begin(), rendering.edits.end(),
                                       [&](const RenderedEdit &r) { return r.editId == edit.id; });
    const bool oldRan =
        oldCoverage == nullptr
        || std::all_of(edit.replacements.begin(), edit.replacements.end(),
                       [&](const Replacement &r) { return oldCoverage->ran(r.span); });
    return oldRan && rendered != rendering.edits.end()
           && std::all_of(rendered->spans.begin(), rendered->spans.end(),
                          [&](const ByteSpan &span) {
                              // A deletion leaves nothing that could run.
                              return span.size() == 0 || newCoverage.ran(span);
                          });
}

FileLines linesOf(const Run &run, const std::string &path)
{
    const auto found = run.files.find(path);
    return found == run.files.end() ? FileLines() : found->second;
}

// What the runs of a project say of one of its files.
class FileEvidence
{
public:
    FileEvidence(const MigratedFile &file, const ResultRow &whole)
        : m_path(file.path.generic_string())
        , m_rendering(render(file.migration.oldCode, file.migration.edits))
        , m_oldOutside(outside(file.migration.oldCode, *whole.oldAtSource))
        , m_newOutside(outside(file.migration.newCode, *whole.newAtTarget))
    {}

    [[nodiscard]] EditProof proofOf(const Edit &edit, const std::vector<const ResultRow *> &rows)
    {
        const bool isOutside = isTried(edit, m_rendering, &m_oldOutside, m_newOutside);
        bool isTriedAtAll = false;
        bool agrees = false;
        bool differs = false;
        for (const ResultRow *row : rows) {
            if (!isOutside && !isTriedBy(*row, edit)) {
                continue;
            }
            isTriedAtAll = true;
            const EditProof proof = proofFromVerdict(*row->verdict);
            agrees = agrees || proof == EditProof::Proven;
            differs = differs || proof == EditProof::Refuted;
        }
        return !isTriedAtAll                       ? EditProof::NotExecuted
               : differs && !(isOutside && agrees) ? EditProof::Refuted
               : agrees                            ? EditProof::Proven
                                                   : EditProof::NotCompared;
    }

private:
    Coverage outside(const std::string &text, const Run &run) const
    {
        const FileLines lines = linesOf(run, m_path);
        return {text, lines.executable, lines.executed};
    }

    bool isTriedBy(const ResultRow &row, const Edit &edit) const
    {
        Coverage oldCoverage = m_oldOutside;
        oldCoverage.add(linesOf(*row.oldAtSource, m_path).executed);
        Coverage newCoverage = m_newOutside;
        newCoverage.add(linesOf(*row.newAtTarget, m_path).executed);
        return isTried(edit, m_rendering, row.oldAtSource->works() ? &oldCoverage : nullptr,
                       newCoverage);
    }

    std::string m_path;
    Rendering m_rendering;
    Coverage m_oldOutside;
    Coverage m_newOutside;
};

bool isJudged(const ResultRow &row)
{
    return row.oldAtSource && row.newAtTarget && row.verdict;
}

} // namespace

void proveEdits(Migration &migration, const ResultRow &row)
{
    if (!isJudged(row)) {
        return;
    }
    const Coverage oldCoverage(migration.oldCode, row.oldAtSource->executableLines,
                               row.oldAtSource->executedLines);
    const Coverage newCoverage(migration.newCode, row.newAtTarget->executableLines,
                               row.newAtTarget->executedLines);
    const Rendering rendering = render(migration.oldCode, migration.edits);
    for (Edit &edit : migration.edits) {
        if (edit.isAccepted) {
            const bool hasReference = row.oldAtSource->works();
            edit.proof =
                isTried(edit, rendering, hasReference ? &oldCoverage : nullptr, newCoverage)
                    ? proofFromVerdict(*row.verdict)
                    : EditProof::NotExecuted;
        }
    }
}

std::vector<std::string> editedFiles(const FolderMigration &folder)
{
    std::vector<std::string> paths;
    for (const MigratedFile &file : folder.files) {
        const std::vector<Edit> &edits = file.migration.edits;
        if (file.path.extension() == ".py"
            && std::any_of(edits.begin(), edits.end(),
                           [](const Edit &edit) { return edit.isAccepted; })) {
            paths.push_back(file.path.generic_string());
        }
    }
    return paths;
}

void proveEdits(FolderMigration &folder, const ProjectResult &result)
{
    if (!result.whole.oldAtSource || !result.whole.newAtTarget) {
        return;
    }
    std::vector<const ResultRow *> rows;
    for (const ProjectTest &test : result.tests) {
        if (isJudged(test.row)) {
            rows.push_back(&test.row);
        }
    }
    if (result.tests.empty() && isJudged(result.whole)) {
        rows.push_back(&result.whole);
    }
    const std::vector<std::string> watched = editedFiles(folder);
    for (MigratedFile &file : folder.files) {
        if (std::find(watched.begin(), watched.end(), file.path.generic_string())
            == watched.end()) {
            continue;
        }
        FileEvidence evidence(file, result.whole);
        for (Edit &edit : file.migration.edits) {
            if (edit.isAccepted) {
                edit.proof = evidence.proofOf(edit, rows);
            }
        }
    }
}

} // namespace TorchLift
