#include "retrieval/retriever.h"

#include <algorithm>
#include <cctype>
#include <future>
#include <iterator>
#include <set>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "base/logging.h"
#include "base/sidethread.h"
#include "corpus/documents.h"
#include "index/vectorindex.h"
#include "models/registry.h"
#include "retrieval/candidates.h"
#include "retrieval/chunkvectors.h"
#include "retrieval/deviceindex.h"
#include "retrieval/fusion.h"
#include "retrieval/namecounts.h"
#include "retrieval/parts.h"
#include "retrieval/symbolindex.h"
#include "retrieval/symbolranking.h"

namespace TorchLift {

namespace {

// A symbol named exactly tells more than a similar wording.
constexpr double kSymbolWeight = 2.0;
// A model of one language reads other scripts nearly at random; words decide then.
constexpr double kForeignWeight = 0.2;
// The least trust takes this share of a score: as much as some ranks in one part, no more.
constexpr double kDistrust = 0.1;
// A use alone says less than the whole code.
constexpr double kUseWeight = 0.7;
// Uses that are embedded one by one: each costs some milliseconds at its first time.
constexpr std::size_t kMaxUses = 8;
// Below this cosine even a right chunk is found by chance.
constexpr double kWeakCosine = 0.35;
// A corpus of fewer chunks has all of them ranked. Of a larger one, and of a shared engine, each
// part is asked for its best: more cannot matter once the ranks are fused.
constexpr std::size_t kAllRankedBelow = 10000;
constexpr std::size_t kManyHits = 1000;
constexpr std::size_t kHitsOfUse = 200; // there are some, and what is near to one is near the top

// Whether at least a third of a question's letters are outside ASCII.
bool isForeign(std::string_view text)
{
    std::size_t ascii = 0;
    std::size_t others = 0;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        ascii += std::isalpha(byte) != 0 && byte < 0x80 ? 1 : 0;
        others += byte >= 0xC0 ? 1 : 0; // the first byte of a character
    }
    return others > 0 && 2 * others >= ascii;
}

class HybridRetriever final : public Retriever
{
public:
    HybridRetriever(CorpusStore &store, std::shared_ptr<EmbeddingModel> model,
                    std::vector<Chunk> chunks, std::unique_ptr<VectorIndex> index,
                    std::unique_ptr<VectorCollection> shared,
                    std::shared_ptr<const Timeline> timeline)
        : m_store(store)
        , m_model(std::move(model))
        , m_chunks(std::move(chunks))
        , m_localCount(m_chunks.size())
        , m_index(std::move(index))
        , m_shared(std::move(shared))
        , m_timeline(std::move(timeline))
    {
        for (std::size_t i = 0; i < m_chunks.size(); ++i) {
            m_byKey.emplace(m_chunks[i].key, i);
            m_names.add(m_chunks[i]);
            m_symbols.add(m_chunks[i].symbols);
        }
    }

    void expect(std::string text, std::stop_token stop) override
    {
        m_expectedText = std::move(text);
        m_expected = startEmbedding(m_expectedText, std::move(stop));
    }

    Result<Retrieval> retrieve(const RetrievalQuery &query, std::stop_token stop) override
    {
        auto order = rank(query, stop);
        if (!order) {
            return tl::unexpected(order.error());
        }
        Retrieval result;
        result.candidates = order->candidates.size();
        result.hasDense = hasDense();
        std::set<std::size_t> shown;
        for (const ChunkCandidate &candidate : order->candidates) {
            if (result.ranked.size() == query.k || candidate.isFolded()) {
                break; // folded ones are at the end
            }
            result.ranked.push_back(filledIn(candidate, order->symbols, query));
            shown.insert(candidate.chunk);
        }
        for (std::size_t i = 0; i < m_chunks.size(); ++i) {
            if (isCited(i, query) && !shown.contains(i)) {
                result.citedOnly.push_back(filledIn(find(*order, i), order->symbols, query));
            }
        }
        std::stable_sort(result.citedOnly.begin(), result.citedOnly.end(),
                         [](const RankedChunk &a, const RankedChunk &b) {
                             return a.rank - 1 < b.rank - 1; // rank 0, outside the window: last
                         });
        return result;
    }

