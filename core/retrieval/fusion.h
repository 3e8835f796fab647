#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace TorchLift {

/// Ranks from 1 by falling score; equal scores share a rank; scores of 0 and below get rank 0
/// unless `ranksAll`.
[[nodiscard]] std::vector<std::size_t> ranksByScore(std::span<const double> scores, bool ranksAll);

/// One list's contribution to the fused score: weight / (60 + rank), 0 for rank 0 (Cormack et
/// al., SIGIR 2009).
[[nodiscard]] double reciprocalRank(std::size_t rank, double weight = 1) noexcept;

/// The distinct words of a text, each as a hash, sorted.
using WordSet = std::vector<std::size_t>;
[[nodiscard]] WordSet distinctWords(std::string_view text);

/// The share of words two texts have in common (Jaccard), 0 to 1; texts without words: 0.
[[nodiscard]] double wordOverlap(const WordSet &a, const WordSet &b);

} // namespace TorchLift
