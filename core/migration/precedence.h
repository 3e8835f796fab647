#pragma once

#include "source/syntaxtree.h"

namespace TorchLift {

/// How tightly the expression `id` binds: a higher number never needs parentheses where a lower
/// one is allowed.
[[nodiscard]] int precedenceOf(const SyntaxTree &tree, NodeId id);

/// The lowest precedence that may stand at the place of `id` without parentheses.
[[nodiscard]] int precedenceNeededAt(const SyntaxTree &tree, NodeId id);

/// Whether a line break is allowed at the place of `id`, because brackets surround it.
[[nodiscard]] bool isInsideBrackets(const SyntaxTree &tree, NodeId id);

/// Whether the text of `id` has a line break outside its own brackets.
[[nodiscard]] bool hasOpenLineBreak(const SyntaxTree &tree, NodeId id);

} // namespace TorchLift