    Result<RetrievalWhy> why(const RetrievalQuery &query, std::string_view chunk,
                             std::stop_token stop) override
    {
        auto order = rank(query, stop);
        if (!order) {
            return tl::unexpected(order.error());
        }
        // An id for display may stand for several chunks: then the best placed one is meant.
        ChunkCandidate best;
        bool isFound = false;
        for (std::size_t i = 0; i < m_chunks.size(); ++i) {
            if (m_chunks[i].key == chunk || m_chunks[i].chunkId == chunk) {
                ChunkCandidate candidate = find(*order, i);
                if (!isFound || candidate.ranked.rank - 1 < best.ranked.rank - 1) {
                    best = std::move(candidate);
                    isFound = true;
                }
            }
        }
        if (!isFound) {
            return fail(Errc::NotFound, "no chunk has this key or id", std::string(chunk));
        }
        RetrievalWhy answer;
        answer.chunk = filledIn(best, order->symbols, query);
        answer.isInWindow = isInWindow(m_chunks[best.chunk], query);
        answer.foldedInto = best.isFolded() ? m_chunks[best.foldedInto].key : "";
        answer.firstFor = best.firstFor;
        answer.k = query.k;
        return answer;
    }

private:
    // The candidates in their final order, and the query's symbols, which they count.
    struct Order
    {
        std::vector<ChunkCandidate> candidates;
        std::vector<QuerySymbol> symbols;
    };

    static bool isInWindow(const Chunk &chunk, const RetrievalQuery &query)
    {
        return chunk.version > query.from && chunk.version <= query.to;
    }

    [[nodiscard]] bool isCited(std::size_t chunk, const RetrievalQuery &query) const
    {
        const std::string &slug = m_chunks[chunk].changeSlug;
        return !slug.empty()
               && std::find(query.citedSlugs.begin(), query.citedSlugs.end(), slug)
                      != query.citedSlugs.end();
    }

    [[nodiscard]] RankedChunk filledIn(const ChunkCandidate &candidate,
                                       const std::vector<QuerySymbol> &symbols,
                                       const RetrievalQuery &query)
    {
        RankedChunk ranked = candidate.ranked;
        ranked.chunk = m_chunks[candidate.chunk];
        for (const std::size_t symbol : candidate.symbols) {
            ranked.symbolsFound.push_back(symbols[symbol].name);
        }
        ranked.isCited = isCited(candidate.chunk, query);
        ranked.isCut = m_model && isCut(candidate.chunk);
        return ranked;
    }

    // Counted once: the same chunks come again and again.
    bool isCut(std::size_t chunk)
    {
        const auto [place, isNew] = m_cut.try_emplace(chunk);
        if (isNew) {
            const auto tokens = m_model->tokenize(m_chunks[chunk].text, TextRole::Passage);
            place->second = tokens && tokens->size() > m_model->maxTokens();
        }
        return place->second;
    }

    // A chunk outside the window is no candidate: all its ranks stay 0.
    static ChunkCandidate find(const Order &order, std::size_t chunk)
    {
        const auto found =
            std::find_if(order.candidates.begin(), order.candidates.end(),
                         [&](const ChunkCandidate &candidate) { return candidate.chunk == chunk; });
        ChunkCandidate outside;
        outside.chunk = chunk;
        return found == order.candidates.end() ? outside : *found;
    }

    [[nodiscard]] Result<Order> rank(const RetrievalQuery &query, std::stop_token stop)
    {
        if (query.isDenseOnly && !hasDense()) {
            return fail(Errc::MissingPart, "dense ranking needs an embedding model", "",
                        "installer/setup.sh");
        }
        Order order;
        order.symbols = askedSymbols(query);
        const auto parts = askParts(query, order.symbols, stop);
        if (!parts) {
            return tl::unexpected(parts.error());
        }
        order.candidates = fused(*parts, query);
        if (!query.isDenseOnly) {
            order.candidates = m_duplicates.folded(
                covering(std::move(order.candidates), order.symbols), m_chunks, query.k);
        }
        for (std::size_t i = 0; i < order.candidates.size(); ++i) {
            order.candidates[i].ranked.rank = i + 1;
        }
        return order;
    }

