#include "views/notespane.h"

#include <QLabel>
#include <QListView>
#include <QScrollBar>
#include <QStackedLayout>

#include "views/chunkdelegate.h"

namespace TorchLift {

NotesPane::NotesPane(ChunksModel *chunks, QWidget *parent)
    : QWidget(parent)
    , m_chunks(chunks)
    , m_list(new QListView(this))
    , m_empty(new QLabel(this))
    , m_stack(new QStackedLayout(this))
{
    m_list->setModel(chunks);
    m_list->setItemDelegate(new ChunkDelegate(m_list));
    m_list->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_list->verticalScrollBar()->setSingleStep(20);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setUniformItemSizes(false);
    m_empty->setAlignment(Qt::AlignCenter);
    m_empty->setWordWrap(true);
    m_empty->setMargin(24);
    m_empty->setProperty("muted", true);
    m_stack->addWidget(m_empty);
    m_stack->addWidget(m_list);
    setMinimumWidth(200);

    connect(m_list->selectionModel(), &QItemSelectionModel::currentChanged, this,
            [this](const QModelIndex &current) {
                if (current.isValid()) {
                    Q_EMIT chunkChosen(current.data(ChunksModel::SlugRole).toString());
                }
            });
    connect(chunks, &QAbstractItemModel::modelReset, this, &NotesPane::showWhatThereIs);
    showWhatThereIs();
}

void NotesPane::setEmptyText(const QString &text)
{
    m_empty->setText(text);
}

void NotesPane::scrollTo(int row)
{
    m_list->scrollTo(m_chunks->index(row), QAbstractItemView::PositionAtTop);
}

void NotesPane::refresh()
{
    m_list->doItemsLayout();
}

void NotesPane::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    m_list->doItemsLayout(); // the height of a card depends on its width
}

void NotesPane::showWhatThereIs()
{
    m_stack->setCurrentIndex(m_chunks->rowCount() > 0 ? 1 : 0);
}

} // namespace TorchLift
