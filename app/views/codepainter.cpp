#include "views/codepainter.h"

#include <algorithm>

#include "views/codeeditor.h"

namespace TorchLift {

namespace {

using ExtraLines = std::vector<CodeEditor::ExtraLines>;

void paintRows(CodeEditor &oldCode, CodeEditor &newCode, const DiffModel &diff)
{
    const auto paintWords = [](CodeEditor &editor, int line, const std::vector<ByteSpan> &words,
                               CodeEditor::Indicator indicator) {
        const std::size_t start = editor.spanOfLine(line).begin;
        for (const ByteSpan &word : words) {
            editor.markSpan({start + word.begin, start + word.end}, indicator);
        }
    };
    for (const DiffHunk &hunk : diff.hunks) {
        for (std::size_t i = hunk.firstRow; i < hunk.endRow; ++i) {
            const DiffRow &row = diff.rows[i];
            if (row.oldLine > 0) {
                oldCode.markLine(row.oldLine, CodeEditor::RemovedLine);
                paintWords(oldCode, row.oldLine, row.oldWords, CodeEditor::RemovedWord);
            }
            if (row.newLine > 0) {
                newCode.markLine(row.newLine, CodeEditor::AddedLine);
                paintWords(newCode, row.newLine, row.newWords, CodeEditor::AddedWord);
            }
        }
    }
}

/// Blank lines on the side that has none, so that equal lines stand beside each other.
void padSides(const DiffModel &diff, ExtraLines &oldExtra, ExtraLines &newExtra)
{
    const auto pad = [](ExtraLines &extra, int below) {
        if (extra.empty() || extra.back().line != below) {
            extra.push_back({below, 0, {}});
        }
        ++extra.back().count;
    };
    int oldLine = 0;
    int newLine = 0;
    for (const DiffRow &row : diff.rows) {
        oldLine = row.oldLine > 0 ? row.oldLine : oldLine;
        newLine = row.newLine > 0 ? row.newLine : newLine;
        if (row.oldLine == 0) {
            pad(oldExtra, oldLine);
        } else if (row.newLine == 0) {
            pad(newExtra, newLine);
        }
    }
}

/// The old lines of every hunk, shown below the last line that is the same in both.
ExtraLines removedLines(const Decorations &decorations)
{
    ExtraLines extra;
    const LineIndex lines(decorations.oldText);
    for (const DiffHunk &hunk : decorations.diff.hunks) {
        CodeEditor::ExtraLines block;
        for (std::size_t i = hunk.firstRow; i-- > 0;) {
            if (decorations.diff.rows[i].newLine > 0) {
                block.line = decorations.diff.rows[i].newLine;
                break;
            }
        }
        for (std::size_t i = hunk.firstRow; i < hunk.endRow; ++i) {
            const DiffRow &row = decorations.diff.rows[i];
            if (row.oldLine > 0) {
                const ByteSpan span = lines.spanOf(row.oldLine);
                block.text += (block.count > 0 ? "\n" : "")
                              + decorations.oldText.substr(span.begin, span.size());
                ++block.count;
            }
        }
        if (block.count > 0) {
            block.text = block.text.empty() ? " " : block.text;
            extra.push_back(std::move(block));
        }
    }
    return extra;
}

/// The first line of a span: a mark below twenty lines of code says nothing.
ByteSpan firstLine(const CodeEditor &editor, int line, const ByteSpan &span)
{
    return {span.begin, std::min(span.end, editor.spanOfLine(line).end)};
}

void paintUses(CodeEditor &oldCode, CodeEditor &newCode, const Decorations &decorations,
               const ChangesModel &changes)
{
    for (std::size_t i = 0; i < decorations.edits.size(); ++i) {
        const EditPlace &place = decorations.edits[i];
        const bool isAccepted = changes.isAccepted(static_cast<int>(i));
        const auto marker = isAccepted ? CodeEditor::AcceptedMarker : CodeEditor::PendingMarker;
        if (place.oldLine > 0) {
            oldCode.markLine(place.oldLine, marker);
            oldCode.markSpan(firstLine(oldCode, place.oldLine, place.oldSpans.front()),
                             CodeEditor::BreakingUse);
        }
        if (place.newLine > 0) {
            newCode.markLine(place.newLine, marker);
        }
    }
    for (std::size_t i = 0; i < decorations.residues.size(); ++i) {
        if (decorations.residueLines[i] > 0) {
            oldCode.markLine(decorations.residueLines[i], CodeEditor::ResidueMarker);
            oldCode.markSpan(decorations.residues[i], CodeEditor::ResidueUse);
        }
    }
}

/// Marks a line and says below it what was found there.
void note(CodeEditor &editor, ExtraLines &extra, int line, const std::string &text)
{
    editor.markLine(line, CodeEditor::DivergenceMarker);
    editor.markLine(line, CodeEditor::DivergenceLine);
    const auto found = std::find_if(extra.begin(), extra.end(),
                                    [line](const auto &block) { return block.line == line; });
    if (found != extra.end()) {
        found->note = text;
    } else {
        extra.push_back({line, 0, {}, text});
    }
}

} // namespace

void paintDecorations(CodeEditor &oldCode, CodeEditor &newCode, const Decorations &decorations,
                      const ChangesModel &changes, DiffView view,
                      const std::optional<DivergenceNote> &divergence)
{
    oldCode.clearDecorations();
    newCode.clearDecorations();
    ExtraLines oldExtra;
    ExtraLines newExtra;
    paintRows(oldCode, newCode, decorations.diff);
    if (view == DiffView::SideBySide) {
        padSides(decorations.diff, oldExtra, newExtra);
    } else {
        newExtra = removedLines(decorations);
    }
    if (divergence) {
        note(oldCode, oldExtra, divergence->oldLine, divergence->oldText);
        note(newCode, newExtra, divergence->newLine, divergence->newText);
    }
    oldCode.setExtraLines(oldExtra);
    newCode.setExtraLines(newExtra);
    paintUses(oldCode, newCode, decorations, changes);
}

void paintCurrent(CodeEditor &oldCode, CodeEditor &newCode, const Decorations &decorations,
                  const std::vector<int> &rows)
{
    oldCode.clearIndicator(CodeEditor::CurrentUse);
    newCode.clearIndicator(CodeEditor::CurrentUse);
    for (const int row : rows) {
        if (static_cast<std::size_t>(row) >= decorations.edits.size()) {
            continue;
        }
        const EditPlace &place = decorations.edits[static_cast<std::size_t>(row)];
        for (const ByteSpan &span : place.oldSpans) {
            oldCode.markSpan(span, CodeEditor::CurrentUse);
        }
        for (const ByteSpan &span : place.newSpans) {
            newCode.markSpan(span, CodeEditor::CurrentUse);
        }
    }
}

} // namespace TorchLift
