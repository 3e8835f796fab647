#pragma once

#include <cstddef>
#include <span>
#include <string>
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
    std::vector<std::string> found;   ///< symbols of the query
    std::vector<std::size_t> certain; ///< of them those it names themselves, by their number
};

/// Marks those of `symbols` that a release up to `to` no longer has, or only to raise.
void markGone(std::vector<QuerySymbol> &symbols, const Timeline &timeline, const Version &to);

/// A Naming for each of `candidates`, which are numbers of `chunks`, each once. What a candidate
/// names beside a symbol that it is about took that one's place, and changed later, too (torch.gels
/// became torch.lstsq, which was removed): such successors are appended to `symbols`, breaking as
/// the symbol is. `index` is of `chunks`.
[[nodiscard]] std::vector<Naming> nameSymbols(std::span<const Chunk> chunks,
                                              std::span<const std::size_t> candidates,
                                              std::vector<QuerySymbol> &symbols,
                                              const SymbolIndex &index, const NameCounts &names);

} // namespace TorchLift
