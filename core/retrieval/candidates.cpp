#include "retrieval/candidates.h"

#include <algorithm>
#include <iterator>
#include <numeric>
#include <set>
#include <utility>

namespace TorchLift {

namespace {

// Two chunks that share this many of their words say the same.
constexpr double kNearlySame = 0.85;

} // namespace

std::vector<ChunkCandidate> byScore(std::vector<ChunkCandidate> candidates)
{
    // Candidates are large: their numbers are sorted, and each is moved once.
    std::vector<std::size_t> order(candidates.size());
    std::iota(order.begin(), order.end(), std::size_t(0));
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return candidates[a].ranked.score > candidates[b].ranked.score;
    });
    std::vector<ChunkCandidate> sorted;
    sorted.reserve(candidates.size());
    for (const std::size_t place : order) {
        sorted.push_back(std::move(candidates[place]));
    }
    return sorted;
}

std::vector<ChunkCandidate> covering(std::vector<ChunkCandidate> candidates,
                                     const std::vector<QuerySymbol> &symbols)
{
    std::set<std::size_t> covered;
    std::vector<ChunkCandidate> order;
    std::vector<ChunkCandidate> rest;
    rest.reserve(candidates.size());
    for (ChunkCandidate &candidate : candidates) {
        for (const std::size_t symbol : candidate.certainSymbols) {
            if (symbols[symbol].isBreaking && covered.insert(symbol).second) {
                candidate.firstFor = symbols[symbol].name;
            }
        }
        (candidate.firstFor.empty() ? rest : order).push_back(std::move(candidate));
    }
    std::move(rest.begin(), rest.end(), std::back_inserter(order));
    return order;
}

std::vector<ChunkCandidate> NearDuplicates::folded(std::vector<ChunkCandidate> candidates,
                                                   std::span<const Chunk> chunks, std::size_t k)
{
    std::vector<std::size_t> kept;
    for (std::size_t i = 0; i < candidates.size() && kept.size() < k; ++i) {
        const WordSet &words = wordsOf(candidates[i].chunk, chunks);
        const auto same = std::find_if(kept.begin(), kept.end(), [&](std::size_t chunk) {
            const WordSet &other = wordsOf(chunk, chunks);
            const auto [fewer, more] = std::minmax(words.size(), other.size());
            return static_cast<double>(fewer) >= kNearlySame * static_cast<double>(more)
                   && wordOverlap(words, other) >= kNearlySame;
        });
        if (same == kept.end()) {
            kept.push_back(candidates[i].chunk);
        } else {
            candidates[i].foldedInto = *same;
        }
    }
    const auto isKept = [](const ChunkCandidate &c) { return !c.isFolded(); };
    if (!std::all_of(candidates.begin(), candidates.end(), isKept)) {
        std::stable_partition(candidates.begin(), candidates.end(), isKept);
    }
    return candidates;
}

const WordSet &NearDuplicates::wordsOf(std::size_t chunk, std::span<const Chunk> chunks)
{
    const auto [place, isNew] = m_words.try_emplace(chunk);
    if (isNew) {
        place->second = distinctWords(chunks[chunk].text);
    }
    return place->second;
}

} // namespace TorchLift
