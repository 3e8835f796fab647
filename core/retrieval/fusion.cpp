#include "retrieval/fusion.h"

#include <algorithm>
#include <functional>
#include <numeric>

#include "base/text.h"

namespace TorchLift {

std::vector<std::size_t> ranksByScore(std::span<const double> scores, bool ranksAll)
{
    std::vector<std::size_t> order(scores.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return scores[a] > scores[b]; });
    std::vector<std::size_t> ranks(scores.size(), 0);
    for (std::size_t i = 0; i < order.size(); ++i) {
        const double score = scores[order[i]];
        if (!ranksAll && score <= 0) {
            break;
        }
        const bool isTied = i > 0 && scores[order[i - 1]] == score;
        ranks[order[i]] = isTied ? ranks[order[i - 1]] : i + 1;
    }
    return ranks;
}

double reciprocalRank(std::size_t rank, double weight) noexcept
{
    constexpr double smoothing = 60; // the constant of the paper
    return rank == 0 ? 0 : weight / (smoothing + static_cast<double>(rank));
}

double wordOverlap(const WordSet &a, const WordSet &b)
{
    std::size_t common = 0;
    for (std::size_t i = 0, j = 0; i < a.size() && j < b.size();) {
        if (a[i] == b[j]) {
            ++common;
            ++i;
            ++j;
        } else if (a[i] < b[j]) {
            ++i;
        } else {
            ++j;
        }
    }
    const std::size_t all = a.size() + b.size() - common;
    return all == 0 ? 0 : static_cast<double>(common) / static_cast<double>(all);
}

WordSet distinctWords(std::string_view text)
{
    WordSet words;
    const auto isWord = [](char c) {
        return isNameCharacter(c) || static_cast<unsigned char>(c) >= 0x80;
    };
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t begin = at;
        while (at < text.size() && isWord(text[at])) {
            ++at;
        }
        if (at > begin) {
            words.push_back(std::hash<std::string_view>()(text.substr(begin, at - begin)));
        } else {
            ++at;
        }
    }
    std::sort(words.begin(), words.end());
    words.erase(std::unique(words.begin(), words.end()), words.end());
    return words;
}

} // namespace TorchLift
