#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"

namespace TorchLift {

/// The numbers of a version: 0.4.1. Missing ones count as 0 when compared.
struct ReleaseNumber
{
    std::vector<int> parts;

    /// At least one and at most six numbers; what follows them ("rc1", ".post2") is left to the
    /// caller, `length` says where it begins. nullopt: no number there.
    [[nodiscard]] static std::optional<ReleaseNumber> parse(std::string_view text,
                                                            std::size_t *length = nullptr);
    [[nodiscard]] int part(std::size_t index) const noexcept
    {
        return index < parts.size() ? parts[index] : 0;
    }
    /// With this many numbers at the most.
    [[nodiscard]] std::string toString(std::size_t count = 6) const;
    /// The next one in the place `index`: 1.0.3 at 1 becomes 1.1.
    [[nodiscard]] ReleaseNumber next(std::size_t index) const;
};

[[nodiscard]] int compare(const ReleaseNumber &a, const ReleaseNumber &b) noexcept;

/// How ranges of versions are written.
enum class RangeSyntax {
    Pip,    ///< ==1.0.0, ~=1.0, >=1.0,<2
    Conda,  ///< =1.0 (any 1.0), ==1.0.0, >=1.0,<2, 1.0.*
    Poetry, ///< ^1.0, ~1.0, 1.0.*, 1.0.0, and those of pip
};

/// One condition of a range.
struct Clause
{
    enum class Op { Equal, Prefix, Compatible, Caret, Tilde, AtMost, Below, AtLeast, Above, Not };

    Op op = Op::Equal;
    ReleaseNumber release;
    bool isWildcard = false; ///< 1.0.*
    std::string local;       ///< what stands after +, a build for one CUDA mostly
    std::string sign;        ///< as written; empty where there is none
    ByteSpan span;           ///< of the text that was parsed
    ByteSpan version;        ///< its part without the sign

    [[nodiscard]] bool allows(const ReleaseNumber &candidate) const;
};

/// The conditions of a range, which all hold. nullopt where it cannot be read as one: something
/// else, alternatives (`||`), names of variables. An empty range allows everything.
[[nodiscard]] std::optional<std::vector<Clause>> parseRange(std::string_view text,
                                                            RangeSyntax syntax);

[[nodiscard]] bool allows(const std::vector<Clause> &range, const ReleaseNumber &candidate);

} // namespace TorchLift
