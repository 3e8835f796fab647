#pragma once

#include <string>
#include <vector>

#include <QString>

namespace TorchLift {

/// How symbols and code stand out; colours as "#rrggbb".
struct ChunkStyle
{
    QString codeColour;
    QString symbolColour;
    QString symbolBackground;
    QString monospaceFamily;
};

/// Markdown of a release note as HTML that holds nothing but text: paragraphs, headings, lists,
/// fenced and inline code, bold, and links reduced to their words. Everything else is escaped:
/// no image is loaded, no address can be followed. `symbols` (qualified names) are marked
/// wherever their name stands as a word.
[[nodiscard]] QString chunkHtml(const QString &markdown, const std::vector<std::string> &symbols,
                                const ChunkStyle &style);

} // namespace TorchLift
