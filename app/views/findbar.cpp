#include "views/findbar.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QToolButton>

#include "views/codeeditor.h"
#include "views/icons.h"

namespace TorchLift {

FindBar::FindBar(QWidget *parent)
    : QWidget(parent)
    , m_text(new QLineEdit(this))
    , m_result(new QLabel(this))
    , m_previous(new QToolButton(this))
    , m_next(new QToolButton(this))
    , m_close(new QToolButton(this))
{
    m_text->setMaximumWidth(320);
    m_text->setClearButtonEnabled(true);
    m_result->setProperty("muted", true);
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(2, 2, 2, 2);
    row->addWidget(m_text);
    row->addWidget(m_previous);
    row->addWidget(m_next);
    row->addWidget(m_result, 1);
    row->addWidget(m_close);
    connect(m_text, &QLineEdit::returnPressed, this, [this] { find(true); });
    connect(m_previous, &QToolButton::clicked, this, [this] { find(false); });
    connect(m_next, &QToolButton::clicked, this, [this] { find(true); });
    connect(m_close, &QToolButton::clicked, this, &QWidget::hide);
    applyTheme();
    retranslate();
    hide();
}

void FindBar::start(CodeEditor *editor)
{
    m_editor = editor;
    m_result->clear();
    if (editor->hasSelectedText() && !editor->selectedText().contains(QLatin1Char('\n'))) {
        m_text->setText(editor->selectedText());
    }
    show();
    m_text->setFocus();
    m_text->selectAll();
}

void FindBar::find(bool isForward)
{
    if (m_editor == nullptr || m_text->text().isEmpty()) {
        return;
    }
    m_result->setText(m_editor->findText(m_text->text(), isForward) ? QString() : tr("Not found"));
}

void FindBar::applyTheme()
{
    m_previous->setIcon(icon(QStringLiteral("previous")));
    m_next->setIcon(icon(QStringLiteral("next")));
    m_close->setIcon(icon(QStringLiteral("close")));
}

void FindBar::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::LanguageChange) {
        retranslate();
    }
    QWidget::changeEvent(event);
}

void FindBar::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_Escape) {
        hide();
        if (m_editor != nullptr) {
            m_editor->setFocus();
        }
        return;
    }
    QWidget::keyPressEvent(event);
}

void FindBar::retranslate()
{
    m_text->setPlaceholderText(tr("Find in code"));
    m_previous->setToolTip(tr("Previous place"));
    m_next->setToolTip(tr("Next place"));
    m_close->setToolTip(tr("Close"));
}

} // namespace TorchLift
