#pragma once

#include <string_view>
#include <vector>

#include "migration/rule.h"
#include "source/semantics.h"

namespace TorchLift {

/// The calls whose callee is one of the rule's symbols, in the order of the text.
[[nodiscard]] std::vector<NodeId> callsOf(const Semantics &semantics, const Rule &rule);

/// The calls of a method by its name, whatever it is called of: `x.method(...)`.
[[nodiscard]] std::vector<NodeId> methodCalls(const SyntaxTree &tree, std::string_view method);

} // namespace TorchLift
