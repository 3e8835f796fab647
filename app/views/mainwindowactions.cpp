#include <QActionGroup>
#include <QApplication>
#include <QClipboard>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QMenuBar>
#include <QMessageBox>
#include <QPushButton>
#include <QStackedWidget>
#include <QTabWidget>
#include <QToolBar>
#include <QToolButton>

#include "models/texts.h"
#include "views/aboutdialog.h"
#include "views/changebar.h"
#include "views/datadialog.h"
#include "views/embeddingsdialog.h"
#include "views/environmentsdialog.h"
#include "views/findbar.h"
#include "views/icons.h"
#include "views/mainwindow.h"
#include "views/messagebar.h"
#include "views/migratededitor.h"
#include "views/modeldialog.h"
#include "views/modelpane.h"
#include "views/panel.h"
#include "views/readinessview.h"
#include "views/settingsbar.h"
#include "views/theme.h"

namespace TorchLift {

namespace {

QAction *checkable(QActionGroup *group, const QString &value)
{
    auto *action = new QAction(group);
    action->setCheckable(true);
    action->setData(value);
    return action;
}

} // namespace

void MainWindow::createActions()
{
    const auto add = [this](QAction *&action, const QList<QKeySequence> &keys, auto slot) {
        action = new QAction(this);
        action->setShortcuts(keys);
        connect(action, &QAction::triggered, this, slot);
        addAction(action);
    };
    add(m_openAction, {QKeySequence::Open}, [this] { chooseFile(); });
    add(m_pasteAction, {QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_V)}, [this] { paste(); });
    add(m_sampleAction, {}, [this] { openSample(); });
    add(m_saveAction, {QKeySequence::Save}, [this] { saveCode(); });
    add(m_saveSessionAction, {QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_S)},
        [this] { saveSession(); });
    add(m_exportAction, {}, [this] { exportResults(); });
    add(m_importAction, {}, [this] { importResults(false); });
    add(m_importFolderAction, {}, [this] { importResults(true); });
    add(m_casesAction, {}, [this] { validateCases(); });
    add(m_quitAction, {QKeySequence::Quit}, [this] { close(); });
    add(m_undoAction, {}, [this] { m_newCode->undo(); });
    add(m_redoAction, {}, [this] { m_newCode->redo(); });
    add(m_findAction, {QKeySequence::Find}, [this] { startFind(); });
    add(m_findNextAction, {QKeySequence(Qt::Key_F3)}, [this] { m_find->find(true); });
    add(m_migrateAction, {QKeySequence(Qt::Key_F5)}, [this] { migrate(); });
    add(m_observeAction, {QKeySequence(Qt::SHIFT | Qt::Key_F5)}, [this] { observe(); });
    add(m_bothAction, {}, [this] {
        MigrationSettings settings = m_settingsBar->settings();
        settings.options.keepsSource = m_bothAction->isChecked();
        m_settingsBar->setSettings(settings);
        adoptSettings();
    });
    m_bothAction->setCheckable(true);
    add(m_validateAction, {QKeySequence(Qt::Key_F6)}, [this] { validate(); });
    add(m_askAction, {QKeySequence(Qt::Key_F7)}, [this] { askModel(); });
    add(m_cancelAction, {QKeySequence(Qt::Key_Escape)}, [this] { m_bench.cancel(); });
    add(m_nextAction, {QKeySequence(Qt::Key_F8)}, [this] { stepChange(1); });
    add(m_previousAction, {QKeySequence(Qt::SHIFT | Qt::Key_F8)}, [this] { stepChange(-1); });
    const auto acceptCurrent = [this](bool isAccepted) {
        if (m_changeBar->current() >= 0) {
            accept({static_cast<std::size_t>(m_changeBar->current())}, isAccepted);
        }
    };
    add(m_acceptAction,
        {QKeySequence(Qt::CTRL | Qt::Key_Return), QKeySequence(Qt::CTRL | Qt::Key_Enter)},
        [acceptCurrent] { acceptCurrent(true); });
    add(m_rejectAction, {QKeySequence(Qt::CTRL | Qt::Key_Backspace)},
        [acceptCurrent] { acceptCurrent(false); });
    add(m_modelAction, {}, [this] { setUpModel(); });
    add(m_bisectAction, {}, [this] { confirmBisection(); });
    add(m_environmentsAction, {}, [this] { showEnvironments(); });
    add(m_embeddingsAction, {}, [this] { showEmbeddings(); });
    add(m_dataAction, {}, [this] { chooseData(); });
    add(m_warmAction, {}, [this] {
        m_settings.set(QStringLiteral("run/keepWarm"), m_warmAction->isChecked());
        m_bench.setKeepsWarm(m_warmAction->isChecked());
    });
    m_warmAction->setCheckable(true);
    add(m_traceAction, {}, [this] { setTrace(m_traceAction->isChecked()); });
    m_traceAction->setCheckable(true);
    add(m_cudaAction, {}, [this] {
        m_settings.set(QStringLiteral("run/cudaAsCpu"), m_cudaAction->isChecked());
        applyRunOptions();
    });
    m_cudaAction->setCheckable(true);
    add(m_zoomInAction, {QKeySequence::ZoomIn, QKeySequence(Qt::CTRL | Qt::Key_Equal)},
        [this] { changeFontSize(1); });
    add(m_zoomOutAction, {QKeySequence::ZoomOut}, [this] { changeFontSize(-1); });
    add(m_zoomResetAction, {QKeySequence(Qt::CTRL | Qt::Key_0)}, [this] { changeFontSize(0); });
    add(m_bottomAction, {QKeySequence(Qt::Key_F9)},
        [this] { m_tabs->setVisible(m_bottomAction->isChecked()); });
    m_bottomAction->setCheckable(true);
    m_bottomAction->setChecked(true);
    add(m_aboutAction, {}, [this] { showAbout(); });

    m_layoutActions = new QActionGroup(this);
    const auto addLayout = [this](QAction *&action, Layout layout, Qt::Key key) {
        action = checkable(m_layoutActions, {});
        action->setShortcut(QKeySequence(Qt::CTRL | key));
        connect(action, &QAction::triggered, this, [this, layout] { setLayoutMode(layout); });
        addAction(action);
    };
    addLayout(m_allPanesAction, Layout::AllPanes, Qt::Key_1);
    addLayout(m_sideBySideAction, Layout::SideBySide, Qt::Key_2);
    addLayout(m_inlineAction, Layout::InlineNotes, Qt::Key_3);

    m_themeActions = new QActionGroup(this);
    for (const char *name : {"system", "light", "dark"}) {
        checkable(m_themeActions, QLatin1String(name));
    }
    connect(m_themeActions, &QActionGroup::triggered, this,
            [this](QAction *action) { setThemeName(action->data().toString()); });
    m_languageActions = new QActionGroup(this);
    checkable(m_languageActions, QStringLiteral("en"))->setText(QStringLiteral("English"));
    checkable(m_languageActions, QStringLiteral("ru"))->setText(QStringLiteral("Русский"));
    connect(m_languageActions, &QActionGroup::triggered, this,
            [this](QAction *action) { setLanguage(action->data().toString()); });
}

