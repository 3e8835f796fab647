#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "llm/chatclient.h"
#include "migration/migrate.h"
#include "migration/prompt.h"
#include "models/embeddingchoice.h"
#include "pipeline/corpusinfo.h"
#include "pipeline/retrievalquery.h"
#include "pipeline/sharedcorpus.h"
#include "retrieval/citations.h"
#include "retrieval/retriever.h"
#include "settings/paths.h"
#include "source/analysis.h"
#include "validation/environment.h"
#include "validation/releasesearch.h"
#include "validation/resultstable.h"
#include "validation/runner.h"
#include "vectorstores/vectorstores.h"

namespace TorchLift {

/// What is installed, for a first start and for messages.
struct Readiness
{
    Result<Environment> source; ///< environment of the source version
    Result<Environment> target;
    Result<void> sandbox;
    Result<void> libtorch; ///< it and the module that uses it
    Result<void> model;    ///< embedding weights of `embedding`, as far as checkModel() tells
    EmbeddingChoice embedding;
    std::vector<std::string> models; ///< installed ones, the known first
    std::size_t rules = 0;
};

/// Every chunk of the corpus has its vector.
struct EmbeddedCorpus
{
    EmbeddingChoice embedding;
    std::string modelHash; ///< EmbeddingModel::hash()
    std::size_t dimension = 0;
    std::size_t chunks = 0;
};

struct ValidateOptions
{
    Version source{1, 0, 0};
    Version target{2, 7, 0};
    RunLimits limits;
    std::vector<std::filesystem::path> data;
    bool isSandboxed = true;
    Tolerance tolerance;
    bool trace = false;       ///< also find the first divergence: two more runs, slower ones
    bool isCudaOnCpu = false; ///< what asks for a CUDA card gets the CPU, in both versions
};

/// How one further run differs from the usual one.
struct RunWish
{
    bool trace = false;
    bool movesParameters = false;
    int memoryFill = 0;
    bool observes = false;
    std::vector<std::string> restores{}; ///< as RunRequest::restores
    int resultsPattern = 0;              ///< as RunRequest::resultsPattern
};

/// Called after each run with the row as far as it is filled.
using RowCallback = std::function<void(const ResultRow &)>;

/// Answer of a model, with what it was asked.
struct ModelMigration
{
    std::string prompt;
    std::string answer;
    ModelAnswer parts;
};

/// An answer to a question, with what it was asked and what it rests on.
struct QuestionAnswer
{
    std::string prompt;
    std::string text; ///< without reasoning
    bool isCutOff = false;
    CitationCheck citations; ///< numbers are those of Retrieval::ranked, from 1
};

/// The whole way from code to results; window, command line and evaluation all call this.
/// Calls block. One thread at a time for each instance: a service owns one on its thread, and
/// validation may have another instance on its own.
class Pipeline
{
public:
    /// Reads rules; opens corpus, model and environments on first need only.
    /// Errors: those of RuleSet::load and loadCatalogue.
    [[nodiscard]] static Result<std::unique_ptr<Pipeline>> open(Paths paths);
    ~Pipeline();
    Pipeline(const Pipeline &) = delete;
    Pipeline &operator=(const Pipeline &) = delete;

    [[nodiscard]] const Paths &paths() const noexcept;
    [[nodiscard]] const RuleSet &rules() const noexcept;

    /// Which release has which symbol; read on first need (some 10 ms).
    /// Errors: those of Timeline::load.
    [[nodiscard]] Result<std::shared_ptr<const Timeline>> timeline();

    /// Looks at what is there; starts and loads nothing. Below 50 ms.
    [[nodiscard]] Readiness readiness(const Version &source, const Version &target) const;

    /// As TorchLift::migrate, with the timeline where it can be read.
    [[nodiscard]] Result<Migration> migrate(std::string_view code, const MigrationOptions &options,
                                            std::stop_token stop);

    /// As TorchLift::sourceVersion, likewise.
    [[nodiscard]] Result<Version> sourceVersion(std::string_view code,
                                                const MigrationOptions &options);

    /// Ranked chunks for code (its uses are found here), with those that `migration` cites.
    /// The first call opens the corpus and loads the model (seconds; progress tells).
    [[nodiscard]] Result<Retrieval> retrieve(std::string_view text, const Migration *migration,
                                             const RetrieveOptions &options,
                                             const ProgressCallback &progress,
                                             std::stop_token stop);
    [[nodiscard]] Result<RetrievalWhy> why(std::string_view text, std::string_view chunk,
                                           const RetrieveOptions &options,
                                           const ProgressCallback &progress, std::stop_token stop);

    /// Adds the release notes of a Markdown folder to the corpus, replacing an earlier import of
    /// the same folder; an empty path only brings the catalogue up to date. Vectors follow with
    /// the next retrieve(). Errors: those of chunksOfMarkdownFolder and CorpusStore.
    [[nodiscard]] Result<CorpusInfo> buildCorpus(const std::filesystem::path &folder,
                                                 const ProgressCallback &progress,
                                                 std::stop_token stop);

