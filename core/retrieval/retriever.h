#pragma once

#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "base/version.h"
#include "corpus/chunk.h"
#include "corpus/store.h"
#include "embedding/embeddingmodel.h"
#include "index/vectorcollection.h"
#include "models/embeddingchoice.h"
#include "source/use.h"
#include "timeline/timeline.h"

namespace TorchLift {

/// A chunk and why it is where it is. Ranks count from 1; 0: not found by that part.
struct RankedChunk
{
    Chunk chunk;
    std::size_t rank = 0;  ///< in the fused order
    double score = 0;      ///< fused (reciprocal ranks), larger is better
    double denseScore = 0; ///< cosine, 0 where there is no model
    std::size_t denseRank = 0;
    double useScore = 0; ///< best cosine to one use of the code alone
    std::size_t useRank = 0;
    double lexicalScore = 0; ///< BM25
    std::size_t lexicalRank = 0;
    std::size_t symbolRank = 0;            ///< order by exact symbols shared with the query
    std::vector<std::string> symbolsFound; ///< symbols of the query that the chunk names
    bool isCited = false;                  ///< an edit or residue rests on it
    bool isCut = false; ///< longer than the model reads: its vector is of its beginning alone
};

struct RetrievalQuery
{
    std::string text;      ///< code or question
    std::vector<Use> uses; ///< names and operators found in it; empty for a question
    std::size_t k = 6;
    Version from{1, 0, 0};                    ///< releases after this ...
    Version to{2, 7, 0};                      ///< ... up to and including this
    std::vector<std::string> citedSlugs;      ///< fetched besides the ranked ones
    bool isDenseOnly = false;                 ///< the plain way: one vector for the whole text
    std::vector<std::string> breakingSymbols; ///< known to break: each gets a chunk before others
};

struct Retrieval
{
    std::vector<RankedChunk> ranked;            ///< at most k, best first, all inside the window
    std::vector<RankedChunk> citedOnly;         ///< cited, not among ranked; with their true rank
    std::size_t candidates = 0;                 ///< chunks inside the window that were ranked
    bool hasDense = false;                      ///< false: no model; lexical and symbols alone
    std::optional<EmbeddingChoice> embedding{}; ///< with `hasDense`: what embedded, where known
};

/// Whether even the best chunk is a weak match: it names nothing that was asked about, and its
/// wording is far from the query's (or unknown, without a model).
[[nodiscard]] bool isWeak(const Retrieval &retrieval) noexcept;

/// What a source's trust, 0 to 1, multiplies the scores of its chunks with: at least 0.9, so that
/// it decides between near equals only.
[[nodiscard]] double weightOfTrust(double trust) noexcept;

/// What kept one chunk out, or where it stands: answers `retrieve --why`.
struct RetrievalWhy
{
    RankedChunk chunk;
    bool isInWindow = false;
    std::string foldedInto; ///< key of a better chunk that says nearly the same; else empty
    std::string firstFor;   ///< the breaking symbol that put it before higher scores; else empty
    std::size_t k = 0;
};

/// Ranks the corpus for a query: dense, lexical and symbol ranking, fused by reciprocal ranks
/// (Cormack et al., SIGIR 2009), inside the version window. Belongs to one thread.
class Retriever
{
public:
    /// `store` outlives the retriever. `model` may be null: then without the dense part. New
    /// chunks are embedded here and kept in `vectorFile`; a damaged file is rebuilt.
    ///
    /// With `shared` that engine is asked for what is near instead, nothing is embedded here but
    /// the query, and chunks that only the engine has take part, too (ranked by vector and
    /// symbols; the words are those of `store`). The retriever then belongs to its thread.
    ///
    /// With `timeline` names that are gone in the target count as breaking by themselves.
    [[nodiscard]] static Result<std::unique_ptr<Retriever>>
    open(CorpusStore &store, std::shared_ptr<EmbeddingModel> model,
         const std::filesystem::path &vectorFile, const ProgressCallback &progress,
         std::stop_token stop, std::unique_ptr<VectorCollection> shared = nullptr,
         std::shared_ptr<const Timeline> timeline = nullptr);

    virtual ~Retriever() = default;
    /// Begins to embed a text beside the caller, who still works out the rest of its query (what
    /// the text uses, what cites): the next retrieve() or why(), if it is for this text, takes
    /// that up. `stop` should be the one that goes with it.
    virtual void expect(std::string text, std::stop_token stop) = 0;
    [[nodiscard]] virtual Result<Retrieval> retrieve(const RetrievalQuery &query,
                                                     std::stop_token stop) = 0;
    /// Errors: NotFound when no chunk has that key or chunk id.
    [[nodiscard]] virtual Result<RetrievalWhy>
    why(const RetrievalQuery &query, std::string_view chunk, std::stop_token stop) = 0;
};

} // namespace TorchLift
