#include "views/chunkdelegate.h"

#include <QAbstractItemView>
#include <QAbstractTextDocumentLayout>
#include <QPainter>
#include <QPainterPath>
#include <QTextDocument>

#include "models/chunksmodel.h"
#include "models/chunktext.h"
#include "views/theme.h"

namespace TorchLift {

namespace {

constexpr int kGap = 8;      // between cards
constexpr int kPadding = 10; // inside a card
constexpr int kStripe = 2;   // room beside the stripe of what is cited

int widthOf(const QStyleOptionViewItem &option)
{
    const auto *view = qobject_cast<const QAbstractItemView *>(option.widget);
    return view != nullptr ? view->viewport()->width() : option.rect.width();
}

/// A rounded label ending at `right`; returns its left edge.
int paintBadge(QPainter *painter, int right, const QRect &line, const QString &text,
               const QColor &colour, const QColor &back)
{
    const int width = painter->fontMetrics().horizontalAdvance(text) + 12;
    const QRect box(right - width, line.top() + 1, width, line.height() - 2);
    painter->setPen(Qt::NoPen);
    painter->setBrush(back);
    painter->drawRoundedRect(box, box.height() / 2.0, box.height() / 2.0);
    painter->setPen(colour);
    painter->drawText(box, Qt::AlignCenter | Qt::TextDontClip, text);
    return box.left() - 6;
}

QFont bold(QFont font)
{
    font.setWeight(QFont::DemiBold);
    return font;
}

} // namespace

ChunkDelegate::ChunkDelegate(QObject *parent)
    : QStyledItemDelegate(parent)
{}

void ChunkDelegate::prepare(QTextDocument &document, const QStyleOptionViewItem &option,
                            const QModelIndex &index, int width) const
{
    const Theme &theme = Theme::current();
    std::vector<std::string> symbols;
    for (const QString &symbol : index.data(ChunksModel::SymbolsRole).toStringList()) {
        symbols.push_back(symbol.toStdString());
    }
    document.setDocumentMargin(0);
    document.setDefaultFont(option.font);
    document.setDefaultStyleSheet(
        QStringLiteral("p { margin: 0 0 4px 0; color: %1; } pre { margin: 2px 0 6px 0; }")
            .arg(theme.text.name()));
    document.setHtml(chunkHtml(index.data(ChunksModel::TextRole).toString(), symbols,
                               {theme.definition.name(), theme.accent.name(),
                                theme.accentSoft.name(), codeFont(10).family()}));
    document.setTextWidth(width);
}

QSize ChunkDelegate::sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const int width = widthOf(option);
    const int line = option.fontMetrics.height();
    if (index.data(ChunksModel::KindRole).toInt() == ChunksModel::Separator) {
        return {width, line + 14};
    }
    QTextDocument document;
    prepare(document, option, index, width - 2 * (kGap + kPadding) - kStripe);
    const int text = qRound(document.size().height());
    return {width, kGap + kPadding + 2 * (line + 4) + text + kPadding};
}

void ChunkDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option,
                          const QModelIndex &index) const
{
    const Theme &theme = Theme::current();
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setFont(option.font);
    if (index.data(ChunksModel::KindRole).toInt() == ChunksModel::Separator) {
        paintSeparator(painter, option, index.data().toString());
        painter->restore();
        return;
    }
    const QRect card = option.rect.adjusted(kGap, kGap / 2, -kGap, -kGap / 2);
    const bool isHighlighted = index.data(ChunksModel::IsHighlightedRole).toBool();
    const bool isSelected = option.state.testFlag(QStyle::State_Selected);
    painter->setPen(QPen(isHighlighted || isSelected ? theme.accent : theme.border, 1));
    painter->setBrush(isHighlighted ? theme.accentSoft : theme.raised);
    painter->drawRoundedRect(QRectF(card).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6);
    if (index.data(ChunksModel::IsCitedRole).toBool()) {
        QPainterPath clip;
        clip.addRoundedRect(card, 6, 6);
        painter->setClipPath(clip);
        painter->fillRect(QRect(card.left(), card.top(), 4, card.height()), theme.accent);
        painter->setClipping(false);
    }

    const QRect inner = card.adjusted(kPadding + kStripe, kPadding - 2, -kPadding, -kPadding);
    const int line = painter->fontMetrics().height();
    const QRect first(inner.left(), inner.top(), inner.width(), line);
    const QRect second(inner.left(), first.bottom() + 3, inner.width(), line);

    const QString score = index.data(ChunksModel::ScoreRole).toString();
    const QString rank = index.data(ChunksModel::RankRole).toString();
    painter->setPen(theme.muted);
    const QString numbers = score.isEmpty() ? rank : rank + QStringLiteral("   ") + score;
    painter->drawText(first, Qt::AlignRight | Qt::AlignVCenter, numbers);
    const int numbersWidth = painter->fontMetrics().horizontalAdvance(numbers) + 10;

    painter->setFont(bold(option.font));
    painter->setPen(theme.text);
    const QString version = QStringLiteral("v") + index.data(ChunksModel::VersionRole).toString();
    painter->drawText(first, Qt::AlignLeft | Qt::AlignVCenter, version);
    const int versionWidth = painter->fontMetrics().horizontalAdvance(version) + 10;
    painter->setFont(option.font);
    painter->setPen(theme.muted);
    const int releaseWidth = first.width() - versionWidth - numbersWidth;
    painter->drawText(
        first.adjusted(versionWidth, 0, -numbersWidth, 0), Qt::AlignLeft | Qt::AlignVCenter,
        painter->fontMetrics().elidedText(index.data(ChunksModel::ReleaseRole).toString(),
                                          Qt::ElideRight, releaseWidth));

    const bool isOriginal = index.data(ChunksModel::IsOriginalRole).toBool();
    int right = paintBadge(
        painter, second.right(), second, index.data(ChunksModel::BadgeRole).toString(),
        isOriginal ? theme.info : theme.muted, isOriginal ? theme.infoSoft : theme.window);
    if (index.data(ChunksModel::IsCitedRole).toBool()) {
        right = paintBadge(painter, right, second, tr("cited"), theme.accent, theme.accentSoft);
    }
    painter->setPen(theme.muted);
    const QString idAndWhy = index.data(ChunksModel::IdRole).toString() + QStringLiteral("   ")
                             + index.data(ChunksModel::WhyRole).toString();
    painter->drawText(
        QRect(second.left(), second.top(), right - second.left(), line),
        Qt::AlignLeft | Qt::AlignVCenter,
        painter->fontMetrics().elidedText(idAndWhy, Qt::ElideRight, right - second.left()));

    QTextDocument document;
    prepare(document, option, index, inner.width());
    painter->translate(inner.left(), second.bottom() + 6);
    document.drawContents(painter);
    painter->restore();
}

void ChunkDelegate::paintSeparator(QPainter *painter, const QStyleOptionViewItem &option,
                                   const QString &text) const
{
    const Theme &theme = Theme::current();
    const int width = painter->fontMetrics().horizontalAdvance(text) + 16;
    const int middle = option.rect.center().y();
    const int left = option.rect.left() + kGap;
    const int right = option.rect.right() - kGap;
    const int textLeft = option.rect.center().x() - width / 2;
    painter->setPen(theme.border);
    painter->drawLine(left, middle, textLeft, middle);
    painter->drawLine(textLeft + width, middle, right, middle);
    painter->setPen(theme.muted);
    painter->drawText(option.rect, Qt::AlignCenter, text);
}

} // namespace TorchLift
