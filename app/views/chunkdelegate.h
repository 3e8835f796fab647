#pragma once

#include <QStyledItemDelegate>

class QTextDocument;

namespace TorchLift {

/// Paints a release note as a card: release and rank on top, its text with symbols marked.
class ChunkDelegate final : public QStyledItemDelegate
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(ChunkDelegate)

public:
    explicit ChunkDelegate(QObject *parent = nullptr);

    void paint(QPainter *painter, const QStyleOptionViewItem &option,
               const QModelIndex &index) const override;
    QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override;

private:
    void paintSeparator(QPainter *painter, const QStyleOptionViewItem &option,
                        const QString &text) const;
    void prepare(QTextDocument &document, const QStyleOptionViewItem &option,
                 const QModelIndex &index, int width) const;
};

} // namespace TorchLift
