#pragma once

#include <string>
#include <string_view>

namespace TorchLift {

/// The words of an HTML page (UTF-8) as Markdown: headings, paragraphs, list items, code blocks
/// as fences, inline code. Scripts, styles, navigation, header and footer are left out; markup
/// that is broken gives text, never an error.
[[nodiscard]] std::string markdownOfHtml(std::string_view html);

} // namespace TorchLift
