#pragma once

#include <span>
#include <stop_token>

#include "base/progress.h"
#include "base/result.h"
#include "corpus/chunk.h"
#include "evaluation/queries.h"
#include "retrieval/retriever.h"

namespace TorchLift {

struct RetrievalRun
{
    Rankings run;                  ///< changes by slug, other chunks by key
    std::size_t outsideWindow = 0; ///< chunks found that the window forbids: must be 0
    double milliseconds = 0;       ///< median of one query
};

/// The first `depth` chunks for each query. Errors: those of Retriever::retrieve.
[[nodiscard]] Result<RetrievalRun>
runQueries(Retriever &retriever, std::span<const EvaluationQuery> queries, bool isDenseOnly,
           std::size_t depth, const ProgressCallback &progress, std::stop_token stop);

/// The same judgements for original notes: a chunk of a note answers what a change answers if it
/// is of the same release and names the change's pull request. Queries that no chunk answers are
/// left out.
[[nodiscard]] JudgementSet judgementsOfOriginals(const JudgementSet &set,
                                                 std::span<const Chunk> catalogue,
                                                 std::span<const Chunk> originals);

} // namespace TorchLift
