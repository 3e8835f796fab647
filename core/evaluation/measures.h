#pragma once

#include <array>
#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace TorchLift {

/// What answers a query, with its grade (0: judged, and does not).
using Judgement = std::map<std::string, int>;
/// Judgements by query.
using Qrels = std::map<std::string, Judgement>;
/// What was found for each query, best first, nothing twice.
using Rankings = std::map<std::string, std::vector<std::string>>;

enum class Measure { Precision, Recall, HitRate, Mrr, Ndcg, Map };

inline constexpr std::array kMeasures = {Measure::Precision, Measure::Recall, Measure::HitRate,
                                         Measure::Mrr,       Measure::Ndcg,   Measure::Map};
inline constexpr std::array<std::size_t, 9> kDepths = {1, 2, 3, 5, 10, 15, 20, 50, 100};

/// How a measure is worked out. R: relevant ones of the query; rel(i): whether the i-th found is
/// one; g(i): its grade.
struct MeasureText
{
    std::string_view name; ///< "precision"
    std::string_view formula;
    std::string_view denominator;
    std::string_view ceiling; ///< the most that any ranking can reach at k
};

[[nodiscard]] const MeasureText &describe(Measure measure) noexcept;

/// The measure of one ranking at depth k >= 1, 0 to 1. The same numbers as trec_eval's P, recall,
/// success, recip_rank (cut at k), ndcg_cut and map_cut. A query without relevant ones gives 0.
[[nodiscard]] double measureAt(Measure measure, std::span<const std::string> found,
                               const Judgement &judgement, std::size_t k);

/// What a perfect ranking reaches.
[[nodiscard]] double ceilingAt(Measure measure, const Judgement &judgement, std::size_t k);

/// One value for each query of `qrels` with something relevant, in their order; a query that the
/// run lacks counts as nothing found.
[[nodiscard]] std::vector<double> measureEach(Measure measure, const Rankings &run,
                                              const Qrels &qrels, std::size_t k);

/// The mean of ceilingAt() over the same queries.
[[nodiscard]] double meanCeiling(Measure measure, const Qrels &qrels, std::size_t k);

} // namespace TorchLift
