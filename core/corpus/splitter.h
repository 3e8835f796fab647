#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"

namespace TorchLift {

/// Settings of the recursive character splitter. Lengths count Unicode code points.
struct SplitOptions
{
    std::vector<std::string> separators = {"\n\n", "\n", " ", ""}; ///< coarse to fine
    std::size_t chunkSize = 1000;
    std::size_t overlap = 150; ///< below chunkSize
};

/// Cuts `text` at the coarsest separator that gives pieces of at most chunkSize, merging small
/// neighbours and repeating up to `overlap` of the previous piece (as LangChain's
/// RecursiveCharacterTextSplitter does). Never cuts inside a UTF-8 sequence. Returns spans of
/// `text`, ascending; the pieces are not trimmed of anything but surrounding white space.
[[nodiscard]] std::vector<ByteSpan> splitRecursively(std::string_view text,
                                                     const SplitOptions &options);

} // namespace TorchLift
