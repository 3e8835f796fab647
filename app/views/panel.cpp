#include "views/panel.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>

namespace TorchLift {

Panel::Panel(QWidget *content, QWidget *parent)
    : QFrame(parent)
    , m_title(new QLabel(this))
    , m_count(new QLabel(this))
    , m_tools(new QHBoxLayout)
    , m_layout(new QVBoxLayout(this))
{
    setObjectName(QStringLiteral("panel"));
    auto *header = new QWidget(this);
    header->setObjectName(QStringLiteral("panelHeader"));
    header->setAttribute(Qt::WA_StyledBackground);
    m_title->setObjectName(QStringLiteral("panelTitle"));
    m_count->setObjectName(QStringLiteral("panelCount"));
    m_count->setMinimumWidth(1); // the count gives way first
    auto *row = new QHBoxLayout(header);
    row->setContentsMargins(10, 3, 4, 3);
    row->setSpacing(8);
    row->addWidget(m_title);
    row->addWidget(m_count, 1);
    m_tools->setSpacing(2);
    row->addLayout(m_tools);
    header->setFixedHeight(36);

    m_layout->setContentsMargins(1, 1, 1, 1);
    m_layout->setSpacing(0);
    m_layout->addWidget(header);
    m_layout->addWidget(content, 1);
}

void Panel::setTitle(const QString &title)
{
    m_title->setText(title);
}

void Panel::setCount(const QString &count)
{
    m_count->setText(count);
    m_count->setToolTip(count);
}

void Panel::addTool(QWidget *tool)
{
    m_tools->addWidget(tool);
}

void Panel::addFooter(QWidget *footer)
{
    m_layout->addWidget(footer);
}

} // namespace TorchLift
