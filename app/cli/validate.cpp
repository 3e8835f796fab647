#include <filesystem>
#include <iostream>

#include "cli/commands.h"
#include "cli/input.h"
#include "cli/output.h"
#include "report/json.h"

namespace TorchLift::Cli {

int runValidate(const Context &context, const ValidateCommandOptions &options)
{
    if (!options.cases.empty()) {
        return validateCases(context, options);
    }
    std::error_code ignored;
    if (std::filesystem::is_directory(options.oldFile, ignored)) {
        return validateFolders(context, options);
    }
    if (!options.run.command.empty()) {
        return report({Errc::InvalidArgument, "--run takes two folders", options.oldFile, {}});
    }
    auto oldScript = readScript(options.oldFile);
    if (!oldScript) {
        return report(oldScript.error());
    }
    auto newScript = readScript(options.newFile);
    if (!newScript) {
        return report(newScript.error());
    }
    auto versions = migrationOptions(options.versions, {});
    if (!versions) {
        return report(versions.error());
    }
    auto pipeline = Pipeline::open(context.paths);
    if (!pipeline) {
        return report(pipeline.error());
    }
    const ValidateOptions how =
        validateOptions(options.run, versions->from.value_or(Version{1, 0, 0}), versions->to);
    auto row = (*pipeline)->validate(oldScript->name, oldScript->text.utf8, newScript->text.utf8,
                                     nullptr, how, {}, context.stop);
    if (!row) {
        return report(row.error());
    }
    if (auto written = writeResults(
            {{options.run.csv, resultsToCsv({*row})}, {options.json, resultRowToJson(*row)}});
        !written) {
        return report(written.error());
    }
    if (options.run.csv != "-" && options.json != "-") {
        std::cout << describeRow(*row);
    }
    return statusOf(*row, options.oldFile);
}

} // namespace TorchLift::Cli
