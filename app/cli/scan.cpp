#include <iostream>

#include "cli/commands.h"
#include "cli/input.h"
#include "cli/output.h"
#include "report/json.h"

namespace TorchLift::Cli {

int runScan(const Context &context, const ScanOptions &options)
{
    auto script = readScript(options.file);
    if (!script) {
        return report(script.error());
    }
    auto migrationOptions = Cli::migrationOptions(options.versions, "safe");
    if (!migrationOptions) {
        return report(migrationOptions.error());
    }
    auto pipeline = Pipeline::open(context.paths);
    if (!pipeline) {
        return report(pipeline.error());
    }
    auto migration = (*pipeline)->migrate(script->text.utf8, *migrationOptions, context.stop);
    if (!migration) {
        return report(migration.error());
    }
    if (!options.json.empty()) {
        auto written = writeResult(options.json, migrationToJson(*migration, script->name));
        if (!written) {
            return report(written.error());
        }
    }
    const LineIndex lines(migration->oldCode);
    if (options.json != "-") {
        for (const Edit &edit : migration->edits) {
            std::cout << script->name << ": " << script->placeOf(lines.lineOf(edit.span().begin))
                      << ": " << edit.symbol << " changed in " << edit.brokenIn.toShortString()
                      << " (" << evidenceName(edit.evidence)
                      << "): " << edit.title.in(context.language) << '\n';
        }
        for (const Residue &residue : migration->residues) {
            std::cout << script->name << ": " << script->placeOf(residue.line) << ": "
                      << residue.symbol << " changed in " << residue.brokenIn.toShortString()
                      << ": " << residue.detail.in(context.language) << '\n';
        }
    }
    return migration->edits.empty() && !leavesBreakage(*migration) ? Done : StillBroken;
}

} // namespace TorchLift::Cli
