#include "views/tablepane.h"

#include <QHeaderView>
#include <QLabel>
#include <QSignalBlocker>
#include <QSortFilterProxyModel>
#include <QStackedLayout>
#include <QTableView>

namespace TorchLift {

TablePane::TablePane(QAbstractItemModel *model, int sortRole, QWidget *parent)
    : QWidget(parent)
    , m_sorted(new QSortFilterProxyModel(this))
    , m_table(new QTableView(this))
    , m_empty(new QLabel(this))
    , m_stack(new QStackedLayout(this))
{
    m_sorted->setSourceModel(model);
    m_sorted->setSortRole(sortRole);
    m_table->setModel(m_sorted);
    m_table->setSortingEnabled(true);
    m_table->sortByColumn(0, Qt::AscendingOrder);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setShowGrid(false);
    m_table->setAlternatingRowColors(true);
    m_table->setWordWrap(false);
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setDefaultSectionSize(m_table->fontMetrics().height() + 9);
    m_table->horizontalHeader()->setStretchLastSection(true);
    m_table->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_table->horizontalHeader()->setHighlightSections(false);
    m_table->setFrameShape(QFrame::NoFrame);
    m_empty->setAlignment(Qt::AlignCenter);
    m_empty->setWordWrap(true);
    m_empty->setMargin(16);
    m_empty->setProperty("muted", true);
    m_stack->addWidget(m_empty);
    m_stack->addWidget(m_table);

    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            [this](const QModelIndex &current) {
                if (current.isValid()) {
                    Q_EMIT rowChosen(m_sorted->mapToSource(current).row());
                }
            });
    connect(m_table, &QTableView::doubleClicked, this, [this](const QModelIndex &index) {
        Q_EMIT rowActivated(m_sorted->mapToSource(index).row());
    });
    connect(model, &QAbstractItemModel::modelReset, this, &TablePane::showWhatThereIs);
    connect(model, &QAbstractItemModel::rowsInserted, this, &TablePane::showWhatThereIs);
    showWhatThereIs();
}

void TablePane::setEmptyText(const QString &text)
{
    m_empty->setText(text);
}

void TablePane::select(int row)
{
    const QSignalBlocker quiet(this);
    const QModelIndex index = m_sorted->mapFromSource(m_sorted->sourceModel()->index(row, 0));
    m_table->setCurrentIndex(index);
}

int TablePane::chosen() const
{
    const QModelIndex current = m_table->currentIndex();
    return current.isValid() ? m_sorted->mapToSource(current).row() : -1;
}

void TablePane::showWhatThereIs()
{
    m_stack->setCurrentIndex(m_sorted->sourceModel()->rowCount() > 0 ? 1 : 0);
}

} // namespace TorchLift
