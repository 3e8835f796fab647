#pragma once

#include <vector>

#include "models/acceptance.h"
#include "views/codeeditor.h"

namespace TorchLift {

/// The new code. Its document owns undo: accepting or rejecting an edit is a step in the same
/// history as typing. Each such step carries a token that leads to the acceptance before and
/// after it.
class MigratedEditor final : public CodeEditor
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(MigratedEditor)

public:
    explicit MigratedEditor(QWidget *parent = nullptr);

    /// Empties the document and its history.
    void reset();
    /// Shows a new migration. What was typed by hand since the one before is kept; where the
    /// migration wants something else there, a residue in what is returned says so.
    std::vector<Residue> adopt(std::shared_ptr<const Migration> migration);
    [[nodiscard]] const AcceptanceState &state() const { return m_state; }
    /// Accepts or rejects edits. False, and nothing happens, when one of their lines was changed
    /// by hand.
    bool setAccepted(const std::vector<std::size_t> &rows, bool isAccepted);
    /// Replaces the whole text in one step, a model's answer for example.
    void replaceText(const std::string &utf8);
    /// The text differs from what the accepted edits make.
    [[nodiscard]] bool isEditedByHand() const;

Q_SIGNALS:
    /// Also after undo and redo.
    void stateChanged();

private:
    struct Step
    {
        AcceptanceState before;
        AcceptanceState after;
    };

    void apply(AcceptanceState next, const std::vector<TextChange> &changes);
    void onModified(int position, int type, const char *text, int length, int linesAdded, int line,
                    int foldNow, int foldBefore, int token, int annotationLinesAdded);

    AcceptanceState m_state;
    std::string m_rendered;    // what m_state makes, without hand edits
    std::vector<Step> m_steps; // a token is the index of its step
};

} // namespace TorchLift
