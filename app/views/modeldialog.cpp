#include "views/modeldialog.h"

#include <QCheckBox>
#include <QDialogButtonBox>
#include <QEvent>
#include <QFormLayout>
#include <QHostAddress>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QUrl>
#include <QVBoxLayout>

#include "models/texts.h"

namespace TorchLift {

QString hostOf(const QString &baseUrl)
{
    return QUrl(baseUrl).host();
}

bool isLoopback(const QString &baseUrl)
{
    const QString host = hostOf(baseUrl);
    return host == QLatin1String("localhost") || QHostAddress(host).isLoopback();
}

ModelDialog::ModelDialog(const Paths &paths, const ChatProfile &profile, bool isOffline,
                         QWidget *parent)
    : QDialog(parent)
    , m_chat(paths)
    , m_url(new QLineEdit(qstring(profile.baseUrl), this))
    , m_model(new QLineEdit(qstring(profile.model), this))
    , m_key(new QLineEdit(qstring(profile.key), this))
    , m_offline(new QCheckBox(this))
    , m_test(new QPushButton(this))
    , m_intro(new QLabel(this))
    , m_urlLabel(new QLabel(this))
    , m_modelLabel(new QLabel(this))
    , m_keyLabel(new QLabel(this))
    , m_result(new QLabel(this))
{
    m_url->setObjectName(QStringLiteral("modelUrl"));
    m_model->setObjectName(QStringLiteral("modelName"));
    m_key->setObjectName(QStringLiteral("modelKey"));
    m_url->setPlaceholderText(QStringLiteral("http://127.0.0.1:8080/v1"));
    m_url->setMinimumWidth(360);
    m_key->setEchoMode(QLineEdit::Password);
    m_offline->setChecked(isOffline);
    m_result->setWordWrap(true);
    m_result->setMinimumHeight(2 * fontMetrics().lineSpacing());

    m_intro->setWordWrap(true);
    m_intro->setProperty("muted", true);
    auto *form = new QFormLayout;
    form->addRow(m_urlLabel, m_url);
    form->addRow(m_modelLabel, m_model);
    form->addRow(m_keyLabel, m_key);
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel, this);
    buttons->addButton(m_test, QDialogButtonBox::ActionRole);

    auto *layout = new QVBoxLayout(this);
    layout->setSpacing(12);
    layout->addWidget(m_intro);
    layout->addLayout(form);
    layout->addWidget(m_offline);
    layout->addWidget(m_result);
    layout->addWidget(buttons);

    connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(m_test, &QPushButton::clicked, this, &ModelDialog::test);
    connect(m_url, &QLineEdit::textChanged, this, &ModelDialog::refresh);
    connect(m_model, &QLineEdit::textChanged, this, &ModelDialog::refresh);
    connect(m_offline, &QCheckBox::toggled, this, &ModelDialog::refresh);
    connect(&m_chat, &ChatService::answered, this, [this](const Result<ModelMigration> &answer) {
        m_result->setText(answer ? tr("It answers: %1").arg(qstring(answer->answer).left(80))
                                 : Texts::error(answer.error()) + QLatin1Char(' ')
                                       + qstring(answer.error().detail));
        refresh();
    });
    retranslate();
    refresh();
}

void ModelDialog::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::LanguageChange) {
        retranslate();
    }
    QDialog::changeEvent(event);
}

void ModelDialog::retranslate()
{
    setWindowTitle(tr("Language model"));
    m_intro->setText(tr("Any server that speaks the OpenAI chat protocol: llama-server, Ollama, "
                        "vLLM, or a hosted one. Before code goes to another machine you are "
                        "asked."));
    m_urlLabel->setText(tr("Base URL"));
    m_modelLabel->setText(tr("Model"));
    m_keyLabel->setText(tr("Key"));
    m_key->setPlaceholderText(tr("kept until TorchLift is closed, never saved"));
    m_offline->setText(tr("Offline: never send anything to another machine"));
    m_test->setText(tr("Test connection"));
}

ChatProfile ModelDialog::profile() const
{
    ChatProfile profile;
    profile.baseUrl = m_url->text().trimmed().toStdString();
    profile.model = m_model->text().trimmed().toStdString();
    profile.name = profile.model;
    profile.key = m_key->text().toStdString();
    return profile;
}

bool ModelDialog::isOffline() const
{
    return m_offline->isChecked();
}

void ModelDialog::test()
{
    m_test->setEnabled(false);
    m_result->setText(tr("Asking …"));
    ChatProfile asked = profile();
    asked.maxTokens = 16;
    m_chat.ask(std::move(asked), "Reply with the single word: ready");
}

void ModelDialog::refresh()
{
    const bool isReachable = !isOffline() || isLoopback(m_url->text());
    m_test->setEnabled(isReachable && !m_url->text().isEmpty() && !m_model->text().isEmpty());
}

} // namespace TorchLift
