#include <filesystem>
#include <iostream>

#include "cli/command.h"
#include "cli/input.h"
#include "cli/output.h"
#include "diff/diffmodel.h"
#include "pipeline/foldermigration.h"
#include "pipeline/remigration.h"
#include "pipeline/repair.h"
#include "report/json.h"
#include "session/session.h"

namespace TorchLift::Cli {

namespace {

// One migration on its way from the file to what was asked for.
class MigrateCommand
{
public:
    MigrateCommand(const Context &context, const MigrateOptions &options)
        : m_context(context)
        , m_options(options)
    {}

    int run()
    {
        for (auto step : {&MigrateCommand::read, &MigrateCommand::observe, &MigrateCommand::migrate,
                          &MigrateCommand::retrieve, &MigrateCommand::askModel,
                          &MigrateCommand::validate, &MigrateCommand::write}) {
            if (auto done = (this->*step)(); !done) {
                return report(done.error());
            }
        }
        if (m_session.result) {
            const int status = statusOf(*m_session.result, m_options.file);
            if (status != Done) {
                return status;
            }
        }
        return leavesBreakage(m_session.migration) ? StillBroken : Done;
    }

    int printPrompt()
    {
        for (auto step : {&MigrateCommand::read, &MigrateCommand::migrate,
                          &MigrateCommand::findNotes, &MigrateCommand::makePrompt}) {
            if (auto done = (this->*step)(); !done) {
                return report(done.error());
            }
        }
        std::cout << m_session.prompt;
        return Done;
    }

private:
    Result<void> read()
    {
        auto script = readScript(m_options.file);
        if (!script) {
            return tl::unexpected(script.error());
        }
        m_script = std::move(*script);
        m_session.fileName = m_script.name;
        m_session.createdAt = nowIso8601();
        const std::string accept = !m_options.accept.empty() ? m_options.accept
                                   : m_options.isInPlace     ? "safe"
                                                             : "review";
        auto bisection = readBisection(m_options.bisection);
        if (!bisection) {
            return tl::unexpected(bisection.error());
        }
        m_session.bisection = std::move(*bisection);
        auto options = migrationOptions(m_options.versions, accept);
        if (!options) {
            return tl::unexpected(options.error());
        }
        m_session.options = std::move(*options);
        m_session.options.only = m_options.only;
        m_session.options.skip = m_options.skip;
        m_session.options.keepsSource = m_options.keepsSource;
        auto pipeline = Pipeline::open(m_context.paths);
        if (!pipeline) {
            return tl::unexpected(pipeline.error());
        }
        m_pipeline = std::move(*pipeline);
        m_session.embedding = embeddingChoice(m_options.embedding);
        if (auto used = useEmbedding(*m_pipeline, m_options.embedding); !used) {
            return used;
        }
        auto remigration =
            Remigration::open({isToFile() ? m_options.out : std::string(), m_options.session,
                               m_script.name, m_options.isForced});
        if (!remigration) {
            return tl::unexpected(remigration.error());
        }
        m_remigration = std::move(*remigration);
        return {};
    }

    bool isToFile() const { return !m_options.out.empty() && m_options.out != "-"; }

    // Scripts by the pipeline, which may run them; other files of a project in their own way.
    Result<Migration> migrated(const ProjectMigrator &migrator)
    {
        if (fileKindOf(m_script.name) == FileKind::Native
            || fileKindOf(m_script.name) == FileKind::Pins) {
            return migrator.migrate(m_script.name, m_script, m_session.options, m_context.stop);
        }
        auto migration = m_pipeline->migrate(m_script.text.utf8, m_session.options, m_context.stop);
        if (migration) {
            migrator.addPins(*migration, m_script.name, m_script, m_session.options);
        }
        return migration;
    }

    // As the options say, with what was edited by hand since an earlier migration.
    Result<Migration> migrateBy(const MigrationOptions &options)
    {
        const auto migrator = ProjectMigrator::open(*m_pipeline);
        if (!migrator) {
            return tl::unexpected(migrator.error());
        }
        m_session.options = options;
        auto migration = migrated(*migrator);
        if (migration && m_options.mode == "rules") {
            m_remigration.keepHandEdits(*migration);
        }
        return migration;
    }

    Result<void> migrate()
    {
        auto migration = migrateBy(m_session.options);
        if (!migration) {
            return tl::unexpected(migration.error());
        }
        m_session.migration = std::move(*migration);
        return keepSession();
    }

