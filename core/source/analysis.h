#pragma once

#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/text.h"
#include "source/use.h"

namespace TorchLift {

/// What reading a Python text found out, without running it.
struct Analysis
{
    std::vector<Use> uses;      ///< names, in order of position
    std::vector<Use> operators; ///< operatorUsesOf()
    std::vector<ByteSpan>
        syntaxErrors;       ///< regions the grammar could not read; empty when it parses
    bool isPython2 = false; ///< print statements, `except E, e`, exec, backticks
};

class Semantics;
class SyntaxTree;

/// Whether the text uses statements that only Python 2 has.
[[nodiscard]] bool isPython2(const SyntaxTree &tree);

/// Everything of torch, torchvision, NumPy and Python that is named, in order of position.
[[nodiscard]] std::vector<Use> usesOf(const Semantics &semantics);

/// Parses `code` (UTF-8) and resolves imports, aliases and local types. Any text is accepted:
/// syntax errors are reported, not fatal. Thread-safe.
/// Errors: TooLarge for lines or nesting beyond what the parser is allowed (stated in detail).
[[nodiscard]] Result<Analysis> analyse(std::string_view code);

} // namespace TorchLift
