#pragma once

#include <memory>

#include <QAbstractTableModel>

#include "migration/migrate.h"

namespace TorchLift {

/// "Not migrated because": the uses known to break that nothing rewrote.
class ResiduesModel final : public QAbstractTableModel
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(ResiduesModel)

public:
    enum Column { Line, Symbol, Reason, BrokenIn, WhatToDo, ColumnCount };
    enum Role { SortRole = Qt::UserRole };

    explicit ResiduesModel(QObject *parent = nullptr);

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

    /// Null empties the table.
    void setMigration(std::shared_ptr<const Migration> migration);
    [[nodiscard]] const Residue &residue(int row) const;
    void retranslate();

private:
    std::shared_ptr<const Migration> m_migration;
};

} // namespace TorchLift
