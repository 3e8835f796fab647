#pragma once

#include <string>
#include <string_view>

#include "migration/edit.h"
#include "source/syntaxtree.h"

namespace TorchLift {

/// "\r\n" where the text's first line ends so, otherwise "\n".
[[nodiscard]] std::string_view lineEndOf(std::string_view code);

/// The blanks before the first word of the line that holds byte `offset`.
[[nodiscard]] std::string_view indentationAt(std::string_view code, std::size_t offset);

/// Removes a statement with its line; leaves `pass` where a block would become empty.
[[nodiscard]] Replacement deletionOf(const SyntaxTree &tree, NodeId statement);

/// Removes one of several comma-separated children (names, arguments) with its comma.
[[nodiscard]] Replacement deletionFromList(const SyntaxTree &tree, NodeId child);

[[nodiscard]] Replacement replaced(ByteSpan span, std::string_view text);

/// Where new import lines go: after docstring, __future__ and other imports at the top.
[[nodiscard]] std::size_t importPosition(const SyntaxTree &tree);

} // namespace TorchLift
