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
        m_bench.setDataFiles(m_settings.dataFiles(m_bench.filePath()));
        if (!m_bench.filePath().isEmpty() && !isRestored) {
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
        m_bothAction->setChecked(m_bench.settings().options.keepsSource);
    });
    connect(&m_bench, &Workbench::rowChanged, this,
            [this] { m_bench.autosave(m_newCode->source()); });
    connect(&m_bench, &Workbench::bisected, this, [this] {
        const auto &found = m_bench.bisection();
        const QString target = qstring(m_bench.targetVersion().toString());
        m_message->showNote(
            !found ? tr("Nothing goes wrong in torch %1.").arg(target)
                   : tr("It goes wrong from torch %1 on; torch %2 is the last without. The notes "
                        "are now those of this release.")
                         .arg(qstring(found->firstBad.toString()),
                              qstring(found->lastGood.toString())));
    });
    connect(&m_bench, &Workbench::validated, this, [this] {
        m_bench.autosave(m_newCode->source());
        scheduleDecorations();
        jumpToDivergence();
        offerRepair();
    });
    connect(&m_bench, &Workbench::failed, m_message, &MessageBar::showError);
    connect(&m_bench, &Workbench::failed, this, [this] { m_afterSaving = {}; });
    connect(&m_bench, &Workbench::saved, this, [this] { m_newCode->setModified(false); });
    connect(&m_bench, &Workbench::sessionSaved, this, [this] {
        m_newCode->setModified(false);
        m_oldCode->setModified(false);
        if (const auto then = std::exchange(m_afterSaving, {})) {
            then();
        }
    });
    connect(&m_bench, &Workbench::askStarted, this, [this] {
        m_model->start();
        showTab(ModelTab);
    });
    connect(&m_bench, &Workbench::modelTextArrived, m_model, &ModelPane::append);
    connect(&m_bench, &Workbench::modelStopped, m_model, &ModelPane::stop);
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
    connect(m_results, &ResultsPane::importRequested, this, [this] { importResults(false); });
    connect(m_results, &ResultsPane::divergenceRequested, this, &MainWindow::jumpToDivergence);
    connect(m_model, &ModelPane::setUpRequested, this, &MainWindow::setUpModel);
    connect(m_model, &ModelPane::useCodeRequested, this,
            [this](const QString &code) { m_newCode->replaceText(code.toStdString()); });
    connect(m_start, &ReadinessView::openRequested, this, &MainWindow::chooseFile);
    connect(m_start, &ReadinessView::pasteRequested, this, &MainWindow::paste);
    connect(m_start, &ReadinessView::sampleRequested, this, &MainWindow::openSample);
    connect(m_start, &ReadinessView::modelRequested, this, &MainWindow::setUpModel);
    connect(m_start, &ReadinessView::fileRequested, this, &MainWindow::openFile);
    connect(m_settingsBar, &SettingsBar::changed, this, &MainWindow::adoptSettings);
}

} // namespace TorchLift