void MainWindow::createMenus()
{
    m_fileMenu = menuBar()->addMenu(QString());
    m_fileMenu->addActions({m_openAction, m_pasteAction, m_sampleAction});
    m_recentMenu = m_fileMenu->addMenu(QString());
    m_fileMenu->addSeparator();
    m_fileMenu->addActions({m_saveAction, m_saveSessionAction});
    m_fileMenu->addSeparator();
    m_fileMenu->addActions({m_exportAction, m_importAction, m_importFolderAction, m_casesAction});
    m_fileMenu->addSeparator();
    m_fileMenu->addAction(m_quitAction);

    m_editMenu = menuBar()->addMenu(QString());
    m_editMenu->addActions({m_undoAction, m_redoAction});
    m_editMenu->addSeparator();
    m_editMenu->addActions({m_findAction, m_findNextAction});
    m_editMenu->addSeparator();
    m_editMenu->addActions({m_nextAction, m_previousAction, m_acceptAction, m_rejectAction});

    m_viewMenu = menuBar()->addMenu(QString());
    m_viewMenu->addActions(m_layoutActions->actions());
    m_viewMenu->addAction(m_bottomAction);
    m_viewMenu->addSeparator();
    m_viewMenu->addActions({m_zoomInAction, m_zoomOutAction, m_zoomResetAction});
    m_viewMenu->addSeparator();
    m_themeMenu = m_viewMenu->addMenu(QString());
    m_themeMenu->addActions(m_themeActions->actions());
    m_languageMenu = m_viewMenu->addMenu(QString());
    m_languageMenu->addActions(m_languageActions->actions());

    m_runMenu = menuBar()->addMenu(QString());
    m_runMenu->addActions({m_migrateAction, m_observeAction, m_validateAction, m_bisectAction,
                           m_askAction, m_cancelAction});
    m_runMenu->addSeparator();
    m_runMenu->addActions({m_bothAction, m_traceAction, m_cudaAction, m_warmAction, m_dataAction,
                           m_environmentsAction, m_embeddingsAction, m_modelAction});

    m_helpMenu = menuBar()->addMenu(QString());
    m_helpMenu->addAction(m_aboutAction);

    m_settingsBar = new SettingsBar(this);
    m_toolBar = addToolBar(QString());
    m_toolBar->setObjectName(QStringLiteral("tools"));
    m_toolBar->setMovable(false);
    m_toolBar->setContextMenuPolicy(Qt::PreventContextMenu);
    m_toolBar->setIconSize({18, 18});
    m_toolBar->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_toolBar->addActions({m_openAction, m_saveAction});
    m_toolBar->addSeparator();
    m_toolBar->addActions({m_migrateAction, m_validateAction, m_askAction, m_cancelAction});
    m_toolBar->addSeparator();
    m_toolBar->addWidget(m_settingsBar);
    for (QAction *action : {m_openAction, m_saveAction, m_askAction, m_cancelAction}) {
        qobject_cast<QToolButton *>(m_toolBar->widgetForAction(action))
            ->setToolButtonStyle(Qt::ToolButtonIconOnly);
    }
    m_toolBar->widgetForAction(m_migrateAction)->setProperty("primary", true);
}

