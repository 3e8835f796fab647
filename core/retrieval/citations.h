#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "retrieval/retriever.h"
#include "timeline/timeline.h"

namespace TorchLift {

/// What an answer rests on, held against the chunks that it was given as [1], [2] and so on.
struct CitationCheck
{
    std::vector<std::size_t> cited;    ///< numbers of chunks, in order of first mention
    std::vector<std::string> invented; ///< marks, pull requests and addresses no chunk has
    std::vector<std::string> unknown;  ///< names of torch that neither chunk nor release has
};

/// Looks for marks ("[2]", "[1, 3]"), pull requests ("#12345") and addresses in prose, and for
/// qualified names everywhere; indices in code are no marks. `timeline` may be null: then every
/// name that no chunk has is unknown.
[[nodiscard]] CitationCheck checkCitations(std::string_view answer,
                                           std::span<const RankedChunk> chunks,
                                           const Timeline *timeline);

} // namespace TorchLift
