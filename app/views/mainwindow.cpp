#include "views/mainwindow.h"

#include <QApplication>
#include <QCloseEvent>
#include <QDragEnterEvent>
#include <QFile>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLocale>
#include <QMessageBox>
#include <QMimeData>
#include <QPlainTextEdit>
#include <QProgressBar>
#include <QSplitter>
#include <QStackedWidget>
#include <QStatusBar>
#include <QTabWidget>
#include <QTableView>
#include <QTime>
#include <QToolButton>
#include <QUrl>
#include <QVBoxLayout>

#include "models/texts.h"
#include "views/changebar.h"
#include "views/findbar.h"
#include "views/icons.h"
#include "views/messagebar.h"
#include "views/migratededitor.h"
#include "views/modelpane.h"
#include "views/notespane.h"
#include "views/panel.h"
#include "views/readinessview.h"
#include "views/resultspane.h"
#include "views/settingsbar.h"
#include "views/tablepane.h"
#include "views/theme.h"

namespace TorchLift {

namespace {

constexpr int kDecorateDelayMs = 120; // after the last key
constexpr int kLogLines = 2000;

QToolButton *layoutButton(QAction *action)
{
    auto *button = new QToolButton;
    button->setDefaultAction(action);
    button->setToolButtonStyle(Qt::ToolButtonIconOnly);
    button->setIconSize({16, 16});
    return button;
}

} // namespace

MainWindow::MainWindow(const Paths &paths, QWidget *parent)
    : QMainWindow(parent)
    , m_settings(paths.config)
    , m_bench(paths)
{
    setAcceptDrops(true);
    setWindowIcon(QIcon(QStringLiteral(":/icons/torchlift.svg")));
    m_decorateTimer.setSingleShot(true);
    m_decorateTimer.setInterval(kDecorateDelayMs);
    createActions();
    createPanes();
    createStatusBar();
    createMenus();
    connectWorkbench();
    connectPanes();
    restoreSettings();
    m_bench.inspect();
}

MainWindow::~MainWindow() = default;

void MainWindow::createPanes()
{
    m_message = new MessageBar(this);
    m_find = new FindBar(this);
    m_start = new ReadinessView(this);
    m_oldCode = new CodeEditor(this);
    m_newCode = new MigratedEditor(this);
    m_notes = new NotesPane(m_bench.chunks(), this);
    m_changeBar = new ChangeBar(m_bench.changes(), this);

    m_oldPanel = new Panel(m_oldCode, this);
    m_notesPanel = new Panel(m_notes, this);
    m_newPanel = new Panel(m_newCode, this);
    m_newPanel->addFooter(m_changeBar);
    for (QAction *action : {m_allPanesAction, m_sideBySideAction, m_inlineAction}) {
        m_newPanel->addTool(layoutButton(action));
    }

    m_columns = new QSplitter(Qt::Horizontal, this);
    m_columns->addWidget(m_oldPanel);
    m_columns->addWidget(m_notesPanel);
    m_columns->addWidget(m_newPanel);
    m_columns->setChildrenCollapsible(false);
    m_columns->setHandleWidth(6);

    m_changesTable = new TablePane(m_bench.changes(), ChangesModel::SortRole, this);
    m_residuesTable = new TablePane(m_bench.residues(), ResiduesModel::SortRole, this);
    m_results = new ResultsPane(m_bench.results(), this);
    m_model = new ModelPane(this);
    m_log = new QPlainTextEdit(this);
    m_log->setReadOnly(true);
    m_log->setFrameShape(QFrame::NoFrame);
    m_log->setMaximumBlockCount(kLogLines);
    m_tabs = new QTabWidget(this);
    m_tabs->setDocumentMode(false);
    m_tabs->addTab(m_changesTable, {});
    m_tabs->addTab(m_results, {});
    m_tabs->addTab(m_residuesTable, {});
    m_tabs->addTab(m_model, {});
    m_tabs->addTab(m_log, {});
    m_tabs->setCornerWidget(m_results->tools());
    QTableView *changes = m_changesTable->table();
    changes->setColumnWidth(ChangesModel::Line, 70);
    changes->setColumnWidth(ChangesModel::Title, 300);
    changes->setColumnWidth(ChangesModel::Symbol, 220);
    changes->setColumnWidth(ChangesModel::EvidenceColumn, 190);
    changes->setColumnWidth(ChangesModel::SafetyColumn, 150);
    QTableView *residues = m_residuesTable->table();
    residues->setColumnWidth(ResiduesModel::Line, 70);
    residues->setColumnWidth(ResiduesModel::Symbol, 220);
    residues->setColumnWidth(ResiduesModel::Reason, 190);

    m_rows = new QSplitter(Qt::Vertical, this);
    m_rows->addWidget(m_columns);
    m_rows->addWidget(m_tabs);
    m_rows->setStretchFactor(0, 3);
    m_rows->setStretchFactor(1, 1);
    m_rows->setHandleWidth(6);
    m_rows->setChildrenCollapsible(false);

    auto *work = new QWidget(this);
    auto *workLayout = new QVBoxLayout(work);
    workLayout->setContentsMargins(0, 0, 0, 0);
    workLayout->setSpacing(4);
    workLayout->addWidget(m_find);
    workLayout->addWidget(m_rows, 1);

    m_pages = new QStackedWidget(this);
    m_pages->addWidget(m_start);
    m_pages->addWidget(work);
    auto *central = new QWidget(this);
    auto *layout = new QVBoxLayout(central);
    layout->setContentsMargins(8, 8, 8, 6);
    layout->setSpacing(6);
    layout->addWidget(m_message);
    layout->addWidget(m_pages, 1);
    setCentralWidget(central);
}

void MainWindow::createStatusBar()
{
    m_readinessLabel = new QLabel(this);
    m_readinessLabel->setTextFormat(Qt::RichText);
    m_readinessLabel->setContentsMargins(10, 0, 10, 0);
    m_progressLabel = new QLabel(this);
    m_progress = new QProgressBar(this);
    m_progress->setTextVisible(false);
    m_progress->setFixedWidth(140);
    m_stop = new QToolButton(this);
    m_stop->setDefaultAction(m_cancelAction);
    m_stop->setToolButtonStyle(Qt::ToolButtonTextOnly);
    statusBar()->setSizeGripEnabled(false);
    statusBar()->addWidget(m_readinessLabel);
    statusBar()->addPermanentWidget(m_progressLabel);
    statusBar()->addPermanentWidget(m_progress);
    statusBar()->addPermanentWidget(m_stop);
}

void MainWindow::connectWorkbench()
{
    connect(&m_bench, &Workbench::opened, this, [this](bool isRestored) {
        m_message->hide();
        m_oldCode->setSource(m_bench.source().utf8);
        m_newCode->reset();
        m_model->clear();
        m_decorations.reset();
        m_shownChanges.clear();
        m_pages->setCurrentIndex(1);
        if (!m_bench.filePath().isEmpty()) {
            m_settings.addRecentFile(m_bench.filePath());
            fillRecentMenu();
        }
        if (m_oldCode->isAbridged()) {
            m_message->showNote(tr("Lines longer than %1 characters are shown cut, and the code "
                                   "cannot be edited here. It is migrated and saved whole.")
                                    .arg(QLocale().toString(int(CodeEditor::kLongestLine))));
        }
        updateTitles();
        updateActivities();
        if (!isRestored) {
            migrate(); // nothing is run or written by it
        }
    });
    connect(&m_bench, &Workbench::migrated, this, &MainWindow::onMigrated);
    connect(&m_bench, &Workbench::retrieved, this, &MainWindow::onRetrieved);
    connect(&m_bench, &Workbench::sessionRestored, this, [this](const QString &code) {
        m_newCode->replaceText(code.toStdString());
        m_settingsBar->setSettings(m_bench.settings());
    });
    connect(&m_bench, &Workbench::rowChanged, this,
            [this] { m_bench.autosave(m_newCode->source()); });
    connect(&m_bench, &Workbench::validated, this, [this] {
        m_bench.autosave(m_newCode->source());
        scheduleDecorations();
    });
    connect(&m_bench, &Workbench::failed, m_message, &MessageBar::showError);
    connect(&m_bench, &Workbench::saved, this, [this] { m_newCode->setModified(false); });
    connect(&m_bench, &Workbench::sessionSaved, this, [this] {
        m_newCode->setModified(false);
        m_oldCode->setModified(false);
    });
    connect(&m_bench, &Workbench::askStarted, this, [this] {
        m_model->start();
        showTab(ModelTab);
    });
    connect(&m_bench, &Workbench::modelTextArrived, m_model, &ModelPane::append);
    connect(&m_bench, &Workbench::modelAnswered, this,
            [this](const QString &code, const QString &explanation, bool isCutOff) {
                m_model->finish(code, explanation, isCutOff);
                const bool isWanted = m_bench.settings().mode == MigrationMode::Llm;
                if (isWanted && !code.isEmpty() && !isCutOff) {
                    m_newCode->replaceText(code.toStdString());
                }
                m_bench.autosave(m_newCode->source());
            });
    connect(&m_bench, &Workbench::readinessChanged, this, &MainWindow::updateReadiness);
    connect(&m_bench, &Workbench::activitiesChanged, this, &MainWindow::updateActivities);
    connect(&m_bench, &Workbench::progressed, this, &MainWindow::showProgress);
    connect(&m_bench, &Workbench::logged, this, [this](const QString &line) {
        m_log->appendPlainText(QTime::currentTime().toString(QStringLiteral("HH:mm:ss  ")) + line);
    });
    connect(&m_decorator, &DecorationService::computed, this, &MainWindow::showDecorations);
}

void MainWindow::connectPanes()
{
    connect(m_oldCode, &CodeEditor::sourceChanged, this, &MainWindow::scheduleDecorations);
    connect(m_newCode, &CodeEditor::sourceChanged, this, &MainWindow::scheduleDecorations);
    connect(m_newCode, &MigratedEditor::stateChanged, this, [this] {
        m_bench.changes()->setState(m_newCode->state());
        updateTitles();
        scheduleDecorations();
    });
    connect(&m_decorateTimer, &QTimer::timeout, this, [this] {
        m_isDecorating = true;
        m_decorator.compute(m_oldCode->source(), m_newCode->source(), m_newCode->state());
    });
    const auto follow = [this](CodeEditor *from, CodeEditor *to) {
        connect(from, &CodeEditor::rowScrolled, this, [this, from, to] {
            if (m_layout != Layout::InlineNotes) {
                to->setFirstVisibleRow(from->firstVisibleRow());
            }
        });
        connect(from, &CodeEditor::fileDropped, this, &MainWindow::openFile);
        connect(from, &CodeEditor::markerClicked, this,
                [this, from](int line) { chooseChangeAtLine(from, line); });
        connect(from, &QsciScintilla::cursorPositionChanged, this, [this, from](int line, int) {
            if (from->hasFocus()) {
                chooseChangeAtLine(from, line + 1);
            }
        });
    };
    follow(m_oldCode, m_newCode);
    follow(m_newCode, m_oldCode);

    connect(m_changeBar, &ChangeBar::previousRequested, this, [this] { stepChange(-1); });
    connect(m_changeBar, &ChangeBar::nextRequested, this, [this] { stepChange(1); });
    connect(m_changeBar, &ChangeBar::acceptRequested, m_acceptAction, &QAction::trigger);
    connect(m_changeBar, &ChangeBar::rejectRequested, m_rejectAction, &QAction::trigger);
    connect(m_changeBar, &ChangeBar::acceptRuleRequested, this, [this] {
        const Edit &edit = m_bench.changes()->edit(m_changeBar->current());
        accept(m_newCode->state().rowsOfRule(edit.ruleId), true);
    });
    connect(m_changeBar, &ChangeBar::whyRequested, this, [this] {
        if (m_layout == Layout::SideBySide) {
            setLayoutMode(Layout::AllPanes);
        }
        chooseChange(m_changeBar->current());
    });
    connect(
        m_bench.changes(), &ChangesModel::acceptanceRequested, this,
        [this](int row, bool isAccepted) { accept({static_cast<std::size_t>(row)}, isAccepted); });
    connect(m_changesTable, &TablePane::rowChosen, this, &MainWindow::chooseChange);
    connect(m_residuesTable, &TablePane::rowChosen, this, &MainWindow::jumpToResidue);
    connect(m_residuesTable, &TablePane::rowActivated, this, &MainWindow::jumpToResidue);
    connect(m_notes, &NotesPane::chunkChosen, this, &MainWindow::chooseChunk);
    connect(m_results, &ResultsPane::exportRequested, this, &MainWindow::exportResults);
    connect(m_results, &ResultsPane::importRequested, this, &MainWindow::importResults);
    connect(m_model, &ModelPane::setUpRequested, this, &MainWindow::setUpModel);
    connect(m_model, &ModelPane::useCodeRequested, this,
            [this](const QString &code) { m_newCode->replaceText(code.toStdString()); });
    connect(m_start, &ReadinessView::openRequested, this, &MainWindow::chooseFile);
    connect(m_start, &ReadinessView::pasteRequested, this, &MainWindow::pasteCode);
    connect(m_start, &ReadinessView::sampleRequested, this, &MainWindow::openSample);
    connect(m_start, &ReadinessView::modelRequested, this, &MainWindow::setUpModel);
    connect(m_start, &ReadinessView::fileRequested, this, &MainWindow::openFile);
    connect(m_settingsBar, &SettingsBar::changed, this, [this] {
        m_bench.setSettings(m_settingsBar->settings());
        m_settings.setMigration(m_settingsBar->settings());
    });
}

void MainWindow::openFile(const QString &path)
{
    guardUnsaved([this, path] { m_bench.open(path); });
}

void MainWindow::migrate()
{
    m_bench.migrate(m_oldCode->source());
}

void MainWindow::validate()
{
    showTab(ResultsTab);
    m_bench.validate(m_oldCode->source(), m_newCode->source());
}

void MainWindow::onMigrated(const std::shared_ptr<const Migration> &migration)
{
    if (!m_newCode->adopt(migration)) {
        m_message->showNote(tr("Lines that you edited were also changed by the new migration: it "
                               "replaced them. Undo brings your text back."));
    } else if (migration->isPython2) {
        m_message->showNote(tr("This is Python 2 code: it cannot run in the new version before it "
                               "is made Python 3."));
    } else if (migration->hasSyntaxErrors) {
        m_message->showNote(tr("The old code has syntax errors. What can be read was migrated."));
    }
    m_isAskDue = hasModel() && m_bench.settings().mode != MigrationMode::Rules;
    m_decorateTimer.start(0);
    updateTitles();
    updateActivities();
    m_bench.autosave(m_newCode->source());
    showTab(ChangesTab);
    if (!migration->edits.empty()) {
        chooseChange(0);
    }
}

void MainWindow::onRetrieved()
{
    updateTitles();
    m_bench.autosave(m_newCode->source());
    if (m_changeBar->current() >= 0) {
        chooseChange(m_changeBar->current());
    }
    if (std::exchange(m_isAskDue, false)) {
        askModel();
    }
}

void MainWindow::chooseChange(int row)
{
    m_isChoosing = true;
    m_changeBar->setCurrent(row);
    m_shownChanges.clear();
    if (m_changeBar->current() >= 0) {
        m_shownChanges = {row};
        m_changesTable->select(row);
        const int note = m_bench.chunks()->highlight(m_bench.changes()->edit(row).changes);
        if (note >= 0) {
            m_notes->scrollTo(note);
        }
        if (m_decorations && static_cast<std::size_t>(row) < m_decorations->edits.size()) {
            const EditPlace &place = m_decorations->edits[static_cast<std::size_t>(row)];
            if (!m_oldCode->hasFocus() && place.oldLine > 0) {
                m_oldCode->goToLine(place.oldLine);
            }
            if (!m_newCode->hasFocus() && place.newLine > 0) {
                m_newCode->goToLine(place.newLine);
            }
        }
    }
    markCurrent();
    m_isChoosing = false;
}

void MainWindow::chooseChangeAtLine(const CodeEditor *editor, int line)
{
    if (m_isChoosing || !m_decorations || m_decorateTimer.isActive()) {
        return;
    }
    for (std::size_t i = 0; i < m_decorations->edits.size(); ++i) {
        const EditPlace &place = m_decorations->edits[i];
        if ((editor == m_oldCode ? place.oldLine : place.newLine) == line) {
            if (m_changeBar->current() != static_cast<int>(i)) {
                chooseChange(static_cast<int>(i));
            }
            return;
        }
    }
}

void MainWindow::chooseChunk(const QString &slug)
{
    if (m_isChoosing || slug.isEmpty()) {
        return;
    }
    const std::string wanted = slug.toStdString();
    std::vector<int> rows;
    for (int row = 0; row < m_bench.changes()->rowCount(); ++row) {
        const auto &cited = m_bench.changes()->edit(row).changes;
        if (std::find(cited.begin(), cited.end(), wanted) != cited.end()) {
            rows.push_back(row);
        }
    }
    if (!rows.empty()) {
        chooseChange(rows.front());
        m_shownChanges = rows;
        markCurrent();
    }
}

void MainWindow::jumpToResidue(int row)
{
    if (m_decorations && static_cast<std::size_t>(row) < m_decorations->residueLines.size()) {
        m_oldCode->goToLine(m_decorations->residueLines[static_cast<std::size_t>(row)]);
    }
    m_bench.chunks()->highlight(m_bench.residues()->residue(row).changes);
}

void MainWindow::stepChange(int step)
{
    const int count = m_bench.changes()->rowCount();
    if (count > 0) {
        const int current = m_changeBar->current();
        chooseChange(current < 0 ? 0 : (current + step + count) % count);
    }
}

void MainWindow::accept(const std::vector<std::size_t> &rows, bool isAccepted)
{
    if (!m_newCode->setAccepted(rows, isAccepted)) {
        m_message->showNote(tr("This line was edited by hand. Undo that first, or make the change "
                               "yourself."));
    }
}

void MainWindow::scheduleDecorations()
{
    if (m_bench.migration()) {
        m_decorateTimer.start(kDecorateDelayMs);
    }
}

void MainWindow::showDecorations(const std::shared_ptr<const Decorations> &decorations)
{
    if (m_decorateTimer.isActive()) { // somebody typed meanwhile: the next ones follow
        return;
    }
    const bool isFirst = m_decorations == nullptr;
    m_decorations = decorations;
    m_isDecorating = false;
    if (decorations->edits.size() == m_newCode->state().accepted.size()) {
        paintDecorations(*m_oldCode, *m_newCode, *m_decorations, *m_bench.changes(),
                         m_layout == Layout::InlineNotes ? DiffView::Inline : DiffView::SideBySide);
        if (isFirst && m_changeBar->current() >= 0) {
            chooseChange(m_changeBar->current());
        } else {
            markCurrent();
        }
    }
    Q_EMIT decorated();
}

void MainWindow::markCurrent()
{
    if (m_decorations) {
        paintCurrent(*m_oldCode, *m_newCode, *m_decorations, m_shownChanges);
    }
}

void MainWindow::setLayoutMode(Layout layout)
{
    m_layout = layout;
    m_oldPanel->setVisible(layout != Layout::InlineNotes);
    m_notesPanel->setVisible(layout != Layout::SideBySide);
    const int width = std::max(m_columns->width(), 900);
    m_columns->setSizes(
        layout == Layout::AllPanes     ? QList{width * 36 / 100, width * 27 / 100, width * 37 / 100}
        : layout == Layout::SideBySide ? QList{width / 2, 0, width / 2}
                                       : QList{0, width * 36 / 100, width * 64 / 100});
    QAction *shown = layout == Layout::AllPanes     ? m_allPanesAction
                     : layout == Layout::SideBySide ? m_sideBySideAction
                                                    : m_inlineAction;
    shown->setChecked(true);
    if (m_decorations) {
        m_decorateTimer.start(0);
    }
}

void MainWindow::showTab(Tab tab)
{
    m_tabs->setCurrentIndex(tab);
}

bool MainWindow::isSettled() const
{
    return m_bench.activities() == Workbench::Idle && !m_decorateTimer.isActive() && !m_isDecorating
           && m_bench.isInspected();
}

void MainWindow::offerRecovery()
{
    const QString path = m_bench.autosavePath();
    if (QFile::exists(path)) {
        m_message->showQuestion(
            tr("TorchLift was not closed properly. What you did last was kept."), tr("Restore"));
        connect(
            m_message, &MessageBar::actionChosen, this, [this, path] { m_bench.open(path); },
            Qt::SingleShotConnection);
    }
}

void MainWindow::updateTitles()
{
    const QLocale locale;
    const auto migration = m_bench.migration();
    m_oldPanel->setTitle(tr("Old code"));
    m_newPanel->setTitle(tr("Migrated"));
    m_notesPanel->setTitle(tr("Release notes"));
    const int changes = m_bench.changes()->rowCount();
    const int residues = m_bench.residues()->rowCount();
    m_oldPanel->setCount(migration ? tr("%n breaking use(s)", nullptr, changes + residues)
                                   : QString());
    m_newPanel->setCount(migration ? tr("%1 of %n change(s) made", nullptr, changes)
                                         .arg(locale.toString(m_bench.changes()->acceptedCount()))
                                   : QString());
    const ChunksModel *chunks = m_bench.chunks();
    m_notesPanel->setCount(m_bench.chunks()->retrieval()
                               ? tr("%1 found, %2 cited")
                                     .arg(locale.toString(chunks->rankedCount()),
                                          locale.toString(chunks->citedCount()))
                               : QString());
    m_tabs->setTabText(ChangesTab, tr("Changes (%1)").arg(locale.toString(changes)));
    m_tabs->setTabText(ResultsTab, tr("Results"));
    m_tabs->setTabText(ResiduesTab, tr("Not migrated (%1)").arg(locale.toString(residues)));
    m_tabs->setTabText(ModelTab, tr("Model answer"));
    m_tabs->setTabText(LogTab, tr("Log"));
    m_changesTable->setEmptyText(
        migration ? tr("Nothing in this code breaks between %1 and %2: it stays as it is.")
                        .arg(qstring(migration->from.toShortString()),
                             qstring(migration->to.toShortString()))
                  : tr("Migrate rewrites what breaks in the new version (F5)."));
    m_residuesTable->setEmptyText(migration ? tr("Everything that breaks was migrated.")
                                            : tr("Uses that break and that no rule could rewrite "
                                                 "stand here, each with its reason."));
    m_notes->setEmptyText(migration ? tr("No release note was found.")
                                    : tr("The release notes that concern this code stand here "
                                         "after it is migrated."));
    setWindowTitle(m_pages->currentIndex() == 0 ? QStringLiteral("TorchLift")
                                                : tr("%1 – TorchLift").arg(m_bench.fileName()));
}

void MainWindow::updateReadiness()
{
    const Theme &theme = Theme::current();
    if (!m_bench.readiness()) {
        return;
    }
    const Version source = m_bench.sourceVersion();
    const Version target = m_bench.targetVersion();
    m_start->setReadiness(*m_bench.readiness(), source, target);
    m_start->setModelName(hasModel() ? qstring(m_profile.model) : QString());
    QString html;
    QStringList tips;
    const auto add = [&html, &theme](const QString &name, const QString &state,
                                     const QColor &colour) {
        html += QStringLiteral("<span style=\"color:%1\">●</span> %2 <span style=\"color:%3\">%4"
                               "</span>&nbsp;&nbsp;&nbsp;")
                    .arg(colour.name(), name.toHtmlEscaped(), theme.muted.name(),
                         state.toHtmlEscaped());
    };
    for (const ReadinessItem &item : readinessItems(*m_bench.readiness(), source, target)) {
        add(item.name, item.isReady ? tr("ready") : tr("missing"),
            item.isReady ? theme.good : theme.warning);
        tips << item.name + QStringLiteral(": ") + item.detail;
    }
    add(tr("Model"), hasModel() ? qstring(m_profile.model) : tr("none"),
        hasModel() ? theme.good : theme.muted);
    m_readinessLabel->setText(html);
    m_readinessLabel->setToolTip(tips.join(QLatin1Char('\n')));
    updateActivities();
}

void MainWindow::updateActivities()
{
    const Workbench::Activities now = m_bench.activities();
    const bool isBusy = now != Workbench::Idle;
    const bool hasCode = m_pages->currentIndex() == 1;
    const bool hasMigration = m_bench.migration() != nullptr;
    m_migrateAction->setEnabled(hasCode && !now.testFlag(Workbench::Migrating));
    m_validateAction->setEnabled(hasMigration && !now.testFlag(Workbench::Validating));
    m_askAction->setEnabled(hasMigration && hasModel() && !now.testFlag(Workbench::Asking));
    m_cancelAction->setEnabled(isBusy);
    for (QAction *action : {m_saveAction, m_saveSessionAction, m_previousAction, m_nextAction,
                            m_acceptAction, m_rejectAction}) {
        action->setEnabled(hasMigration);
    }
    m_progress->setVisible(isBusy);
    m_progressLabel->setVisible(isBusy);
    m_stop->setVisible(isBusy);
    if (!isBusy) {
        return;
    }
    Progress progress;
    progress.stage = now.testFlag(Workbench::Validating)   ? "validating"
                     : now.testFlag(Workbench::Asking)     ? "asking"
                     : now.testFlag(Workbench::Retrieving) ? "retrieving"
                     : now.testFlag(Workbench::Migrating)  ? "migrating"
                                                           : "opening";
    showProgress(progress);
}

void MainWindow::showProgress(const Progress &progress)
{
    m_progressLabel->setText(Texts::progress(progress));
    m_progress->setRange(0, progress.total > 0 ? 1000 : 0);
    if (progress.total > 0) {
        m_progress->setValue(static_cast<int>(1000.0 * progress.done / progress.total));
    }
}

void MainWindow::setLanguage(const QString &language)
{
    m_language.set(language);
    m_settings.set(QStringLiteral("view/language"), language);
    retranslate(); // the translators' own event comes later, and not at all without one
}

void MainWindow::setThemeName(const QString &name)
{
    applyTheme(*qApp, name);
    m_settings.set(QStringLiteral("view/theme"), name);
    applyThemeToPanes();
}

void MainWindow::applyThemeToPanes()
{
    m_oldCode->setCodeFontSize(m_fontSize);
    m_newCode->setCodeFontSize(m_fontSize);
    m_changeBar->applyTheme();
    m_message->applyTheme();
    m_find->applyTheme();
    m_start->applyTheme();
    m_notes->refresh();
    m_log->setFont(codeFont(m_fontSize));
    retranslateActions();
    updateReadiness();
    if (m_decorations) {
        m_decorateTimer.start(0);
    }
}

void MainWindow::retranslate()
{
    retranslateActions();
    m_bench.retranslate();
    updateTitles();
    updateReadiness();
    updateActivities();
    m_notes->refresh();
}

void MainWindow::restoreSettings()
{
    m_profile = m_settings.profile();
    m_settingsBar->setHasModel(hasModel());
    m_settingsBar->setSettings(m_settings.migration());
    m_bench.setSettings(m_settingsBar->settings());
    m_model->setHasProfile(hasModel());
    m_fontSize = std::clamp(m_settings.number(QStringLiteral("view/fontSize"), 10), 6, 32);
    m_start->setRecentFiles(m_settings.recentFiles());
    fillRecentMenu();
    resize(1280, 800);
    restoreGeometry(m_settings.bytes(QStringLiteral("view/geometry")));
    setLanguage(m_settings.text(QStringLiteral("view/language"), QStringLiteral("system")));
    setThemeName(m_settings.text(QStringLiteral("view/theme"), QStringLiteral("system")));
    setLayoutMode(
        static_cast<Layout>(std::clamp(m_settings.number(QStringLiteral("view/layout"), 0), 0, 2)));
    const QByteArray rows = m_settings.bytes(QStringLiteral("view/rows"));
    if (rows.isEmpty() || !m_rows->restoreState(rows)) {
        m_rows->setSizes({560, 190});
    }
}

void MainWindow::rememberSettings()
{
    m_settings.set(QStringLiteral("view/geometry"), saveGeometry());
    m_settings.set(QStringLiteral("view/rows"), m_rows->saveState());
    m_settings.set(QStringLiteral("view/layout"), int(m_layout));
    m_settings.set(QStringLiteral("view/fontSize"), m_fontSize);
}

bool MainWindow::hasUnsaved() const
{
    return m_oldCode->isModified() || m_newCode->isModified();
}

bool MainWindow::hasModel() const
{
    return !m_profile.baseUrl.empty() && !m_profile.model.empty();
}

void MainWindow::guardUnsaved(std::function<void()> then)
{
    if (!hasUnsaved()) {
        then();
        return;
    }
    auto *box = new QMessageBox(
        QMessageBox::Question, tr("Unsaved changes"), tr("The code was edited and not saved."),
        QMessageBox::Save | QMessageBox::Discard | QMessageBox::Cancel, this);
    box->setAttribute(Qt::WA_DeleteOnClose);
    connect(box, &QMessageBox::finished, this, [this, then = std::move(then)](int answer) {
        if (answer == QMessageBox::Discard) {
            m_oldCode->setModified(false);
            m_newCode->setModified(false);
            then();
        } else if (answer == QMessageBox::Save) {
            connect(&m_bench, &Workbench::sessionSaved, this, then, Qt::SingleShotConnection);
            saveSession();
        }
    });
    box->open();
}

void MainWindow::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::LanguageChange && m_bottomAction != nullptr) {
        retranslate();
    }
    QMainWindow::changeEvent(event);
}

void MainWindow::closeEvent(QCloseEvent *event)
{
    if (!m_isClosing && hasUnsaved()) {
        event->ignore();
        guardUnsaved([this] {
            m_isClosing = true;
            close();
        });
        return;
    }
    rememberSettings();
    m_bench.cancel();
    m_bench.removeAutosave();
    event->accept();
}

void MainWindow::dragEnterEvent(QDragEnterEvent *event)
{
    const QList<QUrl> urls = event->mimeData()->urls();
    if (urls.size() == 1 && urls.first().isLocalFile()) {
        event->acceptProposedAction();
    }
}

void MainWindow::dropEvent(QDropEvent *event)
{
    event->acceptProposedAction();
    openFile(event->mimeData()->urls().first().toLocalFile());
}

} // namespace TorchLift
