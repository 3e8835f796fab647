#pragma once

#include <cstddef>
#include <set>
#include <unordered_map>
#include <vector>

#include "index/vectorindex.h"
#include "retrieval/candidates.h"
#include "retrieval/symbolranking.h"

namespace TorchLift {

/// What one part of a query found: scores above 0, by the number of the chunk.
using PartScores = std::unordered_map<std::size_t, double>;

/// What all of them found, inside the window.
struct RetrievalParts
{
    std::vector<VectorHit> dense; ///< best first
    PartScores lexical;
    PartScores uses;
    Namings namings;
};

/// A candidate for each of `chunks` and for each that a part found, in order of number, with its
/// ranks and scores in each part; they are not fused.
[[nodiscard]] std::vector<ChunkCandidate> rankedByParts(std::set<std::size_t> chunks,
                                                        const RetrievalParts &parts);

} // namespace TorchLift
