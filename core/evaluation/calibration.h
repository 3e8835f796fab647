#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "evaluation/measures.h"

namespace TorchLift {

/// What must be among the first k of a query for it to count as covered.
enum class Covered { First, All }; ///< one relevant, or every one

/// For each query with something relevant, in the order of `qrels`: the smallest k that covers
/// it; nothing when the run does not hold it at all.
[[nodiscard]] std::vector<std::optional<std::size_t>>
depthsNeeded(const Rankings &run, const Qrels &qrels, Covered covered);

/// Split conformal calibration (Vovk et al.; Angelopoulos & Bates, arXiv:2107.07511): the
/// ceil((n + 1) * coverage)-th smallest of the `needed` depths. A further query, exchangeable with
/// these, is covered by the first k with a probability of at least `coverage`. Nothing when so
/// few queries, or so many that the run never covers, allow no such promise.
[[nodiscard]] std::optional<std::size_t>
calibrateDepth(std::span<const std::optional<std::size_t>> needed, double coverage);

struct Calibration
{
    double coverage = 0;          ///< promised
    std::optional<std::size_t> k; ///< from all queries, for queries to come
    double measured = 0;          ///< mean share covered of the half that was held out
    std::size_t splits = 0;       ///< halvings whose calibration half allowed a k
};

/// k from all queries, and how the promise holds on them: halved at random again and again, k is
/// taken from one half and the share of the other that it covers is measured.
[[nodiscard]] Calibration calibrate(std::span<const std::optional<std::size_t>> needed,
                                    double coverage, std::size_t splits = 1000);

} // namespace TorchLift