    // Successors of the symbols are appended to them.
    [[nodiscard]] Result<RetrievalParts> askParts(const RetrievalQuery &query,
                                                  std::vector<QuerySymbol> &symbols,
                                                  const std::stop_token &stop)
    {
        // Embedding takes longer than all the rest, which is done meanwhile.
        auto embedding = embedBeside(query.text, stop);
        Result<std::vector<VectorHit>> dense;
        if (m_shared) { // its answer may bring chunks
            dense = nearestTo(embedding, query, stop);
        }
        RetrievalParts parts;
        if (!query.isDenseOnly) {
            auto lexical = lexicalScores(query, symbols);
            if (!lexical) {
                return tl::unexpected(lexical.error());
            }
            parts.lexical = std::move(*lexical);
            std::unordered_set<std::size_t> brought; // by this query, not by earlier ones
            for (std::size_t i = 0; dense && i < dense->size(); ++i) {
                brought.insert((*dense)[i].row);
            }
            const auto isCandidate = [&](std::size_t chunk) {
                return chunk < m_localCount ? isInWindow(m_chunks[chunk], query)
                                            : brought.contains(chunk);
            };
            parts.namings =
                nameSymbols(m_chunks, isCandidate, symbols, m_symbols, m_names, hitsOfPart());
            auto uses = useScores(query, symbols, stop);
            if (!uses) {
                return tl::unexpected(uses.error());
            }
            parts.uses = std::move(*uses);
        }
        if (!m_shared) {
            dense = nearestTo(embedding, query, stop);
        }
        if (!dense) {
            return tl::unexpected(dense.error());
        }
        parts.dense = std::move(*dense);
        return parts;
    }

    // Best first. Of a large corpus what some part found; else every chunk inside the window.
    [[nodiscard]] std::vector<ChunkCandidate> fused(const RetrievalParts &parts,
                                                    const RetrievalQuery &query) const
    {
        std::set<std::size_t> chunks;
        for (std::size_t i = 0; !isLarge() && i < m_localCount; ++i) {
            if (isInWindow(m_chunks[i], query)) {
                chunks.insert(chunks.end(), i);
            }
        }
        std::vector<ChunkCandidate> candidates = rankedByParts(std::move(chunks), parts);
        const double denseWeight = weightOfDense(query);
        for (ChunkCandidate &candidate : candidates) {
            RankedChunk &ranked = candidate.ranked;
            ranked.score = reciprocalRank(ranked.denseRank, denseWeight)
                           + reciprocalRank(ranked.lexicalRank)
                           + reciprocalRank(ranked.useRank, kUseWeight)
                           + reciprocalRank(ranked.symbolRank, kSymbolWeight);
            ranked.score *= query.isDenseOnly ? 1 : weightOfTrust(m_chunks[candidate.chunk].trust);
        }
        return byScore(std::move(candidates));
    }

    // What is known to break is asked for even where reading the code alone names no use of it.
    [[nodiscard]] std::vector<QuerySymbol> askedSymbols(const RetrievalQuery &query) const
    {
        std::vector<QuerySymbol> symbols = symbolsOfQuery(query.uses, query.text);
        for (const std::string &breaking : query.breakingSymbols) {
            const auto known =
                std::find_if(symbols.begin(), symbols.end(),
                             [&](const QuerySymbol &symbol) { return symbol.name == breaking; });
            if (known == symbols.end()) {
                symbols.push_back({breaking, 1.0, true, true});
            } else {
                known->isBreaking = true;
            }
        }
        if (m_timeline) {
            markGone(symbols, *m_timeline, query.to);
        }
        return symbols;
    }

    [[nodiscard]] double weightOfDense(const RetrievalQuery &query) const
    {
        if (query.isDenseOnly || !m_model || !query.uses.empty() || !isForeign(query.text)) {
            return 1;
        }
        const ModelSpec *known = findModel(m_model->name());
        return known != nullptr && known->languages == "many" ? 1 : kForeignWeight;
    }

    [[nodiscard]] bool isLarge() const { return m_localCount >= kAllRankedBelow; }
    [[nodiscard]] std::size_t hitsOfPart(std::size_t most = kManyHits) const
    {
        return isLarge() ? most : m_chunks.size();
    }
    [[nodiscard]] bool hasDense() const { return m_index || (m_shared && m_model); }

    // Not valid without a model.
    [[nodiscard]] std::future<Result<Embeddings>> startEmbedding(std::string text,
                                                                 std::stop_token stop)
    {
        if (!hasDense()) {
            return {};
        }
        return m_beside.run([this, text = std::move(text), stop = std::move(stop)] {
            return m_model->embed({&text, 1}, TextRole::Query, {}, stop);
        });
    }

