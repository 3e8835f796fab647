#include "views/environmentsdialog.h"

#include <QComboBox>
#include <QDialogButtonBox>
#include <QEvent>
#include <QGridLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QLocale>
#include <QMessageBox>
#include <QProgressBar>
#include <QPushButton>
#include <QRegularExpression>
#include <QTableView>

#include "models/texts.h"
#include "views/tablepane.h"

namespace TorchLift {

EnvironmentsDialog::EnvironmentsDialog(const Paths &paths, QWidget *parent)
    : QDialog(parent)
    , m_service(paths)
    , m_model(new EnvironmentsModel(this))
    , m_table(new TablePane(m_model, EnvironmentsModel::SortRole, this))
    , m_repair(new QPushButton(this))
    , m_remove(new QPushButton(this))
    , m_add(new QPushButton(this))
    , m_packagesLabel(new QLabel(this))
    , m_packages(new QLineEdit(this))
    , m_releaseLabel(new QLabel(this))
    , m_release(new QComboBox(this))
    , m_install(new QPushButton(this))
    , m_plan(new QLabel(this))
    , m_progress(new QProgressBar(this))
    , m_message(new QLabel(this))
    , m_cancel(new QPushButton(this))
{
    m_release->setObjectName(QStringLiteral("environmentRelease"));
    m_packages->setObjectName(QStringLiteral("environmentPackages"));
    m_install->setObjectName(QStringLiteral("environmentInstall"));
    m_repair->setObjectName(QStringLiteral("environmentRepair"));
    m_remove->setObjectName(QStringLiteral("environmentRemove"));
    m_add->setObjectName(QStringLiteral("environmentAdd"));
    m_cancel->setObjectName(QStringLiteral("environmentCancel"));
    m_plan->setObjectName(QStringLiteral("environmentPlan"));
    m_message->setObjectName(QStringLiteral("environmentMessage"));
    m_packages->setPlaceholderText(QStringLiteral("torchvision Pillow matplotlib"));
    for (const Version &release : minorReleases()) {
        m_release->addItem(qstring(release.toString()));
    }
    m_release->setCurrentIndex(-1);
    m_message->setWordWrap(true);
    m_message->setTextFormat(Qt::PlainText); // it may hold an installer's words
    m_message->setMinimumHeight(3 * fontMetrics().lineSpacing());
    m_message->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    m_plan->setProperty("muted", true);
    m_progress->hide();
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
    m_close = buttons->button(QDialogButtonBox::Close);

    auto *layout = new QGridLayout(this);
    layout->setVerticalSpacing(10);
    layout->addWidget(m_table, 0, 0, 1, 5);
    layout->addWidget(m_packagesLabel, 1, 0);
    layout->addWidget(m_packages, 1, 1);
    layout->addWidget(m_add, 1, 2);
    layout->addWidget(m_repair, 1, 3);
    layout->addWidget(m_remove, 1, 4);
    layout->addWidget(m_releaseLabel, 2, 0);
    layout->addWidget(m_release, 2, 1);
    layout->addWidget(m_install, 2, 2);
    layout->addWidget(m_plan, 3, 1, 1, 4);
    layout->addWidget(m_progress, 4, 0, 1, 4);
    layout->addWidget(m_cancel, 4, 4);
    layout->addWidget(m_message, 5, 0, 1, 5);
    layout->addWidget(buttons, 6, 0, 1, 5);
    layout->setRowStretch(0, 1);
    layout->setColumnStretch(1, 1);
    resize(760, 460);

    const auto does = [this](EnvironmentJob::Kind kind) {
        return [this, kind] { start(kind, m_model->torch(chosenRow())); };
    };
    connect(m_repair, &QPushButton::clicked, this, does(EnvironmentJob::Kind::Repair));
    connect(m_add, &QPushButton::clicked, this, does(EnvironmentJob::Kind::Add));
    connect(m_remove, &QPushButton::clicked, this, &EnvironmentsDialog::confirmRemoval);
    connect(m_install, &QPushButton::clicked, this,
            [this] { start(EnvironmentJob::Kind::Install, m_planned->release.torch); });
    connect(m_cancel, &QPushButton::clicked, &m_service, &EnvironmentService::cancel);
    connect(buttons, &QDialogButtonBox::rejected, this, &EnvironmentsDialog::reject);
    connect(m_release, &QComboBox::currentIndexChanged, this, &EnvironmentsDialog::askForPlan);
    connect(m_packages, &QLineEdit::textChanged, this, &EnvironmentsDialog::refresh);
    connect(m_table->table()->selectionModel(), &QItemSelectionModel::selectionChanged, this,
            &EnvironmentsDialog::refresh);
    connect(&m_service, &EnvironmentService::listed, this, &EnvironmentsDialog::onListed);
    connect(&m_service, &EnvironmentService::planned, this, &EnvironmentsDialog::onPlanned);
    connect(&m_service, &EnvironmentService::progressed, this, &EnvironmentsDialog::showProgress);
    connect(&m_service, &EnvironmentService::finished, this, &EnvironmentsDialog::onFinished);
    retranslate();
    refresh();
    m_service.list();
}

void EnvironmentsDialog::reject()
{
    if (m_isBusy) {
        m_isClosing = true;
        m_service.cancel();
    } else {
        QDialog::reject();
    }
}

void EnvironmentsDialog::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::LanguageChange) {
        retranslate();
    }
    QDialog::changeEvent(event);
}

