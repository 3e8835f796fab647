#pragma once

#include <functional>
#include <memory>
#include <vector>

#include <QMainWindow>
#include <QTimer>

#include "models/decorations.h"
#include "services/decorationservice.h"
#include "services/workbench.h"
#include "views/codepainter.h"
#include "views/language.h"
#include "views/windowsettings.h"

class QActionGroup;
class QLabel;
class QMenu;
class QPlainTextEdit;
class QProgressBar;
class QSplitter;
class QStackedWidget;
class QTabWidget;
class QToolBar;
class QToolButton;

namespace TorchLift {

class ChangeBar;
class CodeEditor;
class FindBar;
class MessageBar;
class MigratedEditor;
class ModelPane;
class NotesPane;
class Panel;
class ReadinessView;
class ResultsPane;
class SettingsBar;
class TablePane;

/// The window: wires the panes to the workbench. It computes nothing itself.
class MainWindow final : public QMainWindow
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(MainWindow)

public:
    /// Which panes stand beside each other.
    enum class Layout { AllPanes, SideBySide, InlineNotes };
    enum Tab { ChangesTab, ResultsTab, ResiduesTab, ModelTab, LogTab };

    explicit MainWindow(const Paths &paths, QWidget *parent = nullptr);
    ~MainWindow() override;

    void openFile(const QString &path);
    void openSample();
    /// Old code from the clipboard.
    void paste();
    void saveSessionAs(const QString &path);
    void migrate();
    void validate();
    /// Runs the old code to see types that reading does not tell, and migrates with them.
    void observe();
    /// The user chooses a change: it is shown in both panes, with its notes; -1 chooses none.
    void chooseChange(int row);
    void setLayoutMode(Layout layout);
    void setLanguage(const QString &language);
    void setThemeName(const QString &name);
    void showTab(Tab tab);
    /// Looks for the first release in which the old code goes wrong.
    void bisect();
    /// Whether validation finds the first line whose values differ, which takes longer.
    void setTrace(bool isTraced);
    /// Shows that line in both panes.
    void jumpToDivergence();
    /// Offers what a crash left behind.
    void offerRecovery();
    /// Opens the dialog about embedding models.
    void showEmbeddings();

    [[nodiscard]] Workbench *workbench() { return &m_bench; }
    [[nodiscard]] CodeEditor *oldCode() { return m_oldCode; }
    [[nodiscard]] MigratedEditor *newCode() { return m_newCode; }
    /// Nothing is going on, and what is shown is up to date.
    [[nodiscard]] bool isSettled() const;

Q_SIGNALS:
    void decorated();

protected:
    void changeEvent(QEvent *event) override;
    void closeEvent(QCloseEvent *event) override;
    void dragEnterEvent(QDragEnterEvent *event) override;
    void dropEvent(QDropEvent *event) override;

private:
    // mainwindowactions.cpp
    void createActions();
    void createMenus();
    void retranslateActions();
    void fillRecentMenu();
    void chooseFile();
    void saveCode();
    /// `then` is called after the session was written, and only then.
    void saveSession(std::function<void()> then = {});
    /// A table, or a folder with one for each model.
    void importResults(bool isFolder);
    void validateCases();
    void exportResults();
    void setUpModel();
    void showEnvironments();
    void useEmbedding(const EmbeddingChoice &choice);
    void chooseData();
    void confirmBisection();
    void askModel();
    void startFind();
    void changeFontSize(int steps);
    void showAbout();

    // mainwindowpanes.cpp
    void createPanes();
    void createStatusBar();
    void connectWorkbench();
    void connectPanes();

    // mainwindowdivergence.cpp
    [[nodiscard]] std::optional<DivergenceNote> divergenceNote() const;
    void applyRunOptions();

    // mainwindow.cpp
    void restoreSettings();
    /// The settings bar's are used from now on, and remembered.
    void adoptSettings();
    void rememberSettings();
    void applyThemeToPanes();
    void retranslate();
    void updateTitles();
    void updateReadiness();
    void updateActivities();
    void showProgress(const Progress &progress);
    void scheduleDecorations();
    void showDecorations(const std::shared_ptr<const Decorations> &decorations);
    void markCurrent();
    void showChange(int row);
    void chooseChangeAtLine(const CodeEditor *editor, int line);
    void chooseChunk(const QString &slug);
    void jumpToResidue(int row);
    void stepChange(int step);
    void accept(const std::vector<std::size_t> &rows, bool isAccepted);
    void onMigrated(const std::shared_ptr<const Migration> &migration);
    void onRetrieved();
    /// After a failed run: whether something that migration held back is worth a try.
    void offerRepair();
    void repair();
    /// Calls `then` at once, or after the user said what to do with unsaved changes.
    void guardUnsaved(std::function<void()> then);
    [[nodiscard]] bool hasUnsaved() const;
    [[nodiscard]] bool hasModel() const;

