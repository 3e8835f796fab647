#include "views/readinessview.h"

#include <QClipboard>
#include <QDir>
#include <QEvent>
#include <QFileInfo>
#include <QGridLayout>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include "models/texts.h"
#include "views/icons.h"
#include "views/theme.h"

namespace TorchLift {

namespace {

const QString kSetup = QStringLiteral("installer/setup.sh");

QString commandOf(const Error &error)
{
    return error.remedy.empty() ? kSetup : qstring(error.remedy);
}

QString environmentDetail(const Environment &environment)
{
    QString detail = ReadinessView::tr("Python %1").arg(qstring(environment.python.toString()));
    if (!environment.numpy.empty()) {
        detail += ReadinessView::tr(", NumPy %1").arg(qstring(environment.numpy));
    }
    return detail;
}

ReadinessItem environmentItem(const Result<Environment> &environment, const Version &version)
{
    const QString name = ReadinessView::tr("PyTorch %1").arg(qstring(version.toString()));
    if (environment) {
        return {name, true, environmentDetail(*environment), {}};
    }
    return {name, false, ReadinessView::tr("not installed: code cannot be run in this version"),
            commandOf(environment.error())};
}

ReadinessItem partItem(const QString &name, const Result<void> &part, const QString &use,
                       const QString &missing)
{
    return part ? ReadinessItem{name, true, use, {}}
                : ReadinessItem{name, false, missing, commandOf(part.error())};
}

} // namespace

QList<ReadinessItem> readinessItems(const Readiness &readiness, const Version &source,
                                    const Version &target)
{
    const Result<void> search = !readiness.libtorch ? readiness.libtorch : readiness.model;
    return {
        environmentItem(readiness.source, source),
        environmentItem(readiness.target, target),
        partItem(Texts::embedding(readiness.embedding), search,
                 ReadinessView::tr("finds release notes by meaning"),
                 ReadinessView::tr("missing: release notes are found by words only")),
        partItem(ReadinessView::tr("Sandbox"), readiness.sandbox,
                 ReadinessView::tr("code runs without network and without your files"),
                 ReadinessView::tr("not available: code is not run")),
    };
}

ReadinessView::ReadinessView(QWidget *parent)
    : QWidget(parent)
    , m_title(new QLabel(this))
    , m_subtitle(new QLabel(this))
    , m_open(new QPushButton(this))
    , m_paste(new QPushButton(this))
    , m_sample(new QPushButton(this))
    , m_partsTitle(new QLabel(this))
    , m_parts(new QWidget(this))
    , m_recentList(new QLabel(this))
{
    QFont large = font();
    large.setPointSize(large.pointSize() + 8);
    large.setWeight(QFont::DemiBold);
    m_title->setFont(large);
    m_subtitle->setProperty("muted", true);
    m_subtitle->setWordWrap(true);
    m_open->setProperty("primary", true);
    QFont strong = font();
    strong.setWeight(QFont::DemiBold);
    m_partsTitle->setFont(strong);
    m_recentList->setTextFormat(Qt::RichText);

    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(8);
    buttons->addWidget(m_open);
    buttons->addWidget(m_paste);
    buttons->addWidget(m_sample);
    buttons->addStretch(1);

    auto *card = new QFrame(this);
    card->setObjectName(QStringLiteral("panel"));
    auto *cardLayout = new QVBoxLayout(card);
    cardLayout->setContentsMargins(20, 16, 20, 16);
    cardLayout->setSpacing(10);
    cardLayout->addWidget(m_partsTitle);
    cardLayout->addWidget(m_parts);

    auto *column = new QWidget(this);
    column->setMaximumWidth(760);
    auto *layout = new QVBoxLayout(column);
    layout->setSpacing(14);
    layout->addStretch(1);
    layout->addWidget(m_title);
    layout->addWidget(m_subtitle);
    layout->addLayout(buttons);
    layout->addSpacing(6);
    layout->addWidget(card);
    layout->addWidget(m_recentList);
    layout->addStretch(2);

    auto *outer = new QHBoxLayout(this);
    outer->addStretch(1);
    outer->addWidget(column, 8);
    outer->addStretch(1);

    connect(m_open, &QPushButton::clicked, this, &ReadinessView::openRequested);
    connect(m_paste, &QPushButton::clicked, this, &ReadinessView::pasteRequested);
    connect(m_sample, &QPushButton::clicked, this, &ReadinessView::sampleRequested);
    connect(m_recentList, &QLabel::linkActivated, this, &ReadinessView::fileRequested);
    applyTheme();
    retranslate();
}

void ReadinessView::setReadiness(const Readiness &readiness, const Version &source,
                                 const Version &target)
{
    m_readiness = readiness;
    m_source = source;
    m_target = target;
    retranslate();
}

void ReadinessView::setModelName(const QString &name)
{
    m_modelName = name;
    retranslate();
}

void ReadinessView::setRecentFiles(const QStringList &paths)
{
    m_recent = paths;
    retranslate();
}

void ReadinessView::applyTheme()
{
    m_open->setIcon(icon(QStringLiteral("open"), Theme::current().onAccent));
    m_paste->setIcon(icon(QStringLiteral("paste")));
    m_sample->setIcon(icon(QStringLiteral("migrate")));
    retranslate();
}

void ReadinessView::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::LanguageChange) {
        retranslate();
    }
    QWidget::changeEvent(event);
}

