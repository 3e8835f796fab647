#pragma once

#include <cstddef>
#include <limits>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "corpus/chunk.h"
#include "retrieval/fusion.h"
#include "retrieval/querysymbols.h"
#include "retrieval/retriever.h"

namespace TorchLift {

/// A chunk inside the window on its way to the final order.
struct ChunkCandidate
{
    std::size_t chunk = 0;                   ///< its number among the retriever's chunks
    RankedChunk ranked;                      ///< with its ranks and scores alone
    std::vector<std::size_t> symbols;        ///< of the query, which the chunk names
    std::vector<std::size_t> certainSymbols; ///< of them those it names themselves
    std::string firstFor;                    ///< as RetrievalWhy::firstFor
    std::size_t foldedInto = std::numeric_limits<std::size_t>::max(); ///< a chunk
    [[nodiscard]] bool isFolded() const
    {
        return foldedInto != std::numeric_limits<std::size_t>::max();
    }
};

/// Best first; equal ones stay in order.
[[nodiscard]] std::vector<ChunkCandidate> byScore(std::vector<ChunkCandidate> candidates);

/// Puts a first chunk for each symbol that is known to break before a second for the same. Within
/// both groups the order stays.
[[nodiscard]] std::vector<ChunkCandidate> covering(std::vector<ChunkCandidate> candidates,
                                                   const std::vector<QuerySymbol> &symbols);

/// Finds chunks that say nearly the same.
class NearDuplicates
{
public:
    /// Chunks that nearly repeat a better one go behind all others. Looked at are those that could
    /// be shown: the first k that stay, and what they fold. Candidates count in `chunks`, which are
    /// the same in every call, or more.
    [[nodiscard]] std::vector<ChunkCandidate> folded(std::vector<ChunkCandidate> candidates,
                                                     std::span<const Chunk> chunks, std::size_t k);

private:
    const WordSet &wordsOf(std::size_t chunk, std::span<const Chunk> chunks);

    std::unordered_map<std::size_t, WordSet> m_words; // the same chunks come again and again
};

} // namespace TorchLift