    // What a run tells of types that reading does not. With --validate the code runs anyway; code
    // that does not parse cannot be watched, which the migration says.
    Result<void> observe()
    {
        const bool isAsked = m_options.observes;
        const bool isWanted = isAsked || (m_options.wantsValidation && m_options.mode == "rules");
        if (!isWanted || fileKindOf(m_script.name) == FileKind::Native
            || fileKindOf(m_script.name) == FileKind::Pins) {
            return {};
        }
        const std::string &code = m_script.text.utf8;
        const auto from = m_pipeline->sourceVersion(code, m_session.options);
        if (!from) {
            return tl::unexpected(from.error());
        }
        auto seen = m_pipeline->observe(m_script.name, code,
                                        validateOptions(m_options.run, *from, m_session.options.to),
                                        m_context.stop);
        if (!seen) {
            const Errc reason = seen.error().code;
            const bool isOver =
                reason == Errc::Cancelled || (isAsked && reason != Errc::InvalidInput);
            return isOver ? tl::unexpected(seen.error()) : Result<void>();
        }
        m_session.options.observed = std::make_shared<const Observations>(std::move(*seen));
        return {};
    }

    // After each stage and run, so that nothing is lost that was done (and a file that cannot be
    // written is known before minutes of running). The session of an earlier migration waits until
    // the new code is written: it says what has been edited since.
    Result<void> keepSession()
    {
        const bool isTooEarly = m_remigration.hasEarlier() && !m_isWritten;
        return m_options.session.empty() || isTooEarly ? Result<void>()
                                                       : saveSession(m_options.session, m_session);
    }

    Result<void> keepRow(const ResultRow &row)
    {
        m_session.result = row;
        auto kept = keepSession();
        if (kept) {
            std::cerr << describeLastRun(row);
        }
        return kept;
    }

    // A model's prompt holds the notes; otherwise they are looked for where the user says by what.
    Result<void> retrieve()
    {
        const FileKind kind = fileKindOf(m_script.name);
        const bool isCode = kind != FileKind::Native && kind != FileKind::Pins;
        if (m_options.mode != "llm" && !(m_session.embedding && isCode)) {
            return {};
        }
        auto found = findNotes();
        return found ? keepSession() : found;
    }

    Result<void> findNotes()
    {
        if (auto used = useEngine(m_context, *m_pipeline, m_options.engine); !used) {
            return used;
        }
        RetrieveOptions how;
        how.k = m_options.k;
        how.bisection = m_session.bisection;
        auto retrieval = m_pipeline->retrieve(m_script.text.utf8, &m_session.migration, how,
                                              terminalProgress(), m_context.stop);
        if (!retrieval) {
            return tl::unexpected(retrieval.error());
        }
        m_session.retrieval = std::move(*retrieval);
        return {};
    }

    Result<void> makePrompt()
    {
        auto prompt = m_pipeline->prompt(m_script.text.utf8, *m_session.retrieval,
                                         m_session.migration, m_context.language);
        if (!prompt) {
            return tl::unexpected(prompt.error());
        }
        m_session.prompt = std::move(*prompt);
        return {};
    }

    // With a model its code is the new code; the rules' edits are then not applied.
    Result<void> askModel()
    {
        if (m_options.mode != "llm") {
            return {};
        }
        const auto profile =
            chatProfile(m_options.baseUrl, m_options.model, m_options.keyDescriptor);
        if (!profile) {
            return tl::unexpected(profile.error());
        }
        if (auto made = makePrompt(); !made) {
            return made;
        }
        const auto show = [](std::string_view text) { std::cerr << text << std::flush; };
        auto answer = m_pipeline->askModel(*profile, m_session.prompt, show, m_context.stop);
        if (!answer) {
            return tl::unexpected(answer.error());
        }
        std::cerr << '\n';
        if (answer->parts.code.empty()) {
            return fail(Errc::Network, "the model's answer holds no code", m_options.model);
        }
        if (answer->parts.isCutOff) {
            std::cerr << "torchlift-cli: the model's answer was cut off\n";
        }
        m_session.modelAnswer = answer->answer;
        m_session.explanation = answer->parts.explanation;
        for (Edit &edit : m_session.migration.edits) {
            edit.isAccepted = false;
        }
        m_session.migration.newCode = answer->parts.code;
        m_remigration.keepHandEdits(m_session.migration);
        return keepSession();
    }

