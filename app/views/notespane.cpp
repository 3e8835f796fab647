#include "views/notespane.h"

#include <QEvent>
#include <QLabel>
#include <QLinearGradient>
#include <QListView>
#include <QPainter>
#include <QScrollBar>
#include <QStackedLayout>

#include "views/chunkdelegate.h"
#include "views/theme.h"

namespace TorchLift {

namespace {

/// Fades what the lower edge of a list cuts, so that it is seen to go on.
class Fade final : public QWidget
{
public:
    explicit Fade(QAbstractItemView *list)
        : QWidget(list)
        , m_list(list)
    {
        setAttribute(Qt::WA_TransparentForMouseEvents);
        list->viewport()->installEventFilter(this);
        QScrollBar *bar = list->verticalScrollBar();
        connect(bar, &QScrollBar::valueChanged, this, &Fade::follow);
        connect(bar, &QScrollBar::rangeChanged, this, &Fade::follow);
    }

    bool eventFilter(QObject *, QEvent *event) override
    {
        if (event->type() == QEvent::Resize) {
            follow();
        }
        return false;
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        QColor clear = Theme::current().surface;
        clear.setAlpha(0);
        QLinearGradient gradient(0, 0, 0, height());
        gradient.setColorAt(0, clear);
        gradient.setColorAt(1, Theme::current().surface);
        QPainter(this).fillRect(rect(), gradient);
    }

private:
    void follow()
    {
        const QRect shown = m_list->viewport()->geometry();
        setGeometry(shown.left(), shown.bottom() + 1 - kHeight, shown.width(), kHeight);
        setVisible(m_list->verticalScrollBar()->value() < m_list->verticalScrollBar()->maximum());
    }

    static constexpr int kHeight = 36;
    QAbstractItemView *m_list;
};

} // namespace

NotesPane::NotesPane(ChunksModel *chunks, QWidget *parent)
    : QWidget(parent)
    , m_chunks(chunks)
    , m_list(new QListView(this))
    , m_empty(new QLabel(this))
    , m_stack(new QStackedLayout(this))
{
    m_list->setObjectName(QStringLiteral("notes"));
    m_list->setModel(chunks);
    m_list->setItemDelegate(new ChunkDelegate(m_list));
    m_list->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_list->verticalScrollBar()->setSingleStep(20);
    m_list->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOn); // else cards change their width
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setUniformItemSizes(false);
    new Fade(m_list);
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