    WindowSettings m_settings;
    Language m_language;
    Workbench m_bench;
    DecorationService m_decorator;
    QTimer m_decorateTimer;
    std::shared_ptr<const Decorations> m_decorations;
    std::vector<int> m_shownChanges; // rows marked in the panes
    Layout m_layout = Layout::AllPanes;
    ChatProfile m_profile;
    int m_fontSize = 10;
    std::function<void()> m_afterSaving;
    bool m_isChoosing = false;
    bool m_isChosenByUser = false; // else the notes stay in their own order, best first
    bool m_isDecorating = false;
    bool m_isClosing = false;
    bool m_isValidationDue = false; // once the migration that was asked for is there
    bool m_isAskDue = false;        // the mode asks the model once the notes are there

    QStackedWidget *m_pages = nullptr;
    ReadinessView *m_start = nullptr;
    MessageBar *m_message = nullptr;
    FindBar *m_find = nullptr;
    QSplitter *m_columns = nullptr;
    QSplitter *m_rows = nullptr;
    Panel *m_oldPanel = nullptr;
    Panel *m_notesPanel = nullptr;
    Panel *m_newPanel = nullptr;
    CodeEditor *m_oldCode = nullptr;
    NotesPane *m_notes = nullptr;
    MigratedEditor *m_newCode = nullptr;
    ChangeBar *m_changeBar = nullptr;
    QTabWidget *m_tabs = nullptr;
    TablePane *m_changesTable = nullptr;
    ResultsPane *m_results = nullptr;
    TablePane *m_residuesTable = nullptr;
    ModelPane *m_model = nullptr;
    QPlainTextEdit *m_log = nullptr;
    QLabel *m_readinessLabel = nullptr;
    QLabel *m_progressLabel = nullptr;
    QProgressBar *m_progress = nullptr;
    QToolButton *m_stop = nullptr;

    QToolBar *m_toolBar = nullptr;
    SettingsBar *m_settingsBar = nullptr;
    QMenu *m_fileMenu = nullptr;
    QMenu *m_recentMenu = nullptr;
    QMenu *m_editMenu = nullptr;
    QMenu *m_viewMenu = nullptr;
    QMenu *m_themeMenu = nullptr;
    QMenu *m_languageMenu = nullptr;
    QMenu *m_runMenu = nullptr;
    QMenu *m_helpMenu = nullptr;
    QAction *m_openAction = nullptr;
    QAction *m_pasteAction = nullptr;
    QAction *m_sampleAction = nullptr;
    QAction *m_saveAction = nullptr;
    QAction *m_saveSessionAction = nullptr;
    QAction *m_exportAction = nullptr;
    QAction *m_importAction = nullptr;
    QAction *m_importFolderAction = nullptr;
    QAction *m_casesAction = nullptr;
    QAction *m_quitAction = nullptr;
    QAction *m_undoAction = nullptr;
    QAction *m_redoAction = nullptr;
    QAction *m_findAction = nullptr;
    QAction *m_findNextAction = nullptr;
    QAction *m_migrateAction = nullptr;
    QAction *m_observeAction = nullptr;
    QAction *m_bothAction = nullptr;
    QAction *m_validateAction = nullptr;
    QAction *m_askAction = nullptr;
    QAction *m_cancelAction = nullptr;
    QAction *m_previousAction = nullptr;
    QAction *m_nextAction = nullptr;
    QAction *m_acceptAction = nullptr;
    QAction *m_rejectAction = nullptr;
    QAction *m_modelAction = nullptr;
    QAction *m_environmentsAction = nullptr;
    QAction *m_embeddingsAction = nullptr;
    QAction *m_dataAction = nullptr;
    QAction *m_bisectAction = nullptr;
    QAction *m_warmAction = nullptr;
    QAction *m_traceAction = nullptr;
    QAction *m_cudaAction = nullptr;
    QAction *m_allPanesAction = nullptr;
    QAction *m_sideBySideAction = nullptr;
    QAction *m_inlineAction = nullptr;
    QAction *m_bottomAction = nullptr;
    QAction *m_zoomInAction = nullptr;
    QAction *m_zoomOutAction = nullptr;
    QAction *m_zoomResetAction = nullptr;
    QAction *m_aboutAction = nullptr;
    QActionGroup *m_layoutActions = nullptr;
    QActionGroup *m_themeActions = nullptr;
    QActionGroup *m_languageActions = nullptr;
};

} // namespace TorchLift