    Result<void> validate()
    {
        if (!m_options.wantsValidation) {
            return {};
        }
        Migration &migration = m_session.migration;
        const ValidateOptions how = validateOptions(m_options.run, migration.from, migration.to);
        Result<void> kept;
        const auto onRow = [&](const ResultRow &row) { kept = kept ? keepRow(row) : kept; };
        if (m_options.mode == "rules") {
            auto repaired = validateAndRepair(
                *m_pipeline, m_script.name, migration, {m_session.options, how, m_options.repairs},
                [this](const MigrationOptions &options) { return migrateBy(options); }, onRow,
                m_context.stop);
            if (!repaired) {
                return tl::unexpected(repaired.error());
            }
            m_session.result = std::move(repaired->row);
            for (const std::string &id : repaired->edits) {
                std::cerr << "torchlift-cli: applied since a run failed without it: " << id << '\n';
            }
        } else {
            auto row = m_pipeline->validate(m_script.name, migration.oldCode, migration.newCode,
                                            nullptr, how, onRow, m_context.stop);
            if (!row) {
                return tl::unexpected(row.error());
            }
            m_session.result = std::move(*row);
        }
        return kept ? keepSession() : kept;
    }

    Result<void> write()
    {
        const Migration &migration = m_session.migration;
        const bool isStdoutTaken =
            m_options.json == "-" || m_options.run.csv == "-" || m_options.patch == "-";
        const std::string diff =
            unifiedDiff(migration.oldCode, migration.newCode, m_script.name, m_script.name);
        if (!m_options.json.empty()) {
            if (auto done = writeResult(m_options.json, json()); !done) {
                return done;
            }
        }
        if (!m_options.run.csv.empty() && m_session.result) {
            if (auto done = writeResult(m_options.run.csv, resultsToCsv({*m_session.result}));
                !done) {
                return done;
            }
        }
        if (!m_options.patch.empty()) {
            auto patch = filePatch(m_script, migration.newCode, m_script.name);
            if (!patch) {
                return tl::unexpected(patch.error());
            }
            if (auto done = writeResult(m_options.patch, *patch); !done) {
                return done;
            }
        }
        if (auto done = m_options.wantsDiff ? writeResult("-", diff) : writeNewCode(isStdoutTaken);
            !done) {
            return done;
        }
        m_isWritten = true;
        if (auto done = keepSession(); !done) {
            return done;
        }
        // With --diff the whole output is for a reader; otherwise stdout is the new code alone.
        std::ostream &words = m_options.wantsDiff && !isStdoutTaken ? std::cout : std::cerr;
        words << '\n'
              << describeMigration(migration, m_context.language,
                                   [&](int line) { return m_script.placeOf(line); });
        if (m_session.retrieval && m_session.embedding) {
            words << '\n' << describeNotes(*m_session.retrieval);
        }
        if (m_session.result) {
            words << '\n' << describeRow(*m_session.result);
        }
        return {};
    }

    [[nodiscard]] std::string json() const
    {
        return m_session.result
                   ? sessionToJson(m_session)
                   : migrationToJson(m_session.migration, m_script.name,
                                     m_session.retrieval ? &*m_session.retrieval : nullptr);
    }

    Result<void> writeNewCode(bool isStdoutTaken)
    {
        auto bytes = m_remigration.encode(m_script, m_session.migration.newCode);
        if (!bytes) {
            return tl::unexpected(bytes.error());
        }
        if (m_options.isInPlace) {
            const bool isSame = m_session.migration.newCode == m_session.migration.oldCode;
            return isSame ? Result<void>() : replaceKeepingOld(m_options.file, *bytes);
        }
        if (isToFile()) {
            return m_remigration.write(*bytes);
        }
        return isStdoutTaken ? Result<void>() : writeResult("-", *bytes);
    }

    const Context &m_context;
    const MigrateOptions &m_options;
    Script m_script;
    Session m_session;
    std::unique_ptr<Pipeline> m_pipeline;
    Remigration m_remigration;
    bool m_isWritten = false; // the new code, to where it was asked for
};

} // namespace

int runMigrate(const Context &context, const MigrateOptions &options)
{
    std::error_code ignored;
    if (std::filesystem::is_directory(options.file, ignored)) {
        return migrateFolder(context, options);
    }
    if (!options.run.command.empty()) {
        return report({Errc::InvalidArgument, "--run takes a folder", options.file, {}});
    }
    return MigrateCommand(context, options).run();
}

int runPrompt(const Context &context, const MigrateOptions &options)
{
    return MigrateCommand(context, options).printPrompt();
}

} // namespace TorchLift::Cli
