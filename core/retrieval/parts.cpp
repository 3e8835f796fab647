#include "retrieval/parts.h"

#include <utility>

#include "retrieval/fusion.h"

namespace TorchLift {

namespace {

void rankDense(std::vector<ChunkCandidate> &candidates, const std::vector<VectorHit> &hits)
{
    std::unordered_map<std::size_t, std::size_t> places;
    for (std::size_t i = 0; i < hits.size(); ++i) {
        places.emplace(hits[i].row, i);
    }
    for (ChunkCandidate &candidate : candidates) {
        if (const auto place = places.find(candidate.chunk); place != places.end()) {
            candidate.ranked.denseRank = place->second + 1;
            candidate.ranked.denseScore = static_cast<double>(hits[place->second].score);
        }
    }
}

void rankBy(std::vector<ChunkCandidate> &candidates, const PartScores &found,
            double RankedChunk::*score, std::size_t RankedChunk::*rank)
{
    std::vector<double> scores;
    for (ChunkCandidate &candidate : candidates) {
        const auto known = found.find(candidate.chunk);
        candidate.ranked.*score = known == found.end() ? 0 : known->second;
        scores.push_back(candidate.ranked.*score);
    }
    const auto ranks = ranksByScore(scores, false);
    for (std::size_t i = 0; i < candidates.size(); ++i) {
        candidates[i].ranked.*rank = ranks[i];
    }
}

void rankSymbols(std::vector<ChunkCandidate> &candidates, const Namings &namings)
{
    std::vector<double> scores;
    for (ChunkCandidate &candidate : candidates) {
        const auto known = namings.find(candidate.chunk);
        scores.push_back(known == namings.end() ? 0 : known->second.score);
        if (known != namings.end()) {
            candidate.symbols = known->second.found;
            candidate.certainSymbols = known->second.certain;
        }
    }
    const auto ranks = ranksByScore(scores, false);
    for (std::size_t i = 0; i < candidates.size(); ++i) {
        candidates[i].ranked.symbolRank = ranks[i];
    }
}

} // namespace

std::vector<ChunkCandidate> rankedByParts(std::set<std::size_t> chunks, const RetrievalParts &parts)
{
    for (const VectorHit &hit : parts.dense) {
        chunks.insert(hit.row);
    }
    for (const PartScores *found : {&parts.lexical, &parts.uses}) {
        for (const auto &[chunk, score] : *found) {
            chunks.insert(chunk);
        }
    }
    for (const auto &[chunk, naming] : parts.namings) {
        chunks.insert(chunk);
    }
    std::vector<ChunkCandidate> candidates;
    candidates.reserve(chunks.size());
    for (const std::size_t chunk : chunks) {
        candidates.emplace_back().chunk = chunk;
    }
    rankDense(candidates, parts.dense);
    rankBy(candidates, parts.lexical, &RankedChunk::lexicalScore, &RankedChunk::lexicalRank);
    rankBy(candidates, parts.uses, &RankedChunk::useScore, &RankedChunk::useRank);
    rankSymbols(candidates, parts.namings);
    return candidates;
}

} // namespace TorchLift
