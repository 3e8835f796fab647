#include <iostream>

#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "cli/input.h"
#include "cli/output.h"
#include "corpus/documents.h"
#include "corpus/githubreleases.h"
#include "download/httpclient.h"
#include "settings/sharedengine.h"

namespace TorchLift::Cli {

namespace {

using Json = nlohmann::ordered_json;

int printInfo(const Result<CorpusInfo> &info)
{
    if (!info) {
        return report(info.error());
    }
    for (const std::string &skipped : info->skipped) {
        std::cerr << "left out: " << skipped << '\n';
    }
    std::cout << info->chunks << " chunks in " << info->file.string() << '\n';
    for (const CorpusInfo::Source &source : info->sources) {
        std::cout << "  " << source.name << ": " << source.chunks << " chunks, " << source.originals
                  << " original, " << source.chunks - source.originals << " summaries; releases "
                  << source.oldest.toString() << " to " << source.newest.toString() << "; trust "
                  << source.trust << '\n';
    }
    return Done;
}

Json toJson(const CorpusInfo &info)
{
    Json sources = Json::array();
    for (const CorpusInfo::Source &source : info.sources) {
        sources.push_back({{"name", source.name},
                           {"chunks", source.chunks},
                           {"originals", source.originals},
                           {"oldest", source.oldest.toString()},
                           {"newest", source.newest.toString()},
                           {"trust", source.trust}});
    }
    return {
        {"schema", 1}, {"file", info.file.string()}, {"chunks", info.chunks}, {"sources", sources}};
}

Json toJson(const EmbeddingChoice &choice)
{
    return {{"model", choice.model},
            {"precision", precisionName(choice.precision)},
            {"device", deviceName(choice.device)}};
}

int printInfo(const Result<CorpusInfo> &info, const std::string &json)
{
    if (info && !json.empty()) {
        if (auto written = writeResult(json, toJson(*info).dump(2) + '\n'); !written) {
            return report(written.error());
        }
    }
    return info && json == "-" ? Done : printInfo(info);
}

// What was brought in, and, where the user says with which model, its vectors.
int finish(const Context &context, Pipeline &pipeline, const Result<CorpusInfo> &info,
           const EmbeddingCommandOptions &embedding)
{
    if (const int status = printInfo(info); status != Done || !embeddingChoice(embedding)) {
        return status;
    }
    const auto embedded = pipeline.embedCorpus(terminalProgress(), context.stop);
    if (!embedded) {
        return report(embedded.error());
    }
    std::cout << "all " << embedded->chunks << " embedded by " << describe(embedded->embedding)
              << ", " << embedded->dimension << " floats each\n";
    return Done;
}

// Opened with the model that was named.
Result<std::unique_ptr<Pipeline>> openPipeline(const Context &context,
                                               const EmbeddingCommandOptions &embedding)
{
    auto pipeline = Pipeline::open(context.paths);
    if (pipeline) {
        if (auto used = useEmbedding(**pipeline, embedding); !used) {
            return tl::unexpected(used.error());
        }
    }
    return pipeline;
}

// Where a team's corpus is does not change from day to day.
void remember(const Context &context, const EngineOptions &engine)
{
    const SharedEngine shared{engine.address, engine.network.certificates, engine.network.proxy};
    if (auto saved = saveSharedEngine(context.paths.config, shared); !saved) {
        std::cerr << "torchlift-cli: the engine's address cannot be remembered: "
                  << saved.error().detail << '\n';
    }
}

} // namespace

int runCorpusBuild(const Context &context, const CorpusBuildOptions &options)
{
    auto pipeline = openPipeline(context, options.embedding);
    if (!pipeline) {
        return report(pipeline.error());
    }
    const auto info = (*pipeline)->buildCorpus(options.folder, terminalProgress(), context.stop);
    return finish(context, **pipeline, info, options.embedding);
}

int runCorpusInfo(const Context &context, const std::string &json)
{
    auto pipeline = Pipeline::open(context.paths);
    if (!pipeline) {
        return report(pipeline.error());
    }
    return printInfo((*pipeline)->corpusInfo(), json);
}

int runCorpusUpdate(const Context &context, const CorpusUpdateOptions &options)
{
    GitHubOptions github;
    github.api = options.api;
    github.repository = options.repository;
    github.cache = context.paths.cache / "releases";
    if (options.keyDescriptor >= 0) {
        auto key = readKey(options.keyDescriptor);
        if (!key) {
            return report(key.error());
        }
        github.token = *key;
    }
    auto pipeline = openPipeline(context, options.embedding);
    if (!pipeline) {
        return report(pipeline.error());
    }
    auto client = HttpClient::open({options.proxy, options.certificates});
    if (!client) {
        return report(client.error());
    }
    const auto releases = fetchGitHubReleases(**client, github, terminalProgress(), context.stop);
    if (!releases) {
        return report(releases.error());
    }
    std::cout << releases->releases << " releases on " << releases->pages << " pages, "
              << releases->unchanged << " of them unchanged\n";
    return finish(context, **pipeline, (*pipeline)->updateCorpus(releases->chunks),
                  options.embedding);
}

int runCorpusPush(const Context &context, const CorpusPushOptions &options)
{
    auto engine = engineOptions(context, options.engine);
    if (!engine) {
        return report(engine.error());
    }
    auto pipeline = openPipeline(context, options.embedding);
    if (!pipeline) {
        return report(pipeline.error());
    }
    const auto pushed =
        (*pipeline)->pushCorpus(*engine, options.prunes, terminalProgress(), context.stop);
    if (!pushed) {
        return report(pushed.error());
    }
    remember(context, *engine);
    if (!options.json.empty()) {
        const Json json = {{"schema", 1},
                           {"engine", engine->address},
                           {"embedding", toJson(pushed->embedding)},
                           {"sent", pushed->sent},
                           {"unchanged", pushed->unchanged},
                           {"removed", pushed->removed},
                           {"total", pushed->total}};
        if (auto written = writeResult(options.json, json.dump(2) + '\n'); !written) {
            return report(written.error());
        }
    }
    if (options.json != "-") {
        std::cout << pushed->sent << " chunks sent, " << pushed->unchanged
                  << " were there already, " << pushed->removed << " removed, vectors by "
                  << describe(pushed->embedding) << "; " << engine->address << " holds "
                  << pushed->total << '\n';
    }
    return Done;
}

int runCorpusPull(const Context &context, const CorpusPullOptions &options)
{
    auto engine = engineOptions(context, options.engine);
    if (!engine) {
        return report(engine.error());
    }
    auto pipeline = openPipeline(context, options.embedding);
    if (!pipeline) {
        return report(pipeline.error());
    }
    const auto info = (*pipeline)->pullCorpus(*engine, terminalProgress(), context.stop);
    if (info) {
        remember(context, *engine);
    }
    return printInfo(info, options.json);
}

int runCorpusImport(const Context &context, const CorpusImportOptions &options)
{
    DocumentOptions how;
    how.source = options.name;
    how.trust = options.trust;
    if (!options.version.empty()) {
        auto version = parseVersionOption(options.version, false);
        if (!version) {
            return report(version.error());
        }
        how.version = *version;
    }
    auto pipeline = openPipeline(context, options.embedding);
    if (!pipeline) {
        return report(pipeline.error());
    }
    std::vector<std::string> skipped;
    const auto chunks =
        chunksOfDocuments(options.path, how, skipped, terminalProgress(), context.stop);
    if (!chunks) {
        return report(chunks.error());
    }
    auto info = (*pipeline)->updateCorpus(*chunks);
    if (info) {
        info->skipped = std::move(skipped);
    }
    return finish(context, **pipeline, info, options.embedding);
}

} // namespace TorchLift::Cli
