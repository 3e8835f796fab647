#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/text.h"
#include "source/semantics.h"

namespace TorchLift {

/// A text that records what its expressions are when it runs.
struct ObservationPlan
{
    /// The original with calls of kObservationRecorder around the sites; its lines are the same
    /// lines, and it computes the same.
    std::string code;
    std::vector<ByteSpan> sites; ///< spans of the original, by the number that is recorded
};

inline constexpr std::string_view kObservationRecorder = "__torchlift_observe__";

/// Finds the expressions whose type reading alone does not tell in full and puts a recorder around
/// each. Pure. Errors: those of Semantics::build; InvalidInput when the text does not parse.
[[nodiscard]] Result<ObservationPlan> planObservation(std::string_view code,
                                                      const ProjectPlace &place = {});

} // namespace TorchLift
