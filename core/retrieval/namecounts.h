#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>

#include "corpus/chunk.h"

namespace TorchLift {

/// In how many chunks of a corpus a name occurs: one that is in every second example tells nothing.
class NameCounts
{
public:
    /// Counts the symbols of `chunk` and what its text calls members and arguments, without their
    /// packages.
    void add(const Chunk &chunk);

    /// Inverse document frequency of the last name of `symbol` (Robertson & Sparck Jones 1976),
    /// as a share of the most that it can be: 1 for what no chunk names, near 0 for what all do.
    [[nodiscard]] double rarity(std::string_view symbol) const;

private:
    std::unordered_map<std::string, std::size_t> m_counts;
    std::size_t m_chunks = 0;
};

} // namespace TorchLift
