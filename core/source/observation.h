#pragma once

#include <map>
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

/// Words by the number of a site, as a run gives them.
using SeenWords = std::map<int, std::vector<std::string>>;

/// Puts together what was seen in an old version and in one after torch 1.1: a uint8 tensor of the
/// old one is a mask where the later one has bool there, and a tensor of bytes where it has not.
[[nodiscard]] Observations observationsOf(const ObservationPlan &plan, const SeenWords &before,
                                          const SeenWords &after);

/// Finds the expressions whose type reading alone does not tell in full and puts a recorder around
/// each. The numbers that are recorded begin at `firstSite`, those of ObservationPlan::sites at 0.
/// Pure. Errors: those of Semantics::build; InvalidInput when the text does not parse.
[[nodiscard]] Result<ObservationPlan>
planObservation(std::string_view code, const ProjectPlace &place = {}, int firstSite = 0);

} // namespace TorchLift
