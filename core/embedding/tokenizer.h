#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace TorchLift {

/// A text as numbers.
struct TokenIds
{
    std::vector<std::int32_t> ids;
    bool isCut = false; ///< the limit left something out
};

/// Turns text into the numbers a model was trained on. Any thread may call it.
class Tokenizer
{
public:
    virtual ~Tokenizer() = default;

    /// Ids of `text` (bytes that are not UTF-8 read as U+FFFD), special tokens of both ends
    /// included, at most `maxTokens` of them (0: no limit; otherwise at least 2): what is too
    /// much is cut before the closing one.
    [[nodiscard]] virtual TokenIds encode(std::string_view text, std::size_t maxTokens) const = 0;
    /// Ids are below this.
    [[nodiscard]] virtual std::size_t vocabularySize() const noexcept = 0;
};

} // namespace TorchLift