void MainWindow::retranslateActions()
{
    m_fileMenu->setTitle(tr("&File"));
    m_recentMenu->setTitle(tr("Open &recent"));
    m_editMenu->setTitle(tr("&Edit"));
    m_viewMenu->setTitle(tr("&View"));
    m_themeMenu->setTitle(tr("&Appearance"));
    m_languageMenu->setTitle(tr("&Language"));
    m_runMenu->setTitle(tr("&Run"));
    m_helpMenu->setTitle(tr("&Help"));
    m_openAction->setText(tr("&Open …"));
    m_pasteAction->setText(tr("&Paste as old code"));
    m_sampleAction->setText(tr("Open the sa&mple"));
    m_saveAction->setText(tr("&Save new code as …"));
    m_saveSessionAction->setText(tr("Save s&ession as …"));
    m_exportAction->setText(tr("Export results …"));
    m_importAction->setText(tr("Import results …"));
    m_importFolderAction->setText(tr("Import folder of results …"));
    m_casesAction->setText(tr("Validate cases …"));
    m_casesAction->setToolTip(tr("Run many cases of old and new code, one after another; opened "
                                 "again they go on where they ended"));
    m_quitAction->setText(tr("&Quit"));
    m_undoAction->setText(tr("&Undo in the new code"));
    m_redoAction->setText(tr("&Redo in the new code"));
    m_findAction->setText(tr("&Find …"));
    m_findNextAction->setText(tr("Find &next"));
    m_migrateAction->setText(tr("Migrate"));
    m_observeAction->setText(tr("Migrate by &observed types"));
    m_observeAction->setToolTip(tr("Runs the old code in both versions first, to see types that "
                                   "reading does not tell (Shift+F5)"));
    m_bothAction->setText(tr("&Only changes that also run in the old version"));
    m_bothAction->setToolTip(
        tr("The next migration makes only changes whose new form was measured to work in both"));
    m_validateAction->setText(tr("Validate"));
    m_askAction->setText(tr("Ask model"));
    m_cancelAction->setText(tr("Cancel"));
    m_nextAction->setText(tr("&Next change"));
    m_previousAction->setText(tr("&Previous change"));
    m_acceptAction->setText(tr("&Accept change"));
    m_rejectAction->setText(tr("Re&ject change"));
    m_modelAction->setText(tr("Language &model …"));
    m_bisectAction->setText(tr("Find the &release that breaks it …"));
    m_environmentsAction->setText(tr("&Environments …"));
    m_embeddingsAction->setText(tr("Em&bedding models …"));
    m_dataAction->setText(tr("&Files the code may read …"));
    m_warmAction->setText(tr("&Keep interpreters ready"));
    m_traceAction->setText(tr("Find the first &line that differs"));
    m_traceAction->setToolTip(
        tr("Validation also follows what every line assigns; that is slower"));
    m_cudaAction->setText(tr("Map CU&DA to the CPU"));
    m_cudaAction->setToolTip(
        tr("Code that asks for a CUDA card gets the CPU, in both versions; results say so"));
    m_warmAction->setToolTip(tr("Validation then starts at once; they take memory meanwhile"));
    m_zoomInAction->setText(tr("Larger code"));
    m_zoomOutAction->setText(tr("Smaller code"));
    m_zoomResetAction->setText(tr("Normal size"));
    m_bottomAction->setText(tr("&Tables below"));
    m_aboutAction->setText(tr("&About TorchLift"));
    m_allPanesAction->setText(tr("&Code, notes and migrated code"));
    m_sideBySideAction->setText(tr("Code &side by side"));
    m_inlineAction->setText(tr("Notes and changes &inline"));
    m_openAction->setToolTip(tr("Open Python code or a session (Ctrl+O)"));
    m_saveAction->setToolTip(tr("Save the new code as … (Ctrl+S)"));
    m_migrateAction->setToolTip(tr("Rewrite what breaks and find its release notes (F5)"));
    m_validateAction->setToolTip(tr("Run old and new code and compare (F6)"));
    m_askAction->setToolTip(hasModel()
                                ? tr("Send code and notes to the language model (F7)")
                                : tr("No language model is set up: one would rewrite what rules "
                                     "cannot. See Run, Language model."));
    m_cancelAction->setToolTip(tr("Stop what is running (Esc)"));
    const QList<QAction *> themes = m_themeActions->actions();
    themes[0]->setText(tr("As the desktop"));
    themes[1]->setText(tr("Light"));
    themes[2]->setText(tr("Dark"));
    const QString theme = m_settings.text(QStringLiteral("view/theme"), QStringLiteral("system"));
    for (QAction *action : themes) {
        action->setChecked(action->data().toString() == theme);
    }
    for (QAction *action : m_languageActions->actions()) {
        action->setChecked(action->data().toString() == m_language.current());
    }
    const std::pair<QAction *, const char *> icons[] = {
        {m_openAction, "open"},         {m_saveAction, "save"},         {m_pasteAction, "paste"},
        {m_validateAction, "validate"}, {m_askAction, "ask"},           {m_cancelAction, "cancel"},
        {m_allPanesAction, "panes"},    {m_sideBySideAction, "split"},  {m_inlineAction, "inline"},
        {m_nextAction, "next"},         {m_previousAction, "previous"},
    };
    for (const auto &[action, name] : icons) {
        action->setIcon(icon(QLatin1String(name)));
    }
    m_migrateAction->setIcon(icon(QStringLiteral("migrate"), Theme::current().onAccent));
    fillRecentMenu();
}