void ReadinessView::retranslate()
{
    m_title->setText(tr("Old PyTorch code in, working code out"));
    m_subtitle->setText(
        tr("TorchLift rewrites code for PyTorch 1.0 so that it runs in 2.7, shows the release "
           "note behind every change, and proves the result by running both. Open a Python file, "
           "or drop it here."));
    m_open->setText(tr("Open …"));
    m_paste->setText(tr("Paste code"));
    m_sample->setText(tr("Try the sample"));
    m_partsTitle->setText(m_readiness ? tr("What is ready") : tr("Looking at what is installed …"));

    delete m_rows;
    qDeleteAll(m_parts->findChildren<QWidget *>(QString(), Qt::FindDirectChildrenOnly));
    m_rows = new QGridLayout(m_parts);
    m_rows->setContentsMargins(0, 0, 0, 0);
    m_rows->setHorizontalSpacing(12);
    m_rows->setVerticalSpacing(8);
    m_rows->setColumnStretch(2, 1);
    if (m_readiness) {
        for (const ReadinessItem &item : readinessItems(*m_readiness, m_source, m_target)) {
            addRow(item);
        }
        addRow({tr("Language model"),
                !m_modelName.isEmpty(),
                m_modelName.isEmpty()
                    ? tr("optional: rewrites what rules cannot and explains the result")
                    : m_modelName,
                {}});
    }

    QStringList links;
    const QString colour = Theme::current().info.name();
    for (const QString &path : m_recent.mid(0, 5)) {
        links << QStringLiteral("<a style=\"color:%1\" href=\"%2\">%3</a>")
                     .arg(colour, path.toHtmlEscaped(), QFileInfo(path).fileName().toHtmlEscaped());
    }
    m_recentList->setVisible(!links.isEmpty());
    m_recentList->setText(
        tr("Recent: %1").arg(links.join(QStringLiteral("&nbsp;&nbsp;·&nbsp;&nbsp;"))));
}

void ReadinessView::addRow(const ReadinessItem &item)
{
    const Theme &theme = Theme::current();
    const int row = m_rows->rowCount();
    const bool isOptional = !item.isReady && item.command.isEmpty();
    auto *sign = new QLabel(m_parts);
    sign->setPixmap(icon(item.isReady ? QStringLiteral("accept") : QStringLiteral("missing"),
                         item.isReady ? theme.good
                         : isOptional ? theme.muted
                                      : theme.warning)
                        .pixmap(18));
    auto *name = new QLabel(item.name, m_parts);
    auto *detail = new QLabel(item.detail, m_parts);
    detail->setProperty("muted", true);
    detail->setWordWrap(true);
    m_rows->addWidget(sign, row, 0);
    m_rows->addWidget(name, row, 1);
    m_rows->addWidget(detail, row, 2);
    if (isOptional) {
        auto *setUp = new QPushButton(tr("Set up …"), m_parts);
        connect(setUp, &QPushButton::clicked, this, &ReadinessView::modelRequested);
        m_rows->addWidget(setUp, row, 3);
    } else if (!item.isReady) {
        auto *copy = new QPushButton(tr("Copy command"), m_parts);
        copy->setToolTip(item.command);
        connect(copy, &QPushButton::clicked, this,
                [command = item.command] { QGuiApplication::clipboard()->setText(command); });
        m_rows->addWidget(copy, row, 3);
    }
    for (const int column : {0, 1, 2}) { // widgets made after the window is shown start hidden
        m_rows->itemAtPosition(row, column)->widget()->show();
    }
}

} // namespace TorchLift