    /// Replaces everything of one source of the corpus, that of the first of `chunks`; unchanged
    /// ones stay. Errors: InvalidInput for none; those of CorpusStore.
    [[nodiscard]] Result<CorpusInfo> updateCorpus(std::span<const Chunk> chunks);
    /// Errors: those of CorpusStore.
    [[nodiscard]] Result<CorpusInfo> corpusInfo();

    /// From now on this model embeds. It is opened at the next need, also when it was open already
    /// (it may have been installed again); what it embeds is kept by itself, so that going back to
    /// an earlier one embeds nothing again. nullopt: the default one, and without it retrieval goes
    /// by words and symbols. A choice that is named must work: the errors of everything that embeds
    /// are then also those of openModel().
    void useEmbedding(std::optional<EmbeddingChoice> choice);
    /// Embeds what of the corpus has no vector yet; retrieve() would do it, too. Progress
    /// "embedding", in chunks. Errors: MissingPart without a model; those of CorpusStore.
    [[nodiscard]] Result<EmbeddedCorpus> embedCorpus(const ProgressCallback &progress,
                                                     std::stop_token stop);

    /// From now on retrieve() and why() ask that engine for what is near. It is reached at their
    /// next call, whose errors are then also those of openCollection(); a collection that does not
    /// exist is NotFound.
    void useEngine(EngineOptions engine);
    /// Brings the corpus with its vectors to a shared engine. Errors: MissingPart without an
    /// embedding model; those of openCollection() and pushChunks().
    [[nodiscard]] Result<PushResult> pushCorpus(const EngineOptions &engine, bool prunes,
                                                const ProgressCallback &progress,
                                                std::stop_token stop);
    /// Adds what a shared engine holds to the corpus; nothing that is here is lost. Vectors of our
    /// model come along. Errors: those of openCollection(), pullChunks() and CorpusStore;
    /// InvalidInput for a collection without a text of a known release.
    [[nodiscard]] Result<CorpusInfo>
    pullCorpus(const EngineOptions &engine, const ProgressCallback &progress, std::stop_token stop);

    /// Keeps interpreters of both versions ready from now on, so that validate() does not wait for
    /// `import torch`: one for the source, two for the target. Environments that are missing are
    /// left out. Returns at once.
    void keepWarm(const Version &source, const Version &target);

    /// Runs the old code in source and target and gives what its expressions were, as far as
    /// reading does not tell, for MigrationOptions::observed. Code that fails tells what it
    /// reached. Errors: those of planObservation; MissingPart, Refused, Cancelled.
    [[nodiscard]] Result<Observations> observe(std::string_view name, std::string_view code,
                                               const ValidateOptions &options,
                                               std::stop_token stop);

    /// Old code in source and target, new code in target, in that order; `onRow` after each.
    /// When the new code is the old one, its run is shared. Runs again what the verdict needs
    /// (judge.h). Sets `migration`'s edit proofs when
    /// it is given. A run that fails is a result, not an Error. Errors: MissingPart, Refused,
    /// Cancelled (rows delivered so far stay valid).
    [[nodiscard]] Result<ResultRow> validate(std::string_view name, std::string_view oldCode,
                                             std::string_view newCode, Migration *migration,
                                             const ValidateOptions &options,
                                             const RowCallback &onRow, std::stop_token stop);

    /// Runs the command of a packed project (packProject()) once; the run holds its tests.
    /// Errors: as validate().
    [[nodiscard]] Result<Run> runProject(const Version &torch, std::string packed,
                                         ProjectCommand command, const ValidateOptions &options,
                                         const RunWish &wish, std::stop_token stop);

    /// The prompt that would be sent: template of resources/prompts, code, retrieved context.
    [[nodiscard]] Result<std::string> prompt(std::string_view code, const Retrieval &retrieval,
                                             const Migration &migration,
                                             std::string_view language) const;

    /// Asks a model and splits its answer; `onText` as it comes.
    [[nodiscard]] Result<ModelMigration> askModel(const ChatProfile &profile, std::string prompt,
                                                  const TokenCallback &onText,
                                                  std::stop_token stop);

    /// The prompt that ask() would send: template of resources/prompts, question, ranked chunks.
    [[nodiscard]] Result<std::string> questionPrompt(std::string_view question,
                                                     const Retrieval &retrieval,
                                                     const RetrieveOptions &options,
                                                     std::string_view language) const;
    /// Asks a model with that prompt and holds its answer against the ranked chunks; `onText` as
    /// it comes. Errors: those of ChatClient::chat.
    [[nodiscard]] Result<QuestionAnswer> ask(const ChatProfile &profile, std::string prompt,
                                             const Retrieval &retrieval,
                                             const TokenCallback &onText, std::stop_token stop);

private:
    class Impl;
    explicit Pipeline(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

/// Sets EditProof of every accepted edit from what the runs executed and how they compare: Proven
/// needs each touched statement to have run in old@source and new@target, and a verdict that they
/// agree. The row must come from migration.oldCode and migration.newCode.
void proveEdits(Migration &migration, const ResultRow &row);

} // namespace TorchLift
