#include "services/workbench.h"

#include <algorithm>
#include <utility>

#include <QDateTime>
#include <QDir>
#include <QFileInfo>

#include "models/texts.h"

namespace TorchLift {

namespace {

const QLatin1String kSessionSuffix(".torchlift");

} // namespace

Workbench::Workbench(Paths paths, QObject *parent)
    : QObject(parent)
    , m_paths(std::move(paths))
    , m_autosave(qstring((m_paths.data / "sessions").string()))
    , m_migrations(m_paths)
    , m_validations(m_paths)
    , m_chat(m_paths)
{
    connectDocuments();
    connectMigration();
    connectValidation();
    connectCases();
    connectChat();
}

QString Workbench::fileName() const
{
    return m_filePath.isEmpty() ? tr("pasted.py") : QFileInfo(m_filePath).fileName();
}

Version Workbench::sourceVersion() const
{
    return m_settings.options.from.value_or(Version{1, 0, 0});
}

void Workbench::setSettings(const MigrationSettings &settings)
{
    const bool isOther = settings.options.from != m_settings.options.from
                         || settings.options.to != m_settings.options.to;
    const bool embedsOtherwise = settings.embedding != m_settings.embedding;
    m_settings = settings;
    if (isOther) {
        m_results.setVersions(sourceVersion(), targetVersion());
    }
    if (embedsOtherwise) {
        useEmbedding();
    }
    if (isOther || embedsOtherwise) {
        inspect();
    }
    if (embedsOtherwise) {
        retrieveAgain();
    }
}

// The default one may be missing: then words and symbols find the notes.
void Workbench::useEmbedding()
{
    const EmbeddingChoice &choice = m_settings.embedding;
    m_migrations.useEmbedding(choice == EmbeddingChoice{} ? std::optional<EmbeddingChoice>()
                                                          : choice);
}

void Workbench::reopenEmbedding(bool isOursConcerned)
{
    if (isOursConcerned) {
        useEmbedding();
    }
    inspect();
    if (isOursConcerned) {
        retrieveAgain();
    }
}

// A migration that is under way looks for its notes anyway.
void Workbench::retrieveAgain()
{
    if (m_migration && !m_activities.testFlag(Migrating)) {
        retrieve();
    }
}

void Workbench::inspect()
{
    m_migrations.inspect(sourceVersion(), targetVersion());
}

void Workbench::open(const QString &path)
{
    cancel();
    begin(Opening);
    if (path.endsWith(kSessionSuffix)) {
        m_documents.openSession(path);
    } else {
        m_documents.open(path);
    }
}

void Workbench::openText(const QString &text)
{
    cancel();
    SourceText source;
    source.utf8 = text.toStdString();
    adopt({}, std::move(source));
}

void Workbench::saveCode(const QString &path, std::string newCode)
{
    m_documents.saveCode(path, std::move(newCode), m_source);
}

void Workbench::saveSession(const QString &path, std::string newCode)
{
    m_documents.saveSession(path, session(std::move(newCode), fileName()), false);
}

void Workbench::exportResults(const QString &path)
{
    m_documents.saveResults(path, m_results.rows());
}

void Workbench::importResults(const QString &path)
{
    m_documents.readResults(path);
}

void Workbench::migrate(std::string oldCode)
{
    if (oldCode != m_bisectedCode) {
        m_bisection.reset();
    }
    MigrationOptions options = m_settings.options;
    if (oldCode == m_observedCode && !m_observed.empty()) {
        options.observed = std::make_shared<const Observations>(m_observed);
    }
    begin(Migrating);
    m_migrations.migrate(std::move(oldCode), std::move(options));
}

void Workbench::observe(std::string oldCode)
{
    ObservationRequest request;
    request.name = fileName().toStdString();
    request.code = oldCode;
    request.options = runOptions();
    m_observedCode = std::move(oldCode);
    m_observed.clear();
    takeOver(Observing);
    m_validations.observe(std::move(request));
}

void Workbench::adoptObservations(const Result<Observations> &seen)
{
    if (!m_activities.testFlag(Observing)) {
        return; // it is of code that is no longer shown
    }
    finish(Observing);
    if (seen) {
        m_observed = *seen;
        Q_EMIT logged(tr("%n expression(s) have a type that only running tells", nullptr,
                         static_cast<int>(seen->size())));
        migrate(m_observedCode);
    } else if (seen.error().code != Errc::Cancelled) {
        fail(seen.error());
    }
}

void Workbench::migrateKnowing(std::string oldCode, const Observations &observed)
{
    if (oldCode != m_observedCode) {
        m_observed.clear();
        m_observedCode = oldCode;
    }
    for (const auto &[span, words] : observed) {
        m_observed[span] = words;
    }
    migrate(std::move(oldCode));
}

void Workbench::findRepairHints()
{
    m_hints = {};
    const bool isFailed = m_migration && m_result && m_result->oldAtSource
                          && m_result->oldAtSource->works() && m_result->newAtTarget
                          && !m_result->newAtTarget->works();
    if (isFailed) {
        Migration migration = *m_migration;
        migration.edits = m_changes.state().edits();
        migration.newCode = m_validatedNew;
        m_hints = TorchLift::repairHints(migration, *m_result->newAtTarget);
        // What was known already did not help.
        std::erase_if(m_hints.observed,
                      [this](const auto &hint) { return m_observed.contains(hint.first); });
    }
}

ValidateOptions Workbench::runOptions() const
{
    ValidateOptions options;
    options.source = sourceVersion();
    options.target = targetVersion();
    options.isCudaOnCpu = m_isCudaOnCpu;
    options.data = m_dataFiles;
    return options;
}

// The thread that runs code does one thing at a time; what it was at is not waited for any more.
void Workbench::takeOver(Activity activity)
{
    if (activity != Validating) {
        m_results.finishRow(fileName().toStdString());
    }
    m_activities &= ~(Activities(Validating) | Bisecting | Observing);
    begin(activity);
}

void Workbench::addResidues(const std::vector<Residue> &residues)
{
    if (residues.empty() || !m_migration) {
        return;
    }
    Migration migration = *m_migration;
    migration.residues.insert(migration.residues.end(), residues.begin(), residues.end());
    std::stable_sort(migration.residues.begin(), migration.residues.end(),
                     [](const Residue &a, const Residue &b) { return a.span < b.span; });
    m_migration = std::make_shared<const Migration>(std::move(migration));
    m_residues.setMigration(m_migration);
}

void Workbench::validateCases(const QString &path)
{
    CasesRequest request;
    request.path = path.toStdString();
    request.options = runOptions();
    request.options.trace = m_isTraced;
    takeOver(Validating);
    m_validations.validateCases(std::move(request));
}

void Workbench::validate(std::string oldCode, std::string newCode)
{
    ValidationRequest request;
    request.name = fileName().toStdString();
    request.oldCode = std::move(oldCode);
    request.newCode = std::move(newCode);
    if (m_migration) {
        request.migration = *m_migration;
        request.migration.edits = m_changes.state().edits();
        request.migration.newCode = request.newCode;
    }
    request.options = runOptions();
    request.options.trace = m_isTraced;
    m_validatedOld = request.oldCode;
    m_validatedNew = request.newCode;
    takeOver(Validating);
    Progress progress;
    progress.stage = "validating";
    progress.total = 3;
    Q_EMIT progressed(progress);
    m_validations.validate(std::move(request));
}

void Workbench::bisect(std::string oldCode)
{
    BisectionRequest request;
    request.name = fileName().toStdString();
    request.code = std::move(oldCode);
    request.options.how = runOptions();
    m_bisectedCode = request.code;
    m_bisection.reset();
    takeOver(Bisecting);
    m_validations.bisect(std::move(request));
}

void Workbench::adoptBisection(const Result<Bisection> &found)
{
    if (!m_activities.testFlag(Bisecting)) {
        return; // it is of code that is no longer shown
    }
    finish(Bisecting);
    if (!found) {
        if (found.error().code != Errc::Cancelled) {
            fail(found.error());
        }
        return;
    }
    m_bisection = answerOf(*found);
    Q_EMIT bisected();
    if (m_bisection && m_migration && m_migration->oldCode == m_bisectedCode) {
        retrieve();
    }
}

void Workbench::retrieve()
{
    begin(Retrieving);
    RetrieveOptions options;
    options.k = m_settings.k;
    options.from = m_migration->from;
    options.to = m_migration->to;
    options.bisection = m_bisection;
    m_migrations.retrieve(m_migration->oldCode, m_migration, options);
}

void Workbench::ask(const ChatProfile &profile, std::string code)
{
    if (!m_migration) {
        return;
    }
    m_profile = profile;
    m_prompt.clear();
    m_answer.clear();
    begin(Asking);
    m_migrations.preparePrompt(std::move(code), m_chunks.retrieval().value_or(Retrieval{}),
                               m_migration, Texts::language().toStdString());
}

void Workbench::cancel()
{
    m_migrations.cancel();
    m_validations.cancel();
    m_chat.cancel();
    if (m_activities != Idle) {
        Q_EMIT logged(tr("Cancelled."));
    }
    // Validation and the model still report how far they came; these two just end.
    m_activities &= ~(Activities(Opening) | Migrating | Retrieving);
    if (m_prompt.empty()) {
        m_activities &= ~Activities(Asking);
    }
    Q_EMIT activitiesChanged();
}

void Workbench::autosave(std::string newCode)
{
    if (m_migration && !m_autosave.path().isEmpty() && !m_isClosed) {
        m_documents.saveSession(m_autosave.path(), session(std::move(newCode), m_filePath), true);
    }
}

void Workbench::recover(const QString &abandoned)
{
    if (m_autosave.adopt(abandoned)) {
        open(m_autosave.path());
    }
}

void Workbench::removeAutosave()
{
    m_isClosed = true; // answers that are still on their way save nothing any more
    m_documents.remove(m_autosave.path());
}

void Workbench::setRunOptions(bool isTraced, bool isCudaOnCpu)
{
    m_isTraced = isTraced;
    m_isCudaOnCpu = isCudaOnCpu;
}

void Workbench::setDataFiles(const QStringList &paths)
{
    m_dataFiles.clear();
    for (const QString &path : paths) {
        m_dataFiles.emplace_back(path.toStdString());
    }
}

const Divergence *Workbench::divergence(const std::string &oldCode,
                                        const std::string &newCode) const
{
    const bool isOfThese = oldCode == m_validatedOld && newCode == m_validatedNew;
    return isOfThese && m_result && m_result->divergence ? &*m_result->divergence : nullptr;
}

void Workbench::setKeepsWarm(bool keepsWarm)
{
    m_keepsWarm = keepsWarm;
    keepWarm();
}

void Workbench::keepWarm()
{
    const bool areBothThere = m_readiness && m_readiness->source && m_readiness->target;
    if (m_keepsWarm && areBothThere) {
        m_validations.keepWarm(sourceVersion(), targetVersion());
    } else {
        m_validations.letCool();
    }
}

void Workbench::retranslate()
{
    m_changes.retranslate();
    m_residues.retranslate();
    m_chunks.retranslate();
    m_results.retranslate();
}

void Workbench::adopt(const QString &path, SourceText source, bool isRestored)
{
    m_filePath = path;
    m_source = std::move(source);
    m_migration.reset();
    m_result.reset();
    m_bisection.reset();
    m_bisectedCode.clear();
    m_observed.clear();
    m_observedCode.clear();
    m_hints = {};
    m_activities &= ~(Activities(Bisecting) | Observing);
    m_prompt.clear();
    m_answer.clear();
    m_explanation.clear();
    m_changes.setState({});
    m_residues.setMigration(nullptr);
    m_chunks.setRetrieval(std::nullopt);
    Q_EMIT logged(path.isEmpty() ? tr("Code pasted") : tr("Opened %1").arg(path));
    Q_EMIT opened(isRestored);
}

void Workbench::restore(const QString &path, const Session &session)
{
    SourceText source;
    source.utf8 = session.migration.oldCode;
    const QDir folder = QFileInfo(path).absoluteDir();
    const bool isNamed = !session.fileName.empty(); // else it was pasted
    adopt(isNamed ? folder.filePath(qstring(session.fileName)) : QString(), std::move(source),
          true);
    m_settings.options = session.options;
    const EmbeddingChoice embedding = session.embedding.value_or(EmbeddingChoice{});
    if (std::exchange(m_settings.embedding, embedding) != embedding) {
        useEmbedding();
        inspect();
    }
    Migration migration = session.migration; // its edits by hand are what was typed
    std::erase_if(migration.edits,
                  [](const Edit &edit) { return edit.provenance == Provenance::Hand; });
    m_migration = std::make_shared<const Migration>(std::move(migration));
    m_residues.setMigration(m_migration);
    m_bisection = session.bisection;
    m_bisectedCode = session.migration.oldCode;
    m_prompt = session.prompt;
    m_answer = session.modelAnswer;
    m_explanation = session.explanation;
    Q_EMIT migrated(m_migration);
    m_chunks.setRetrieval(session.retrieval);
    if (session.result) {
        m_result = session.result;
        m_validatedOld = session.migration.oldCode;
        m_validatedNew = session.migration.newCode;
        m_results.setRow(*session.result);
        m_results.finishRow(session.result->file);
    }
    Q_EMIT retrieved();
    if (!m_answer.empty()) {
        const ModelAnswer parts = splitAnswer(m_answer);
        Q_EMIT modelAnswered(qstring(parts.code), qstring(m_explanation), parts.isCutOff);
    }
    Q_EMIT sessionRestored(qstring(session.migration.newCode));
}

void Workbench::begin(Activity activity)
{
    m_activities |= activity;
    Q_EMIT activitiesChanged();
}

void Workbench::finish(Activity activity)
{
    m_activities &= ~Activities(activity);
    Q_EMIT activitiesChanged();
}

void Workbench::fail(const Error &error)
{
    Q_EMIT logged(
        Texts::error(error)
        + (error.detail.empty() ? QString() : QStringLiteral(" ") + qstring(error.detail)));
    Q_EMIT failed(error);
}

Session Workbench::session(std::string newCode, const QString &name) const
{
    Session session;
    session.fileName = name.toStdString();
    session.createdAt = QDateTime::currentDateTimeUtc().toString(Qt::ISODate).toStdString();
    session.options = m_settings.options;
    if (m_settings.embedding != EmbeddingChoice{}) {
        session.embedding = m_settings.embedding;
    }
    if (m_migration) {
        session.migration = *m_migration;
        session.migration.edits = m_changes.state().edits();
        for (std::size_t i = 0; i < session.migration.edits.size(); ++i) {
            session.migration.edits[i].proof = m_changes.proof(static_cast<int>(i));
        }
    }
    session.migration.newCode = std::move(newCode);
    session.retrieval = m_chunks.retrieval();
    session.result = m_result;
    session.bisection = m_bisection;
    session.prompt = m_prompt;
    session.modelAnswer = m_answer;
    session.explanation = m_explanation;
    return session;
}

} // namespace TorchLift
