#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "migration/migrate.h"
#include "pipeline/pipeline.h"
#include "source/projectfacts.h"
#include "source/sourcefile.h"
#include "source/sourcefolder.h"

namespace TorchLift {

class NativeKnowledge;
struct PinKnowledge;

/// What has to be done with a file of a project.
enum class FileKind {
    None,
    Python, ///< *.py, *.ipynb: rules; version pins too where it holds some
    Pins,   ///< requirements, set-up, environment and container files: version pins alone
    Native, ///< C++ and CUDA: looked at, never rewritten
};

[[nodiscard]] const char *fileKindName(FileKind kind) noexcept;
/// By the file's name alone.
[[nodiscard]] FileKind fileKindOf(const std::filesystem::path &path);

/// Migrates whatever a project holds, each file in its way. Immutable after open(): threads may
/// share one, as long as the pipeline lives.
class ProjectMigrator
{
public:
    /// Reads what the pipeline has not read yet. Errors: those of PinKnowledge and NativeKnowledge.
    [[nodiscard]] static Result<ProjectMigrator> open(Pipeline &pipeline);

    /// A file that is of no kind is taken for Python. Errors: those of TorchLift::migrate.
    [[nodiscard]] Result<Migration> migrate(const std::filesystem::path &path,
                                            const SourceFile &file, const MigrationOptions &options,
                                            std::stop_token stop) const;
    /// Adds the pins of set-up files and notebooks to a migration of their Python.
    void addPins(Migration &migration, const std::filesystem::path &path, const SourceFile &file,
                 const MigrationOptions &options) const;

private:
    const RuleSet *m_rules = nullptr;
    std::shared_ptr<const Timeline> m_timeline; ///< may be null
    std::shared_ptr<const PinKnowledge> m_pins;
    std::shared_ptr<const NativeKnowledge> m_native;
};

/// One file of a folder that can be migrated.
struct MigratableFile
{
    std::filesystem::path path; ///< below the folder
    SourceFile source;
};

/// What a folder holds to be migrated.
struct FolderSources
{
    std::vector<MigratableFile> files; ///< sorted by path
    ProjectFacts facts;                ///< what its scripts know of each other
    std::vector<SkippedPath> skipped;  ///< left out by listSources(), or not readable
    std::size_t failed = 0;            ///< of those left out: could not be read
};

/// Reads all there is below `folder`. Errors: those of listSources.
[[nodiscard]] Result<FolderSources>
readFolder(Pipeline &pipeline, const std::filesystem::path &folder, std::stop_token stop);

/// What was seen when a project ran, by the path below its folder, with slashes.
using FolderObservations = std::map<std::string, std::shared_ptr<const Observations>>;

/// One file of a folder, migrated.
struct MigratedFile
{
    std::filesystem::path path; ///< below the folder
    FileKind kind = FileKind::None;
    SourceFile source;
    Migration migration;
};

struct FolderMigration
{
    std::vector<MigratedFile> files;  ///< sorted by path
    std::vector<SkippedPath> skipped; ///< left out by listSources(), or not readable; sorted
    std::size_t failed = 0;           ///< of those left out: could not be read or migrated
};

/// Migrates all there is below `folder`, on as many threads as there are cores. Scripts see each
/// other (ProjectFacts). Nothing is written. Errors: those of readFolder() and open(); Cancelled.
[[nodiscard]] Result<FolderMigration>
migrateFolder(Pipeline &pipeline, const std::filesystem::path &folder,
              const MigrationOptions &options, const ProgressCallback &progress,
              std::stop_token stop, const FolderObservations &observed = {});

} // namespace TorchLift
