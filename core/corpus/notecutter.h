#pragma once

#include <string_view>
#include <vector>

#include "corpus/chunk.h"

namespace TorchLift {

/// Cuts a Markdown text (UTF-8) into chunks by section and then by `splitRecursively`; code blocks
/// stay whole where they fit, and each chunk repeats its heading. `prototype` gives what all of
/// them share; `number` counts chunk ids and goes on.
void cutNote(std::string_view text, const Chunk &prototype, int &number,
             std::vector<Chunk> &chunks);

/// Drops chunks whose key an earlier one has.
void dropRepeated(std::vector<Chunk> &chunks);

} // namespace TorchLift