void EnvironmentsDialog::start(EnvironmentJob::Kind kind, const Version &torch)
{
    m_isBusy = true;
    m_message->clear();
    m_progress->setRange(0, 0);
    m_progress->setFormat(Texts::progress({}));
    const bool wantsPackages =
        kind == EnvironmentJob::Kind::Install || kind == EnvironmentJob::Kind::Add;
    m_service.run({kind, torch, wantsPackages ? packages() : std::vector<std::string>()});
    refresh();
}

void EnvironmentsDialog::confirmRemoval()
{
    const Version torch = m_model->torch(chosenRow());
    auto *box = new QMessageBox(QMessageBox::Question, tr("Remove the environment?"),
                                tr("The environment of torch %1 is deleted. It can be installed "
                                   "again.")
                                    .arg(qstring(torch.toString())),
                                QMessageBox::NoButton, this);
    box->setAttribute(Qt::WA_DeleteOnClose);
    QPushButton *yes = box->addButton(tr("Remove"), QMessageBox::DestructiveRole);
    box->addButton(QMessageBox::Cancel);
    connect(box, &QMessageBox::finished, this, [this, box, yes, torch] {
        if (box->clickedButton() == static_cast<QAbstractButton *>(yes)) {
            start(EnvironmentJob::Kind::Remove, torch);
        }
    });
    box->open();
}

void EnvironmentsDialog::onListed(const Result<std::vector<EnvironmentState>> &states)
{
    if (!states) {
        showError(states.error());
        return;
    }
    m_model->setStates(*states);
    m_table->table()->resizeColumnsToContents();
    if (m_model->rowCount() > 0) {
        m_table->select(0);
    }
    refresh();
}

void EnvironmentsDialog::askForPlan()
{
    m_planned.reset();
    m_plan->clear();
    if (m_release->currentIndex() >= 0) {
        m_service.plan(minorReleases()[static_cast<std::size_t>(m_release->currentIndex())]);
    }
    refresh();
}

void EnvironmentsDialog::onPlanned(const Result<ProvisionPlan> &plan)
{
    if (!plan) {
        showError(plan.error());
        return;
    }
    m_message->clear();
    m_planned = *plan;
    const auto size = [](std::int64_t megabytes) {
        return QLocale().formattedDataSize(megabytes * 1024 * 1024, 1);
    };
    m_plan->setText(tr("On Python %1: up to %2 to download, %3 on disk; %4 are free")
                        .arg(qstring(plan->interpreter.version.toString()),
                             size(plan->release.downloadMb), size(plan->release.diskMb),
                             size(plan->freeMb)));
    m_plan->setToolTip(qstring(plan->interpreter.path.string()));
    refresh();
}

void EnvironmentsDialog::showProgress(const Progress &progress)
{
    m_progress->setRange(0, static_cast<int>(progress.total));
    m_progress->setValue(static_cast<int>(progress.done));
    m_progress->setFormat(Texts::progress(progress));
}

void EnvironmentsDialog::onFinished(const Result<void> &outcome)
{
    m_isBusy = false;
    if (outcome) {
        m_message->setText(tr("Done."));
    } else {
        showError(outcome.error());
    }
    Q_EMIT environmentsChanged();
    if (m_isClosing) {
        QDialog::reject();
        return;
    }
    m_service.list();
    askForPlan(); // there is more room now, or less
}

void EnvironmentsDialog::showError(const Error &error)
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

std::vector<std::string> EnvironmentsDialog::packages() const
{
    static const QRegularExpression between(QStringLiteral("[\\s,]+"));
    std::vector<std::string> names;
    for (const QString &name : m_packages->text().split(between, Qt::SkipEmptyParts)) {
        names.push_back(name.toStdString());
    }
    return names;
}

int EnvironmentsDialog::chosenRow() const
{
    return m_table->chosen();
}

void EnvironmentsDialog::refresh()
{
    const bool isRowFree = !m_isBusy && chosenRow() >= 0;
    m_repair->setEnabled(isRowFree);
    m_remove->setEnabled(isRowFree);
    m_add->setEnabled(isRowFree && !packages().empty());
    m_install->setEnabled(!m_isBusy && m_planned.has_value());
    m_release->setEnabled(!m_isBusy);
    m_packages->setEnabled(!m_isBusy);
    m_cancel->setVisible(m_isBusy);
    m_progress->setVisible(m_isBusy);
}

void EnvironmentsDialog::retranslate()
{
    setWindowTitle(tr("Environments"));
    m_table->setEmptyText(tr("No environment is installed yet."));
    m_repair->setText(tr("Check and repair"));
    m_repair->setToolTip(tr("Looks at every file and makes a broken environment again"));
    m_remove->setText(tr("Remove …"));
    m_add->setText(tr("Add packages"));
    m_add->setToolTip(tr("Adds them to the chosen environment"));
    m_packagesLabel->setText(tr("Packages"));
    m_packages->setToolTip(tr("What scripts import besides torch and NumPy"));
    m_releaseLabel->setText(tr("torch version"));
    m_install->setText(tr("Install"));
    m_cancel->setText(tr("Cancel"));
    m_close->setText(tr("Close"));
    m_model->retranslate();
}

} // namespace TorchLift
