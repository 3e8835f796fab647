#include "views/embeddingsdialog.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDialogButtonBox>
#include <QDir>
#include <QEvent>
#include <QFileDialog>
#include <QFileInfo>
#include <QFormLayout>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QLocale>
#include <QMessageBox>
#include <QProgressBar>
#include <QPushButton>
#include <QSignalBlocker>
#include <QTableView>

#include "models/texts.h"
#include "views/tablepane.h"

namespace TorchLift {

namespace {

constexpr int kTryDelayMs = 150; // after the last change of a field

} // namespace

EmbeddingsDialog::EmbeddingsDialog(const Paths &paths, const EmbeddingChoice &used, QWidget *parent)
    : QDialog(parent)
    , m_service(paths)
    , m_used(used)
    , m_model(new EmbeddingsModel(this))
    , m_table(new TablePane(m_model, EmbeddingsModel::SortRole, this))
    , m_usedLabel(new QLabel(this))
    , m_install(new QPushButton(this))
    , m_folder(new QPushButton(this))
    , m_remove(new QPushButton(this))
    , m_plan(new QLabel(this))
    , m_showsNetwork(new QCheckBox(this))
    , m_networkForm(new QWidget(this))
    , m_hubLabel(new QLabel(this))
    , m_hub(new QLineEdit(this))
    , m_proxyLabel(new QLabel(this))
    , m_proxy(new QLineEdit(this))
    , m_certificatesLabel(new QLabel(this))
    , m_certificates(new QLineEdit(this))
    , m_keyLabel(new QLabel(this))
    , m_key(new QLineEdit(this))
    , m_precisionLabel(new QLabel(this))
    , m_precision(new QComboBox(this))
    , m_deviceLabel(new QLabel(this))
    , m_device(new QComboBox(this))
    , m_use(new QPushButton(this))
    , m_verdict(new QLabel(this))
    , m_progress(new QProgressBar(this))
    , m_cancel(new QPushButton(this))
    , m_message(new QLabel(this))
{
    createFields();
    arrange();
    connectAll();
    retranslate();
    refresh();
    list();
}

void EmbeddingsDialog::list()
{
    m_isListing = true;
    m_service.list();
}

void EmbeddingsDialog::createFields()
{
    const std::pair<QWidget *, const char *> names[] = {{m_install, "embeddingInstall"},
                                                        {m_folder, "embeddingFolder"},
                                                        {m_remove, "embeddingRemove"},
                                                        {m_plan, "embeddingPlan"},
                                                        {m_showsNetwork, "embeddingNetwork"},
                                                        {m_hub, "embeddingHub"},
                                                        {m_proxy, "embeddingProxy"},
                                                        {m_certificates, "embeddingCertificates"},
                                                        {m_key, "embeddingKey"},
                                                        {m_precision, "embeddingPrecision"},
                                                        {m_device, "embeddingDevice"},
                                                        {m_use, "embeddingUse"},
                                                        {m_verdict, "embeddingVerdict"},
                                                        {m_cancel, "embeddingCancel"},
                                                        {m_message, "embeddingMessage"},
                                                        {m_usedLabel, "embeddingUsed"}};
    for (const auto &[widget, name] : names) {
        widget->setObjectName(QLatin1String(name));
    }
    for (const Precision precision : kPrecisions) {
        const QString name = QString::fromLatin1(precisionName(precision));
        m_precision->addItem(name, name);
    }
    for (const Device device : {Device::Cpu, Device::Cuda}) {
        m_device->addItem(QString(), QString::fromLatin1(deviceName(device)));
    }
    m_precision->setCurrentIndex(int(m_used.precision));
    m_device->setCurrentIndex(int(m_used.device));
    m_key->setEchoMode(QLineEdit::Password);
    m_hub->setPlaceholderText(qstring(HubOptions().url));
    m_proxy->setPlaceholderText(QStringLiteral("http://HOST:PORT, socks5://HOST:PORT"));
    m_certificates->setPlaceholderText(QStringLiteral("/etc/ssl/own-authority.pem"));
    for (QLabel *label : {m_verdict, m_message}) {
        label->setWordWrap(true);
        label->setTextFormat(Qt::PlainText); // it may hold a server's words
        label->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
        label->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    }
    m_verdict->setMinimumHeight(2 * fontMetrics().lineSpacing());
    m_message->setMinimumHeight(3 * fontMetrics().lineSpacing());
    m_plan->setProperty("muted", true);
    m_progress->hide();
    m_networkForm->hide();
    m_model->setUsed(m_used.model);
    m_tryTimer.setSingleShot(true);
    m_tryTimer.setInterval(kTryDelayMs);
}

void EmbeddingsDialog::arrange()
{
    auto *form = new QFormLayout(m_networkForm);
    form->setContentsMargins(20, 0, 0, 0);
    form->addRow(m_hubLabel, m_hub);
    form->addRow(m_proxyLabel, m_proxy);
    form->addRow(m_certificatesLabel, m_certificates);
    form->addRow(m_keyLabel, m_key);

    auto *models = new QHBoxLayout;
    models->addWidget(m_install);
    models->addWidget(m_plan);
    models->addStretch(1);
    models->addWidget(m_folder);
    models->addWidget(m_remove);

    auto *use = new QHBoxLayout;
    m_precisionLabel->setBuddy(m_precision);
    m_deviceLabel->setBuddy(m_device);
    for (QWidget *widget : std::initializer_list<QWidget *>{m_precisionLabel, m_precision,
                                                            m_deviceLabel, m_device, m_use}) {
        use->addWidget(widget);
    }
    use->addStretch(1);
    use->addWidget(m_usedLabel);

    auto *work = new QHBoxLayout;
    work->addWidget(m_progress, 1);
    work->addWidget(m_cancel);
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
    m_close = buttons->button(QDialogButtonBox::Close);
    connect(buttons, &QDialogButtonBox::rejected, this, &EmbeddingsDialog::reject);

    auto *layout = new QVBoxLayout(this);
    layout->setSpacing(10);
    layout->addWidget(m_table, 1);
    layout->addLayout(models);
    layout->addWidget(m_showsNetwork);
    layout->addWidget(m_networkForm);
    layout->addLayout(use);
    layout->addWidget(m_verdict);
    layout->addLayout(work);
    layout->addWidget(m_message);
    layout->addWidget(buttons);
    resize(880, 600);
}

void EmbeddingsDialog::connectAll()
{
    connect(m_install, &QPushButton::clicked, this, &EmbeddingsDialog::install);
    connect(m_folder, &QPushButton::clicked, this, &EmbeddingsDialog::chooseFolder);
    connect(m_remove, &QPushButton::clicked, this, &EmbeddingsDialog::confirmRemoval);
    connect(m_use, &QPushButton::clicked, this, &EmbeddingsDialog::use);
    connect(m_cancel, &QPushButton::clicked, &m_service, &EmbeddingService::cancel);
    connect(m_showsNetwork, &QCheckBox::toggled, m_networkForm, &QWidget::setVisible);
    connect(m_precision, &QComboBox::currentIndexChanged, this, &EmbeddingsDialog::onChosen);
    connect(m_device, &QComboBox::currentIndexChanged, this, &EmbeddingsDialog::onChosen);
    connect(m_table->table()->selectionModel(), &QItemSelectionModel::selectionChanged, this,
            &EmbeddingsDialog::onChosen);
    connect(&m_tryTimer, &QTimer::timeout, this, &EmbeddingsDialog::tryOut);
    connect(&m_service, &EmbeddingService::listed, this, &EmbeddingsDialog::onListed);
    connect(&m_service, &EmbeddingService::tried, this, &EmbeddingsDialog::onTried);
    connect(&m_service, &EmbeddingService::progressed, this, &EmbeddingsDialog::showProgress);
    connect(&m_service, &EmbeddingService::finished, this, &EmbeddingsDialog::onFinished);
}

bool EmbeddingsDialog::isSettled() const
{
    return !m_isListing && !m_isBusy && !m_isTrying && !m_tryTimer.isActive();
}

void EmbeddingsDialog::reject()
{
    m_tryTimer.stop();
    if (m_isBusy || m_isTrying) {
        m_isClosing = true;
        m_service.cancel();
    } else {
        QDialog::reject();
    }
}

void EmbeddingsDialog::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::LanguageChange) {
        retranslate();
    }
    QDialog::changeEvent(event);
}

