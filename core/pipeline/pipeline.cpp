#include "pipeline/pipeline.h"

#include <algorithm>
#include <utility>

#include "base/files.h"
#include "base/logging.h"
#include "corpus/change.h"
#include "corpus/store.h"
#include "llm/openaiclient.h"
#include "models/modelstore.h"
#include "pipeline/chosenmodel.h"
#include "pipeline/corpusinfo.h"
#include "pipeline/judge.h"
#include "pipeline/retrievalquery.h"
#include "source/observation.h"

namespace TorchLift {

namespace {

constexpr const char *kModule = "pipeline";
constexpr const char *kCatalogueSource = "catalogue";
constexpr const char *kSetUp = "installer/setup.sh";

Result<void> present(const std::filesystem::path &file, const char *what)
{
    std::error_code ignored;
    if (std::filesystem::is_regular_file(file, ignored)) {
        return {};
    }
    return fail(Errc::MissingPart, std::string(what) + " is not installed", file.string(), kSetUp);
}

// The name under which a case stands in the results table.
std::string firstBreakingSymbol(const Migration &migration)
{
    const auto residue = std::find_if(migration.residues.begin(), migration.residues.end(),
                                      [](const Residue &r) { return r.isBreaking; });
    if (migration.edits.empty()) {
        return residue == migration.residues.end() ? std::string() : residue->symbol;
    }
    const Edit &edit = migration.edits.front();
    const bool residueIsFirst =
        residue != migration.residues.end() && residue->span.begin < edit.span().begin;
    return residueIsFirst ? residue->symbol : edit.symbol;
}

} // namespace

class Pipeline::Impl
{
public:
    explicit Impl(Paths where)
        : paths(std::move(where))
        , chosen(paths)
        , runner(paths.worker())
    {}

    Result<CorpusStore *> openStore()
    {
        if (!store) {
            std::error_code error;
            std::filesystem::create_directories(paths.corpus(), error);
            auto opened = CorpusStore::open(paths.corpus() / "corpus.sqlite");
            if (!opened) {
                return tl::unexpected(opened.error());
            }
            // A file that was emptied looks like a new one; vectors beside it tell.
            if (const auto held = (*opened)->count();
                held && *held == 0 && std::filesystem::exists(paths.corpus() / "vectors", error)) {
                Log::warning(kModule, "the corpus was empty: notes that were imported are gone, "
                                      "import them again");
            }
            auto chunks = chunksOfCatalogue(paths.catalogue());
            if (!chunks) {
                return tl::unexpected(chunks.error());
            }
            if (auto replaced = (*opened)->replaceSource(kCatalogueSource, *chunks); !replaced) {
                return tl::unexpected(replaced.error());
            }
            store = std::move(*opened);
        }
        return store.get();
    }

    struct EmbeddedChunks
    {
        std::vector<Chunk> chunks;
        std::vector<float> vectors; // row-major, of `chunks`
        std::shared_ptr<EmbeddingModel> model;
    };

    // The whole corpus by the chosen model; what it has embedded before is read.
    Result<EmbeddedChunks> embedded(const ProgressCallback &progress, std::stop_token stop)
    {
        auto opened = openStore();
        if (!opened) {
            return tl::unexpected(opened.error());
        }
        auto chunks = (*opened)->all();
        if (!chunks) {
            return tl::unexpected(chunks.error());
        }
        auto model = chosen.need(progress, stop);
        if (!model) {
            return tl::unexpected(model.error());
        }
        auto vectors = vectorsOfChunks(*chunks, **model, chosen.vectorFile(**model), progress,
                                       std::move(stop));
        if (!vectors) {
            return tl::unexpected(vectors.error());
        }
        return EmbeddedChunks{std::move(*chunks), std::move(*vectors), std::move(*model)};
    }

    Result<std::shared_ptr<const Timeline>> openTimeline()
    {
        if (!timeline) {
            timeline = Timeline::load(paths.timeline());
            if (!*timeline) {
                const Error &error = timeline->error();
                Log::warning(kModule, "no timeline: " + error.detail + " (" + error.subject + ")");
            }
        }
        return *timeline;
    }

