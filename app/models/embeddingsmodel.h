#pragma once

#include <vector>

#include <QAbstractTableModel>

#include "models/embeddingchoice.h"
#include "models/modelstore.h"

namespace TorchLift {

/// The embedding models that are known or installed. GUI thread only.
class EmbeddingsModel final : public QAbstractTableModel
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(EmbeddingsModel)

public:
    enum Column { Name, State, Languages, Dimension, Tokens, Size, ColumnCount };
    enum Role { SortRole = Qt::UserRole };

    explicit EmbeddingsModel(QObject *parent = nullptr);

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

    void setStates(std::vector<ModelState> states);
    /// The one that is in use is marked.
    void setUsed(const std::string &model);
    [[nodiscard]] const ModelState &state(int row) const;
    /// -1 for a name that no row has.
    [[nodiscard]] int rowOf(const std::string &model) const;
    void retranslate();

private:
    [[nodiscard]] QString text(const ModelState &state, int column) const;
    [[nodiscard]] QString stateText(const ModelState &state) const;
    void tellAllChanged();

    std::vector<ModelState> m_states;
    std::string m_used;
};

} // namespace TorchLift
