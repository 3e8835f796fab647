#include <filesystem>
#include <iostream>

#include "cli/commands.h"
#include "cli/input.h"
#include "cli/output.h"
#include "pipeline/foldermigration.h"
#include "report/json.h"

namespace TorchLift::Cli {

int runScan(const Context &context, const ScanOptions &options)
{
    std::error_code ignored;
    if (std::filesystem::is_directory(options.file, ignored)) {
        return scanFolder(context, options);
    }
    const auto script = readScript(options.file);
    if (!script) {
        return report(script.error());
    }
    const auto how = migrationOptions(options.versions, "safe");
    if (!how) {
        return report(how.error());
    }
    const auto pipeline = Pipeline::open(context.paths);
    if (!pipeline) {
        return report(pipeline.error());
    }
    const auto migrator = ProjectMigrator::open(**pipeline);
    if (!migrator) {
        return report(migrator.error());
    }
    const auto migration = migrator->migrate(script->name, *script, *how, context.stop);
    if (!migration) {
        return report(migration.error());
    }
    if (!options.json.empty()) {
        const bool isPython =
            fileKindOf(script->name) == FileKind::Python || script->name == "stdin";
        const auto analysis = isPython ? analyse(script->text.utf8) : Analysis{};
        if (!analysis) {
            return report(analysis.error());
        }
        const auto written =
            writeResult(options.json, scanToJson(*analysis, *migration, script->name));
        if (!written) {
            return report(written.error());
        }
    }
    if (options.json != "-") {
        std::cout << describeFindings(*migration, script->name, context.language,
                                      [&](int line) { return script->placeOf(line); });
    }
    return migration->edits.empty() && !leavesBreakage(*migration) ? Done : StillBroken;
}

} // namespace TorchLift::Cli
