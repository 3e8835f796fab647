#include "pipeline/foldermigration.h"

#include <algorithm>
#include <atomic>
#include <optional>
#include <thread>

#include "base/files.h"
#include "base/parallel.h"
#include "migration/nativecode.h"
#include "migration/pins.h"
#include "source/projectfacts.h"

namespace TorchLift {

namespace {

namespace fs = std::filesystem;

Result<SourceFile> readSource(const fs::path &path)
{
    return readFile(path).and_then(
        [&](std::string bytes) { return SourceFile::decode(path, std::move(bytes)); });
}

ProjectFacts factsOf(const std::vector<MigratableFile> &files, const RuleSet &rules)
{
    std::vector<ProjectFile> scripts;
    for (const MigratableFile &file : files) {
        if (file.path.extension() == ".py") {
            scripts.push_back({file.path.generic_string(), file.source.text.utf8});
        }
    }
    return readProject(scripts, rules);
}

} // namespace

const char *fileKindName(FileKind kind) noexcept
{
    switch (kind) {
    case FileKind::None:
        break;
    case FileKind::Python:
        return "python";
    case FileKind::Pins:
        return "pins";
    case FileKind::Native:
        return "native";
    }
    return "none";
}

FileKind fileKindOf(const fs::path &path)
{
    if (isPythonFile(path)) {
        return FileKind::Python;
    }
    return isNativeFile(path)                 ? FileKind::Native
           : pinFileOf(path) != PinFile::None ? FileKind::Pins
                                              : FileKind::None;
}

Result<ProjectMigrator> ProjectMigrator::open(Pipeline &pipeline)
{
    const fs::path folder = pipeline.paths().resources / "project";
    ProjectMigrator out;
    out.m_rules = &pipeline.rules();
    if (const auto timeline = pipeline.timeline()) {
        out.m_timeline = *timeline;
    }
    auto pins = PinKnowledge::load(folder);
    if (!pins) {
        return tl::unexpected(pins.error());
    }
    out.m_pins = std::move(*pins);
    auto native = NativeKnowledge::load(folder / "native.yaml");
    if (!native) {
        return tl::unexpected(native.error());
    }
    out.m_native = std::move(*native);
    return out;
}

void ProjectMigrator::addPins(Migration &migration, const fs::path &path, const SourceFile &file,
                              const MigrationOptions &options) const
{
    const PinFile kind = file.notebook ? PinFile::Notebook : pinFileOf(path);
    if (kind != PinFile::None) {
        const std::string prefix = file.notebook ? file.notebook->magicPrefix() : std::string();
        TorchLift::addPins(migration,
                           findPins(migration.oldCode, kind, *m_pins, options.to, prefix), options);
    }
}

Result<Migration> ProjectMigrator::migrate(const fs::path &path, const SourceFile &file,
                                           const MigrationOptions &options,
                                           std::stop_token stop) const
{
    const FileKind kind = fileKindOf(path);
    if (kind == FileKind::Native) {
        return checkNative(file.text.utf8, *m_native, options);
    }
    Migration migration;
    if (kind == FileKind::Pins) {
        migration.oldCode = file.text.utf8;
        migration.newCode = migration.oldCode;
        migration.from = options.from.value_or(Version{1, 0, 0});
        migration.to = options.to;
    } else {
        auto migrated = TorchLift::migrate(file.text.utf8, *m_rules, options, std::move(stop),
                                           m_timeline.get());
        if (!migrated) {
            return migrated;
        }
        migration = std::move(*migrated);
    }
    addPins(migration, path, file, options);
    return migration;
}

Result<FolderSources> readFolder(Pipeline &pipeline, const fs::path &folder, std::stop_token stop)
{
    auto listed = listSources(folder, std::move(stop), [](const fs::path &path) {
        return fileKindOf(path) != FileKind::None;
    });
    if (!listed) {
        return tl::unexpected(listed.error());
    }
    std::vector<Result<SourceFile>> read(listed->files.size());
    forEachIndex(read.size(),
                 [&](std::size_t i) { read[i] = readSource(folder / listed->files[i]); });
    FolderSources sources;
    sources.skipped = std::move(listed->skipped);
    for (std::size_t i = 0; i < read.size(); ++i) {
        if (read[i]) {
            sources.files.push_back({listed->files[i], std::move(*read[i])});
        } else {
            ++sources.failed;
            sources.skipped.push_back({listed->files[i], read[i].error().detail});
        }
    }
    sources.facts = factsOf(sources.files, pipeline.rules());
    return sources;
}

Result<FolderMigration> migrateFolder(Pipeline &pipeline, const fs::path &folder,
                                      const MigrationOptions &options,
                                      const ProgressCallback &progress, std::stop_token stop,
                                      const FolderObservations &observed)
{
    auto sources = readFolder(pipeline, folder, stop);
    if (!sources) {
        return tl::unexpected(sources.error());
    }
    const auto migrator = ProjectMigrator::open(pipeline);
    if (!migrator) {
        return tl::unexpected(migrator.error());
    }
    std::vector<MigratableFile> &files = sources->files;
    std::vector<std::optional<Result<Migration>>> migrations(files.size());
    std::atomic<std::size_t> done = 0;
    const std::thread::id caller = std::this_thread::get_id();
    forEachIndex(files.size(), [&](std::size_t i) {
        if (!stop.stop_requested()) {
            MigrationOptions own = options;
            const std::string path = files[i].path.generic_string();
            own.place = {&sources->facts, path};
            if (const auto seen = observed.find(path); seen != observed.end()) {
                own.observed = seen->second;
            }
            migrations[i] = migrator->migrate(files[i].path, files[i].source, own, stop);
        }
        ++done;
        if (progress && std::this_thread::get_id() == caller) {
            progress({"migrating", static_cast<double>(done), static_cast<double>(files.size()),
                      "files"});
        }
    });
    if (stop.stop_requested()) {
        return fail(Errc::Cancelled, "cancelled");
    }
    FolderMigration out;
    out.skipped = std::move(sources->skipped);
    out.failed = sources->failed;
    for (std::size_t i = 0; i < files.size(); ++i) {
        if (*migrations[i]) {
            out.files.push_back({files[i].path, fileKindOf(files[i].path),
                                 std::move(files[i].source), std::move(**migrations[i])});
            continue;
        }
        ++out.failed;
        out.skipped.push_back({files[i].path, migrations[i]->error().detail});
    }
    std::sort(out.skipped.begin(), out.skipped.end(),
              [](const SkippedPath &a, const SkippedPath &b) { return a.path < b.path; });
    return out;
}

} // namespace TorchLift
