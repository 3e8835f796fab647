#include "views/modelpane.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QScrollBar>
#include <QVBoxLayout>

namespace TorchLift {

ModelPane::ModelPane(QWidget *parent)
    : QWidget(parent)
    , m_title(new QLabel(this))
    , m_text(new QPlainTextEdit(this))
    , m_use(new QPushButton(this))
    , m_setUp(new QPushButton(this))
{
    m_text->setReadOnly(true);
    m_text->setFrameShape(QFrame::NoFrame);
    m_title->setWordWrap(true);
    m_title->setProperty("muted", true);
    m_use->setProperty("primary", true);
    auto *row = new QHBoxLayout;
    row->addWidget(m_title, 1);
    row->addWidget(m_setUp);
    row->addWidget(m_use);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(10, 8, 10, 8);
    layout->addLayout(row);
    layout->addWidget(m_text, 1);
    connect(m_use, &QPushButton::clicked, this, [this] { Q_EMIT useCodeRequested(m_code); });
    connect(m_setUp, &QPushButton::clicked, this, &ModelPane::setUpRequested);
    retranslate();
}

void ModelPane::setHasProfile(bool hasProfile)
{
    m_hasProfile = hasProfile;
    retranslate();
}

void ModelPane::start()
{
    m_text->clear();
    m_code.clear();
    m_state = State::Streaming;
    retranslate();
}

void ModelPane::append(const QString &text)
{
    const bool isAtEnd =
        m_text->verticalScrollBar()->value() == m_text->verticalScrollBar()->maximum();
    QTextCursor cursor(m_text->document());
    cursor.movePosition(QTextCursor::End);
    cursor.insertText(text);
    if (isAtEnd) {
        m_text->verticalScrollBar()->setValue(m_text->verticalScrollBar()->maximum());
    }
}

void ModelPane::finish(const QString &code, const QString &explanation, bool isCutOff)
{
    m_code = code;
    m_isCutOff = isCutOff;
    m_state = State::Done;
    if (!explanation.isEmpty()) {
        m_text->setPlainText(explanation);
    }
    retranslate();
}

void ModelPane::stop()
{
    if (m_state == State::Streaming) {
        m_state = State::Stopped;
        retranslate();
    }
}

void ModelPane::clear()
{
    m_text->clear();
    m_code.clear();
    m_state = State::Empty;
    retranslate();
}

QString ModelPane::text() const
{
    return m_text->toPlainText();
}

void ModelPane::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::LanguageChange) {
        retranslate();
    }
    QWidget::changeEvent(event);
}

void ModelPane::retranslate()
{
    m_use->setText(tr("Use this code"));
    m_use->setToolTip(tr("Replaces the migrated code; undo brings it back"));
    m_setUp->setText(tr("Set up a model …"));
    m_use->setVisible(m_state == State::Done && !m_code.isEmpty());
    m_setUp->setVisible(m_state == State::Empty && !m_hasProfile);
    m_text->setVisible(m_state != State::Empty);
    switch (m_state) {
    case State::Empty:
        m_title->setText(
            m_hasProfile
                ? tr("Ask model sends the code and the release notes on the left to your model, "
                     "and shows its answer here as it comes.")
                : tr("No model is set up, and none is needed. One would rewrite what rules "
                     "cannot, such as code that needs a decision, and explain the result in your "
                     "language. It can run on this machine."));
        break;
    case State::Streaming:
        m_title->setText(tr("The model is answering …"));
        break;
    case State::Stopped:
        m_title->setText(tr("The answer was stopped. This is what came until then; the code was "
                            "not changed."));
        break;
    case State::Done:
        m_title->setText(m_isCutOff         ? tr("The answer was cut off before its end.")
                         : m_code.isEmpty() ? tr("The answer holds no code.")
                                            : tr("The model's explanation"));
        break;
    }
}

} // namespace TorchLift
