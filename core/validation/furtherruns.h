#pragma once

#include "validation/run.h"

namespace TorchLift {

/// Further runs of the old code in the source version that tell what a difference is worth.
/// Either may be null: not made, or it did not work.
struct FurtherRuns
{
    /// The same once more, with other bytes in fresh memory: what differs from the first run varies
    /// by itself (uninitialised memory, the clock) and is left out.
    const Run *repeated = nullptr;
    /// Parameters moved by one unit in the last place: how far a number moves then is its noise.
    const Run *moved = nullptr;
};

/// A difference of up to so many times the measured noise is numerical: the two versions round
/// in every operation, the moved run only where a parameter is made or stepped.
constexpr double kNoiseFactor = 16;

/// How far each number of `usual` moved in `moved`, as what is allowed to differ: the largest
/// movement of the whole tensor, of a list the largest up to each place (lists grow with time,
/// and so does noise). Empty where they cannot be compared.
[[nodiscard]] std::vector<double> measuredNoise(const Variable &usual, const Variable &moved);

/// Which numbers of `usual` are others in `repeated`; all where the two cannot be compared.
[[nodiscard]] std::vector<bool> unstableValues(const Variable &usual, const Variable &repeated);

} // namespace TorchLift
