#include "views/settingsbar.h"

#include <algorithm>
#include <initializer_list>

#include <QComboBox>
#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QSignalBlocker>
#include <QSpinBox>
#include <QStandardItemModel>

#include "models/texts.h"

namespace TorchLift {

namespace {

/// Every minor release up to the newest that rules speak of.
QStringList releases()
{
    QStringList names;
    for (int minor = 0; minor <= 13; ++minor) {
        names << QStringLiteral("1.%1.0").arg(minor);
    }
    for (int minor = 0; minor <= 7; ++minor) {
        names << QStringLiteral("2.%1.0").arg(minor);
    }
    return names;
}

constexpr int kGap = 2; // behind each field
constexpr int kWidestEmbedding = 150;

} // namespace

SettingsBar::SettingsBar(QWidget *parent)
    : QWidget(parent)
    , m_fromLabel(new QLabel(this))
    , m_from(new QComboBox(this))
    , m_toLabel(new QLabel(this))
    , m_to(new QComboBox(this))
    , m_modeLabel(new QLabel(this))
    , m_mode(new QComboBox(this))
    , m_kLabel(new QLabel(this))
    , m_k(new QSpinBox(this))
    , m_acceptLabel(new QLabel(this))
    , m_accept(new QComboBox(this))
    , m_embeddingLabel(new QLabel(this))
    , m_embedding(new QComboBox(this))
{
    m_from->addItem(QString(), QString());
    for (const QString &release : releases()) {
        m_from->addItem(release, release);
        m_to->addItem(release, release);
    }
    m_mode->addItems({QString(), QString(), QString()});
    m_accept->addItems({QString(), QString(), QString()});
    m_k->setRange(1, 100);

    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(4, 0, 0, 0);
    row->setSpacing(5);
    const std::pair<QLabel *, QWidget *> fields[] = {
        {m_fromLabel, m_from},     {m_toLabel, m_to}, {m_modeLabel, m_mode},
        {m_acceptLabel, m_accept}, {m_kLabel, m_k},   {m_embeddingLabel, m_embedding}};
    for (const auto &[label, field] : fields) {
        label->setProperty("muted", true);
        label->setBuddy(field);
        row->addWidget(label);
        row->addWidget(field);
        row->addSpacing(kGap);
    }
    row->addStretch(1);
    for (QComboBox *box : {m_from, m_to, m_mode, m_accept, m_embedding}) {
        box->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    }
    m_embedding->setObjectName(QStringLiteral("embedding"));
    for (QComboBox *box : {m_from, m_to, m_mode, m_accept}) {
        connect(box, &QComboBox::currentIndexChanged, this, &SettingsBar::changed);
    }
    connect(m_embedding, &QComboBox::currentIndexChanged, this, [this](int index) {
        m_embeddingChoice.model = m_embedding->itemData(index).toString().toStdString();
        retranslate();
        Q_EMIT changed();
    });
    connect(m_k, &QSpinBox::valueChanged, this, &SettingsBar::changed);
    setSettings({});
    retranslate();
}

void SettingsBar::setSettings(const MigrationSettings &settings)
{
    const QSignalBlocker quiet(this);
    const auto &from = settings.options.from;
    m_from->setCurrentIndex(from ? std::max(m_from->findData(qstring(from->toString())), 0) : 0);
    m_to->setCurrentIndex(m_to->findData(qstring(settings.options.to.toString())));
    if (m_to->currentIndex() < 0) {
        m_to->setCurrentIndex(m_to->count() - 1);
    }
    m_mode->setCurrentIndex(int(settings.mode));
    m_keepsSource = settings.options.keepsSource;
    m_accept->setCurrentIndex(int(settings.options.accept));
    m_k->setValue(static_cast<int>(settings.k));
    m_embeddingChoice = settings.embedding;
    fillEmbeddings();
}

void SettingsBar::setEmbeddings(const std::vector<std::string> &models)
{
    m_embeddings = models;
    fillEmbeddings();
}

void SettingsBar::fillEmbeddings()
{
    const QSignalBlocker quiet(m_embedding);
    std::vector<std::string> models = m_embeddings;
    if (std::find(models.begin(), models.end(), m_embeddingChoice.model) == models.end()) {
        models.push_back(m_embeddingChoice.model);
    }
    m_embedding->clear();
    for (const std::string &model : models) {
        EmbeddingChoice choice = m_embeddingChoice;
        choice.model = model;
        const QString text =
            fontMetrics().elidedText(Texts::embedding(choice), Qt::ElideMiddle, kWidestEmbedding);
        m_embedding->addItem(text, qstring(model));
        m_embedding->setItemData(m_embedding->count() - 1, qstring(model), Qt::ToolTipRole);
    }
    m_embedding->setCurrentIndex(m_embedding->findData(qstring(m_embeddingChoice.model)));
    retranslate();
}

int SettingsBar::widthWith(std::size_t labels) const
{
    const QMargins margins = layout()->contentsMargins();
    const int spacing = layout()->spacing();
    int width = margins.left() + margins.right() - spacing; // none behind the last field
    for (const QWidget *field :
         std::initializer_list<const QWidget *>{m_from, m_to, m_mode, m_accept, m_k, m_embedding}) {
        width += field->sizeHint().width() + spacing + kGap;
    }
    const auto all = labelsByNeed();
    for (std::size_t i = all.size() - labels; i < all.size(); ++i) {
        width += all[i]->sizeHint().width() + spacing;
    }
    return width;
}

std::array<QLabel *, 6> SettingsBar::labelsByNeed() const
{
    return {m_modeLabel, m_acceptLabel, m_fromLabel, m_embeddingLabel, m_kLabel, m_toLabel};
}

QSize SettingsBar::minimumSizeHint() const
{
    return {widthWith(0), QWidget::minimumSizeHint().height()};
}

QSize SettingsBar::sizeHint() const
{
    return {widthWith(labelsByNeed().size()), QWidget::sizeHint().height()};
}

void SettingsBar::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    showLabels();
}

