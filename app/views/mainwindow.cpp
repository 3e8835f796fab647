#include "views/mainwindow.h"

#include <QApplication>
#include <QCloseEvent>
#include <QDragEnterEvent>
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

void MainWindow::openFile(const QString &path)
{
    guardUnsaved([this, path] { m_bench.open(path); });
}

void MainWindow::migrate()
{
    m_bench.migrate(m_oldCode->source());
}

void MainWindow::adoptSettings()
{
    m_bench.setSettings(m_settingsBar->settings());
    m_settings.setMigration(m_settingsBar->settings());
}

void MainWindow::observe()
{
    m_bench.observe(m_oldCode->source());
}

void MainWindow::offerRepair()
{
    const RepairHints &hints = m_bench.repairHints();
    if (hints.isEmpty()) {
        return;
    }
    const auto count = static_cast<int>(hints.edits.size() + hints.observed.size());
    m_message->showQuestion(
        tr("The new code fails. %n thing(s) that migration held back may help.", nullptr, count),
        tr("Try them"), [this] { repair(); });
}

void MainWindow::repair()
{
    const RepairHints hints = m_bench.repairHints();
    const std::vector<Edit> &edits = m_newCode->state().edits();
    std::vector<std::size_t> rows;
    for (std::size_t row = 0; row < edits.size(); ++row) {
        if (std::find(hints.edits.begin(), hints.edits.end(), edits[row].id) != hints.edits.end()) {
            rows.push_back(row);
        }
    }
    if (!rows.empty()) {
        accept(rows, true);
    }
    m_isValidationDue = !hints.observed.empty();
    if (m_isValidationDue) {
        m_bench.migrateKnowing(m_oldCode->source(), hints.observed);
    } else {
        validate();
    }
}

void MainWindow::validate()
{
    showTab(ResultsTab);
    m_bench.validate(m_oldCode->source(), m_newCode->source());
}

void MainWindow::onMigrated(const std::shared_ptr<const Migration> &migration)
{
    const std::vector<Residue> conflicts = m_newCode->adopt(migration);
    m_bench.addResidues(conflicts);
    if (!conflicts.empty()) {
        m_message->showNote(tr("Lines that you edited were also changed by the new migration: "
                               "yours were kept. “Not migrated” lists them."));
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
    m_isChosenByUser = false;
    if (!migration->edits.empty()) {
        showChange(0);
    }
}

void MainWindow::onRetrieved()
{
    updateTitles();
    m_bench.autosave(m_newCode->source());
    if (m_changeBar->current() >= 0) {
        showChange(m_changeBar->current());
    }
    if (!m_isChosenByUser) {
        m_notes->scrollTo(0);
    }
    if (std::exchange(m_isValidationDue, false)) {
        validate();
    }
    if (std::exchange(m_isAskDue, false)) {
        askModel();
    }
}

void MainWindow::chooseChange(int row)
{
    m_isChosenByUser = true;
    showChange(row);
}

void MainWindow::showChange(int row)
{
    m_isChoosing = true;
    m_changeBar->setCurrent(row);
    m_shownChanges.clear();
    if (m_changeBar->current() >= 0) {
        m_shownChanges = {row};
        m_changesTable->select(row);
        const int note = m_bench.chunks()->highlight(m_bench.changes()->edit(row).changes);
        if (note >= 0 && m_isChosenByUser) {
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
                         m_layout == Layout::InlineNotes ? DiffView::Inline : DiffView::SideBySide,
                         divergenceNote());
        if (isFirst && m_changeBar->current() >= 0) {
            showChange(m_changeBar->current());
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
    const QString path = m_bench.abandonedSession();
    if (!path.isEmpty()) {
        m_message->showQuestion(
            tr("TorchLift was not closed properly. What you did last was kept."), tr("Restore"),
            [this, path] { m_bench.recover(path); });
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
    const auto &retrieval = chunks->retrieval();
    m_notesPanel->setToolTip(retrieval && retrieval->embedding
                                 ? tr("Found by %1").arg(qstring(describe(*retrieval->embedding)))
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
    m_settingsBar->setEmbeddings(m_bench.readiness()->models);
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
    m_dataAction->setEnabled(hasCode);
    m_observeAction->setEnabled(hasCode && !now.testFlag(Workbench::Migrating)
                                && !now.testFlag(Workbench::Observing));
    m_bisectAction->setEnabled(hasCode && !now.testFlag(Workbench::Bisecting));
    m_casesAction->setEnabled(!now.testFlag(Workbench::Validating));
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
                     : now.testFlag(Workbench::Bisecting)  ? "bisecting"
                     : now.testFlag(Workbench::Observing)  ? "observing"
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
    m_bothAction->setChecked(m_bench.settings().options.keepsSource);
    m_model->setHasProfile(hasModel());
    m_warmAction->setChecked(m_settings.flag(QStringLiteral("run/keepWarm"), true));
    m_bench.setKeepsWarm(m_warmAction->isChecked());
    m_traceAction->setChecked(m_settings.flag(QStringLiteral("run/trace"), false));
    m_cudaAction->setChecked(m_settings.flag(QStringLiteral("run/cudaAsCpu"), false));
    applyRunOptions();
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
            saveSession(then);
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
