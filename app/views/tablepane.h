#pragma once

#include <QWidget>

class QAbstractItemModel;
class QLabel;
class QSortFilterProxyModel;
class QStackedLayout;
class QTableView;

namespace TorchLift {

/// A table with a sentence in its place while it is empty.
class TablePane final : public QWidget
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(TablePane)

public:
    /// Sorted by `sortRole`; the last column takes the space that is left.
    TablePane(QAbstractItemModel *model, int sortRole, QWidget *parent = nullptr);

    [[nodiscard]] QTableView *table() const { return m_table; }
    void setEmptyText(const QString &text);
    /// Chooses `row` of the model without telling rowChosen().
    void select(int row);
    /// The chosen row of the model, or -1.
    [[nodiscard]] int chosen() const;

Q_SIGNALS:
    void rowChosen(int row);
    void rowActivated(int row);

private:
    void showWhatThereIs();

    QSortFilterProxyModel *m_sorted = nullptr;
    QTableView *m_table = nullptr;
    QLabel *m_empty = nullptr;
    QStackedLayout *m_stack = nullptr;
};

} // namespace TorchLift
