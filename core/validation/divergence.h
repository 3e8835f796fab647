#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "validation/run.h"
#include "validation/verdict.h"

namespace TorchLift {

/// Where an old and a new run part ways for the first time.
struct Divergence
{
    std::string
        what; ///< "dtype", "shape", "requires_grad", "value", "order", "warning", "random stream"
    int oldLine = 0;
    int newLine = 0;
    int visit = 0;    ///< how often the old line had run before
    std::string name; ///< as TraceEvent; the category for a warning
    std::string oldValue;
    std::string newValue;
};

/// Single numbers move further on their way than at the end: ten times the usual tolerance.
constexpr Tolerance kTraceTolerance{1e-4, 1e-6, 2e-3};

/// Follows the old run's trace and gives its first event that is not found the same in the new
/// one: the same name on the line that `lines` (old, new) gives, at the same visit. Masks that
/// became bool with equal values agree; so do names that an edit took off a line. "order": the
/// new run did not come by there as often, although it was not cut off. "warning": nothing else
/// differs and the new run gave a UserWarning (no deprecation) that the old one did not.
/// "random stream": numbers differ on a line where either version drew random numbers, and the
/// generators stood apart before the line or do so after it (TraceEvent::randomAfter): what is
/// drawn from there on cannot be compared. Where both drew alike, it is a "value".
/// `further` (traced runs) tells what varies by itself, which is left out, and what numerical
/// noise is. When one run was cut off, what both came by is compared. Pure.
[[nodiscard]] std::optional<Divergence>
firstDivergence(const Run &oldRun, const Run &newRun, const std::vector<std::pair<int, int>> &lines,
                const Tolerance &tolerance = kTraceTolerance, const FurtherRuns &further = {});

/// A verdict that Differs, of runs that part ways first where random numbers are drawn
/// differently and whose differences may all come of that, becomes RandomStream. Pure.
void settleStream(Verdict &verdict, const std::optional<Divergence> &divergence);

} // namespace TorchLift
