#pragma once

#include <string>
#include <vector>

#include "base/text.h"
#include "diff/diffmodel.h"
#include "models/acceptance.h"

namespace TorchLift {

/// Where an edit is, in the texts as the panes show them now.
struct EditPlace
{
    std::vector<ByteSpan> oldSpans; ///< bytes of the old text; empty: no longer there
    std::vector<ByteSpan> newSpans; ///< bytes of the new text; empty for edits not accepted
    int oldLine = 0;                ///< from 1; 0: no longer there
    int newLine = 0;                ///< where it is, or would be; from 1
};

/// Everything the code panes paint over their texts. Always computed from the texts, never
/// kept up to date by following what was typed.
struct Decorations
{
    DiffModel diff;
    std::vector<EditPlace> edits;   ///< one for each edit of the migration
    std::vector<ByteSpan> residues; ///< bytes of the old text; an empty span: no longer there
    std::vector<int> residueLines;  ///< old line, from 1; 0: no longer there
    std::string oldText;
    std::string newText;
};

/// `oldText` and `newText` are what the panes hold; either may have been typed into since the
/// migration. Pure; takes as long as a diff.
[[nodiscard]] Decorations decorate(std::string oldText, std::string newText,
                                   const AcceptanceState &state);

} // namespace TorchLift
