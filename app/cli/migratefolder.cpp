#include <filesystem>
#include <iostream>

#include "base/files.h"
#include "cli/commands.h"
#include "cli/input.h"
#include "cli/output.h"
#include "diff/diffmodel.h"
#include "source/projectfacts.h"
#include "source/sourcefolder.h"

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

// Migrates file after file; one that cannot be read is left out with the reason.
class FolderMigration
{
public:
    FolderMigration(const Context &context, const MigrateOptions &options)
        : m_context(context)
        , m_options(options)
        , m_folder(options.file)
    {}

    int run()
    {
        if (auto ready = open(); !ready) {
            return report(ready.error());
        }
        auto sources = listSources(m_folder, m_context.stop);
        if (!sources) {
            return report(sources.error());
        }
        m_skipped = std::move(sources->skipped);
        m_project = readProject(sources->files);
        for (const fs::path &file : sources->files) {
            if (m_context.stop.stop_requested()) {
                return Interrupted;
            }
            if (auto done = migrate(file); !done) {
                if (done.error().code == Errc::Cancelled) {
                    return Interrupted;
                }
                m_skipped.push_back({file, done.error().detail});
            }
        }
        summarise(sources->files.size());
        return m_leavesBreakage || m_hasFailed ? StillBroken : Done;
    }

private:
    Result<void> open()
    {
        const bool isForOneFile = m_options.mode != "rules" || m_options.wantsValidation
                                  || !m_options.json.empty() || !m_options.session.empty()
                                  || !m_options.patch.empty() || !m_options.run.csv.empty();
        if (isForOneFile) {
            return fail(Errc::InvalidArgument,
                        "--mode llm, --validate, --json, --patch, --csv and --session take one "
                        "file, not a folder",
                        m_options.file);
        }
        if (!m_options.out.empty() && isInside(m_options.out, m_folder)) {
            return fail(Errc::InvalidArgument, "--out is inside the folder that is migrated",
                        m_options.out);
        }
        const std::string accept = !m_options.accept.empty() ? m_options.accept
                                   : m_options.isInPlace     ? "safe"
                                                             : "review";
        auto options = migrationOptions(m_options.versions, accept);
        if (!options) {
            return tl::unexpected(options.error());
        }
        m_migrationOptions = std::move(*options);
        m_migrationOptions.only = m_options.only;
        m_migrationOptions.skip = m_options.skip;
        auto pipeline = Pipeline::open(m_context.paths);
        if (!pipeline) {
            return tl::unexpected(pipeline.error());
        }
        m_pipeline = std::move(*pipeline);
        return {};
    }

    // What the scripts know of each other; one that cannot be read is reported when its turn comes.
    ProjectFacts readProject(const std::vector<fs::path> &files) const
    {
        std::vector<ProjectFile> scripts;
        for (const fs::path &file : files) {
            if (file.extension() != ".py") {
                continue;
            }
            if (auto script = readScript((m_folder / file).string())) {
                scripts.push_back({file.generic_string(), std::move(script->text.utf8)});
            }
        }
        return ProjectFacts::read(scripts);
    }

    Result<void> migrate(const fs::path &file)
    {
        auto script = readScript((m_folder / file).string());
        if (!script) {
            m_hasFailed = true;
            return tl::unexpected(script.error());
        }
        m_migrationOptions.place = {&m_project, file.generic_string()};
        auto migration = m_pipeline->migrate(script->text.utf8, m_migrationOptions, m_context.stop);
        if (!migration) {
            m_hasFailed = true;
            return tl::unexpected(migration.error());
        }
        if (auto written = write(file, *script, *migration); !written) {
            m_hasFailed = true;
            return written;
        }
        m_leavesBreakage = m_leavesBreakage || leavesBreakage(*migration);
        m_changed += migration->newCode != migration->oldCode ? 1 : 0;
        if (!migration->edits.empty() || !migration->residues.empty()) {
            std::cout << file.string() << '\n'
                      << describeMigration(*migration, m_context.language,
                                           [&](int line) { return script->placeOf(line); })
                      << '\n';
        }
        return {};
    }

    Result<void> write(const fs::path &file, const Script &script, const Migration &migration)
    {
        if (m_options.wantsDiff) {
            return writeResult("-", unifiedDiff(migration.oldCode, migration.newCode, file.string(),
                                                file.string()));
        }
        const bool isSame = migration.newCode == migration.oldCode;
        if (m_options.out.empty() && (!m_options.isInPlace || isSame)) {
            return {};
        }
        auto bytes = script.encode(migration.newCode);
        if (!bytes) {
            return tl::unexpected(bytes.error());
        }
        if (m_options.isInPlace) {
            return replaceKeepingOld((m_folder / file).string(), *bytes);
        }
        const fs::path target = fs::path(m_options.out) / file;
        std::error_code error;
        fs::create_directories(target.parent_path(), error);
        if (error) {
            return fail(Errc::Io, error.message(), target.parent_path().string());
        }
        return writeFileAtomically(target, *bytes);
    }

    void summarise(std::size_t count)
    {
        for (const SkippedPath &skipped : m_skipped) {
            std::cout << "left out: " << skipped.path.string() << ": " << skipped.reason << '\n';
        }
        std::cout << count << " file(s), " << m_changed << " changed, " << m_skipped.size()
                  << " left out.\n";
        if (m_options.out.empty() && !m_options.isInPlace && m_changed > 0) {
            std::cout << "Nothing was written: name --out FOLDER or --in-place.\n";
        }
    }

    const Context &m_context;
    const MigrateOptions &m_options;
    fs::path m_folder;
    MigrationOptions m_migrationOptions;
    ProjectFacts m_project;
    std::unique_ptr<Pipeline> m_pipeline;
    std::vector<SkippedPath> m_skipped;
    std::size_t m_changed = 0;
    bool m_leavesBreakage = false;
    bool m_hasFailed = false;
};

} // namespace

int migrateFolder(const Context &context, const MigrateOptions &options)
{
    return FolderMigration(context, options).run();
}

} // namespace TorchLift::Cli
