#pragma once

#include <memory>
#include <optional>
#include <string>

#include <QFlags>
#include <QObject>

#include "models/changesmodel.h"
#include "models/chunksmodel.h"
#include "models/residuesmodel.h"
#include "models/resultsmodel.h"
#include "pipeline/repair.h"
#include "services/autosave.h"
#include "services/chatservice.h"
#include "services/documentservice.h"
#include "services/migrationservice.h"
#include "services/validationservice.h"

namespace TorchLift {

/// How the new code is made.
enum class MigrationMode { Rules, Llm, Hybrid };

/// What the user chose for the next migration.
struct MigrationSettings
{
    MigrationOptions options;
    MigrationMode mode = MigrationMode::Rules;
    std::size_t k = 6;
    EmbeddingChoice embedding;
};

/// The document that the window shows and what is going on with it: the way from an opened file
/// to results, as signals. Knows no widget; the texts as typed are handed in by the window.
/// GUI thread only; nothing here blocks.
class Workbench final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(Workbench)

public:
    enum Activity {
        Idle = 0,
        Opening = 1,
        Migrating = 2,
        Retrieving = 4,
        Validating = 8,
        Asking = 16,
        Bisecting = 32,
        Observing = 64,
    };
    Q_DECLARE_FLAGS(Activities, Activity)

    explicit Workbench(Paths paths, QObject *parent = nullptr);

    [[nodiscard]] const Paths &paths() const { return m_paths; }
    [[nodiscard]] ChangesModel *changes() { return &m_changes; }
    [[nodiscard]] ResiduesModel *residues() { return &m_residues; }
    [[nodiscard]] ChunksModel *chunks() { return &m_chunks; }
    [[nodiscard]] ResultsModel *results() { return &m_results; }

    [[nodiscard]] Activities activities() const { return m_activities; }
    [[nodiscard]] const std::optional<Readiness> &readiness() const { return m_readiness; }
    /// Whether inspect() had its answer, good or bad.
    [[nodiscard]] bool isInspected() const { return m_isInspected; }
    [[nodiscard]] QString filePath() const { return m_filePath; }
    [[nodiscard]] QString fileName() const;
    [[nodiscard]] const SourceText &source() const { return m_source; }
    [[nodiscard]] std::shared_ptr<const Migration> migration() const { return m_migration; }
    [[nodiscard]] const std::string &explanation() const { return m_explanation; }
    /// The versions that are compared when code is run.
    [[nodiscard]] Version sourceVersion() const;
    [[nodiscard]] Version targetVersion() const { return m_settings.options.to; }
    [[nodiscard]] const MigrationSettings &settings() const { return m_settings; }
    /// Another embedding looks for the release notes of what is shown again.
    void setSettings(const MigrationSettings &settings);

    /// Looks again at what is installed.
    void inspect();
    /// The same, after embedding models were installed or removed: notes are looked for again where
    /// `isOursConcerned`, the one that is chosen being another now.
    void reopenEmbedding(bool isOursConcerned);
    /// Python code, or a session when the name ends in .torchlift.
    void open(const QString &path);
    /// Code from somewhere else than a file.
    void openText(const QString &text);
    void saveCode(const QString &path, std::string newCode);
    void saveSession(const QString &path, std::string newCode);
    void exportResults(const QString &path);
    void importResults(const QString &path);

    void migrate(std::string oldCode);
    /// Runs `oldCode` in both versions to see types that reading does not tell, and migrates with
    /// them; later migrations of the same code know them, too.
    void observe(std::string oldCode);
    /// Migrates once more, with further types known.
    void migrateKnowing(std::string oldCode, const Observations &observed);
    /// What the last validation's failed run leads to among what migration held back.
    [[nodiscard]] const RepairHints &repairHints() const { return m_hints; }
    /// What else is not migrated: edits by hand that a migration left as they are.
    void addResidues(const std::vector<Residue> &residues);
    void validate(std::string oldCode, std::string newCode);
    /// Looks for the first release in which `oldCode` goes wrong. Missing environments are made
    /// for it and removed again. What is found narrows the notes.
    void bisect(std::string oldCode);
    [[nodiscard]] const std::optional<BisectionAnswer> &bisection() const { return m_bisection; }
    /// A file or folder of cases (validation/cases.h), each a row of the results.
    void validateCases(const QString &path);
    /// Sends the prompt for `code` to the model.
    void ask(const ChatProfile &profile, std::string code);
    void cancel();

