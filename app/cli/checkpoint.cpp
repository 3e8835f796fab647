#include <iostream>
#include <memory>

#include <nlohmann/json.hpp>

#include "cli/command.h"
#include "cli/input.h"
#include "cli/output.h"
#include "validation/checkpoint.h"

namespace TorchLift::Cli {

namespace {

using Json = nlohmann::ordered_json;

struct CheckpointCommandOptions
{
    CheckpointOptions look;
    std::string file;
    std::string modelCode;
    VersionOptions versions{"1.0.0", "2.7.0"};
    RunOptions run;
    std::string json;
};

struct Seen
{
    CheckpointFile file;
    CheckpointLoad oldLoad;
    CheckpointLoad newLoad;
    std::vector<Difference> differences;
};

Json toJson(const CheckpointLoad &load)
{
    Json json = {{"torch", load.torch.toString()},
                 {"error", load.error},
                 {"className", load.className},
                 {"isModule", load.isModule},
                 {"weightsOnly", weightsOnlyName(load.weightsOnly)},
                 {"weightsOnlyReason", load.weightsOnlyReason},
                 {"inputShape", load.inputShape},
                 {"outputShape", load.output ? load.output->shape : std::vector<long long>()},
                 {"hasOutput", load.output.has_value()},
                 {"outputError", load.outputError},
                 {"entries", Json::array()}};
    for (const CheckpointEntry &entry : load.entries) {
        json["entries"].push_back({{"key", entry.key},
                                   {"type", entry.type},
                                   {"dtype", entry.dtype},
                                   {"shape", entry.shape},
                                   {"digest", entry.digest}});
    }
    return json;
}

std::string toJson(const Seen &seen, const std::string &name)
{
    Json json = {{"schema", 1},
                 {"file", name},
                 {"format", seen.file.format},
                 {"globals", seen.file.globals},
                 {"readError", seen.file.error},
                 {"loads", {toJson(seen.oldLoad), toJson(seen.newLoad)}},
                 {"differences", Json::array()}};
    for (const Difference &difference : seen.differences) {
        json["differences"].push_back({{"what", difference.what},
                                       {"name", difference.name},
                                       {"oldValue", difference.oldValue},
                                       {"newValue", difference.newValue}});
    }
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

// Of an error of torch's that explains at length, the line that names what is wrong.
std::string heartOf(const std::string &reason)
{
    const std::size_t named = reason.find("WeightsUnpickler error: ");
    const std::size_t begin = named == std::string::npos ? 0 : named;
    return reason.substr(begin, reason.find('\n', begin) - begin);
}

void describe(const CheckpointLoad &load)
{
    std::cout << "  torch " << load.torch.toString() << ": "
              << (load.error.empty() ? "loads as " + load.className + ", "
                                           + std::to_string(load.entries.size()) + " entries"
                                     : "does not load: " + load.error)
              << '\n';
    if (load.weightsOnly != WeightsOnly::NotKnown) {
        std::cout << "    weights_only: " << weightsOnlyName(load.weightsOnly)
                  << (load.weightsOnlyReason.empty() ? "" : ": ") << heartOf(load.weightsOnlyReason)
                  << '\n';
    }
    if (load.output) {
        std::cout << "    output for the same input: " << load.output->values.size()
                  << " numbers compared\n";
    } else if (!load.outputError.empty()) {
        std::cout << "    no output: " << load.outputError << '\n';
    }
}

void describe(const Seen &seen, const std::string &name)
{
    std::cout << name << ": " << seen.file.format << '\n';
    if (!seen.file.error.empty()) {
        std::cout << "  not read to its end: " << seen.file.error << '\n';
    }
    std::cout << "  needs:";
    for (const std::string &global : seen.file.globals) {
        std::cout << ' ' << global;
    }
    std::cout << '\n';
    describe(seen.oldLoad);
    describe(seen.newLoad);
    for (const CheckpointEntry &entry : seen.newLoad.entries) {
        std::cout << "    " << entry.key << "  " << entry.type << ' ' << entry.dtype << " (";
        for (std::size_t i = 0; i < entry.shape.size(); ++i) {
            std::cout << (i == 0 ? "" : ", ") << entry.shape[i];
        }
        std::cout << ")\n";
    }
    for (const Difference &difference : seen.differences) {
        std::cout << "  differs: " << difference.name << " (" << difference.what
                  << "): " << difference.oldValue << " → " << difference.newValue << '\n';
    }
}

Result<Seen> look(const Context &context, const CheckpointOptions &options, const Version &from,
                  const Version &to)
{
    const auto source = findEnvironment(context.paths.environments(), from);
    const auto target = findEnvironment(context.paths.environments(), to);
    if (!source || !target) {
        return tl::unexpected(source ? target.error() : source.error());
    }
    Runner runner(context.paths.worker());
    const auto script = context.paths.resources / "worker" / "checkpoint.py";
    auto file = readCheckpoint(runner, *target, script, options, context.stop);
    if (!file) {
        return tl::unexpected(file.error());
    }
    auto oldLoad = loadCheckpoint(runner, *source, script, options, context.stop);
    if (!oldLoad) {
        return tl::unexpected(oldLoad.error());
    }
    auto newLoad = loadCheckpoint(runner, *target, script, options, context.stop);
    if (!newLoad) {
        return tl::unexpected(newLoad.error());
    }
    Seen seen{std::move(*file), std::move(*oldLoad), std::move(*newLoad), {}};
    if (seen.oldLoad.error.empty() && seen.newLoad.error.empty()) {
        seen.differences = compareCheckpoints(seen.oldLoad, seen.newLoad, {});
    }
    return seen;
}

int run(const Context &context, const CheckpointCommandOptions &options)
{
    const auto from = parseVersionOption(options.versions.from, false);
    const auto to = parseVersionOption(options.versions.to, false);
    if (!from || !to) {
        return report(from ? to.error() : from.error());
    }
    CheckpointOptions how = options.look;
    how.file = options.file;
    how.modelCode = options.modelCode;
    how.isSandboxed = !options.run.isUnsandboxed;
    how.limits.wallSeconds = options.run.timeoutSeconds.value_or(how.limits.wallSeconds);
    const auto seen = look(context, how, **from, **to);
    if (!seen) {
        return report(seen.error());
    }
    if (!options.json.empty()) {
        if (auto written = writeResult(options.json, toJson(*seen, options.file)); !written) {
            return report(written.error());
        }
    }
    if (options.json != "-") {
        describe(*seen, options.file);
    }
    const bool isFine = seen->newLoad.error.empty() && seen->differences.empty()
                        && seen->newLoad.weightsOnly != WeightsOnly::Refused;
    return isFine ? Done : StillBroken;
}

} // namespace

Command addCheckpoint(CLI::App &app)
{
    const auto options = std::make_shared<CheckpointCommandOptions>();
    CLI::App *command = app.add_subcommand("checkpoint", "Look at a saved file in both versions");
    command->add_option("file", options->file, "A .pth or .pt")
        ->required()
        ->check(CLI::ExistingFile);
    command->add_option("--model-code", options->modelCode, "Python file with the model's classes")
        ->check(CLI::ExistingFile);
    command->add_option("--model", options->look.model,
                        "Expression that makes the model of a state dict, like Net(10)");
    command
        ->add_option("--input", options->look.inputShape, "Shape of the model's input: 1,3,32,32")
        ->delimiter(',');
    command->add_option("--timeout", options->run.timeoutSeconds, "Seconds for each run")
        ->check(CLI::Range(1, 86400));
    command->add_flag("--no-sandbox", options->run.isUnsandboxed,
                      "Load it with your own rights. Only for files that you trust");
    addVersions(command, options->versions);
    addJson(command, options->json);
    return {command, [options](const Context &context) { return run(context, *options); }};
}

} // namespace TorchLift::Cli
