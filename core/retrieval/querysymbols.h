#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "source/use.h"

namespace TorchLift {

/// A symbol that a query asks about, and how much its presence in a chunk tells.
struct QuerySymbol
{
    std::string name;        ///< qualified
    double weight = 1;       ///< by evidence: certain uses count more than guesses by name
    bool isCertain = true;   ///< more than a guess by name
    bool isBreaking = false; ///< known to be gone, or to need a change
    bool isNamed = false;    ///< by a chunk, see nameSymbols()
};

/// What `uses` name, whole packages left out, without repetition, in order of first use; after them
/// what else the code calls members and arguments (`register_backward_hook`), each a guess without
/// a package. For no uses: the qualified names that `text` spells out.
[[nodiscard]] std::vector<QuerySymbol> symbolsOfQuery(std::span<const Use> uses,
                                                      std::string_view text);

/// What stands behind the last dot.
[[nodiscard]] std::string_view lastName(std::string_view symbol) noexcept;

/// `symbol` without what nearly every name begins with: "onnx.export", "softmax" of torch.nn's.
[[nodiscard]] std::string_view ownName(std::string_view symbol) noexcept;

/// Whether nearly all code names this package, so that it tells nothing: torch, torch.nn, ...
[[nodiscard]] bool isEverywhere(std::string_view package) noexcept;

/// Whether it ends as the methods do that Python's operators call.
[[nodiscard]] bool isOperator(std::string_view symbol) noexcept;

} // namespace TorchLift
