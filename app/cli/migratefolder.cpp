#include <algorithm>
#include <filesystem>
#include <iostream>
#include <map>
#include <optional>

#include "base/files.h"
#include "base/parallel.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/input.h"
#include "cli/output.h"
#include "diff/diffmodel.h"
#include "pipeline/foldermigration.h"
#include "pipeline/projectvalidation.h"
#include "pipeline/remigration.h"
#include "report/json.h"
#include "session/session.h"

namespace TorchLift::Cli {

namespace {

namespace fs = std::filesystem;

bool isInside(const fs::path &path, const fs::path &folder)
{
    std::error_code ignored;
    const fs::path relative =
        fs::weakly_canonical(path, ignored).lexically_relative(fs::canonical(folder, ignored));
    return !relative.empty() && *relative.begin() != "..";
}

std::vector<FileReport> reportsOf(const FolderMigration &folder)
{
    std::vector<FileReport> reports;
    for (const MigratedFile &file : folder.files) {
        reports.push_back(
            {file.path.generic_string(), fileKindName(file.kind), &file.migration, nullptr});
    }
    return reports;
}

// Migrates every file; one that cannot be read or written is left out with the reason.
class FolderCommand
{
public:
    FolderCommand(const Context &context, const MigrateOptions &options)
        : m_context(context)
        , m_options(options)
        , m_folder(options.file)
    {}

    int run()
    {
        for (auto step :
             {&FolderCommand::check, &FolderCommand::observe, &FolderCommand::migrate,
              &FolderCommand::retrieve, &FolderCommand::validate, &FolderCommand::write}) {
            if (auto done = (this->*step)(); !done) {
                return report(done.error());
            }
        }
        summarise();
        const bool isWorse = m_validation && !isAsGoodAsBefore(*m_validation);
        return m_leavesBreakage || m_result.failed > 0 || m_hasFailed || isWorse ? StillBroken
                                                                                 : Done;
    }

private:
    Result<void> check()
    {
        if (m_options.mode != "rules" || m_options.repairs) {
            return fail(Errc::InvalidArgument,
                        "--mode llm and --repair take one file, not a folder", m_options.file);
        }
        if (!m_options.run.csv.empty() && !m_options.wantsValidation) {
            return fail(Errc::InvalidArgument, "--csv needs --validate: it is the results table",
                        m_options.run.csv);
        }
        for (const std::string &target : {m_options.out, m_options.session}) {
            if (!target.empty() && isInside(target, m_folder)) {
                return fail(Errc::InvalidArgument,
                            "--out and --session may not be inside the folder that is migrated",
                            target);
            }
        }
        return {};
    }

    Result<void> migrate()
    {
        const std::string accept = !m_options.accept.empty() ? m_options.accept
                                   : m_options.isInPlace     ? "safe"
                                                             : "review";
        auto options = migrationOptions(m_options.versions, accept);
        if (!options) {
            return tl::unexpected(options.error());
        }
        options->only = m_options.only;
        options->skip = m_options.skip;
        options->keepsSource = m_options.keepsSource;
        m_migrationOptions = *options;
        auto result = migrateFolder(*m_pipeline, m_folder, *options, terminalProgress(),
                                    m_context.stop, m_observed);
        if (!result) {
            return tl::unexpected(result.error());
        }
        m_result = std::move(*result);
        return {};
    }

    // What the project's own command shows of types that reading does not tell.
    Result<void> observe()
    {
        auto pipeline = Pipeline::open(m_context.paths);
        if (!pipeline) {
            return tl::unexpected(pipeline.error());
        }
        m_pipeline = std::move(*pipeline);
        if (auto used = useEmbedding(*m_pipeline, m_options.embedding); !used) {
            return used;
        }
        if (!m_options.observes && !m_options.wantsValidation) {
            return {};
        }
        auto how = projectRunOptions(m_options.run, m_options.versions, m_options.file);
        if (!how) {
            return tl::unexpected(how.error());
        }
        m_how = std::move(*how);
        auto seen = observeProject(*m_pipeline, m_folder, *m_how, tellRuns(), m_context.stop);
        if (!seen) {
            return tl::unexpected(seen.error());
        }
        m_observed = std::move(*seen);
        return {};
    }

    // The notes that concern what breaks, where the user says by what they are to be found.
    Result<void> retrieve()
    {
        m_embedding = embeddingChoice(m_options.embedding);
        if (!m_embedding) {
            return {};
        }
        if (auto used = useEngine(m_context, *m_pipeline, m_options.engine); !used) {
            return used;
        }
        RetrieveOptions how;
        how.k = m_options.k;
        for (const MigratedFile &file : m_result.files) {
            const Migration &migration = file.migration;
            const bool breaks = !migration.edits.empty() || !migration.residues.empty();
            if (file.kind != FileKind::Python || !breaks) {
                continue;
            }
            auto found = m_pipeline->retrieve(migration.oldCode, &migration, how,
                                              terminalProgress(), m_context.stop);
            if (!found) {
                return tl::unexpected(found.error());
            }
            m_notes[file.path] = std::move(*found);
        }
        return {};
    }