    // The one that is expected, where it is this one.
    [[nodiscard]] std::future<Result<Embeddings>> embedBeside(const std::string &text,
                                                              const std::stop_token &stop)
    {
        auto expected = std::exchange(m_expected, {});
        return expected.valid() && m_expectedText == text ? std::move(expected)
                                                          : startEmbedding(text, stop);
    }

    [[nodiscard]] Result<std::vector<VectorHit>> nearestTo(std::future<Result<Embeddings>> &text,
                                                           const RetrievalQuery &query,
                                                           const std::stop_token &stop)
    {
        if (!text.valid()) {
            return std::vector<VectorHit>();
        }
        const auto vector = text.get();
        return vector ? nearest(vector->row(0), query, kManyHits, stop)
                      : tl::unexpected(vector.error());
    }

    // Rows of m_chunks inside the window, best first, each once; of many chunks `most`.
    [[nodiscard]] Result<std::vector<VectorHit>> nearest(std::span<const float> vector,
                                                         const RetrievalQuery &query,
                                                         std::size_t most,
                                                         const std::stop_token &stop)
    {
        if (m_index) {
            return m_index->search(vector, hitsOfPart(most), [&](std::size_t row) {
                return isInWindow(m_chunks[row], query);
            });
        }
        const auto found =
            m_shared->search(vector, most, {query.from, query.to}, m_model->hash(), stop);
        if (!found) {
            return tl::unexpected(found.error());
        }
        std::vector<VectorHit> hits;
        std::set<std::size_t> seen;
        for (const RecordHit &hit : *found) {
            const auto row = rowOf(hit);
            if (row && isInWindow(m_chunks[*row], query) && seen.insert(*row).second) {
                hits.push_back({*row, hit.score});
            }
        }
        return hits;
    }

    // A chunk that is not here is taken from the engine's answer. Nobody else speaks for our
    // catalogue.
    [[nodiscard]] std::optional<std::size_t> rowOf(const RecordHit &hit)
    {
        if (const auto known = m_byKey.find(hit.key); known != m_byKey.end()) {
            return known->second;
        }
        auto chunk = chunkOfLangChain(hit.payload, {"shared", std::nullopt, 0.5});
        if (!chunk || chunk->source == "catalogue") {
            return std::nullopt;
        }
        const auto [place, isNew] = m_byKey.emplace(chunk->key, m_chunks.size());
        if (isNew) {
            m_chunks.push_back(std::move(*chunk));
            m_symbols.add(m_chunks.back().symbols);
        }
        return place->second;
    }

    // Each use by itself, where no chunk names its symbol: what is named exactly is found anyway.
    [[nodiscard]] Result<PartScores> useScores(const RetrievalQuery &query,
                                               const std::vector<QuerySymbol> &symbols,
                                               const std::stop_token &stop)
    {
        if (!hasDense() || query.uses.empty()) {
            return PartScores();
        }
        std::vector<std::string> asked;
        for (std::size_t i = 0; i < symbols.size() && asked.size() < kMaxUses; ++i) {
            const bool isWordless = isOperator(symbols[i].name); // words say nothing about it
            if (symbols[i].isCertain && !isWordless && !symbols[i].isNamed) {
                asked.push_back(symbols[i].name);
            }
        }
        if (auto learned = learnUses(asked, stop); !learned) {
            return tl::unexpected(learned.error());
        }
        PartScores best;
        for (const std::string &symbol : asked) {
            const auto hits = nearest(m_useVectors.at(symbol), query, kHitsOfUse, stop);
            if (!hits) {
                return tl::unexpected(hits.error());
            }
            for (const VectorHit &hit : *hits) {
                double &score = best[hit.row];
                score = std::max(score, static_cast<double>(hit.score));
            }
        }
        return best;
    }

    // Embeds those that are new, in one batch.
    [[nodiscard]] Result<void> learnUses(const std::vector<std::string> &symbols,
                                         const std::stop_token &stop)
    {
        std::vector<std::string> fresh;
        std::copy_if(symbols.begin(), symbols.end(), std::back_inserter(fresh),
                     [&](const std::string &symbol) { return !m_useVectors.contains(symbol); });
        if (fresh.empty()) {
            return {};
        }
        const auto vectors = m_model->embed(fresh, TextRole::Query, {}, stop);
        if (!vectors) {
            return tl::unexpected(vectors.error());
        }
        for (std::size_t i = 0; i < fresh.size(); ++i) {
            const auto row = vectors->row(i);
            m_useVectors.emplace(fresh[i], std::vector(row.begin(), row.end()));
        }
        return {};
    }

