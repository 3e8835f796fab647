#pragma once

#include <QWidget>

#include "models/chunksmodel.h"

class QLabel;
class QListView;
class QStackedLayout;

namespace TorchLift {

/// The retrieved release notes as cards.
class NotesPane final : public QWidget
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(NotesPane)

public:
    explicit NotesPane(ChunksModel *chunks, QWidget *parent = nullptr);

    /// Shown while there are none.
    void setEmptyText(const QString &text);
    void scrollTo(int row);
    void refresh();

Q_SIGNALS:
    /// Slug of the change that the chosen note speaks of; may be empty.
    void chunkChosen(const QString &slug);

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    void showWhatThereIs();

    ChunksModel *m_chunks;
    QListView *m_list = nullptr;
    QLabel *m_empty = nullptr;
    QStackedLayout *m_stack = nullptr;
};

} // namespace TorchLift
