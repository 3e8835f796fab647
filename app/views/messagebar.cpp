#include "views/messagebar.h"

#include <utility>

#include <QClipboard>
#include <QEvent>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QStyle>
#include <QToolButton>
#include <QVBoxLayout>

#include "models/texts.h"
#include "views/icons.h"
#include "views/theme.h"

namespace TorchLift {

MessageBar::MessageBar(QWidget *parent)
    : QFrame(parent)
    , m_icon(new QLabel(this))
    , m_text(new QLabel(this))
    , m_detail(new QLabel(this))
    , m_details(new QPushButton(this))
    , m_copy(new QPushButton(this))
    , m_action(new QPushButton(this))
    , m_close(new QToolButton(this))
{
    setObjectName(QStringLiteral("messageBar"));
    m_text->setWordWrap(true);
    m_text->setTextFormat(Qt::PlainText);
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_detail->setWordWrap(true);
    m_detail->setTextFormat(Qt::PlainText);
    m_detail->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_close->setAutoRaise(true);
    m_details->setCheckable(true);

    auto *row = new QHBoxLayout;
    row->setSpacing(8);
    row->addWidget(m_icon);
    row->addWidget(m_text, 1);
    row->addWidget(m_copy);
    row->addWidget(m_action);
    row->addWidget(m_details);
    row->addWidget(m_close);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(10, 5, 6, 5);
    layout->addLayout(row);
    layout->addWidget(m_detail);

    connect(m_close, &QToolButton::clicked, this, &QWidget::hide);
    connect(m_details, &QPushButton::toggled, m_detail, &QWidget::setVisible);
    connect(m_copy, &QPushButton::clicked, this,
            [this] { QGuiApplication::clipboard()->setText(qstring(m_error.remedy)); });
    connect(m_action, &QPushButton::clicked, this, [this] {
        hide();
        if (const auto then = std::exchange(m_then, {})) {
            then();
        }
    });
    applyTheme();
    retranslate();
    hide();
}

void MessageBar::showError(const Error &error)
{
    m_error = error;
    m_isError = true;
    setKind("error");
    m_action->hide();
    const bool isCommand = Texts::advice(error).isEmpty();
    const QString detail = isCommand
                               ? qstring(error.detail)
                               : qstring(error.detail) + QLatin1Char('\n') + qstring(error.remedy);
    m_copy->setVisible(isCommand && !error.remedy.empty());
    m_details->setVisible(!detail.trimmed().isEmpty());
    m_details->setChecked(false);
    m_detail->setText(detail.trimmed());
    m_detail->hide();
    retranslate();
    show();
}

void MessageBar::showNote(const QString &text)
{
    m_isError = false;
    setKind("info");
    m_text->setText(text);
    for (QWidget *widget : {static_cast<QWidget *>(m_copy), static_cast<QWidget *>(m_details),
                            static_cast<QWidget *>(m_action), static_cast<QWidget *>(m_detail)}) {
        widget->hide();
    }
    show();
}

void MessageBar::showQuestion(const QString &text, const QString &action,
                              std::function<void()> then)
{
    showNote(text);
    m_then = std::move(then);
    m_action->setText(action);
    m_action->show();
}

QString MessageBar::text() const
{
    return m_text->text();
}

void MessageBar::applyTheme()
{
    const Theme &theme = Theme::current();
    m_close->setIcon(icon(QStringLiteral("close")));
    m_icon->setPixmap(icon(QStringLiteral("info"), m_isError ? theme.bad : theme.info).pixmap(18));
}

void MessageBar::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::LanguageChange) {
        retranslate();
    }
    QFrame::changeEvent(event);
}

void MessageBar::retranslate()
{
    m_details->setText(tr("Details"));
    m_copy->setText(tr("Copy command"));
    m_close->setToolTip(tr("Close"));
    if (m_isError) {
        const QString sentence = Texts::error(m_error);
        const QString advice = Texts::advice(m_error);
        const QString command = qstring(m_error.remedy);
        m_text->setText(!advice.isEmpty()   ? sentence + QLatin1Char(' ') + advice
                        : command.isEmpty() ? sentence
                                            : tr("%1 Next: %2").arg(sentence, command));
    }
}

void MessageBar::setKind(const char *kind)
{
    setProperty("kind", QLatin1String(kind));
    style()->unpolish(this);
    style()->polish(this);
    applyTheme();
}

} // namespace TorchLift
