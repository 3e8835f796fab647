#include "views/icons.h"

#include <QFile>
#include <QPainter>
#include <QPixmap>
#include <QSvgRenderer>

#include "views/theme.h"

namespace TorchLift {

namespace {

QPixmap drawn(const QByteArray &svg, const QColor &colour, int size)
{
    QByteArray coloured = svg;
    coloured.replace("currentColor", colour.name().toLatin1());
    QSvgRenderer renderer(coloured);
    QPixmap pixmap(size, size);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    renderer.render(&painter);
    return pixmap;
}

QIcon iconOf(const QString &name, const QColor &normal, const QColor &disabled)
{
    QFile file(QStringLiteral(":/icons/%1.svg").arg(name));
    if (!file.open(QIODevice::ReadOnly)) {
        return {};
    }
    const QByteArray svg = file.readAll();
    QIcon icon;
    for (const int size : {16, 20, 24, 32, 48, 64}) {
        icon.addPixmap(drawn(svg, normal, size), QIcon::Normal);
        icon.addPixmap(drawn(svg, disabled, size), QIcon::Disabled);
    }
    return icon;
}

} // namespace

QIcon icon(const QString &name)
{
    return icon(name, Theme::current().text);
}

QIcon icon(const QString &name, const QColor &colour)
{
    const bool isDark = Theme::current().isDark;
    return iconOf(name, colour, isDark ? QColor(0x5b, 0x64, 0x70) : QColor(0xb0, 0xb8, 0xc1));
}

} // namespace TorchLift
