#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace TorchLift {

/// How well a chunk's symbols name one that was asked for.
struct SymbolMatch
{
    std::size_t chunk = 0; ///< by its number
    double strength = 0;   ///< SymbolIndex::kSame, kSibling or kOwner
};

/// Which chunks name a symbol. What a look-up costs depends on how many do, not on how many chunks
/// there are.
class SymbolIndex
{
public:
    static constexpr double kSame = 1.0;
    /// The same function as method of Tensor, in torch or as operator (`torch.Tensor.__gt__` is
    /// torch.gt), or a guess's name without its package.
    static constexpr double kSibling = 0.8;
    /// The module or class it lives in, unless nearly all code names that.
    static constexpr double kOwner = 0.5;

    /// The next chunk's symbols; chunks are numbered from 0.
    void add(std::span<const std::string> symbols);

    /// Each chunk once, with its best match, in order of number.
    [[nodiscard]] std::vector<SymbolMatch> find(std::string_view symbol) const;

private:
    using Chunks = std::unordered_map<std::string, std::vector<std::size_t>>;

    Chunks m_byName;
    Chunks m_byLastName;
    Chunks m_byFunction; // see functionOf()
    std::size_t m_count = 0;
};

} // namespace TorchLift