    const Retrieval *notesOf(const MigratedFile &file) const
    {
        const auto found = m_notes.find(file.path);
        return found == m_notes.end() ? nullptr : &found->second;
    }

    std::vector<FileReport> reports() const
    {
        std::vector<FileReport> all = reportsOf(m_result);
        for (std::size_t i = 0; i < all.size(); ++i) {
            all[i].retrieval = notesOf(m_result.files[i]);
        }
        return all;
    }

    // Before anything is written: what the tests say of the new code.
    Result<void> validate()
    {
        if (!m_options.wantsValidation) {
            return {};
        }
        auto before = readProjectFolder(m_folder, m_how->how.data, m_context.stop);
        if (!before) {
            return tl::unexpected(before.error());
        }
        ProjectFiles after = *before;
        for (const MigratedFile &file : m_result.files) {
            const std::string path = file.path.generic_string();
            const auto place = std::find_if(after.files.begin(), after.files.end(),
                                            [&](const FileCopy &own) { return own.path == path; });
            auto bytes = file.source.encode(file.migration.newCode);
            if (place != after.files.end() && bytes) {
                place->bytes = std::move(*bytes);
            }
        }
        after.skipped.clear(); // they are those of `before`
        m_how->watched = editedFiles(m_result);
        auto result =
            validateProject(*m_pipeline, *before, after, *m_how, tellRuns(), m_context.stop);
        if (!result) {
            return tl::unexpected(result.error());
        }
        m_validation = std::move(*result);
        proveEdits(m_result, *m_validation);
        return m_options.run.csv.empty()
                   ? Result<void>()
                   : writeResult(m_options.run.csv, resultsToCsv(rowsOf(*m_validation)));
    }

    Result<void> write()
    {
        // Most of the time goes by until the disk has them: several at once, unless they are
        // printed.
        std::vector<Result<void>> written(m_result.files.size());
        if (!m_options.wantsDiff) {
            forEachIndex(written.size(), [&](std::size_t i) {
                if (!m_context.stop.stop_requested()) {
                    written[i] = writeFile(m_result.files[i]);
                }
            });
        }
        if (m_context.stop.stop_requested()) {
            return fail(Errc::Cancelled, "cancelled");
        }
        std::string patch;
        for (std::size_t i = 0; i < written.size(); ++i) {
            MigratedFile &file = m_result.files[i];
            if (m_options.wantsDiff) {
                written[i] = writeFile(file);
            }
            if (!written[i]) {
                const Error &error = written[i].error();
                m_hasFailed = true;
                m_notWritten.push_back({file.path, error.detail});
                m_remedy = error.remedy.empty() ? m_remedy : error.remedy;
            }
            if (!m_options.patch.empty()) {
                const auto difference =
                    filePatch(file.source, file.migration.newCode, file.path.generic_string());
                patch += difference ? *difference : std::string();
            }
            tell(file);
        }
        if (!m_options.patch.empty()) {
            if (auto done = writeResult(m_options.patch, patch); !done) {
                return done;
            }
        }
        return m_options.json.empty()
                   ? Result<void>()
                   : writeResult(m_options.json,
                                 folderMigrationToJson(m_options.file, reports(), allSkipped()));
    }

    // With its session, where sessions are kept.
    Result<void> writeFile(MigratedFile &file)
    {
        const fs::path below = fs::path(m_options.session) / (file.path.string() + ".torchlift");
        const fs::path session = m_options.session.empty() ? fs::path() : below;
        auto remigration = Remigration::open(
            {m_options.out.empty() ? fs::path() : fs::path(m_options.out) / file.path, session,
             file.path.string(), m_options.isForced});
        if (!remigration) {
            return tl::unexpected(remigration.error());
        }
        remigration->keepHandEdits(file.migration);
        if (auto written = writeCode(file, *remigration); !written) {
            return written;
        }
        return session.empty() ? Result<void>() : keepSession(file, session);
    }

    Result<void> writeCode(const MigratedFile &file, const Remigration &remigration)
    {
        const Migration &migration = file.migration;
        if (m_options.wantsDiff) {
            return writeResult("-", unifiedDiff(migration.oldCode, migration.newCode,
                                                file.path.string(), file.path.string()));
        }
        const bool isSame = migration.newCode == migration.oldCode;
        if (m_options.out.empty() && (!m_options.isInPlace || isSame)) {
            return {};
        }
        auto bytes = remigration.encode(file.source, migration.newCode);
        if (!bytes) {
            return tl::unexpected(bytes.error());
        }
        return m_options.isInPlace ? replaceKeepingOld((m_folder / file.path).string(), *bytes)
                                   : remigration.write(*bytes);
    }

    Result<void> keepSession(const MigratedFile &file, const fs::path &path) const
    {
        std::error_code error;
        fs::create_directories(path.parent_path(), error);
        if (error) {
            return fail(Errc::Io, error.message(), path.parent_path().string());
        }
        Session session;
        session.fileName = file.path.string();
        session.createdAt = nowIso8601();
        session.options = m_migrationOptions;
        session.embedding = m_embedding;
        if (const Retrieval *notes = notesOf(file)) {
            session.retrieval = *notes;
        }
        session.migration = file.migration;
        return saveSession(path, session);
    }

