#include <algorithm>
#include <cstdio>
#include <iostream>

#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "cli/evaluation.h"
#include "cli/output.h"
#include "evaluation/calibration.h"
#include "evaluation/statistics.h"
#include "evaluation/trecfiles.h"

namespace TorchLift::Cli {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kComparedDepth = 6; // what a prompt gets

Json measuresOf(const EvaluatedRun &one, const std::vector<std::size_t> &depths)
{
    Json list = Json::array();
    for (const Measure measure : kMeasures) {
        for (const std::size_t k : depths) {
            const auto values = measureEach(measure, one.found.run, one.judgements->qrels, k);
            const Interval interval = bootstrapInterval(values, 0.95, {1000});
            list.push_back({{"measure", describe(measure).name},
                            {"k", k},
                            {"mean", meanOf(values)},
                            {"low", interval.low},
                            {"high", interval.high},
                            {"ceiling", meanCeiling(measure, one.judgements->qrels, k)}});
        }
    }
    return list;
}

Json calibrationOf(const EvaluatedRun &one, double coverage)
{
    Json list = Json::array();
    for (const Covered covered : {Covered::First, Covered::All}) {
        const auto needed = depthsNeeded(one.found.run, one.judgements->qrels, covered);
        const Calibration calibration = calibrate(needed, coverage);
        list.push_back({{"covered", covered == Covered::First ? "first" : "all"},
                        {"coverage", coverage},
                        {"k", calibration.k ? Json(*calibration.k) : Json()},
                        {"measured", calibration.measured},
                        {"splits", calibration.splits}});
    }
    return list;
}

// Against the plain dense ranking of the same set, texts, model and precision.
Json comparisonOf(const EvaluatedRun &one, const std::vector<EvaluatedRun> &all)
{
    Json list = Json::array();
    const auto dense = std::find_if(all.begin(), all.end(), [&](const EvaluatedRun &other) {
        return other.ranking == "dense" && other.set == one.set && other.texts == one.texts
               && other.model == one.model && other.precision == one.precision
               && other.device == one.device;
    });
    if (dense == all.end() || one.ranking == "dense") {
        return list;
    }
    const std::pair<Measure, std::size_t> compared[] = {
        {Measure::Recall, kComparedDepth}, {Measure::Mrr, 10}, {Measure::Ndcg, 10}};
    for (const auto &[measure, k] : compared) {
        const auto ours = measureEach(measure, one.found.run, one.judgements->qrels, k);
        const auto theirs = measureEach(measure, dense->found.run, one.judgements->qrels, k);
        list.push_back({{"against", "dense"},
                        {"measure", describe(measure).name},
                        {"k", k},
                        {"difference", meanOf(ours) - meanOf(theirs)},
                        {"randomisation", randomisationTest(ours, theirs)},
                        {"wilcoxon", wilcoxonTest(ours, theirs)}});
    }
    return list;
}

Json toJson(const std::vector<EvaluatedRun> &runs, const EvaluateOptions &options)
{
    Json formulas = Json::array();
    for (const Measure measure : kMeasures) {
        const MeasureText &text = describe(measure);
        formulas.push_back({{"measure", text.name},
                            {"formula", text.formula},
                            {"denominator", text.denominator},
                            {"ceiling", text.ceiling}});
    }
    Json list = Json::array();
    for (const EvaluatedRun &one : runs) {
        list.push_back({{"set", one.set},
                        {"texts", one.texts},
                        {"model", one.model},
                        {"precision", one.precision},
                        {"device", one.device},
                        {"ranking", one.ranking},
                        {"queries", one.judgements->qrels.size()},
                        {"chunks", one.chunks},
                        {"outsideWindow", one.found.outsideWindow},
                        {"milliseconds", one.found.milliseconds},
                        {"measures", measuresOf(one, options.depths)},
                        {"tests", comparisonOf(one, runs)},
                        {"calibration", calibrationOf(one, options.coverage)}});
    }
    return {{"schema", 1}, {"formulas", formulas}, {"runs", list}};
}

void print(const Json &json)
{
    for (const Json &one : json["runs"]) {
        std::printf("\n%s, %s: %s %s, %s; %zu queries, %zu chunks, %zu outside the window, "
                    "%.1f ms a query\n",
                    one["set"].get<std::string>().c_str(), one["texts"].get<std::string>().c_str(),
                    one["model"].get<std::string>().c_str(),
                    one["precision"].get<std::string>().c_str(),
                    one["ranking"].get<std::string>().c_str(), one["queries"].get<std::size_t>(),
                    one["chunks"].get<std::size_t>(), one["outsideWindow"].get<std::size_t>(),
                    one["milliseconds"].get<double>());
        for (const Json &row : one["measures"]) {
            std::printf("  %-10s @%-4zu %.3f  [%.3f, %.3f]  ceiling %.3f\n",
                        row["measure"].get<std::string>().c_str(), row["k"].get<std::size_t>(),
                        row["mean"].get<double>(), row["low"].get<double>(),
                        row["high"].get<double>(), row["ceiling"].get<double>());
        }
        for (const Json &row : one["tests"]) {
            std::printf("  %s@%zu against dense: %+.3f, p = %.4f (randomisation), %.4f "
                        "(Wilcoxon)\n",
                        row["measure"].get<std::string>().c_str(), row["k"].get<std::size_t>(),
                        row["difference"].get<double>(), row["randomisation"].get<double>(),
                        row["wilcoxon"].get<double>());
        }
        for (const Json &row : one["calibration"]) {
            const std::string k = row["k"].is_null() ? "none" : row["k"].dump();
            std::printf("  k for %.0f %% coverage (%s): %s; covered of held-out halves: %.3f\n",
                        100 * row["coverage"].get<double>(),
                        row["covered"] == "first" ? "one right chunk" : "all right chunks",
                        k.c_str(), row["measured"].get<double>());
        }
    }
    std::puts("");
    for (const Json &text : json["formulas"]) {
        std::printf("%s@k = %s; denominator: %s; ceiling: %s\n",
                    text["measure"].get<std::string>().c_str(),
                    text["formula"].get<std::string>().c_str(),
                    text["denominator"].get<std::string>().c_str(),
                    text["ceiling"].get<std::string>().c_str());
    }
    std::fflush(stdout);
}

std::string csvOf(const Json &json)
{
    std::string csv = "Set,Texts,Model,Precision,Ranking,Measure,k,Mean,Low,High,Ceiling\n";
    for (const Json &one : json["runs"]) {
        for (const Json &row : one["measures"]) {
            for (const char *name : {"set", "texts", "model", "precision", "ranking"}) {
                csv += one[name].get<std::string>() + ',';
            }
            csv += row["measure"].get<std::string>();
            for (const char *name : {"k", "mean", "low", "high", "ceiling"}) {
                csv += ',' + row[name].dump();
            }
            csv += '\n';
        }
    }
    return csv;
}

Result<void> writeRuns(const std::vector<EvaluatedRun> &runs, const std::string &folder)
{
    std::error_code ignored;
    std::filesystem::create_directories(folder, ignored);
    for (const EvaluatedRun &one : runs) {
        std::string name =
            one.set + '-' + one.texts + '-' + one.model + '-' + one.precision + '-' + one.ranking;
        std::replace(name.begin(), name.end(), '/', '_');
        const std::filesystem::path base = std::filesystem::path(folder) / name;
        for (const auto &[ending, text] :
             {std::pair(".run", runToTrec(one.found.run, one.ranking)),
              std::pair(".qrels", qrelsToTrec(one.judgements->qrels))}) {
            if (auto written = writeResult(base.string() + ending, text); !written) {
                return written;
            }
        }
    }
    return {};
}

} // namespace

int runEvaluateRetrieval(const Context &context, const EvaluateOptions &options)
{
    const auto runs = evaluateRetrieval(context, options);
    if (!runs) {
        return report(runs.error());
    }
    const Json json = toJson(*runs, options);
    if (!options.trec.empty()) {
        if (auto written = writeRuns(*runs, options.trec); !written) {
            return report(written.error());
        }
    }
    if (auto written =
            writeResults({{options.json, json.dump(2) + '\n'}, {options.csv, csvOf(json)}});
        !written) {
        return report(written.error());
    }
    if (options.json != "-" && options.csv != "-") {
        print(json);
    }
    return Done;
}

} // namespace TorchLift::Cli
