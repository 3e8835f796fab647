#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"

namespace TorchLift {

/// One word or sign of C++ or CUDA; comments, strings and the contents of `#include` are none.
struct CppToken
{
    enum class Kind { Name, Sign, Literal, Include };

    Kind kind = Kind::Sign;
    std::string_view text; ///< of an include the path; "->" is given as "."
    ByteSpan span;
    bool isGuarded = false; ///< below an #if that asks for a version of torch
};

struct CppTokens
{
    std::vector<CppToken> tokens;
    std::set<std::string, std::less<>> defined; ///< names of the macros that the text defines
};

/// Splits source text; never fails: what is no C++ gives some tokens or other. Knows line splices,
/// raw strings and character literals. The views point into `code`.
[[nodiscard]] CppTokens tokenizeCpp(std::string_view code);

} // namespace TorchLift
