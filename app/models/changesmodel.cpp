#include "models/changesmodel.h"

#include <algorithm>

#include <QLocale>

#include "models/texts.h"

namespace TorchLift {

ChangesModel::ChangesModel(QObject *parent)
    : QAbstractTableModel(parent)
{}

int ChangesModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_state.accepted.size());
}

int ChangesModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant ChangesModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid()) {
        return {};
    }
    Q_ASSERT(checkIndex(index));
    const int row = index.row();
    const Edit &change = edit(row);
    if (role == Qt::CheckStateRole && index.column() == Line) {
        return isAccepted(row) ? Qt::Checked : Qt::Unchecked;
    }
    if (role == Qt::ToolTipRole) {
        return Texts::localized(change.reason);
    }
    if (role == SortRole && index.column() == Line) {
        return lineOf(row);
    }
    if (role != Qt::DisplayRole && role != SortRole) {
        return {};
    }
    switch (index.column()) {
    case Line:
        return QLocale().toString(lineOf(row));
    case Title:
        return Texts::localized(change.title);
    case Symbol:
        return qstring(change.symbol);
    case BrokenIn:
        return qstring(change.brokenIn.toShortString());
    case SafetyColumn:
        return Texts::safety(change.safety);
    case EvidenceColumn:
        return Texts::evidence(change.evidence);
    case Proof:
        return Texts::proof(proof(row));
    }
    return {};
}

QVariant ChangesModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole) {
        return {};
    }
    switch (section) {
    case Line:
        return tr("Line");
    case Title:
        return tr("Change");
    case Symbol:
        return tr("Symbol");
    case BrokenIn:
        return tr("Broken in");
    case SafetyColumn:
        return tr("Safety");
    case EvidenceColumn:
        return tr("How it is known");
    case Proof:
        return tr("Proof");
    }
    return {};
}

Qt::ItemFlags ChangesModel::flags(const QModelIndex &index) const
{
    const Qt::ItemFlags flags = QAbstractTableModel::flags(index);
    return index.isValid() && index.column() == Line ? flags | Qt::ItemIsUserCheckable : flags;
}

bool ChangesModel::setData(const QModelIndex &index, const QVariant &value, int role)
{
    if (!index.isValid() || role != Qt::CheckStateRole || index.column() != Line) {
        return false;
    }
    Q_EMIT acceptanceRequested(index.row(), value.toInt() == Qt::Checked);
    return true;
}

void ChangesModel::setState(AcceptanceState state)
{
    const bool isSame = state.migration == m_state.migration;
    if (isSame) {
        m_state = std::move(state);
        retranslate();
        return;
    }
    beginResetModel();
    m_state = std::move(state);
    m_lines.clear();
    m_proofs.clear();
    if (m_state.migration) {
        const LineIndex lines(m_state.migration->oldCode);
        for (const Edit &change : m_state.migration->edits) {
            m_lines.push_back(lines.lineOf(change.span().begin));
        }
    }
    endResetModel();
}

const Edit &ChangesModel::edit(int row) const
{
    return m_state.migration->edits[static_cast<std::size_t>(row)];
}

bool ChangesModel::isAccepted(int row) const
{
    return m_state.accepted[static_cast<std::size_t>(row)];
}

int ChangesModel::lineOf(int row) const
{
    return m_lines[static_cast<std::size_t>(row)];
}

int ChangesModel::acceptedCount() const
{
    return static_cast<int>(std::count(m_state.accepted.begin(), m_state.accepted.end(), true));
}

void ChangesModel::setProofs(const std::vector<Edit> &validated)
{
    m_proofs.clear();
    for (const Edit &change : validated) {
        m_proofs[change.id] = change.proof;
    }
    retranslate();
}

EditProof ChangesModel::proof(int row) const
{
    const auto found = m_proofs.find(edit(row).id);
    return found == m_proofs.end() ? edit(row).proof : found->second;
}

void ChangesModel::retranslate()
{
    if (rowCount() > 0) {
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
    }
    Q_EMIT headerDataChanged(Qt::Horizontal, 0, ColumnCount - 1);
}

} // namespace TorchLift
