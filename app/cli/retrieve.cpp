#include <iostream>
#include <sstream>

#include "cli/command.h"
#include "cli/input.h"
#include "cli/output.h"
#include "report/json.h"

namespace TorchLift::Cli {

namespace {

std::string describeWhy(const RetrievalWhy &why)
{
    const RankedChunk &chunk = why.chunk;
    std::string text = chunk.chunk.chunkId + ": ";
    if (!why.isInWindow) {
        return text + "its release, " + chunk.chunk.version.toString()
               + ", is outside the window\n";
    }
    const auto part = [](const char *name, std::size_t rank) {
        return std::string(name) + (rank == 0 ? " not found" : " #" + std::to_string(rank));
    };
    text += chunk.rank != 0 && chunk.rank <= why.k ? "retrieved"
                                                   : "not among the first " + std::to_string(why.k);
    if (!why.foldedInto.empty()) {
        text += ", folded: " + why.foldedInto + " says nearly the same";
    }
    text += "; " + part("fused", chunk.rank) + ", " + part("dense", chunk.denseRank) + ", "
            + part("uses", chunk.useRank) + ", " + part("words", chunk.lexicalRank) + ", "
            + part("symbols", chunk.symbolRank);
    for (const std::string &symbol : chunk.symbolsFound) {
        text += (&symbol == &chunk.symbolsFound.front() ? " (" : ", ") + symbol;
    }
    text += chunk.symbolsFound.empty() ? "" : ")";
    if (chunk.chunk.trust < 1) {
        std::ostringstream weight;
        weight << "; its source is trusted by " << chunk.chunk.trust << ": score times "
               << weightOfTrust(chunk.chunk.trust);
        text += weight.str();
    }
    if (!why.firstFor.empty()) {
        text += "; put forward as the first that names " + why.firstFor + ", which breaks";
    }
    return text + '\n';
}

} // namespace

int runRetrieve(const Context &context, const RetrieveCommandOptions &options)
{
    std::string text = options.question;
    RetrieveOptions how;
    how.k = options.k;
    how.isDenseOnly = options.isDenseOnly;
    how.isQuestion = options.file.empty();
    if (!options.file.empty()) {
        auto script = readScript(options.file);
        if (!script) {
            return report(script.error());
        }
        text = script->text.utf8;
    }
    auto versions = migrationOptions(options.versions, {});
    if (!versions) {
        return report(versions.error());
    }
    how.from = versions->from.value_or(how.from);
    how.to = versions->to;
    auto bisection = readBisection(options.bisection);
    if (!bisection) {
        return report(bisection.error());
    }
    how.bisection = std::move(*bisection);
    auto pipeline = Pipeline::open(context.paths);
    if (!pipeline) {
        return report(pipeline.error());
    }
    if (auto used = useEmbedding(**pipeline, options.embedding); !used) {
        return report(used.error());
    }
    if (auto used = useEngine(context, **pipeline, options.engine); !used) {
        return report(used.error());
    }
    if (!options.why.empty()) {
        auto why = (*pipeline)->why(text, options.why, how, terminalProgress(), context.stop);
        if (!why) {
            return report(why.error());
        }
        std::cout << describeWhy(*why);
        return Done;
    }
    auto retrieval = (*pipeline)->retrieve(text, nullptr, how, terminalProgress(), context.stop);
    if (!retrieval) {
        return report(retrieval.error());
    }
    if (!options.json.empty()) {
        if (auto written = writeResult(options.json, retrievalToJson(*retrieval)); !written) {
            return report(written.error());
        }
    }
    if (options.json != "-") {
        std::cout << describeRetrieval(*retrieval);
    }
    return Done;
}

} // namespace TorchLift::Cli