    bool isStdoutTaken() const
    {
        return m_options.json == "-" || m_options.patch == "-" || m_options.run.csv == "-";
    }

    void tell(const MigratedFile &file)
    {
        const Migration &migration = file.migration;
        m_leavesBreakage = m_leavesBreakage || leavesBreakage(migration);
        m_changed += migration.newCode != migration.oldCode ? 1 : 0;
        if (!migration.edits.empty() || !migration.residues.empty()) {
            words() << file.path.string() << '\n'
                    << describeMigration(migration, m_context.language,
                                         [&](int line) { return file.source.placeOf(line); });
            if (const Retrieval *notes = notesOf(file)) {
                words() << '\n' << describeNotes(*notes);
            }
            words() << '\n';
        }
    }

    std::ostream &words() const { return isStdoutTaken() ? std::cerr : std::cout; }

    std::vector<SkippedPath> allSkipped() const
    {
        std::vector<SkippedPath> all = m_result.skipped;
        all.insert(all.end(), m_notWritten.begin(), m_notWritten.end());
        return all;
    }

    void summarise() const
    {
        for (const SkippedPath &skipped : m_result.skipped) {
            words() << "left out: " << skipped.path.string() << ": " << skipped.reason << '\n';
        }
        for (const SkippedPath &path : m_notWritten) {
            words() << "not written: " << path.path.string() << ": " << path.reason << '\n';
        }
        if (!m_remedy.empty()) {
            words() << "  What helps: " << m_remedy << '\n';
        }
        words() << m_result.files.size() + m_result.failed << " file(s), " << m_changed
                << " changed, " << m_result.skipped.size() << " left out.\n";
        const bool isNowhere = m_options.out.empty() && !m_options.isInPlace
                               && m_options.patch.empty() && m_options.json.empty();
        if (isNowhere && m_changed > 0) {
            words() << "Nothing was written: name --out FOLDER, --patch FILE or --in-place.\n";
        }
        if (m_validation) {
            words() << '\n' << describeProject(*m_validation) << proofs();
        }
    }

    // "Edits: 3 proven, 2 not-executed."
    std::string proofs() const
    {
        std::map<EditProof, int> counts;
        for (const MigratedFile &file : m_result.files) {
            for (const Edit &edit : file.migration.edits) {
                counts[edit.proof] += edit.isAccepted ? 1 : 0;
            }
        }
        std::vector<std::string> parts;
        for (const auto &[proof, count] : counts) {
            if (count > 0) {
                parts.push_back(std::to_string(count) + ' ' + editProofName(proof));
            }
        }
        return parts.empty() ? std::string() : "Edits: " + joined(parts, ", ") + ".\n";
    }

    const Context &m_context;
    const MigrateOptions &m_options;
    fs::path m_folder;
    MigrationOptions m_migrationOptions;
    std::unique_ptr<Pipeline> m_pipeline;
    std::optional<ProjectRunOptions> m_how; // with --observe and --validate
    FolderObservations m_observed;
    FolderMigration m_result;
    std::optional<EmbeddingChoice> m_embedding;
    std::map<fs::path, Retrieval> m_notes; // of files in which something breaks
    std::optional<ProjectResult> m_validation;
    std::vector<SkippedPath> m_notWritten;
    std::string m_remedy;
    std::size_t m_changed = 0;
    bool m_leavesBreakage = false;
    bool m_hasFailed = false;
};

} // namespace

int migrateFolder(const Context &context, const MigrateOptions &options)
{
    return FolderCommand(context, options).run();
}

int scanFolder(const Context &context, const ScanOptions &options)
{
    const auto how = migrationOptions(options.versions, "safe");
    if (!how) {
        return report(how.error());
    }
    const auto pipeline = Pipeline::open(context.paths);
    if (!pipeline) {
        return report(pipeline.error());
    }
    const auto result =
        TorchLift::migrateFolder(**pipeline, options.file, *how, terminalProgress(), context.stop);
    if (!result) {
        return report(result.error());
    }
    if (!options.json.empty()) {
        const auto written = writeResult(
            options.json, folderScanToJson(options.file, reportsOf(*result), result->skipped));
        if (!written) {
            return report(written.error());
        }
    }
    bool breaks = result->failed > 0;
    for (const MigratedFile &file : result->files) {
        if (options.json != "-") {
            std::cout << describeFindings(file.migration, file.path.string(), context.language,
                                          [&](int line) { return file.source.placeOf(line); });
        }
        breaks = breaks || !file.migration.edits.empty() || leavesBreakage(file.migration);
    }
    std::ostream &words = options.json == "-" ? std::cerr : std::cout;
    for (const SkippedPath &skipped : result->skipped) {
        words << "left out: " << skipped.path.string() << ": " << skipped.reason << '\n';
    }
    words << result->files.size() + result->failed << " file(s), " << result->skipped.size()
          << " left out.\n";
    return breaks ? StillBroken : Done;
}

} // namespace TorchLift::Cli
