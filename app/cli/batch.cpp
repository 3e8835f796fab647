#include <algorithm>
#include <iostream>
#include <map>

#include "cli/commands.h"
#include "cli/input.h"
#include "cli/output.h"
#include "pipeline/batch.h"
#include "report/json.h"

namespace TorchLift::Cli {

namespace {

std::string wordOn(const BatchResult &result)
{
    if (!result.row) {
        return "not run: " + result.fault;
    }
    const auto &run = result.row->newAtTarget;
    if (run && !run->works()) {
        return std::string("new code: ") + outcomeName(run->outcome);
    }
    return result.row->verdict ? verdictName(result.row->verdict->kind) : "not compared";
}

void tell(const BatchResult &result, std::size_t done, std::size_t all, bool isKept)
{
    std::cerr << done << " of " << all << ": " << result.name << ": " << wordOn(result)
              << (isKept ? " (done before)" : "") << '\n';
}

std::string summaryOf(const std::vector<BatchResult> &results)
{
    std::map<std::string, std::size_t> counts;
    for (const BatchResult &result : results) {
        ++counts[result.row ? wordOn(result) : "not run"];
    }
    std::string text = std::to_string(results.size()) + " case(s)";
    for (const auto &[word, count] : counts) {
        text += "; " + word + ": " + std::to_string(count);
    }
    return text + '\n';
}

std::string jsonOf(const std::vector<BatchResult> &results)
{
    std::vector<CaseReport> reports;
    for (const BatchResult &result : results) {
        reports.push_back({result.name, &result.row, result.fault});
    }
    return casesToJson(reports);
}

} // namespace

int validateCases(const Context &context, const ValidateCommandOptions &options)
{
    if (!options.run.command.empty()) {
        return report(
            {Errc::InvalidArgument, "--run takes two folders, not --cases", options.cases, {}});
    }
    const auto cases = readCases(options.cases);
    if (!cases) {
        return report(cases.error());
    }
    const auto versions = migrationOptions(options.versions, {});
    if (!versions) {
        return report(versions.error());
    }
    const auto pipeline = Pipeline::open(context.paths);
    if (!pipeline) {
        return report(pipeline.error());
    }
    const ValidateOptions how =
        validateOptions(options.run, versions->from.value_or(Version{1, 0, 0}), versions->to);
    const std::string file =
        options.results.empty() ? resultsFileOf(options.cases).string() : options.results;
    const auto results = runBatch(**pipeline, *cases, how, file, tell, context.stop);
    if (!results) {
        Error error = results.error();
        if (error.code == Errc::Cancelled) {
            error.remedy =
                "the same command goes on where this one ended; " + file + " holds what was done";
        }
        return report(error);
    }
    if (auto written = writeResults(
            {{options.run.csv, resultsToCsv(rowsOf(*results))}, {options.json, jsonOf(*results)}});
        !written) {
        return report(written.error());
    }
    const bool isStdoutTaken = options.run.csv == "-" || options.json == "-";
    (isStdoutTaken ? std::cerr : std::cout) << summaryOf(*results);
    const bool areAllFine =
        std::all_of(results->begin(), results->end(), [](const BatchResult &result) {
            return result.row && statusOf(*result.row, result.name) == Done;
        });
    return areAllFine ? Done : StillBroken;
}

} // namespace TorchLift::Cli
