#pragma once

#include <optional>
#include <string>

#include "models/changesmodel.h"
#include "models/decorations.h"

namespace TorchLift {

class CodeEditor;

/// How differences are shown.
enum class DiffView {
    SideBySide, ///< the panes are aligned by padding lines
    Inline,     ///< the new code's pane shows removed lines between its own
};

/// What the two sides held where they part ways first, shown below those lines.
struct DivergenceNote
{
    int oldLine = 0;
    int newLine = 0;
    std::string oldText;
    std::string newText;
};

/// Paints lines, words, uses and padding over both panes. The decorations must be those of the
/// texts that the panes hold.
void paintDecorations(CodeEditor &oldCode, CodeEditor &newCode, const Decorations &decorations,
                      const ChangesModel &changes, DiffView view,
                      const std::optional<DivergenceNote> &divergence);

/// Marks the places of some edits (rows of the changes) in both panes, and nothing else.
void paintCurrent(CodeEditor &oldCode, CodeEditor &newCode, const Decorations &decorations,
                  const std::vector<int> &rows);

} // namespace TorchLift
