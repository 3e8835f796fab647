#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <span>
#include <vector>

#include "base/version.h"
#include "corpus/chunk.h"
#include "retrieval/namecounts.h"
#include "retrieval/querysymbols.h"
#include "retrieval/symbolindex.h"
#include "timeline/timeline.h"

namespace TorchLift {

/// How a chunk names what a query asks about.
struct Naming
{
    double score = 0;                 ///< larger: more of it, rarer, by more certain uses
    std::vector<std::size_t> found;   ///< symbols of the query, by their number
    std::vector<std::size_t> certain; ///< of them those it names themselves
};

/// By the number of the chunk.
using Namings = std::map<std::size_t, Naming>;

/// Marks those of `symbols` that a release up to `to` no longer has, or only to raise.
void markGone(std::vector<QuerySymbol> &symbols, const Timeline &timeline, const Version &to);

/// What each candidate among `chunks` names that does name something: of the `most` best, and of
/// the best for each symbol that is known to break. What a candidate names beside a symbol that it
/// is about took that one's place, and changed later, too (torch.gels became torch.lstsq, which was
/// removed): such successors are appended to `symbols`, breaking as the symbol is. Of each symbol
/// is marked whether a candidate names it. `index` is of `chunks`.
[[nodiscard]] Namings nameSymbols(std::span<const Chunk> chunks,
                                  const std::function<bool(std::size_t chunk)> &isCandidate,
                                  std::vector<QuerySymbol> &symbols, const SymbolIndex &index,
                                  const NameCounts &names, std::size_t most);

} // namespace TorchLift