    // For code: the names it uses; its other words would drown them. For a question: its words.
    [[nodiscard]] Result<PartScores> lexicalScores(const RetrievalQuery &query,
                                                   const std::vector<QuerySymbol> &symbols)
    {
        std::vector<std::string> terms;
        for (const QuerySymbol &symbol : symbols) {
            terms.emplace_back(ownName(symbol.name));
        }
        if (query.uses.empty()) {
            terms.push_back(query.text);
        }
        const auto hits = m_store.search(terms, hitsOfPart());
        if (!hits) {
            return tl::unexpected(hits.error());
        }
        PartScores scores;
        for (const LexicalHit &hit : *hits) {
            const auto known = m_byKey.find(hit.key);
            if (known != m_byKey.end() && isInWindow(m_chunks[known->second], query)) {
                scores.emplace(known->second, hit.score);
            }
        }
        return scores;
    }

    CorpusStore &m_store;
    std::shared_ptr<EmbeddingModel> m_model;
    std::vector<Chunk> m_chunks; // those of the store, then what a shared engine brought
    std::size_t m_localCount;
    std::unordered_map<std::string, std::size_t> m_byKey;
    NameCounts m_names;                                               // of the store's
    SymbolIndex m_symbols;                                            // of m_chunks
    std::unordered_map<std::string, std::vector<float>> m_useVectors; // embedded once
    NearDuplicates m_duplicates;
    std::unordered_map<std::size_t, bool> m_cut; // chunks that are longer than the model reads
    std::unique_ptr<VectorIndex> m_index;        // rows as in m_chunks; null without a model
    std::unique_ptr<VectorCollection> m_shared;  // instead of m_index
    std::shared_ptr<const Timeline> m_timeline;  // may be null
    std::string m_expectedText;
    std::future<Result<Embeddings>> m_expected; // of expect(); not valid once it is taken
    SideThread m_beside; // embeds queries; the last member: it ends before what it uses
};

// Exact search reads every vector: a card does so in no time, where the model computes on one.
// The processor is faster by a graph beyond some number.
Result<std::unique_ptr<VectorIndex>> makeIndex(std::vector<float> values, EmbeddingModel &model,
                                               const std::stop_token &stop)
{
    auto onDevice = model.keepOnDevice(values);
    if (onDevice && *onDevice) {
        return makeDeviceIndex(std::move(*onDevice));
    }
    if (!onDevice) { // its memory is full, say: slower, but nothing is lost
        Log::warning("retrieval", "vectors stay off the card: " + onDevice.error().detail);
    }
    const std::size_t dimension = model.dimension();
    constexpr std::size_t exactBelow = 100000;
    return values.size() / dimension < exactBelow ? makeExactIndex(std::move(values), dimension)
                                                  : makeHnswIndex(values, dimension, {}, stop);
}

} // namespace

double weightOfTrust(double trust) noexcept
{
    return 1 - kDistrust * (1 - std::clamp(trust, 0.0, 1.0));
}

bool isWeak(const Retrieval &retrieval) noexcept
{
    return std::all_of(retrieval.ranked.begin(), retrieval.ranked.end(),
                       [](const RankedChunk &one) {
                           return one.symbolsFound.empty() && one.denseScore < kWeakCosine
                                  && one.useScore < kWeakCosine;
                       });
}

Result<std::unique_ptr<Retriever>>
Retriever::open(CorpusStore &store, std::shared_ptr<EmbeddingModel> model,
                const std::filesystem::path &vectorFile, const ProgressCallback &progress,
                std::stop_token stop, std::unique_ptr<VectorCollection> shared,
                std::shared_ptr<const Timeline> timeline)
{
    auto chunks = store.all();
    if (!chunks) {
        return tl::unexpected(chunks.error());
    }
    std::unique_ptr<VectorIndex> index;
    if (model && !shared) {
        auto values = vectorsOfChunks(*chunks, *model, vectorFile, progress, stop);
        if (!values) {
            return tl::unexpected(values.error());
        }
        auto made = makeIndex(std::move(*values), *model, stop);
        if (!made) {
            return tl::unexpected(made.error());
        }
        index = std::move(*made);
    }
    return std::make_unique<HybridRetriever>(store, std::move(model), std::move(*chunks),
                                             std::move(index), std::move(shared),
                                             std::move(timeline));
}

} // namespace TorchLift