    Result<Retriever *> openRetriever(const ProgressCallback &progress, std::stop_token stop)
    {
        if (!retriever) {
            auto opened = openStore();
            if (!opened) {
                return tl::unexpected(opened.error());
            }
            // It still works without a model, by words and symbols: Retrieval::hasDense says so.
            auto model = chosen.open(progress, stop);
            if (!model) {
                return tl::unexpected(model.error());
            }
            const auto vectors = *model ? chosen.vectorFile(**model) : std::filesystem::path();
            std::unique_ptr<VectorCollection> shared;
            if (engine) {
                auto reached = openCollection(*engine, stop);
                if (!reached) {
                    return tl::unexpected(reached.error());
                }
                shared = std::move(*reached);
            }
            const auto known = openTimeline();
            auto made =
                Retriever::open(**opened, std::move(*model), vectors, progress, std::move(stop),
                                std::move(shared), known ? *known : nullptr);
            if (!made) {
                return tl::unexpected(made.error());
            }
            retriever = std::move(*made);
        }
        return retriever.get();
    }

    // The user's own template wins over ours.
    [[nodiscard]] Result<std::string> promptTemplate(const char *name) const
    {
        const std::filesystem::path own = paths.config / "prompts" / name;
        std::error_code ignored;
        return readFile(std::filesystem::exists(own, ignored) ? own
                                                              : paths.resources / "prompts" / name);
    }

    [[nodiscard]] Result<ChatAnswer> chatAbout(const ChatProfile &profile,
                                               const std::string &prompt,
                                               const TokenCallback &onText, std::stop_token stop)
    {
        if (!chat) {
            chat = makeOpenAiClient();
        }
        return chat->chat(profile, {{ChatMessage::Role::User, prompt}}, onText, std::move(stop));
    }

    Result<Run> run(const Version &torch, std::string_view code, std::string_view name,
                    const ValidateOptions &options, const RunWish &wish,
                    const std::stop_token &stop)
    {
        RunRequest request = requestFor(options, wish);
        request.code = code;
        request.fileName = std::filesystem::path(name).filename().string();
        if (!request.fileName.ends_with(".py")) {
            request.fileName = "main.py";
        }
        return execute(torch, request, stop);
    }

    Result<Run> execute(const Version &torch, const RunRequest &request,
                        const std::stop_token &stop)
    {
        auto environment = findEnvironment(paths.environments(), torch);
        if (!environment) {
            return tl::unexpected(environment.error());
        }
        return runner.run(*environment, request, stop);
    }

    static RunRequest requestFor(const ValidateOptions &options, const RunWish &wish)
    {
        RunRequest request;
        request.limits = options.limits;
        request.data = options.data;
        request.isSandboxed = options.isSandboxed;
        request.isCudaOnCpu = options.isCudaOnCpu;
        request.trace = wish.trace;
        request.movesParameters = wish.movesParameters;
        request.resultsPattern = wish.resultsPattern;
        request.memoryFill = wish.memoryFill;
        request.observes = wish.observes;
        request.restores = wish.restores;
        if (wish.trace) {
            constexpr int kSlower = 4; // every statement is looked at
            request.limits.wallSeconds *= kSlower;
        }
        return request;
    }