void SettingsBar::showLabels()
{
    const auto labels = labelsByNeed();
    std::size_t shown = labels.size();
    while (shown > 0 && widthWith(shown) > width()) {
        --shown;
    }
    for (std::size_t i = 0; i < labels.size(); ++i) {
        labels[i]->setVisible(i >= labels.size() - shown);
    }
}

MigrationSettings SettingsBar::settings() const
{
    MigrationSettings settings;
    settings.options.from = Version::parse(m_from->currentData().toString().toStdString());
    settings.options.to =
        Version::parse(m_to->currentData().toString().toStdString()).value_or(Version{2, 7, 0});
    settings.options.accept = static_cast<Acceptance>(m_accept->currentIndex());
    settings.options.keepsSource = m_keepsSource;
    settings.mode =
        m_hasModel ? static_cast<MigrationMode>(m_mode->currentIndex()) : MigrationMode::Rules;
    settings.k = static_cast<std::size_t>(m_k->value());
    settings.embedding = m_embeddingChoice;
    return settings;
}

void SettingsBar::setHasModel(bool hasModel)
{
    m_hasModel = hasModel;
    if (!hasModel) {
        m_mode->setCurrentIndex(0);
    }
    if (auto *items = qobject_cast<QStandardItemModel *>(m_mode->model())) {
        for (int row = 1; row < items->rowCount(); ++row) {
            items->item(row)->setEnabled(hasModel);
        }
    }
    retranslate();
}

void SettingsBar::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::LanguageChange) {
        retranslate();
    }
    QWidget::changeEvent(event);
}

void SettingsBar::retranslate()
{
    m_fromLabel->setText(tr("From"));
    m_toLabel->setText(tr("to"));
    m_modeLabel->setText(tr("Mode"));
    m_kLabel->setText(tr("Notes"));
    m_acceptLabel->setText(tr("Accept"));
    m_from->setItemText(0, tr("auto"));
    m_from->setToolTip(tr("PyTorch version the code was written for; auto finds it from the "
                          "symbols that it uses"));
    m_to->setToolTip(tr("PyTorch version that the code shall run in"));
    m_mode->setItemText(0, tr("rules"));
    m_mode->setItemText(1, tr("model"));
    m_mode->setItemText(2, tr("both"));
    m_mode->setToolTip(m_hasModel
                           ? tr("Who rewrites the code")
                           : tr("Rules rewrite the code. A language model would take over what "
                                "rules cannot: set one up under Model."));
    m_k->setToolTip(tr("How many release notes are retrieved"));
    m_embeddingLabel->setText(tr("Embedding"));
    m_embedding->setToolTip(
        tr("What compares code with release notes: %1. Others are installed under Run, Embedding "
           "models.")
            .arg(qstring(describe(m_embeddingChoice))));
    m_accept->setItemText(0, tr("safe"));
    m_accept->setItemText(1, tr("safe and review"));
    m_accept->setItemText(2, tr("all"));
    m_accept->setToolTip(tr("Which changes are made without asking. Those that change behaviour "
                            "are made only with “all”."));
    updateGeometry(); // the texts have other widths now
    showLabels();
}

} // namespace TorchLift
