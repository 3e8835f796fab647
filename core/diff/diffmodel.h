#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"

namespace TorchLift {

/// One row of a side-by-side view. Line 0 on a side: padding there (nothing on that line).
struct DiffRow
{
    enum class Kind { Same, Changed, Removed, Added };

    Kind kind = Kind::Same;
    int oldLine = 0;                ///< from 1
    int newLine = 0;                ///< from 1
    std::vector<ByteSpan> oldWords; ///< changed words, bytes within the old line
    std::vector<ByteSpan> newWords; ///< changed words, bytes within the new line
};

/// A run of rows that are not Same, as indexes into DiffModel::rows: [firstRow, endRow).
struct DiffHunk
{
    std::size_t firstRow = 0;
    std::size_t endRow = 0;
};

/// What a view paints; computed from two texts, never from a view. Pure value.
struct DiffModel
{
    std::vector<DiffRow> rows;
    std::vector<DiffHunk> hunks;

    [[nodiscard]] bool isSame() const noexcept { return hunks.empty(); }
};

/// Compares line by line, then changed lines word by word. Line ends count as part of a line
/// only when nothing else differs. Inputs above about 50,000 differing lines fall back to one
/// hunk instead of searching for the smallest diff. Thread-safe.
[[nodiscard]] DiffModel diffTexts(std::string_view oldText, std::string_view newText);

/// The unified form (`diff -u`), with `\ No newline at end of file` where it applies; empty
/// when the texts are the same. `patch -p0` applies it.
[[nodiscard]] std::string unifiedDiff(std::string_view oldText, std::string_view newText,
                                      std::string_view oldName, std::string_view newName,
                                      int contextLines = 3);

} // namespace TorchLift
