#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "validation/run.h"

namespace TorchLift {

/// What three runs say about a migration; every case has one (design.md).
enum class VerdictKind {
    Equal,     ///< output, error state and variables agree exactly
    Numerical, ///< they agree within tolerance
    Differs,
    NoReference,  ///< the old code does not work in the source version
    NotCompared,  ///< both work, but nothing comparable was observed (or the new code fails)
    RandomStream, ///< they differ only where random numbers are drawn differently
};

[[nodiscard]] const char *verdictName(VerdictKind kind) noexcept;
[[nodiscard]] std::optional<VerdictKind> verdictFromName(std::string_view name) noexcept;

/// One observed difference.
///
/// Two kinds are told but do not make a verdict Differs, since correct migrations cause them:
/// "dtype" of a variable that was uint8 and is bool with the same values (a mask before and after
/// 1.2), and "missing" (a name that the new code no longer leaves behind). Printed text decides:
/// a mask that is printed looks different, and that differs.
struct Difference
{
    std::string what; ///< "output", "dtype", "shape", "value", "type", "missing", "outcome"
    std::string name; ///< variable; empty for output
    std::string oldValue;
    std::string newValue;
};

/// Two numbers agree when they are apart by at most absolute + relative * the larger one. For
/// the elements of one tensor `absolute` is at least a millionth of its largest element, for
/// half precision `relative` at least 1e-3 (float16) and 1.6e-2 (bfloat16). Printed numbers with
/// four decimals or more may also differ by one in the last place (rounding).
struct Tolerance
{
    double relative = 1e-5; ///< as torch.testing.assert_close for float32 (1.3e-6) times eight
    double absolute = 1e-7;
};

struct Verdict
{
    VerdictKind kind = VerdictKind::NotCompared;
    std::vector<Difference> differences; ///< at most 100
    std::size_t compared = 0; ///< variables, printed numbers, and 1 for other printed text
};

/// Compares what two runs observed: printed output word by word (white space and addresses of
/// objects do not count) with its numbers by tolerance, then the module-level variables that
/// both have. NaN equals NaN. What is not comparable on either side is left out. Pure.
/// Never gives RandomStream: nothing in two runs alone is evidence for it.
[[nodiscard]] Verdict compareRuns(const Run &oldRun, const Run &newRun, const Tolerance &tolerance);

} // namespace TorchLift
