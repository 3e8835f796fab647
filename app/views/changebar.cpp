#include "views/changebar.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QStyle>
#include <QToolButton>
#include <QVBoxLayout>

#include "models/texts.h"
#include "views/icons.h"
#include "views/theme.h"

namespace TorchLift {

namespace {

void setBadge(QLabel *label, const QString &text, const char *kind)
{
    label->clear(); // the size it keeps for a text is that of the style before
    label->setProperty("badge", QLatin1String(kind));
    label->style()->unpolish(label);
    label->style()->polish(label);
    label->setText(text);
    label->setVisible(!text.isEmpty());
}

const char *kindOf(Safety safety)
{
    return safety == Safety::Safe ? "good" : safety == Safety::Review ? "warning" : "bad";
}

const char *kindOf(EditProof proof)
{
    switch (proof) {
    case EditProof::Proven:
        return "good";
    case EditProof::Refuted:
        return "bad";
    case EditProof::NotExecuted:
    case EditProof::NotCompared:
        return "warning";
    case EditProof::NotRun:
        break;
    }
    return "plain";
}

} // namespace

ChangeBar::ChangeBar(ChangesModel *changes, QWidget *parent)
    : QWidget(parent)
    , m_changes(changes)
    , m_title(new QLabel(this))
    , m_reason(new QLabel(this))
    , m_position(new QLabel(this))
    , m_origin(new QLabel(this))
    , m_safety(new QLabel(this))
    , m_proof(new QLabel(this))
    , m_previous(new QToolButton(this))
    , m_next(new QToolButton(this))
    , m_accept(new QPushButton(this))
    , m_reject(new QPushButton(this))
    , m_rule(new QPushButton(this))
    , m_why(new QPushButton(this))
{
    setObjectName(QStringLiteral("changeBar"));
    setAttribute(Qt::WA_StyledBackground);
    QFont strong = font();
    strong.setWeight(QFont::DemiBold);
    m_title->setFont(strong);
    m_title->setMinimumWidth(1);
    m_title->setTextFormat(Qt::PlainText);
    m_reason->setWordWrap(true);
    m_reason->setTextFormat(Qt::PlainText);
    m_reason->setProperty("muted", true);
    m_position->setProperty("muted", true);
    m_previous->setAutoRaise(true);
    m_next->setAutoRaise(true);

    auto *top = new QHBoxLayout;
    top->setSpacing(4);
    top->addWidget(m_title, 1);
    top->addWidget(m_previous);
    top->addWidget(m_position);
    top->addWidget(m_next);

    for (QLabel *badge : {m_origin, m_safety, m_proof}) {
        badge->setContentsMargins(7, 1, 7, 1);
    }
    auto *badges = new QHBoxLayout;
    badges->setSpacing(6);
    badges->addWidget(m_origin);
    badges->addWidget(m_safety);
    badges->addWidget(m_proof);
    badges->addStretch(1);

    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(6);
    buttons->addWidget(m_accept);
    buttons->addWidget(m_reject);
    buttons->addWidget(m_rule);
    buttons->addStretch(1);
    buttons->addWidget(m_why);

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(10, 6, 8, 8);
    layout->setSpacing(5);
    layout->addLayout(top);
    layout->addLayout(badges);
    layout->addWidget(m_reason);
    layout->addLayout(buttons);

    connect(m_previous, &QToolButton::clicked, this, &ChangeBar::previousRequested);
    connect(m_next, &QToolButton::clicked, this, &ChangeBar::nextRequested);
    connect(m_accept, &QPushButton::clicked, this, &ChangeBar::acceptRequested);
    connect(m_reject, &QPushButton::clicked, this, &ChangeBar::rejectRequested);
    connect(m_rule, &QPushButton::clicked, this, &ChangeBar::acceptRuleRequested);
    connect(m_why, &QPushButton::clicked, this, &ChangeBar::whyRequested);
    connect(changes, &QAbstractItemModel::dataChanged, this, &ChangeBar::refresh);
    connect(changes, &QAbstractItemModel::modelReset, this, [this] { setCurrent(-1); });
    applyTheme();
    retranslate();
}

void ChangeBar::setCurrent(int row)
{
    m_current = row < m_changes->rowCount() ? row : -1;
    refresh();
}

void ChangeBar::applyTheme()
{
    m_previous->setIcon(icon(QStringLiteral("previous")));
    m_next->setIcon(icon(QStringLiteral("next")));
    m_accept->setIcon(icon(QStringLiteral("accept"), Theme::current().good));
    m_reject->setIcon(icon(QStringLiteral("reject"), Theme::current().bad));
}

void ChangeBar::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::LanguageChange) {
        retranslate();
    }
    QWidget::changeEvent(event);
}

void ChangeBar::refresh()
{
    const int count = m_changes->rowCount();
    setVisible(count > 0);
    if (count == 0) {
        m_current = -1;
        return;
    }
    const QLocale locale;
    const bool isChosen = m_current >= 0;
    m_position->setText(
        isChosen ? tr("%1 of %2").arg(locale.toString(m_current + 1), locale.toString(count))
                 : tr("%n change(s)", nullptr, count));
    for (QWidget *widget : {static_cast<QWidget *>(m_reason), static_cast<QWidget *>(m_accept),
                            static_cast<QWidget *>(m_reject), static_cast<QWidget *>(m_rule),
                            static_cast<QWidget *>(m_why), static_cast<QWidget *>(m_origin),
                            static_cast<QWidget *>(m_safety), static_cast<QWidget *>(m_proof)}) {
        widget->setVisible(isChosen);
    }
    if (!isChosen) {
        m_title->setText(tr("Choose a change to see why it is made"));
        return;
    }
    const Edit &edit = m_changes->edit(m_current);
    const bool isAccepted = m_changes->isAccepted(m_current);
    m_title->setText(Texts::localized(edit.title));
    m_title->setToolTip(m_title->text());
    m_reason->setText(Texts::localized(edit.reason));
    setBadge(m_origin,
             edit.ruleId.empty() ? Texts::provenance(edit.provenance)
                                 : tr("rule %1").arg(qstring(edit.ruleId)),
             "plain");
    setBadge(m_safety, Texts::safety(edit.safety), kindOf(edit.safety));
    const EditProof proof = m_changes->proof(m_current);
    setBadge(m_proof, Texts::proof(proof), kindOf(proof));
    m_accept->setEnabled(!isAccepted);
    m_reject->setEnabled(isAccepted);
    m_rule->setVisible(!edit.ruleId.empty()
                       && m_changes->state().rowsOfRule(edit.ruleId).size() > 1);
    m_why->setVisible(!edit.changes.empty());
}

void ChangeBar::retranslate()
{
    m_accept->setText(tr("Accept"));
    m_reject->setText(tr("Reject"));
    m_rule->setText(tr("All of this rule"));
    m_rule->setToolTip(tr("Accept every change that this rule makes"));
    m_why->setText(tr("Why"));
    m_why->setToolTip(tr("Show the release notes that this change rests on"));
    m_previous->setToolTip(tr("Previous change (Shift+F8)"));
    m_next->setToolTip(tr("Next change (F8)"));
    m_accept->setToolTip(tr("Make this change (Ctrl+Return)"));
    m_reject->setToolTip(tr("Leave the old code here (Ctrl+Backspace)"));
    refresh();
}

} // namespace TorchLift
