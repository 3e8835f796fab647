#pragma once

#include <map>
#include <vector>

#include <QAbstractTableModel>

#include "models/acceptance.h"

namespace TorchLift {

/// The edits of the current migration, one row each, in order of their place. The check mark
/// says whether an edit is part of the new code; views ask for changes by
/// acceptanceRequested(), which the new code's document answers, because it owns undo.
class ChangesModel final : public QAbstractTableModel
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(ChangesModel)

public:
    enum Column { Line, Title, Symbol, BrokenIn, SafetyColumn, EvidenceColumn, Proof, ColumnCount };
    enum Role { SortRole = Qt::UserRole };

    explicit ChangesModel(QObject *parent = nullptr);

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    Qt::ItemFlags flags(const QModelIndex &index) const override;
    bool setData(const QModelIndex &index, const QVariant &value, int role) override;

    void setState(AcceptanceState state);
    [[nodiscard]] const AcceptanceState &state() const { return m_state; }
    [[nodiscard]] const Edit &edit(int row) const;
    [[nodiscard]] bool isAccepted(int row) const;
    /// Line of the old code (from 1) where the edit begins.
    [[nodiscard]] int lineOf(int row) const;
    [[nodiscard]] int acceptedCount() const;

    /// Takes over what validation says, by the edits' ids.
    void setProofs(const std::vector<Edit> &validated);
    [[nodiscard]] EditProof proof(int row) const;
    void retranslate();

Q_SIGNALS:
    void acceptanceRequested(int row, bool isAccepted);

private:
    AcceptanceState m_state;
    std::vector<int> m_lines;
    std::map<std::string, EditProof> m_proofs;
};

} // namespace TorchLift
