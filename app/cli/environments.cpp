#include <algorithm>
#include <iomanip>
#include <iostream>
#include <memory>

#include <nlohmann/json.hpp>

#include "cli/command.h"
#include "cli/input.h"
#include "cli/output.h"
#include "settings/networksettings.h"
#include "validation/environmentstore.h"

namespace TorchLift::Cli {

namespace {

using Json = nlohmann::ordered_json;

struct EnvironmentsOptions
{
    std::vector<std::string> versions;
    std::vector<std::string> packages;
    ProvisionCommandOptions provision;
    std::string json;
};

Json toJson(const EnvironmentState &state)
{
    Json json = {{"name", state.name},  {"isUsable", state.environment.has_value()},
                 {"problem", ""},       {"folder", ""},
                 {"interpreter", ""},   {"python", ""},
                 {"torch", ""},         {"numpy", ""},
                 {"cuda", ""},          {"bytes", state.bytes},
                 {"added", state.added}};
    if (!state.environment) {
        json["problem"] = state.environment.error().detail;
        return json;
    }
    const Environment &environment = *state.environment;
    json["folder"] = environment.folder.string();
    json["interpreter"] = environment.base.string();
    json["python"] = environment.python.toString();
    json["torch"] = environment.torch.toString();
    json["numpy"] = environment.numpy;
    json["cuda"] = environment.cuda;
    return json;
}

void describe(const EnvironmentState &state)
{
    std::cout << std::left << std::setw(14) << state.name;
    if (!state.environment) {
        std::cout << "broken: " << state.environment.error().detail
                  << "\n    What helps: torchlift-cli environments repair\n";
        return;
    }
    const Environment &environment = *state.environment;
    std::cout << "Python " << std::setw(8) << environment.python.toString() << "NumPy "
              << std::setw(8) << (environment.numpy.empty() ? "missing" : environment.numpy)
              << std::setw(11)
              << (environment.cuda.empty() ? "CPU only" : "CUDA " + environment.cuda) << std::right
              << std::setw(6) << (state.bytes >> 20) << " MB  from " << environment.base.string()
              << '\n';
    if (!state.added.empty()) {
        std::cout << "    with";
        for (const std::string &package : state.added) {
            std::cout << ' ' << package;
        }
        std::cout << '\n';
    }
}

// Where words for people go: not among the JSON.
std::ostream &words(const EnvironmentsOptions &options)
{
    return options.json == "-" ? std::cerr : std::cout;
}

Result<std::vector<EnvironmentState>> writeStates(const Context &context,
                                                  const EnvironmentsOptions &options)
{
    auto states = EnvironmentStore(context.paths.environments()).list();
    if (!states || options.json.empty()) {
        return states;
    }
    Json all = {{"schema", 1}, {"environments", Json::array()}};
    for (const EnvironmentState &state : *states) {
        all["environments"].push_back(toJson(state));
    }
    auto written = writeResult(options.json, all.dump(2) + '\n');
    return written ? std::move(states) : tl::unexpected(written.error());
}

// The end of a command that changed them: --json tells what there is now.
int finish(const Context &context, const EnvironmentsOptions &options)
{
    if (!options.json.empty()) {
        if (auto written = writeStates(context, options); !written) {
            return report(written.error());
        }
    }
    return Done;
}

int list(const Context &context, const EnvironmentsOptions &options)
{
    const auto states = writeStates(context, options);
    if (!states) {
        return report(states.error());
    }
    if (options.json != "-") {
        std::for_each(states->begin(), states->end(), describe);
    }
    const bool hasUsable =
        std::any_of(states->begin(), states->end(),
                    [](const EnvironmentState &state) { return state.environment.has_value(); });
    if (!hasUsable) {
        return report({Errc::MissingPart, "no environment is installed",
                       context.paths.environments().string(), "installer/setup.sh"});
    }
    return Done;
}

Result<std::vector<Version>> parseVersions(const std::vector<std::string> &texts)
{
    std::vector<Version> versions;
    for (const std::string &text : texts) {
        auto version = parseVersionOption(text, false);
        if (!version) {
            return tl::unexpected(version.error());
        }
        versions.push_back(**version);
    }
    return versions;
}

// Those named, or all there are.
Result<std::vector<Version>> chosenVersions(const Context &context,
                                            const EnvironmentsOptions &options)
{
    if (!options.versions.empty()) {
        return parseVersions(options.versions);
    }
    auto states = EnvironmentStore(context.paths.environments()).list();
    if (!states) {
        return tl::unexpected(states.error());
    }
    std::vector<Version> versions;
    for (const EnvironmentState &state : *states) {
        versions.push_back(*Version::parse(state.name.substr(state.name.find('-') + 1)));
    }
    return versions;
}

Result<void> installOne(const Context &context, const Version &torch,
                        const EnvironmentsOptions &options, const ProvisionOptions &how)
{
    EnvironmentStore store(context.paths.environments());
    const auto plan = store.plan(torch, how, context.stop);
    if (!plan) {
        return tl::unexpected(plan.error());
    }
    std::cerr << "torch " << torch.toString() << " on Python "
              << plan->interpreter.version.toString() << " (" << plan->interpreter.path.string()
              << "): up to " << plan->release.downloadMb << " MB to download, "
              << plan->release.diskMb << " MB on disk; " << plan->freeMb << " MB are free\n";
    const auto made = store.install(*plan, options.packages, how, terminalProgress(), context.stop);
    if (!made) {
        return tl::unexpected(made.error());
    }
    words(options) << made->name << " is ready in " << made->folder.string() << '\n';
    return {};
}

int install(const Context &context, const EnvironmentsOptions &options)
{
    const auto how = provisionOptions(context, options.provision);
    const auto versions = parseVersions(options.versions);
    if (!how || !versions) {
        return report(how ? versions.error() : how.error());
    }
    for (const Version &torch : *versions) {
        if (auto done = installOne(context, torch, options, *how); !done) {
            return report(done.error());
        }
    }
    return finish(context, options);
}

int add(const Context &context, const EnvironmentsOptions &options)
{
    const auto how = provisionOptions(context, options.provision);
    const auto versions = chosenVersions(context, options);
    if (!how || !versions) {
        return report(how ? versions.error() : how.error());
    }
    EnvironmentStore store(context.paths.environments());
    for (const Version &torch : *versions) {
        const auto made =
            store.add(torch, options.packages, *how, terminalProgress(), context.stop);
        if (!made) {
            return report(made.error());
        }
        words(options) << made->name << " has the packages\n";
    }
    return finish(context, options);
}

int repair(const Context &context, const EnvironmentsOptions &options)
{
    const auto how = provisionOptions(context, options.provision);
    const auto versions = chosenVersions(context, options);
    if (!how || !versions) {
        return report(how ? versions.error() : how.error());
    }
    EnvironmentStore store(context.paths.environments());
    for (const Version &torch : *versions) {
        const auto damage = store.repair(torch, *how, terminalProgress(), context.stop);
        if (!damage) {
            return report(damage.error());
        }
        words(options) << store.folderOf(torch).filename().string()
                       << (*damage ? " was made again: " + **damage : " is whole") << '\n';
    }
    return finish(context, options);
}

int remove(const Context &context, const EnvironmentsOptions &options)
{
    const auto versions = parseVersions(options.versions);
    if (!versions) {
        return report(versions.error());
    }
    EnvironmentStore store(context.paths.environments());
    for (const Version &torch : *versions) {
        if (auto done = store.remove(torch, context.stop); !done) {
            return report(done.error());
        }
        words(options) << store.folderOf(torch).filename().string() << " is removed\n";
    }
    return finish(context, options);
}

} // namespace

void addProvision(CLI::App *command, ProvisionCommandOptions &options)
{
    command->add_option("--python", options.python, "Interpreter to make environments from");
    command->add_option("--index", options.index, "Address of the package index")
        ->envname("TORCHLIFT_INDEX");
    command->add_option("--proxy", options.proxy, "http://HOST:PORT or socks5://HOST:PORT");
    command->add_option("--cert", options.certificates, "PEM file of authorities to trust")
        ->check(CLI::ExistingFile);
}

Result<ProvisionOptions> provisionOptions(const Context &context,
                                          const ProvisionCommandOptions &options)
{
    const auto settings = loadNetworkSettings(context.paths.config);
    if (!settings) {
        return tl::unexpected(settings.error());
    }
    ProvisionOptions how;
    how.python = options.python;
    how.index = options.index.empty() ? settings->index : options.index;
    how.proxy = options.proxy.empty() ? settings->proxy : options.proxy;
    how.certificates = options.certificates.empty() ? settings->certificates
                                                    : std::filesystem::path(options.certificates);
    return how;
}

std::vector<Command> addEnvironments(CLI::App &app)
{
    const auto options = std::make_shared<EnvironmentsOptions>();
    CLI::App *all = app.add_subcommand("environments", "Interpreters with a torch version");
    all->require_subcommand(1);
    std::vector<Command> commands;
    const auto addOne = [&](const char *name, const char *text, auto run) {
        CLI::App *command = all->add_subcommand(name, text);
        commands.push_back(
            {command, [options, run](const Context &context) { return run(context, *options); }});
        addJson(command, options->json);
        return command;
    };
    const auto addVersionList = [&](CLI::App *command) {
        return command->add_option("version", options->versions, "torch versions, like 1.5.0");
    };
    const auto addForVersions = [&](CLI::App *command) {
        command->add_option("--in", options->versions, "torch version; all where none is named");
        addProvision(command, options->provision);
    };
    addOne("list", "Those installed, whole or broken", list);
    CLI::App *installing = addOne("install", "Make them", install);
    addVersionList(installing)->required();
    installing->add_option("--with", options->packages, "Further packages");
    addProvision(installing, options->provision);
    CLI::App *adding = addOne("add", "Add packages that scripts import", add);
    adding->add_option("package", options->packages, "Like torchvision, Pillow, pytest")
        ->required();
    addForVersions(adding);
    addForVersions(addOne("repair", "Check every file, make broken ones again", repair));
    addVersionList(addOne("remove", "Delete them", remove))->required();
    return commands;
}

} // namespace TorchLift::Cli
