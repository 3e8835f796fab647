#include <filesystem>
#include <iostream>

#include "cli/commands.h"
#include "cli/input.h"
#include "cli/output.h"
#include "report/json.h"

namespace TorchLift::Cli {

int validateFolders(const Context &context, const ValidateCommandOptions &options)
{
    std::error_code ignored;
    if (!std::filesystem::is_directory(options.newFile, ignored)) {
        return report({Errc::InvalidArgument, "the new code must be a folder too", options.newFile,
                       "migrate " + options.oldFile + " --out FOLDER makes one"});
    }
    const auto how = projectRunOptions(options.run, options.versions, options.oldFile);
    if (!how) {
        return report(how.error());
    }
    const auto before = readProjectFolder(options.oldFile, how->how.data, context.stop);
    if (!before) {
        return report(before.error());
    }
    auto after = readProjectFolder(options.newFile, how->how.data, context.stop);
    if (!after) {
        return report(after.error());
    }
    after->dataPlaces = before->dataPlaces; // the data is that of the old folder
    const auto pipeline = Pipeline::open(context.paths);
    if (!pipeline) {
        return report(pipeline.error());
    }
    const auto result =
        validateProject(**pipeline, *before, *after, *how, tellRuns(), context.stop);
    if (!result) {
        return report(result.error());
    }
    if (auto written = writeResults({{options.run.csv, resultsToCsv(rowsOf(*result))},
                                     {options.json, projectResultToJson(*result)}});
        !written) {
        return report(written.error());
    }
    const bool isStdoutTaken = options.run.csv == "-" || options.json == "-";
    (isStdoutTaken ? std::cerr : std::cout) << describeProject(*result);
    return isAsGoodAsBefore(*result) ? Done : StillBroken;
}

} // namespace TorchLift::Cli
