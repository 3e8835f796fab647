#include "models/residuesmodel.h"

#include <QLocale>

#include "models/texts.h"

namespace TorchLift {

ResiduesModel::ResiduesModel(QObject *parent)
    : QAbstractTableModel(parent)
{}

int ResiduesModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() || !m_migration ? 0 : static_cast<int>(m_migration->residues.size());
}

int ResiduesModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant ResiduesModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid()) {
        return {};
    }
    Q_ASSERT(checkIndex(index));
    const Residue &rest = residue(index.row());
    if (role == Qt::ToolTipRole) {
        return Texts::localized(rest.detail);
    }
    if (role == SortRole && index.column() == Line) {
        return rest.line;
    }
    if (role != Qt::DisplayRole && role != SortRole) {
        return {};
    }
    switch (index.column()) {
    case Line:
        return QLocale().toString(rest.line);
    case Symbol:
        return qstring(rest.symbol);
    case Reason:
        return Texts::residueReason(rest.reason);
    case BrokenIn:
        return rest.brokenIn == Version{} ? QString() : qstring(rest.brokenIn.toShortString());
    case WhatToDo:
        return Texts::localized(rest.detail);
    }
    return {};
}

QVariant ResiduesModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole) {
        return {};
    }
    switch (section) {
    case Line:
        return tr("Line");
    case Symbol:
        return tr("Symbol");
    case Reason:
        return tr("Not migrated because");
    case BrokenIn:
        return tr("Broken in");
    case WhatToDo:
        return tr("What to do");
    }
    return {};
}

void ResiduesModel::setMigration(std::shared_ptr<const Migration> migration)
{
    beginResetModel();
    m_migration = std::move(migration);
    endResetModel();
}

const Residue &ResiduesModel::residue(int row) const
{
    return m_migration->residues[static_cast<std::size_t>(row)];
}

void ResiduesModel::retranslate()
{
    if (rowCount() > 0) {
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
    }
    Q_EMIT headerDataChanged(Qt::Horizontal, 0, ColumnCount - 1);
}

} // namespace TorchLift