    /// Keeps what was done so far, so that a crash loses nothing.
    void autosave(std::string newCode);
    /// What another window left behind when it ended without being closed; empty: nothing.
    [[nodiscard]] QString abandonedSession() const { return m_autosave.abandoned(); }
    /// Opens it as this window's own.
    void recover(const QString &abandoned);
    /// The window is closed properly: nothing has to be kept.
    void removeAutosave();
    /// How code is run from the next validation on.
    void setRunOptions(bool isTraced, bool isCudaOnCpu);
    /// Files and folders that code may read while it runs.
    void setDataFiles(const QStringList &paths);
    /// Where the last validation's runs part ways first; null where it found no such place, or
    /// the texts are no longer those that ran.
    [[nodiscard]] const Divergence *divergence(const std::string &oldCode,
                                               const std::string &newCode) const;
    /// Whether interpreters wait for code to run; they take memory meanwhile.
    void setKeepsWarm(bool keepsWarm);
    void retranslate();

Q_SIGNALS:
    /// `isRestored`: from a session, whose migration follows at once.
    void opened(bool isRestored);
    void sessionRestored(const QString &newCode);
    void failed(const TorchLift::Error &error);
    void saved(const QString &path);
    void sessionSaved(const QString &path);
    void migrated(const std::shared_ptr<const TorchLift::Migration> &migration);
    void retrieved();
    void rowChanged();
    void validated(bool isComplete);
    /// bisection() tells; nullopt: nothing goes wrong in the target.
    void bisected();
    void askStarted();
    void modelTextArrived(const QString &text);
    /// The answer ended early: cancelled, or `failed` says why.
    void modelStopped();
    void modelAnswered(const QString &code, const QString &explanation, bool isCutOff);
    void readinessChanged();
    void activitiesChanged();
    void progressed(const TorchLift::Progress &progress);
    void logged(const QString &line);

private:
    void connectDocuments();
    void connectMigration();
    void connectValidation();
    void connectCases();
    void connectChat();
    void adopt(const QString &path, SourceText source, bool isRestored = false);
    void restore(const QString &path, const Session &session);
    void begin(Activity activity);
    void finish(Activity activity);
    void fail(const Error &error);
    [[nodiscard]] Session session(std::string newCode, const QString &name) const;
    void keepWarm();
    void useEmbedding();
    void retrieve();
    void retrieveAgain();
    void adoptObservations(const Result<Observations> &seen);
    void findRepairHints();
    [[nodiscard]] ValidateOptions runOptions() const;
    void takeOver(Activity activity);
    void adoptBisection(const Result<Bisection> &found);

    Paths m_paths;
    Autosave m_autosave;
    ChangesModel m_changes;
    ResiduesModel m_residues;
    ChunksModel m_chunks;
    ResultsModel m_results;

    MigrationSettings m_settings;
    Activities m_activities = Idle;
    std::optional<Readiness> m_readiness;
    bool m_isInspected = false;
    bool m_keepsWarm = false;
    bool m_isTraced = false;
    bool m_isCudaOnCpu = false;
    std::vector<std::filesystem::path> m_dataFiles;
    std::string m_validatedOld; // the texts that m_result is of
    std::string m_validatedNew;
    bool m_isClosed = false;
    QString m_filePath;
    SourceText m_source;
    std::shared_ptr<const Migration> m_migration;
    std::optional<ResultRow> m_result;
    std::string m_bisectedCode; // that m_bisection is of
    std::optional<BisectionAnswer> m_bisection;
    std::string m_observedCode; // that m_observed is of
    Observations m_observed;
    RepairHints m_hints;
    ChatProfile m_profile;
    std::string m_prompt;
    std::string m_answer;
    std::string m_explanation;

    DocumentService m_documents;
    MigrationService m_migrations;
    ValidationService m_validations;
    ChatService m_chat;
};

} // namespace TorchLift

Q_DECLARE_OPERATORS_FOR_FLAGS(TorchLift::Workbench::Activities)
