#pragma once

#include <vector>

#include <QAbstractTableModel>

#include "validation/resultstable.h"

namespace TorchLift {

/// The results table: one row a case, its cells filled run by run. Rows that were validated
/// here come first; below them stand imported ones, which only have what a CSV holds.
class ResultsModel final : public QAbstractTableModel
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(ResultsModel)

public:
    enum Column {
        Api,
        WorksOldAtSource,
        OutOldAtSource,
        ErrOldAtSource,
        WorksOldAtTarget,
        OutOldAtTarget,
        ErrOldAtTarget,
        WorksNewAtTarget,
        OutNewAtTarget,
        ErrNewAtTarget,
        VerdictColumn,
        ColumnCount
    };
    /// StateRole: "yes", "no", "running" or "unknown" for the "works" columns; for the
    /// verdict its name, or "explained". FullTextRole: the whole cell, not cut.
    enum Role { StateRole = Qt::UserRole, FullTextRole };

    explicit ResultsModel(QObject *parent = nullptr);

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

    /// Adds the row, or replaces the one with the same file name.
    void setRow(const ResultRow &row);
    /// Marks the row with this file name as no longer being worked on.
    void finishRow(const std::string &file);
    void setImported(std::vector<ImportedRow> rows);
    void clear();
    void setVersions(const Version &source, const Version &target);
    [[nodiscard]] std::vector<ResultRow> rows() const;
    void retranslate();

private:
    struct Row
    {
        ResultRow result;
        bool isRunning = true;
    };

    [[nodiscard]] QString cellText(int row, int column) const;
    [[nodiscard]] QString state(int row, int column) const;

    std::vector<Row> m_rows;
    std::vector<ImportedRow> m_imported;
    Version m_source{1, 0, 0};
    Version m_target{2, 7, 0};
};

} // namespace TorchLift