void MainWindow::fillRecentMenu()
{
    m_recentMenu->clear();
    for (const QString &path : m_settings.recentFiles()) {
        QAction *action = m_recentMenu->addAction(QDir::toNativeSeparators(path));
        connect(action, &QAction::triggered, this, [this, path] { openFile(path); });
    }
    m_recentMenu->setEnabled(!m_recentMenu->isEmpty());
}

void MainWindow::chooseFile()
{
    auto *dialog =
        new QFileDialog(this, tr("Open old code"), QFileInfo(m_bench.filePath()).absolutePath(),
                        tr("Python code and sessions (*.py *.torchlift);;All files (*)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, this, &MainWindow::openFile);
    dialog->open();
}

void MainWindow::paste()
{
    const QString text = QApplication::clipboard()->text();
    if (text.trimmed().isEmpty()) {
        m_message->showNote(tr("There is no text to paste. Copy some Python code first."));
        return;
    }
    guardUnsaved([this, text] { m_bench.openText(text); });
}

void MainWindow::openSample()
{
    const QDir demos(qstring((m_bench.paths().resources / "demos").string()));
    const QStringList files = demos.entryList({QStringLiteral("*.py")}, QDir::Files, QDir::Name);
    if (files.isEmpty()) {
        m_message->showError({Errc::NotFound, "no *.py in " + demos.path().toStdString(),
                              demos.path().toStdString(), "installer/setup.sh"});
        return;
    }
    openFile(demos.filePath(files.first()));
}

void MainWindow::saveCode()
{
    const QFileInfo old(m_bench.filePath().isEmpty() ? QDir::home().filePath(m_bench.fileName())
                                                     : m_bench.filePath());
    const QString proposed = old.dir().filePath(
        QStringLiteral("%1_torch%2.py")
            .arg(old.completeBaseName(), qstring(m_bench.targetVersion().toShortString())));
    auto *dialog = new QFileDialog(this, tr("Save new code as"), proposed,
                                   tr("Python code (*.py);;All files (*)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->selectFile(proposed);
    connect(dialog, &QFileDialog::fileSelected, this,
            [this](const QString &path) { m_bench.saveCode(path, m_newCode->source()); });
    dialog->open();
}

void MainWindow::saveSession(std::function<void()> then)
{
    const QFileInfo old(m_bench.filePath().isEmpty() ? QDir::home().filePath(m_bench.fileName())
                                                     : m_bench.filePath());
    auto *dialog = new QFileDialog(this, tr("Save session as"), {}, tr("Sessions (*.torchlift)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(QStringLiteral("torchlift"));
    dialog->selectFile(old.dir().filePath(old.completeBaseName() + QStringLiteral(".torchlift")));
    connect(dialog, &QFileDialog::fileSelected, this,
            [this, then = std::move(then)](const QString &path) {
                m_afterSaving = then;
                saveSessionAs(path);
            });
    dialog->open();
}

void MainWindow::saveSessionAs(const QString &path)
{
    m_bench.saveSession(path, m_newCode->source());
}

void MainWindow::exportResults()
{
    auto *dialog = new QFileDialog(this, tr("Export results"), {}, tr("Tables (*.csv)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(QStringLiteral("csv"));
    connect(dialog, &QFileDialog::fileSelected, &m_bench, &Workbench::exportResults);
    dialog->open();
}

void MainWindow::importResults(bool isFolder)
{
    auto *dialog =
        new QFileDialog(this, isFolder ? tr("Import a folder of results") : tr("Import results"),
                        {}, tr("Tables (*.csv);;All files (*)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(isFolder ? QFileDialog::Directory : QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString &path) {
        m_pages->setCurrentIndex(1);
        showTab(ResultsTab);
        m_bench.importResults(path);
    });
    dialog->open();
}

void MainWindow::validateCases()
{
    auto *dialog = new QFileDialog(this, tr("Validate cases"), {},
                                   tr("Cases (*.jsonl *.json *.csv);;All files (*)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString &path) {
        m_pages->setCurrentIndex(1);
        showTab(ResultsTab);
        m_bench.validateCases(path);
    });
    dialog->open();
}

void MainWindow::setUpModel()
{
    auto *dialog = new ModelDialog(m_bench.paths(), m_profile,
                                   m_settings.flag(QStringLiteral("model/offline"), false), this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &QDialog::accepted, this, [this, dialog] {
        m_profile = dialog->profile();
        m_settings.setProfile(m_profile);
        m_settings.set(QStringLiteral("model/offline"), dialog->isOffline());
        m_settingsBar->setHasModel(hasModel());
        m_model->setHasProfile(hasModel());
        retranslateActions();
        updateReadiness();
        updateActivities();
    });
    dialog->open();
}

void MainWindow::showEnvironments()
{
    auto *dialog = new EnvironmentsDialog(m_bench.paths(), this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &EnvironmentsDialog::environmentsChanged, &m_bench, &Workbench::inspect);
    dialog->open();
}

void MainWindow::showEmbeddings()
{
    auto *dialog = new EmbeddingsDialog(m_bench.paths(), m_bench.settings().embedding, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &EmbeddingsDialog::embeddingChosen, this, &MainWindow::useEmbedding);
    connect(dialog, &EmbeddingsDialog::modelChanged, this, [this](const QString &model) {
        m_bench.reopenEmbedding(qstring(m_bench.settings().embedding.model) == model);
    });
    dialog->open();
}

void MainWindow::useEmbedding(const EmbeddingChoice &choice)
{
    MigrationSettings settings = m_settingsBar->settings();
    settings.embedding = choice;
    m_settingsBar->setSettings(settings);
    adoptSettings();
}

void MainWindow::chooseData()
{
    const QString file = m_bench.filePath();
    auto *dialog = new DataDialog(m_settings.dataFiles(file), QFileInfo(file).absolutePath(), this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &QDialog::accepted, this, [this, dialog, file] {
        m_settings.setDataFiles(file, dialog->paths());
        if (file == m_bench.filePath()) {
            m_bench.setDataFiles(dialog->paths());
        }
    });
    dialog->open();
}

void MainWindow::confirmBisection()
{
    auto *box = new QMessageBox(
        QMessageBox::Question, tr("Run the old code in further releases?"),
        tr("The first release in which it fails, differs or warns is looked for by running it "
           "there. Releases that are not installed are downloaded, several GB at most, one at a "
           "time, and removed again."),
        QMessageBox::NoButton, this);
    box->setAttribute(Qt::WA_DeleteOnClose);
    QPushButton *yes = box->addButton(tr("Look for it"), QMessageBox::AcceptRole);
    box->addButton(QMessageBox::Cancel);
    connect(box, &QMessageBox::finished, this, [this, box, yes] {
        if (box->clickedButton() == static_cast<QAbstractButton *>(yes)) {
            bisect();
        }
    });
    box->open();
}

void MainWindow::bisect()
{
    m_bench.bisect(m_oldCode->source());
}

void MainWindow::askModel()
{
    const QString url = qstring(m_profile.baseUrl);
    const auto send = [this] {
        const bool isHybrid = m_bench.settings().mode == MigrationMode::Hybrid;
        m_bench.ask(m_profile, isHybrid ? m_newCode->source() : m_oldCode->source());
    };
    if (isLoopback(url)) {
        send();
        return;
    }
    if (m_settings.flag(QStringLiteral("model/offline"), false)) {
        m_message->showNote(tr("Offline is switched on: nothing is sent to %1. Change it under "
                               "Run, Language model.")
                                .arg(hostOf(url)));
        return;
    }
    const QString folder = QFileInfo(m_bench.filePath()).absolutePath();
    if (m_settings.isAllowed(folder, hostOf(url))) {
        send();
        return;
    }
    auto *box = new QMessageBox(
        QMessageBox::Question, tr("Send code to another machine?"),
        tr("The code and the release notes found for it are sent to %1. This is asked once for "
           "each folder and machine.")
            .arg(hostOf(url)),
        QMessageBox::NoButton, this);
    box->setAttribute(Qt::WA_DeleteOnClose);
    QPushButton *yes = box->addButton(tr("Send"), QMessageBox::AcceptRole);
    box->addButton(QMessageBox::Cancel);
    connect(box, &QMessageBox::finished, this, [this, box, yes, send, folder, url] {
        if (box->clickedButton() == static_cast<QAbstractButton *>(yes)) {
            m_settings.allow(folder, hostOf(url));
            send();
        }
    });
    box->open();
}

void MainWindow::startFind()
{
    m_find->start(m_oldCode->hasFocus() ? m_oldCode : m_newCode);
}

void MainWindow::changeFontSize(int steps)
{
    m_fontSize = steps == 0 ? 10 : std::clamp(m_fontSize + steps, 6, 32);
    m_oldCode->setCodeFontSize(m_fontSize);
    m_newCode->setCodeFontSize(m_fontSize);
}

void MainWindow::showAbout()
{
    auto *dialog = new AboutDialog(this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->open();
}

} // namespace TorchLift
