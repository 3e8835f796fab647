#include <iostream>
#include <memory>

#include <nlohmann/json.hpp>

#include "base/files.h"
#include "cli/command.h"
#include "cli/input.h"
#include "cli/output.h"
#include "pipeline/bisection.h"

namespace TorchLift::Cli {

namespace {

using Json = nlohmann::ordered_json;

struct BisectCommandOptions
{
    std::string file;
    VersionOptions versions{"1.0.0", "2.7.0"};
    std::string symptom;
    bool keepsEnvironments = false;
    bool isWithoutInstalling = false;
    RunOptions run;
    ProvisionCommandOptions provision;
    std::string json;
};

std::string describeStep(const BisectStep &step)
{
    std::string text =
        "torch " + step.release.toString() + " (Python " + step.run.python.toString() + "): ";
    text += step.symptom ? symptomName(*step.symptom) : "as in the source";
    if (!step.run.errorType.empty()) {
        text += ", " + step.run.errorType + ": "
                + step.run.errorMessage.substr(0, step.run.errorMessage.find('\n'));
    }
    return text + "\n";
}

Json toJson(const BisectStep &step)
{
    return {{"release", step.release.toString()},
            {"python", step.run.python.toString()},
            {"outcome", outcomeName(step.run.outcome)},
            {"symptom", step.symptom ? symptomName(*step.symptom) : ""},
            {"errorType", step.run.errorType},
            {"errorMessage", step.run.errorMessage},
            {"errorLine", step.run.errorLine},
            {"newWarnings", step.newWarnings},
            {"wasInstalled", step.wasInstalled}};
}

Json toJson(const Bisection &found, const std::string &file)
{
    const auto text = [](const std::optional<Version> &version) {
        return version ? version->toString() : std::string();
    };
    Json json = {{"schema", 1},
                 {"file", file},
                 {"symptom", found.symptom ? symptomName(*found.symptom) : ""},
                 {"firstBad", text(found.firstBad)},
                 {"lastGood", text(found.lastGood)},
                 {"expected", Json::array()},
                 {"steps", Json::array()},
                 {"removed", Json::array()}};
    for (const Version &release : found.expected) {
        json["expected"].push_back(release.toString());
    }
    for (const BisectStep &step : found.steps) {
        json["steps"].push_back(toJson(step));
    }
    for (const Version &release : found.removed) {
        json["removed"].push_back(release.toString());
    }
    return json;
}

void describe(const Bisection &found, const BisectCommandOptions &options)
{
    if (!found.firstBad) {
        std::cout << "nothing goes wrong in torch " << found.steps.back().release.toString() << " ("
                  << found.steps.size() << " runs)\n";
        return;
    }
    std::cout << symptomName(*found.symptom) << " from torch " << found.firstBad->toString()
              << " on; torch " << found.lastGood->toString() << " is the last without ("
              << found.steps.size() << " runs)\n  Its release notes: torchlift-cli retrieve "
              << options.file << " --from " << found.lastGood->toString() << " --to "
              << found.firstBad->toString() << '\n';
}

int run(const Context &context, const BisectCommandOptions &options)
{
    const auto script = readScript(options.file);
    const auto from = parseVersionOption(options.versions.from, false);
    const auto to = parseVersionOption(options.versions.to, false);
    const auto provision = provisionOptions(context, options.provision);
    if (!script || !from || !to || !provision) {
        return report(!script ? script.error()
                      : !from ? from.error()
                      : !to   ? to.error()
                              : provision.error());
    }
    auto pipeline = Pipeline::open(context.paths);
    if (!pipeline) {
        return report(pipeline.error());
    }
    BisectOptions how;
    how.how = validateOptions(options.run, **from, **to);
    how.symptom = symptomFromName(options.symptom);
    how.mayInstall = !options.isWithoutInstalling;
    how.keepsEnvironments = options.keepsEnvironments;
    how.provision = *provision;
    const auto found = bisect(
        **pipeline, script->name, script->text.utf8, how,
        [](const BisectStep &step) { std::cerr << describeStep(step); }, terminalProgress(),
        context.stop);
    if (!found) {
        return report(found.error());
    }
    if (!options.json.empty()) {
        const std::string text =
            toJson(*found, script->name).dump(2, ' ', false, Json::error_handler_t::replace);
        if (auto written = writeResult(options.json, text + '\n'); !written) {
            return report(written.error());
        }
    }
    if (options.json != "-") {
        describe(*found, options);
    }
    return found->firstBad ? StillBroken : Done;
}

} // namespace

Result<std::optional<BisectionAnswer>> readBisection(const std::string &file)
{
    if (file.empty()) {
        return std::nullopt;
    }
    constexpr std::size_t kMaxBytes = 16U * 1024 * 1024;
    const auto text = readFile(file, kMaxBytes);
    if (!text) {
        return tl::unexpected(text.error());
    }
    const auto wrong = [&file] {
        return fail(Errc::InvalidInput, "this is not what a bisection found", file,
                    "torchlift-cli bisect FILE --json " + file);
    };
    const Json json = Json::parse(*text, nullptr, false);
    if (!json.is_object() || !json.contains("steps") || !json["steps"].is_array()) {
        return wrong();
    }
    const auto word = [&json](const char *name) {
        const auto member = json.find(name);
        return member != json.end() && member->is_string() ? member->get<std::string>()
                                                           : std::string("?");
    };
    if (word("symptom").empty()) {
        return std::nullopt;
    }
    const auto lastGood = Version::parse(word("lastGood"));
    const auto firstBad = Version::parse(word("firstBad"));
    if (!lastGood || !firstBad || *lastGood >= *firstBad || !symptomFromName(word("symptom"))) {
        return wrong();
    }
    return BisectionAnswer{word("symptom"), *lastGood, *firstBad, json["steps"].size()};
}

void addBisection(CLI::App *command, std::string &file)
{
    command
        ->add_option("--bisection", file,
                     "What bisect --json found: only the notes of the release in which it begins")
        ->type_name("FILE");
}

Command addBisect(CLI::App &app)
{
    const auto options = std::make_shared<BisectCommandOptions>();
    CLI::App *command =
        app.add_subcommand("bisect", "The first release where code fails, differs or warns");
    command->add_option("file", options->file, "Python file, or -")->required();
    addVersions(command, options->versions);
    command->add_option("--for", options->symptom, "What to look for; the worst, if not given")
        ->check(CLI::IsMember({"fails", "differs", "warns"}));
    command->add_flag("--keep", options->keepsEnvironments,
                      "Keep the environments that are made for this");
    command->add_flag("--no-install", options->isWithoutInstalling,
                      "Use only environments that are there");
    addRun(command, options->run);
    addProvision(command, options->provision);
    addJson(command, options->json);
    return {command, [options](const Context &context) { return run(context, *options); }};
}

} // namespace TorchLift::Cli
