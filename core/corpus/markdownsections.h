#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"

namespace TorchLift {

/// What stands between two headings of a Markdown text; spans are bytes of that text.
struct MarkdownSection
{
    std::string section;          ///< the part of the document it belongs to: "Deprecations"
    ByteSpan heading;             ///< its own heading's line, empty before the first
    std::vector<ByteSpan> blocks; ///< paragraphs, code blocks, list items ...; ascending
};

/// Cuts `text` (UTF-8) at its headings. Left out: comments, and lists of links into the page.
/// The part is the last heading of level 1, or of level 2 where level 1 is only the title.
[[nodiscard]] std::vector<MarkdownSection> markdownSections(std::string_view text);

} // namespace TorchLift