    Paths paths;
    std::shared_ptr<const RuleSet> rules;
    std::optional<Result<std::shared_ptr<const Timeline>>> timeline; // once it was asked for
    std::unique_ptr<CorpusStore> store;
    ChosenModel chosen;
    std::unique_ptr<Retriever> retriever; // after the store, which it uses
    std::optional<EngineOptions> engine;  // instead of vectors of our own
    Runner runner;
    std::unique_ptr<ChatClient> chat;
};

Pipeline::Pipeline(std::unique_ptr<Impl> impl)
    : m_impl(std::move(impl))
{}

Pipeline::~Pipeline() = default;

Result<std::unique_ptr<Pipeline>> Pipeline::open(Paths paths)
{
    auto impl = std::make_unique<Impl>(std::move(paths));
    auto rules = RuleSet::load(impl->paths.rules());
    if (!rules) {
        return tl::unexpected(rules.error());
    }
    impl->rules = std::move(*rules);
    return std::unique_ptr<Pipeline>(new Pipeline(std::move(impl)));
}

const Paths &Pipeline::paths() const noexcept
{
    return m_impl->paths;
}

const RuleSet &Pipeline::rules() const noexcept
{
    return *m_impl->rules;
}

Result<std::shared_ptr<const Timeline>> Pipeline::timeline()
{
    return m_impl->openTimeline();
}

Readiness Pipeline::readiness(const Version &source, const Version &target) const
{
    const Paths &paths = m_impl->paths;
    const EmbeddingChoice choice = m_impl->chosen.choice();
    Result<void> libtorch =
        present(paths.libtorch() / "torch" / "lib" / "libtorch_cpu.so", "libtorch");
    if (libtorch) {
        libtorch = present(paths.encoderModule(), "the encoder module");
    }
    Result<void> weights = checkModel(choice.model, paths.models());
    if (!weights && choice.model == kDefaultModel) { // it comes with the rest
        weights.error().remedy = kSetUp;
    }
    return {findEnvironment(paths.environments(), source),
            findEnvironment(paths.environments(), target),
            Runner::sandboxAvailable(),
            libtorch,
            weights,
            choice,
            installedModels(paths.models()),
            m_impl->rules->rules().size()};
}

Result<Migration> Pipeline::migrate(std::string_view code, const MigrationOptions &options,
                                    std::stop_token stop)
{
    const auto known = timeline();
    return TorchLift::migrate(code, *m_impl->rules, options, std::move(stop),
                              known ? known->get() : nullptr);
}

Result<Version> Pipeline::sourceVersion(std::string_view code, const MigrationOptions &options)
{
    const auto known = timeline();
    return TorchLift::sourceVersion(code, options, known ? known->get() : nullptr);
}

Result<Retrieval> Pipeline::retrieve(std::string_view text, const Migration *migration,
                                     const RetrieveOptions &options,
                                     const ProgressCallback &progress, std::stop_token stop)
{
    auto retriever = m_impl->openRetriever(progress, stop);
    if (!retriever) {
        return tl::unexpected(retriever.error());
    }
    (*retriever)->expect(std::string(text), stop);
    auto query = makeQuery(text, migration, options);
    if (!query) {
        return tl::unexpected(query.error());
    }
    auto found = (*retriever)->retrieve(*query, std::move(stop));
    if (found && found->hasDense) {
        found->embedding = m_impl->chosen.choice();
    }
    return found;
}

Result<RetrievalWhy> Pipeline::why(std::string_view text, std::string_view chunk,
                                   const RetrieveOptions &options, const ProgressCallback &progress,
                                   std::stop_token stop)
{
    auto retriever = m_impl->openRetriever(progress, stop);
    if (!retriever) {
        return tl::unexpected(retriever.error());
    }
    (*retriever)->expect(std::string(text), stop);
    auto query = makeQuery(text, nullptr, options);
    if (!query) {
        return tl::unexpected(query.error());
    }
    return (*retriever)->why(*query, chunk, std::move(stop));
}

Result<CorpusInfo> Pipeline::buildCorpus(const std::filesystem::path &folder,
                                         const ProgressCallback &progress, std::stop_token stop)
{
    auto store = m_impl->openStore();
    if (!store) {
        return tl::unexpected(store.error());
    }
    if (folder.empty()) { // opening the store has brought the catalogue up to date
        return corpusInfo();
    }
    std::vector<std::string> skipped;
    auto chunks = chunksOfMarkdownFolder(folder, skipped, progress, std::move(stop));
    if (!chunks) {
        return tl::unexpected(chunks.error());
    }
    auto info = updateCorpus(*chunks);
    if (info) {
        info->skipped = std::move(skipped);
    }
    return info;
}

Result<CorpusInfo> Pipeline::updateCorpus(std::span<const Chunk> chunks)
{
    if (chunks.empty()) {
        return fail(Errc::InvalidInput, "there is no text of a known release in it");
    }
    auto store = m_impl->openStore();
    if (!store) {
        return tl::unexpected(store.error());
    }
    if (auto replaced = (*store)->replaceSource(chunks.front().source, chunks); !replaced) {
        return tl::unexpected(replaced.error());
    }
    m_impl->retriever.reset(); // it holds the chunks of before
    return corpusInfo();
}

void Pipeline::useEmbedding(std::optional<EmbeddingChoice> choice)
{
    m_impl->chosen.choose(std::move(choice));
    m_impl->retriever.reset();
}

Result<EmbeddedCorpus> Pipeline::embedCorpus(const ProgressCallback &progress, std::stop_token stop)
{
    const auto corpus = m_impl->embedded(progress, std::move(stop));
    if (!corpus) {
        return tl::unexpected(corpus.error());
    }
    return EmbeddedCorpus{m_impl->chosen.choice(), corpus->model->hash(),
                          corpus->model->dimension(), corpus->chunks.size()};
}

void Pipeline::useEngine(EngineOptions engine)
{
    m_impl->engine = std::move(engine);
    m_impl->retriever.reset();
}

Result<PushResult> Pipeline::pushCorpus(const EngineOptions &engine, bool prunes,
                                        const ProgressCallback &progress, std::stop_token stop)
{
    auto collection = openCollection(engine, stop);
    if (!collection) {
        return tl::unexpected(collection.error());
    }
    const auto corpus = m_impl->embedded(progress, stop);
    if (!corpus) {
        return tl::unexpected(corpus.error());
    }
    const EmbeddingModel &model = *corpus->model;
    auto pushed = pushChunks({corpus->chunks, corpus->vectors, model.dimension(), model.hash()},
                             prunes, **collection, progress, std::move(stop));
    if (pushed) {
        pushed->embedding = m_impl->chosen.choice();
    }
    return pushed;
}

Result<CorpusInfo> Pipeline::pullCorpus(const EngineOptions &engine,
                                        const ProgressCallback &progress, std::stop_token stop)
{
    auto collection = openCollection(engine, stop);
    if (!collection) {
        return tl::unexpected(collection.error());
    }
    auto store = m_impl->openStore();
    if (!store) {
        return tl::unexpected(store.error());
    }
    const auto model = m_impl->chosen.open(progress, stop);
    if (!model) {
        return tl::unexpected(model.error());
    }
    const std::filesystem::path staging =
        m_impl->paths.cache / "pulls" / (sha256Hex(engine.address) + ".jsonl");
    auto pulled = pullChunks(**collection, engine.address, *model ? (*model)->hash() : "", staging,
                             progress, std::move(stop));
    if (!pulled) {
        return tl::unexpected(pulled.error());
    }
    if (pulled->chunks.empty() && !pulled->skipped.empty()) {
        return fail(Errc::InvalidInput, "there is no text of a known release in it",
                    engine.address);
    }
    if (auto added = addChunks(**store, std::move(pulled->chunks)); !added) {
        return tl::unexpected(added.error());
    }
    if (*model && !pulled->vectors.texts.empty()) {
        const auto file = m_impl->chosen.vectorFile(**model);
        if (auto kept = keepVectors(pulled->vectors, file); !kept) {
            Log::warning(kModule, kept.error().subject + ": " + kept.error().detail);
        }
    }
    std::error_code ignored;
    std::filesystem::remove(staging, ignored);
    m_impl->retriever.reset(); // it holds the chunks of before
    auto info = corpusInfo();
    if (info) {
        info->skipped = std::move(pulled->skipped);
    }
    return info;
}

Result<CorpusInfo> Pipeline::corpusInfo()
{
    auto store = m_impl->openStore();
    if (!store) {
        return tl::unexpected(store.error());
    }
    const auto chunks = (*store)->all();
    if (!chunks) {
        return tl::unexpected(chunks.error());
    }
    return describeCorpus(m_impl->paths.corpus() / "corpus.sqlite", *chunks);
}

void Pipeline::keepWarm(const Version &source, const Version &target)
{
    constexpr int kSourceSpares = 1;
    constexpr int kTargetSpares = 2; // old and new code run there
    for (const auto &[version, spares] :
         {std::pair(source, kSourceSpares), std::pair(target, kTargetSpares)}) {
        if (auto environment = findEnvironment(m_impl->paths.environments(), version)) {
            m_impl->runner.keepWarm(*environment, spares);
        }
    }
}

Result<Observations> Pipeline::observe(std::string_view name, std::string_view code,
                                       const ValidateOptions &options, std::stop_token stop)
{
    auto plan = planObservation(code);
    if (!plan) {
        return tl::unexpected(plan.error());
    }
    RunWish wish;
    wish.observes = true;
    std::vector<Run> runs;
    for (const Version &torch : {options.source, options.target}) {
        auto run = m_impl->run(torch, plan->code, name, options, wish, stop);
        if (!run) {
            return tl::unexpected(run.error());
        }
        if (run->outcome == Outcome::Cancelled) {
            return fail(Errc::Cancelled, "watching the old code was cancelled");
        }
        runs.push_back(std::move(*run));
    }
    return observationsOf(*plan, runs.front().observed, runs.back().observed);
}

Result<Run> Pipeline::runProject(const Version &torch, std::string packed, ProjectCommand command,
                                 const ValidateOptions &options, const RunWish &wish,
                                 std::stop_token stop)
{
    RunRequest request = Impl::requestFor(options, wish);
    request.code = std::move(packed);
    request.project = std::move(command);
    return m_impl->execute(torch, request, stop);
}

Result<ResultRow> Pipeline::validate(std::string_view name, std::string_view oldCode,
                                     std::string_view newCode, Migration *migration,
                                     const ValidateOptions &options, const RowCallback &onRow,
                                     std::stop_token stop)
{
    const RepeatedRuns repeated(m_impl->runner); // a verdict may need more than three
    ResultRow row;
    row.file = std::filesystem::path(name).filename().string();
    if (migration != nullptr) {
        row.api = firstBreakingSymbol(*migration);
    } else if (auto found = migrate(oldCode, {}, stop)) {
        row.api = firstBreakingSymbol(*found);
    }
    if (row.api.empty()) {
        row.api = row.file;
    }

    const auto step = [&](std::optional<Run> &slot, const Version &torch,
                          std::string_view code) -> Result<void> {
        auto run = m_impl->run(torch, code, name, options, {}, stop);
        if (!run) {
            return tl::unexpected(run.error());
        }
        if (run->outcome == Outcome::Cancelled) {
            return fail(Errc::Cancelled, "validation was cancelled");
        }
        slot = std::move(*run);
        if (onRow) {
            onRow(row);
        }
        return {};
    };
    if (auto done = step(row.oldAtSource, options.source, oldCode); !done) {
        return tl::unexpected(done.error());
    }
    if (auto done = step(row.oldAtTarget, options.target, oldCode); !done) {
        return tl::unexpected(done.error());
    }
    if (newCode == oldCode) {
        row.newAtTarget = row.oldAtTarget; // the same code in the same version
    } else if (auto done = step(row.newAtTarget, options.target, newCode); !done) {
        return tl::unexpected(done.error());
    }
    const auto runAgain = [&](const Version &torch, std::string_view code, const RunWish &wish) {
        return m_impl->run(torch, code, name, options, wish, stop);
    };
    if (auto judged = judge(row, oldCode, newCode, migration, options, runAgain); !judged) {
        return tl::unexpected(judged.error());
    }
    if (migration != nullptr) {
        proveEdits(*migration, row);
    }
    if (onRow) {
        onRow(row);
    }
    return row;
}

Result<std::string> Pipeline::prompt(std::string_view code, const Retrieval &retrieval,
                                     const Migration &migration, std::string_view language) const
{
    auto text = m_impl->promptTemplate("migrate.txt");
    if (!text) {
        return tl::unexpected(text.error());
    }
    std::vector<PromptContext> context;
    for (const std::vector<RankedChunk> *list : {&retrieval.ranked, &retrieval.citedOnly}) {
        for (const RankedChunk &ranked : *list) {
            context.push_back(
                {ranked.chunk.version.toString(), ranked.chunk.section, ranked.chunk.text});
        }
    }
    return buildPrompt(*text, code, context, migration.from, migration.to, language);
}

Result<ModelMigration> Pipeline::askModel(const ChatProfile &profile, std::string prompt,
                                          const TokenCallback &onText, std::stop_token stop)
{
    auto answer = m_impl->chatAbout(profile, prompt, onText, std::move(stop));
    if (!answer) {
        return tl::unexpected(answer.error());
    }
    ModelMigration result{std::move(prompt), std::move(answer->text), {}};
    result.parts = splitAnswer(result.answer);
    result.parts.isCutOff = result.parts.isCutOff || answer->finishReason == "length";
    return result;
}

Result<std::string> Pipeline::questionPrompt(std::string_view question, const Retrieval &retrieval,
                                             const RetrieveOptions &options,
                                             std::string_view language) const
{
    auto text = m_impl->promptTemplate("ask.txt");
    if (!text) {
        return tl::unexpected(text.error());
    }
    std::vector<PromptContext> context;
    for (const RankedChunk &ranked : retrieval.ranked) {
        context.push_back(
            {ranked.chunk.version.toString(), ranked.chunk.section, ranked.chunk.text});
    }
    return buildQuestionPrompt(*text, question, context, options.from, options.to, language);
}

Result<QuestionAnswer> Pipeline::ask(const ChatProfile &profile, std::string prompt,
                                     const Retrieval &retrieval, const TokenCallback &onText,
                                     std::stop_token stop)
{
    const auto answer = m_impl->chatAbout(profile, prompt, onText, std::move(stop));
    if (!answer) {
        return tl::unexpected(answer.error());
    }
    QuestionAnswer result;
    result.prompt = std::move(prompt);
    result.text = saidText(answer->text);
    result.isCutOff = answer->finishReason == "length" || result.text.empty();
    const auto known = timeline();
    result.citations =
        checkCitations(result.text, retrieval.ranked, known ? known->get() : nullptr);
    return result;
}

} // namespace TorchLift
