#include <iomanip>
#include <iostream>

#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "cli/input.h"
#include "cli/output.h"
#include "models/modelstore.h"
#include "settings/networksettings.h"

namespace TorchLift::Cli {

namespace {

using Json = nlohmann::ordered_json;

Json toJson(const ModelState &state)
{
    const ModelSpec *spec = state.spec;
    const bool hasFolder = state.folder.has_value();
    const auto prefix = [&](std::string_view known, const std::string &own) {
        return spec != nullptr ? std::string(known) : own;
    };
    const std::string query = hasFolder ? state.folder->queryPrefix : "";
    const std::string passage = hasFolder ? state.folder->passagePrefix : "";
    const Pooling pooling = hasFolder ? state.folder->pooling
                            : spec    ? spec->pooling
                                      : Pooling::Mean;
    return {{"name", state.name},
            {"repository", spec == nullptr ? "" : std::string(spec->repository)},
            {"languages", spec == nullptr ? "" : std::string(spec->languages)},
            {"isInstalled", state.isInstalled},
            {"problem", state.problem},
            {"bytes", state.bytes},
            {"downloadMegabytes", spec == nullptr ? 0 : spec->megabytes},
            {"dimension", hasFolder ? state.folder->dimension()
                          : spec    ? spec->dimension
                                    : 0},
            {"maxTokens", spec        ? spec->maxTokens
                          : hasFolder ? state.folder->maxTokens
                                      : 0},
            {"pooling", pooling == Pooling::Mean ? "mean" : "first-token"},
            {"queryPrefix", prefix(spec ? spec->queryPrefix : "", query)},
            {"passagePrefix", prefix(spec ? spec->passagePrefix : "", passage)}};
}

} // namespace

int runModelsList(const Context &context, const std::string &json)
{
    const auto states = ModelStore(context.paths.models()).list();
    Json list = Json::array();
    for (const ModelState &state : states) {
        list.push_back(toJson(state));
    }
    if (!json.empty()) {
        const Json all = {{"schema", 1}, {"models", list}};
        if (auto written = writeResult(json, all.dump(2) + '\n'); !written) {
            return report(written.error());
        }
    }
    if (json == "-") {
        return Done;
    }
    for (const Json &model : list) {
        const bool isInstalled = model["isInstalled"].get<bool>();
        std::cout << std::left << std::setw(24) << model["name"].get<std::string>() << std::setw(12)
                  << (isInstalled ? "installed" : "-") << std::right << std::setw(6)
                  << model["dimension"].get<std::size_t>() << " floats" << std::setw(6)
                  << model["maxTokens"].get<std::size_t>() << " tokens  ";
        if (isInstalled) {
            std::cout << (model["bytes"].get<std::uint64_t>() >> 20U) << " MB on disk";
        } else {
            std::cout << model["downloadMegabytes"].get<std::size_t>() << " MB to download";
        }
        std::cout << "  " << model["repository"].get<std::string>() << '\n';
        if (const auto problem = model["problem"].get<std::string>(); !problem.empty()) {
            std::cout << "    cannot be used: " << problem << '\n';
        }
    }
    return Done;
}

int runModelsInstall(const Context &context, const ModelsInstallOptions &options)
{
    ModelStore store(context.paths.models());
    Result<void> done;
    if (!options.folder.empty()) {
        done =
            store.installFromFolder(options.name, options.folder, terminalProgress(), context.stop);
    } else {
        const auto settings = loadNetworkSettings(context.paths.config);
        if (!settings) {
            return report(settings.error());
        }
        const auto orElse = [](const std::string &given, const std::string &set) {
            return given.empty() ? set : given;
        };
        HubOptions hub;
        hub.url = orElse(orElse(options.hub, settings->hub), hub.url);
        hub.network.proxy = orElse(options.proxy, settings->proxy);
        hub.network.certificates = orElse(options.certificates, settings->certificates.string());
        if (options.keyDescriptor >= 0) {
            auto key = readKey(options.keyDescriptor);
            if (!key) {
                return report(key.error());
            }
            hub.key = *key;
        }
        done =
            store.install(options.name, options.repository, hub, terminalProgress(), context.stop);
    }
    if (!done) {
        return report(done.error());
    }
    std::cout << options.name << " is installed in "
              << (context.paths.models() / options.name).string() << '\n';
    return Done;
}

int runModelsRemove(const Context &context, const std::string &name)
{
    if (auto removed = ModelStore(context.paths.models()).remove(name); !removed) {
        return report(removed.error());
    }
    std::cout << name << " is removed\n";
    return Done;
}

} // namespace TorchLift::Cli
