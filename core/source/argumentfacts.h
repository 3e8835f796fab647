#pragma once

#include <string_view>
#include <vector>

#include "source/type.h"

namespace TorchLift {

/// One argument of a call, as the facts about libraries need it.
struct ArgumentFact
{
    std::string_view keyword; ///< empty: positional
    std::string_view text;    ///< as written
    Type type;
};
using ArgumentFacts = std::vector<ArgumentFact>;

/// Null where it is not given so.
[[nodiscard]] const ArgumentFact *keywordArgument(const ArgumentFacts &arguments,
                                                  std::string_view name);
[[nodiscard]] const ArgumentFact *positionalArgument(const ArgumentFacts &arguments,
                                                     std::size_t index);

/// Without what *args stands for.
[[nodiscard]] std::size_t positionalCount(const ArgumentFacts &arguments);

/// *args or **kwargs.
[[nodiscard]] bool hasStarArgument(const ArgumentFacts &arguments);

[[nodiscard]] bool isTrue(const ArgumentFact *argument);

/// The rank that a list of sizes means: (2, 3) and [2, 3] and 2, 3 all give two; -1 where it
/// cannot be told. `first`: the position where the sizes begin.
[[nodiscard]] int rankOfSizes(const ArgumentFacts &arguments, std::size_t first);

/// Nesting of brackets of a literal: [[1, 2], [3, 4]] has rank 2. -1 when it is no literal of
/// numbers alone.
[[nodiscard]] int rankOfLiteral(std::string_view text);

/// What torch makes of the numbers of a literal.
[[nodiscard]] ElementType elementOfLiteral(std::string_view text);

/// What torch.tensor() makes of its first argument, a literal or a list of numbers.
[[nodiscard]] ElementType elementOfData(const ArgumentFacts &arguments);

/// What torch's names of dtypes and tensor types say of the elements: torch.int64,
/// 'torch.LongTensor'.
[[nodiscard]] ElementType elementOfTorchDtype(std::string_view dtype);

/// By the keyword dtype, or as said.
[[nodiscard]] ElementType dtypeOr(const ArgumentFacts &arguments, ElementType otherwise);

} // namespace TorchLift
