#include "views/migratededitor.h"

#include "migration/handedits.h"

namespace TorchLift {

MigratedEditor::MigratedEditor(QWidget *parent)
    : CodeEditor(parent)
{
    connect(this, &QsciScintillaBase::SCN_MODIFIED, this, &MigratedEditor::onModified);
}

void MigratedEditor::reset()
{
    m_state = {};
    m_rendered.clear();
    setSource({});
    m_steps.clear();
    Q_EMIT stateChanged();
}

std::vector<Residue> MigratedEditor::adopt(std::shared_ptr<const Migration> migration)
{
    AcceptanceState next(std::move(migration));
    const std::string wanted = next.rendering().newCode;
    if (!m_state.migration || isAbridged()) {
        m_state = std::move(next);
        m_rendered = wanted;
        setSource(wanted);
        m_steps.clear();
        Q_EMIT stateChanged();
        return {};
    }
    const std::string current = source();
    std::vector<Residue> conflicts;
    auto changes = carryOver(m_rendered, wanted, current);
    if (!changes) {
        Migration merged = *next.migration;
        merged.newCode = wanted; // the one of a session may hold what was typed
        keepHandEdits(merged, m_rendered, current);
        for (Residue &residue : merged.residues) {
            if (isHandConflict(residue)) {
                conflicts.push_back(std::move(residue));
            }
        }
        const auto change = singleChange(current, merged.newCode);
        changes = change ? std::vector{*change} : std::vector<TextChange>{};
    }
    apply(std::move(next), *changes);
    return conflicts;
}

bool MigratedEditor::setAccepted(const std::vector<std::size_t> &rows, bool isAccepted)
{
    AcceptanceState next = m_state.with(rows, isAccepted);
    if (next.accepted == m_state.accepted) {
        return true;
    }
    const std::string wanted = next.rendering().newCode;
    if (isAbridged()) { // nothing can be typed there: no history to keep
        m_state = std::move(next);
        m_rendered = wanted;
        setSource(wanted);
        Q_EMIT stateChanged();
        return true;
    }
    const auto changes = carryOver(m_rendered, wanted, source());
    if (!changes) {
        return false;
    }
    apply(std::move(next), *changes);
    return true;
}

void MigratedEditor::replaceText(const std::string &utf8)
{
    if (isAbridged()) {
        setSource(utf8);
        return;
    }
    if (const auto change = singleChange(source(), utf8)) {
        beginUndoAction();
        applyChanges({*change});
        endUndoAction();
    }
}

bool MigratedEditor::isEditedByHand() const
{
    return m_state.migration && source() != m_rendered;
}

void MigratedEditor::apply(AcceptanceState next, const std::vector<TextChange> &changes)
{
    const auto token = m_steps.size();
    m_steps.push_back({m_state, next});
    beginUndoAction();
    SendScintilla(SCI_ADDUNDOACTION, token, 0L);
    applyChanges(changes);
    endUndoAction();
    m_state = std::move(next);
    m_rendered = m_state.rendering().newCode;
    Q_EMIT stateChanged();
}

void MigratedEditor::onModified(int, int type, const char *, int, int, int, int, int, int token,
                                int)
{
    const bool isContainer = (type & SC_MOD_CONTAINER) != 0;
    const bool isUndo = (type & SC_PERFORMED_UNDO) != 0;
    const bool isRedo = (type & SC_PERFORMED_REDO) != 0;
    const auto position = static_cast<std::size_t>(token);
    if (!isContainer || (!isUndo && !isRedo) || position >= m_steps.size()) {
        return;
    }
    const Step &step = m_steps[position];
    m_state = isUndo ? step.before : step.after;
    m_rendered = m_state.rendering().newCode;
    Q_EMIT stateChanged();
}

} // namespace TorchLift