void EmbeddingsDialog::start(EmbeddingJob job)
{
    m_tryTimer.stop();
    m_isTrying = false; // its answer is dropped
    m_isBusy = true;
    m_message->clear();
    m_progress->setRange(0, 0);
    m_progress->setFormat(Texts::progress({}));
    m_job = job;
    m_job.key.clear();
    m_service.run(std::move(job));
    refresh();
}

void EmbeddingsDialog::install()
{
    start({EmbeddingJob::Kind::Install,
           chosenState()->name,
           {},
           network(),
           m_key->text().toStdString()});
}

void EmbeddingsDialog::chooseFolder()
{
    auto *dialog = new QFileDialog(this, tr("Folder of a model"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::Directory);
    connect(dialog, &QFileDialog::fileSelected, this, &EmbeddingsDialog::installFromFolder);
    dialog->open();
}

void EmbeddingsDialog::installFromFolder(const QString &folder)
{
    const QString name = QFileInfo(QDir(folder).absolutePath()).fileName();
    EmbeddingJob job;
    job.kind = EmbeddingJob::Kind::InstallFromFolder;
    job.model = name.toStdString();
    job.folder = folder.toStdString();
    const int row = m_model->rowOf(job.model);
    if (row >= 0 && m_model->state(row).isInstalled) {
        confirm(tr("Replace the model?"),
                tr("%1 is installed already. It is replaced by what is in the folder.").arg(name),
                tr("Replace"), job);
    } else {
        start(std::move(job));
    }
}

void EmbeddingsDialog::confirm(const QString &title, const QString &question, const QString &yes,
                               const EmbeddingJob &job)
{
    auto *box =
        new QMessageBox(QMessageBox::Question, title, question, QMessageBox::NoButton, this);
    box->setAttribute(Qt::WA_DeleteOnClose);
    QPushButton *agree = box->addButton(yes, QMessageBox::DestructiveRole);
    box->addButton(QMessageBox::Cancel);
    connect(box, &QMessageBox::finished, this, [this, box, agree, job] {
        if (box->clickedButton() == static_cast<QAbstractButton *>(agree)) {
            start(job);
        }
    });
    box->open();
}

void EmbeddingsDialog::confirmRemoval()
{
    EmbeddingJob job;
    job.kind = EmbeddingJob::Kind::Remove;
    job.model = chosenState()->name;
    const QString name = qstring(job.model);
    const bool isUsed = job.model == m_used.model;
    const QString what = tr("%1 is deleted. It can be installed again.").arg(name);
    const QString then = job.model == kDefaultModel
                             ? tr("Without it release notes are found by words and symbols only.")
                             : tr("It is in use: %1 takes its place.").arg(qstring(kDefaultModel));
    confirm(tr("Remove the model?"), isUsed ? what + QLatin1Char(' ') + then : what, tr("Remove"),
            job);
}

void EmbeddingsDialog::onListed(const Result<EmbeddingModels> &models)
{
    m_isListing = false;
    if (!models) {
        showError(models.error());
        return;
    }
    const ModelState *before = chosenState();
    const std::string chosen = before != nullptr ? before->name : m_used.model;
    if (!m_isNetworkShown) {
        m_isNetworkShown = true;
        m_hub->setText(qstring(models->network.hub));
        m_proxy->setText(qstring(models->network.proxy));
        m_certificates->setText(qstring(models->network.certificates.string()));
        m_showsNetwork->setChecked(models->network != NetworkSettings{});
    }
    m_freeBytes = models->freeBytes;
    m_model->setStates(models->states);
    m_table->table()->resizeColumnsToContents();
    m_table->table()->horizontalHeader()->setSectionResizeMode(
        EmbeddingsModel::Size, QHeaderView::Stretch); // a reset forgets it
    m_table->select(std::max(m_model->rowOf(chosen), 0));
    onChosen();
}

void EmbeddingsDialog::onChosen()
{
    m_works = false;
    m_verdict->clear();
    const ModelState *state = chosenState();
    if (state == nullptr || m_isBusy) {
        m_tryTimer.stop();
    } else if (!state->isInstalled) {
        m_tryTimer.stop();
        m_verdict->setText(tr("It has to be installed before it can be used."));
    } else {
        m_verdict->setText(tr("Trying it out …"));
        m_tryTimer.start();
    }
    refresh();
}

void EmbeddingsDialog::tryOut()
{
    m_isTrying = true;
    m_service.tryOut(choice());
}

void EmbeddingsDialog::onTried(const Result<EmbeddingTrial> &trial)
{
    m_isTrying = false;
    if (m_isClosing) {
        QDialog::reject();
        return;
    }
    if (m_tryTimer.isActive() || m_isBusy) {
        return; // it is of what stood there before
    }
    m_works = trial.has_value();
    if (m_works) {
        m_verdict->setText(tr("It works here: a release note takes %1 ms.")
                               .arg(QLocale().toString(trial->milliseconds, 'f', 1)));
    } else {
        const Error &error = trial.error();
        const EmbeddingObstacle obstacle = obstacleOf(error, choice());
        const QString known = Texts::obstacle(obstacle, choice());
        const bool hasCommand = obstacle == EmbeddingObstacle::NoLibtorch
                                || obstacle == EmbeddingObstacle::NoCudaLibraries;
        const QString sentence =
            known.isEmpty() ? Texts::error(error) + QLatin1Char(' ') + qstring(error.detail)
                            : known;
        m_verdict->setText(hasCommand || known.isEmpty()
                               ? sentence + QLatin1Char(' ') + qstring(error.remedy)
                               : sentence);
    }
    refresh();
}

void EmbeddingsDialog::use()
{
    adopt(choice());
}

void EmbeddingsDialog::adopt(const EmbeddingChoice &choice)
{
    m_used = choice;
    m_model->setUsed(choice.model);
    retranslate();
    refresh();
    Q_EMIT embeddingChosen(choice);
}

void EmbeddingsDialog::onFinished(const Result<void> &outcome)
{
    m_isBusy = false;
    const bool isInstallation = m_job.kind == EmbeddingJob::Kind::Install;
    if (!outcome && outcome.error().code == Errc::Cancelled && isInstallation) {
        m_message->setText(tr("Cancelled. Installing it again goes on from there."));
    } else if (!outcome) {
        showError(outcome.error());
    } else {
        m_message->setText(m_job.kind == EmbeddingJob::Kind::Remove
                               ? tr("%1 is removed.").arg(qstring(m_job.model))
                               : tr("%1 is installed.").arg(qstring(m_job.model)));
        Q_EMIT modelChanged(qstring(m_job.model));
        if (m_job.kind == EmbeddingJob::Kind::Remove && m_job.model == m_used.model
            && m_used != EmbeddingChoice{}) {
            adopt({});
        }
    }
    if (m_isClosing) {
        QDialog::reject();
        return;
    }
    refresh();
    list();
}

void EmbeddingsDialog::showProgress(const Progress &progress)
{
    m_progress->setRange(0, progress.total > 0 ? 1000 : 0);
    if (progress.total > 0) {
        m_progress->setValue(static_cast<int>(1000.0 * progress.done / progress.total));
    }
    m_progress->setFormat(Texts::progress(progress));
}

void EmbeddingsDialog::showError(const Error &error)
{
    QStringList lines{Texts::error(error)};
    if (error.code != Errc::Cancelled) {
        for (const std::string &more : {error.detail, error.remedy}) {
            if (!more.empty()) {
                lines << qstring(more);
            }
        }
    }
    m_message->setText(lines.join(QLatin1Char('\n')));
}

const ModelState *EmbeddingsDialog::chosenState() const
{
    const int row = m_table->chosen();
    return row < 0 ? nullptr : &m_model->state(row);
}

EmbeddingChoice EmbeddingsDialog::choice() const
{
    EmbeddingChoice choice;
    if (const ModelState *state = chosenState()) {
        choice.model = state->name;
    }
    choice.precision =
        precisionOf(m_precision->currentData().toString().toStdString()).value_or(Precision::Fp32);
    choice.device =
        deviceOf(m_device->currentData().toString().toStdString()).value_or(Device::Cpu);
    return choice;
}

NetworkSettings EmbeddingsDialog::network() const
{
    NetworkSettings network;
    network.hub = m_hub->text().trimmed().toStdString();
    network.proxy = m_proxy->text().trimmed().toStdString();
    network.certificates = m_certificates->text().trimmed().toStdString();
    return network;
}

void EmbeddingsDialog::refresh()
{
    const ModelState *state = m_isBusy ? nullptr : chosenState();
    m_install->setEnabled(state != nullptr && state->spec != nullptr);
    m_install->setText(state != nullptr && state->isInstalled ? tr("Install again")
                                                              : tr("Install"));
    m_remove->setEnabled(state != nullptr && state->isInstalled);
    m_folder->setEnabled(!m_isBusy);
    m_networkForm->setEnabled(!m_isBusy);
    m_precision->setEnabled(!m_isBusy);
    m_device->setEnabled(!m_isBusy);
    m_use->setEnabled(state != nullptr && m_works && choice() != m_used);
    m_cancel->setVisible(m_isBusy);
    m_progress->setVisible(m_isBusy);
    showPlan();
}

void EmbeddingsDialog::showPlan()
{
    const ModelState *state = chosenState();
    const bool isToCome = state != nullptr && state->spec != nullptr && !state->isInstalled;
    constexpr qint64 megabyte = 1'000'000;
    m_plan->setText(
        isToCome ? tr("%1 to download, %2 are free")
                       .arg(Texts::diskSize(static_cast<qint64>(state->spec->megabytes) * megabyte),
                            Texts::diskSize(static_cast<qint64>(m_freeBytes)))
                 : QString());
}

void EmbeddingsDialog::retranslate()
{
    setWindowTitle(tr("Embedding models"));
    m_folder->setText(tr("Install from a folder …"));
    m_folder->setToolTip(tr("A folder with config.json, tokenizer files and model.safetensors; "
                            "nothing is downloaded"));
    m_remove->setText(tr("Remove …"));
    m_showsNetwork->setText(tr("Mirror, proxy, certificates and key"));
    m_hubLabel->setText(tr("Model hub"));
    m_hub->setToolTip(tr("Or a mirror with the same addresses"));
    m_proxyLabel->setText(tr("Proxy"));
    m_certificatesLabel->setText(tr("Certificates"));
    m_certificates->setToolTip(tr("PEM file of authorities to trust besides the system's"));
    m_keyLabel->setText(tr("Key"));
    m_key->setPlaceholderText(tr("only for the hub itself; never saved"));
    m_precisionLabel->setText(tr("Precision"));
    m_precision->setToolTip(tr("fp32 is exact, bf16 fast with AVX-512, int16 fast with AVX2, int8 "
                               "the smallest and coarser"));
    m_deviceLabel->setText(tr("Computed by"));
    m_device->setItemText(int(Device::Cpu), tr("the processor"));
    m_device->setItemText(int(Device::Cuda), tr("an NVIDIA card"));
    m_use->setText(tr("Use it"));
    m_use->setToolTip(tr("Release notes are then compared by this model, also those of the code "
                         "that is open"));
    m_usedLabel->setText(tr("In use: %1").arg(qstring(describe(m_used))));
    m_cancel->setText(tr("Cancel"));
    m_close->setText(tr("Close"));
    m_model->retranslate();
    refresh();
}

} // namespace TorchLift
