#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "validation/distribution.h"
#include "validation/furtherruns.h"
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
/// Equal, or numerical.
[[nodiscard]] bool agrees(VerdictKind kind) noexcept;

/// One observed difference.
///
/// "random stream" names the line's variable where the versions began to draw differently.
/// Some are told but do not make a verdict Differs, since correct migrations cause them:
/// - "dtype" of a variable that was uint8 and is bool with the same values (a mask before and after
///   1.2), or that was a tensor without dimensions and is the number in it (.data[0] before,
///   .item() after), in containers, too;
/// - "missing": a name that the new code no longer leaves behind.
/// Printed text decides: a mask that is printed looks different, and that differs.
struct Difference
{
    /// "output", "dtype", "shape", "value", "type", "missing", "outcome", "random stream"
    std::string what;
    std::string name; ///< variable; empty for output
    std::string oldValue;
    std::string newValue;
    std::optional<DistributionShift> distribution{}; ///< of many real numbers that differ
};

/// Two numbers agree when they are apart by at most absolute + relative * the larger one. For
/// the elements of one tensor `absolute` is at least a millionth of its largest element, for
/// half precision `relative` at least 1e-3 (float16) and 1.6e-2 (bfloat16). Printed numbers with
/// four decimals or more may also differ by one in the last place (rounding).
///
/// Where the noise was measured (FurtherRuns), numbers that are further apart still agree
/// ("numerical") when kNoiseFactor times the noise is more than that; and what varies by itself
/// is left out. Where it was not, it is assumed:
/// tensors, modules and lists of 32 floating-point numbers or more that fail element by element
/// still agree as a whole ("numerical") when their difference looks like the noise that training
/// makes of rounding: its Euclidean norm is at most `norm` times that of the larger one, most
/// numbers differ, none by more than `norm` times the largest number, and the difference has no
/// direction: it is neither a common factor nor a common offset (cosine to the values, and to a
/// constant, at most 0.5). Measured on a small GAN trained in both versions: norms up to 7e-4,
/// cosines up to 0.2. A factor, an offset, or a part that changed while the rest is as it was is
/// a difference, however small.
struct Tolerance
{
    double relative = 1e-5; ///< as torch.testing.assert_close for float32 (1.3e-6) times eight
    double absolute = 1e-7;
    double norm = 2e-3;
};

struct Verdict
{
    VerdictKind kind = VerdictKind::NotCompared;
    std::vector<Difference> differences; ///< at most 100
    std::size_t compared = 0;     ///< variables, printed numbers, and 1 for other printed text
    bool isNoiseAssumed = false;  ///< agreement rests on the rule for drift, not on a measurement
    bool isNoiseMeasured = false; ///< the old code ran once more with its parameters moved
    /// All that makes it Differs is how masks print: as True where they were 1 (uint8 up to 1.1).
    bool differsInMasksOnly = false;
    /// Variables that vary by themselves, or by rounding as much as they are large; "" for output.
    std::vector<std::string> leftOut{};
    /// Slugs of changes inside torch that are the whole reason for Differs or RandomStream: with
    /// them taken back the new code agrees with the old. None of them can be left out.
    std::vector<std::string> explainedBy{};
};

/// Whether changes inside torch are known to be the whole reason for a difference.
[[nodiscard]] inline bool isExplained(const Verdict &verdict)
{
    return !verdict.explainedBy.empty();
}

/// Compares what two runs observed: printed output word by word (white space and addresses of
/// objects do not count) with its numbers by tolerance, then the module-level variables that
/// both have; the throw-away name `_` is none of them. NaN equals NaN. What is not comparable on
/// either side is left out. When one ran out of time, only the whole lines that both printed are
/// compared: what differs there makes it Differs, agreement proves nothing. Pure.
/// Printed durations ("12.5ms", "3 us") agree whatever they are, and the tables that torch's
/// profilers print count as one word each: their rows, order and numbers are times.
/// Never gives RandomStream: nothing in runs without a trace is evidence of it (settleStream).
[[nodiscard]] Verdict compareRuns(const Run &oldRun, const Run &newRun, const Tolerance &tolerance,
                                  const FurtherRuns &further = {});

/// Whether FurtherRuns could change this verdict.
[[nodiscard]] bool wantsFurtherRuns(const Verdict &verdict);
/// Whether all that differs may come of random numbers: values and output, no dtype or shape.
[[nodiscard]] bool isStreamAlone(const Verdict &verdict);
/// Whether only a trace could tell if random numbers are drawn differently.
[[nodiscard]] bool wantsTrace(const Verdict &verdict, const Run &oldRun, const Run &newRun);

} // namespace TorchLift
