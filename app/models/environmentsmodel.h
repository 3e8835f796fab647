#pragma once

#include <vector>

#include <QAbstractTableModel>

#include "validation/environmentstore.h"

namespace TorchLift {

/// The environments that are installed, whole or broken. GUI thread only.
class EnvironmentsModel final : public QAbstractTableModel
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(EnvironmentsModel)

public:
    enum Column { Torch, Python, NumPy, Device, Size, State, Packages, ColumnCount };
    enum Role { SortRole = Qt::UserRole };

    explicit EnvironmentsModel(QObject *parent = nullptr);

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

    void setStates(std::vector<EnvironmentState> states);
    /// The torch version that the row's folder is named after.
    [[nodiscard]] Version torch(int row) const;
    void retranslate();

private:
    [[nodiscard]] QString text(const EnvironmentState &state, int column) const;

    std::vector<EnvironmentState> m_states;
};

} // namespace TorchLift
