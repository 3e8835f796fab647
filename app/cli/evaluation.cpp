#include "cli/evaluation.h"

#include <algorithm>

#include <QtCore/QTemporaryDir>

#include "base/files.h"
#include "cli/input.h"
#include "cli/output.h"
#include "corpus/store.h"
#include "pipeline/chosenmodel.h"

namespace TorchLift::Cli {

namespace {

// A corpus of its own in a temporary folder, with the questions that are asked of it.
struct Bench
{
    std::string texts;
    std::unique_ptr<CorpusStore> store;
    std::vector<std::pair<std::string, std::shared_ptr<const JudgementSet>>> sets;
    std::size_t chunks = 0;
};

using NamedSets = std::vector<std::pair<std::string, std::shared_ptr<const JudgementSet>>>;

Result<NamedSets> loadSets(const Context &context, const EvaluateOptions &options)
{
    NamedSets sets;
    const auto add = [&](std::string name, Result<JudgementSet> set) -> Result<void> {
        if (!set) {
            return tl::unexpected(set.error());
        }
        sets.emplace_back(std::move(name), std::make_shared<JudgementSet>(std::move(*set)));
        return {};
    };
    Result<void> done;
    if (!options.queries.empty()) {
        done = add(std::filesystem::path(options.queries).filename().string(),
                   readJudgementSet(options.queries, options.qrels));
        return done ? Result<NamedSets>(sets) : tl::unexpected(done.error());
    }
    if (options.set != "handmade") {
        auto rules = RuleSet::load(context.paths.rules());
        done = rules ? add("rules", judgementsOfRules(**rules, context.paths.catalogue()))
                     : tl::unexpected(rules.error());
    }
    if (done && options.set != "rules") {
        const auto folder = context.paths.judgements() / "handmade";
        done = add("handmade", readJudgementSet(folder / "queries.jsonl", folder / "qrels.txt"));
    }
    return done ? Result<NamedSets>(std::move(sets)) : tl::unexpected(done.error());
}

Result<std::vector<Chunk>> loadNotes(const Context &context, const EvaluateOptions &options)
{
    if (options.notes.empty()) {
        return std::vector<Chunk>();
    }
    std::vector<std::string> skipped;
    return chunksOfMarkdownFolder(options.notes, skipped, terminalProgress(), context.stop);
}

Result<Bench> makeBench(std::string texts, const std::filesystem::path &file,
                        const std::vector<const std::vector<Chunk> *> &parts)
{
    Bench bench;
    bench.texts = std::move(texts);
    auto store = CorpusStore::open(file);
    if (!store) {
        return tl::unexpected(store.error());
    }
    bench.store = std::move(*store);
    for (const std::vector<Chunk> *part : parts) {
        if (part->empty()) {
            continue;
        }
        if (auto put = bench.store->replaceSource(part->front().source, *part); !put) {
            return tl::unexpected(put.error());
        }
        bench.chunks += part->size();
    }
    return bench;
}

// Our summaries with the notes as distractors; and the notes alone, where there are any.
Result<std::vector<Bench>> makeBenches(const Context &context, const EvaluateOptions &options,
                                       const std::filesystem::path &folder)
{
    const auto sets = loadSets(context, options);
    if (!sets) {
        return tl::unexpected(sets.error());
    }
    const auto catalogue = chunksOfCatalogue(context.paths.catalogue());
    if (!catalogue) {
        return tl::unexpected(catalogue.error());
    }
    const auto notes = loadNotes(context, options);
    if (!notes) {
        return tl::unexpected(notes.error());
    }
    std::vector<Bench> benches;
    auto summaries = makeBench("summaries", folder / "summaries.sqlite", {&*catalogue, &*notes});
    if (!summaries) {
        return tl::unexpected(summaries.error());
    }
    summaries->sets = *sets;
    benches.push_back(std::move(*summaries));
    if (!notes->empty()) {
        auto originals = makeBench("originals", folder / "originals.sqlite", {&*notes});
        if (!originals) {
            return tl::unexpected(originals.error());
        }
        for (const auto &[name, set] : *sets) {
            originals->sets.emplace_back(name, std::make_shared<JudgementSet>(judgementsOfOriginals(
                                                   *set, *catalogue, *notes)));
        }
        benches.push_back(std::move(*originals));
    }
    return benches;
}

Result<void> measure(Retriever &retriever, const Bench &bench, const EvaluatedRun &prototype,
                     const Context &context, std::size_t depth, std::vector<EvaluatedRun> &runs)
{
    for (const auto &[name, set] : bench.sets) {
        EvaluatedRun one = prototype;
        one.set = name;
        one.texts = bench.texts;
        one.chunks = bench.chunks;
        one.judgements = set;
        auto found = runQueries(retriever, set->queries, one.ranking == "dense", depth,
                                terminalProgress(), context.stop);
        if (!found) {
            return tl::unexpected(found.error());
        }
        one.found = std::move(*found);
        runs.push_back(std::move(one));
    }
    return {};
}

// The rankings of one model on all benches; `model` may be null.
Result<void> measureModel(const std::shared_ptr<EmbeddingModel> &model, EvaluatedRun prototype,
                          const std::vector<Bench> &benches, const Context &context,
                          const EvaluateOptions &options, std::vector<EvaluatedRun> &runs)
{
    const auto timeline = Timeline::load(context.paths.timeline());
    if (!timeline) {
        return tl::unexpected(timeline.error());
    }
    const std::size_t depth = *std::max_element(options.depths.begin(), options.depths.end());
    for (const Bench &bench : benches) {
        const auto vectors =
            context.paths.cache / "evaluation"
            / (sha256Hex(prototype.model + prototype.precision + prototype.device + bench.texts)
               + ".vectors");
        auto retriever = Retriever::open(*bench.store, model, vectors, terminalProgress(),
                                         context.stop, nullptr, *timeline);
        if (!retriever) {
            return tl::unexpected(retriever.error());
        }
        for (const std::string &ranking : options.rankings) {
            if ((ranking == "words") != (model == nullptr)) {
                continue;
            }
            prototype.ranking = ranking;
            auto done = measure(**retriever, bench, prototype, context, depth, runs);
            if (!done) {
                return done;
            }
        }
    }
    return {};
}

} // namespace

Result<std::vector<EvaluatedRun>> evaluateRetrieval(const Context &context,
                                                    const EvaluateOptions &options)
{
    const QTemporaryDir folder;
    if (!folder.isValid()) {
        return fail(Errc::Io, "no temporary folder can be made");
    }
    const auto benches = makeBenches(context, options, folder.path().toStdString());
    if (!benches) {
        return tl::unexpected(benches.error());
    }
    std::vector<EvaluatedRun> runs;
    Result<void> done;
    for (const EmbeddingChoice &choice : embeddingChoices(options.embeddings)) {
        auto model = openEmbedding(context.paths, choice, context.stop);
        if (!model) {
            return tl::unexpected(model.error());
        }
        EvaluatedRun prototype;
        prototype.model = choice.model;
        prototype.precision = precisionName(choice.precision);
        prototype.device = deviceName(choice.device);
        done =
            measureModel(std::move(*model), std::move(prototype), *benches, context, options, runs);
        if (!done) {
            return tl::unexpected(done.error());
        }
    }
    EvaluatedRun prototype;
    prototype.model = "none";
    prototype.precision = "none";
    prototype.device = "none";
    done = measureModel(nullptr, std::move(prototype), *benches, context, options, runs);
    return done ? Result<std::vector<EvaluatedRun>>(std::move(runs)) : tl::unexpected(done.error());
}

} // namespace TorchLift::Cli
