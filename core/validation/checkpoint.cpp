#include "validation/checkpoint.h"

#include <algorithm>
#include <limits>
#include <map>
#include <regex>

#include <nlohmann/json.hpp>

#include "base/files.h"
#include "base/text.h"

namespace TorchLift {

namespace fs = std::filesystem;

namespace {

using Json = nlohmann::json;

constexpr std::int64_t kAnswerBytes = 32LL * 1024 * 1024;
constexpr std::size_t kMaxDifferences = 100;

// Without what a terminal would obey.
std::string shown(const std::string &words)
{
    static const std::regex style("\x1b\\[[0-9;]*[A-Za-z]"); // bold and colours
    std::string valid = std::regex_replace(toValidUtf8(words), style, "");
    std::erase_if(valid, [](unsigned char c) { return (c < ' ' && c != '\n') || c == 0x7f; });
    return valid;
}

// What comes from the sandbox may be anything: a member of another kind counts as missing.
std::string text(const Json &json, const char *name)
{
    const auto member = json.find(name);
    return member != json.end() && member->is_string() ? shown(member->get<std::string>())
                                                       : std::string();
}

std::vector<long long> sizes(const Json &json, const char *name)
{
    std::vector<long long> values;
    const auto member = json.find(name);
    if (member != json.end() && member->is_array()) {
        for (const Json &value : *member) {
            values.push_back(value.is_number_integer() ? value.get<long long>() : -1);
        }
    }
    return values;
}

double number(const Json &value)
{
    if (value.is_number()) {
        return value.get<double>();
    }
    const std::string name = value.is_string() ? value.get<std::string>() : "nan";
    return name == "inf"    ? std::numeric_limits<double>::infinity()
           : name == "-inf" ? -std::numeric_limits<double>::infinity()
                            : std::numeric_limits<double>::quiet_NaN();
}

Result<Json> ask(Runner &runner, const Environment &environment, const fs::path &script,
                 const CheckpointOptions &options, const char *step, std::stop_token stop)
{
    auto code = readFile(script);
    if (!code) {
        return tl::unexpected(code.error());
    }
    const Json request = {{"file", options.file.filename().string()},
                          {"step", step},
                          {"modelCode", options.modelCode.filename().string()},
                          {"model", options.model},
                          {"input", options.inputShape}};
    RunRequest run;
    // A JSON text of strings and numbers is a Python expression, too.
    run.code =
        "REQUEST = " + request.dump(-1, ' ', true, Json::error_handler_t::replace) + "\n" + *code;
    run.fileName = "torchlift_checkpoint.py";
    run.limits = options.limits;
    run.limits.outputBytes = kAnswerBytes;
    run.isSandboxed = options.isSandboxed;
    run.data.push_back(options.file);
    if (!options.modelCode.empty()) {
        run.data.push_back(options.modelCode);
    }
    const auto made = runner.run(environment, run, std::move(stop));
    if (!made) {
        return tl::unexpected(made.error());
    }
    if (made->outcome == Outcome::Cancelled) {
        return fail(Errc::Cancelled, "cancelled");
    }
    if (!made->works()) {
        return fail(Errc::Damaged,
                    std::string("looking at it ended with ") + outcomeName(made->outcome) + " "
                        + made->errorType + " " + made->errorMessage,
                    options.file.string());
    }
    const std::size_t last = made->output.find_last_of('\n', made->output.size() - 2);
    const std::string line =
        made->output.substr(last == std::string::npos ? 0 : last + 1); // it may print on its own
    Json answer = Json::parse(line, nullptr, false);
    if (!answer.is_object()) {
        return fail(Errc::Damaged, "what came back from the sandbox is no answer",
                    options.file.string());
    }
    return answer;
}

std::vector<CheckpointEntry> entriesOf(const Json &answer)
{
    std::vector<CheckpointEntry> entries;
    const auto list = answer.find("entries");
    if (list == answer.end() || !list->is_array()) {
        return entries;
    }
    for (const Json &entry : *list) {
        if (entry.is_object()) {
            entries.push_back({text(entry, "key"), text(entry, "type"), text(entry, "dtype"),
                               sizes(entry, "shape"), text(entry, "digest")});
        }
    }
    return entries;
}

std::string describe(const CheckpointEntry &entry)
{
    std::string all = entry.type == "tensor" ? entry.dtype + " (" : entry.type;
    if (entry.type == "tensor") {
        for (std::size_t i = 0; i < entry.shape.size(); ++i) {
            all += (i == 0 ? "" : ", ") + std::to_string(entry.shape[i]);
        }
        all += ")";
    }
    return all;
}

} // namespace

const char *weightsOnlyName(WeightsOnly state) noexcept
{
    switch (state) {
    case WeightsOnly::NotKnown:
        return "not-known";
    case WeightsOnly::Accepted:
        return "accepted";
    case WeightsOnly::Refused:
        return "refused";
    }
    return "";
}

Result<CheckpointFile> readCheckpoint(Runner &runner, const Environment &environment,
                                      const fs::path &script, const CheckpointOptions &options,
                                      std::stop_token stop)
{
    const auto answer = ask(runner, environment, script, options, "read", std::move(stop));
    if (!answer) {
        return tl::unexpected(answer.error());
    }
    CheckpointFile file;
    file.format = text(*answer, "format");
    file.error = text(*answer, "error");
    const auto globals = answer->find("globals");
    if (globals != answer->end() && globals->is_array()) {
        for (const Json &name : *globals) {
            if (name.is_string()) {
                file.globals.push_back(shown(name.get<std::string>()));
            }
        }
    }
    return file;
}

Result<CheckpointLoad> loadCheckpoint(Runner &runner, const Environment &environment,
                                      const fs::path &script, const CheckpointOptions &options,
                                      std::stop_token stop)
{
    const auto answer = ask(runner, environment, script, options, "load", std::move(stop));
    CheckpointLoad load;
    load.torch = environment.torch;
    if (!answer) {
        if (answer.error().code != Errc::Damaged) {
            return tl::unexpected(answer.error());
        }
        load.error = answer.error().detail; // it crashed, or ran out of memory or time
        return load;
    }
    load.error = text(*answer, "error");
    load.className = text(*answer, "className");
    const auto isModule = answer->find("isModule");
    load.isModule = isModule != answer->end() && *isModule == Json(true);
    const std::string state = text(*answer, "weightsOnly");
    load.weightsOnly = state == "accepted"  ? WeightsOnly::Accepted
                       : state == "refused" ? WeightsOnly::Refused
                                            : WeightsOnly::NotKnown;
    load.weightsOnlyReason = text(*answer, "weightsOnlyReason");
    load.entries = entriesOf(*answer);
    load.outputError = text(*answer, "outputError");
    const auto output = answer->find("output");
    if (output != answer->end() && output->is_object()) {
        Variable values;
        values.type = "torch.Tensor";
        values.dtype = text(*output, "dtype");
        values.shape = sizes(*output, "shape");
        values.isComparable = true;
        if (const auto list = output->find("values"); list != output->end() && list->is_array()) {
            std::transform(list->begin(), list->end(), std::back_inserter(values.values), number);
        }
        load.inputShape = sizes(*output, "inputShape");
        load.output = std::move(values);
    }
    return load;
}

std::vector<Difference> compareCheckpoints(const CheckpointLoad &oldLoad,
                                           const CheckpointLoad &newLoad,
                                           const Tolerance &tolerance)
{
    std::vector<Difference> differences;
    const auto add = [&differences](std::string what, std::string name, std::string oldValue,
                                    std::string newValue) {
        if (differences.size() < kMaxDifferences) {
            differences.push_back(
                {std::move(what), std::move(name), std::move(oldValue), std::move(newValue), {}});
        }
    };
    std::map<std::string, const CheckpointEntry *> rest;
    for (const CheckpointEntry &entry : newLoad.entries) {
        rest[entry.key] = &entry;
    }
    for (const CheckpointEntry &entry : oldLoad.entries) {
        const auto found = rest.find(entry.key);
        if (found == rest.end()) {
            add("missing", entry.key, describe(entry), {});
            continue;
        }
        if (!(*found->second == entry)) {
            const bool isAlike = describe(entry) == describe(*found->second);
            add(isAlike ? "value" : "type", entry.key,
                describe(entry) + (isAlike ? " " + entry.digest : ""),
                describe(*found->second) + (isAlike ? " " + found->second->digest : ""));
        }
        rest.erase(found);
    }
    for (const auto &[key, entry] : rest) {
        add("missing", key, {}, describe(*entry));
    }
    if (oldLoad.output && newLoad.output) {
        // The same comparison as of a variable at the end of two runs.
        Run oldRun;
        Run newRun;
        oldRun.outcome = newRun.outcome = Outcome::Ok;
        oldRun.variables["output"] = *oldLoad.output;
        newRun.variables["output"] = *newLoad.output;
        for (const Difference &difference : compareRuns(oldRun, newRun, tolerance).differences) {
            add(difference.what, difference.name, difference.oldValue, difference.newValue);
        }
    }
    return differences;
}

} // namespace TorchLift
