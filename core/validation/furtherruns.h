#pragma once

#include "validation/run.h"

namespace TorchLift {

/// A difference of up to so many times the noise of moved parameters is numerical: the two versions
/// round in every operation, that run only where a parameter is made or stepped.
constexpr double kNoiseFactor = 16;
/// The same where every result was moved, by sixteen units: one such run is one sample.
constexpr double kResultsNoiseFactor = 4;

/// A run of the old code with its parameters, or its results as well, moved a little
/// (resources/worker/torchlift_noise.py): how far a number moves then tells its noise.
template <class Seen>
struct Moved
{
    const Seen *seen = nullptr;
    double factor = kNoiseFactor; ///< what is allowed to differ is so many times the movement
};

/// Further runs of the old code in the source version that tell what a difference is worth.
struct FurtherRuns
{
    /// The same once more, with other bytes in fresh memory: what differs from the first run varies
    /// by itself (uninitialised memory, the clock) and is left out. Null: not made.
    const Run *repeated = nullptr;
    std::vector<Moved<Run>> moved{};
};

/// What each number of `usual` may differ for its noise: by the largest movement of the whole
/// tensor, of a list the largest up to each place (lists grow with time, and so does noise).
/// Of several runs the largest counts; empty where none can be compared.
[[nodiscard]] std::vector<double> measuredNoise(const Variable &usual,
                                                const std::vector<Moved<Variable>> &moved);

/// Which numbers are lost in such noise: it allows them half the size of the largest of `usual`, or
/// more. Real numbers then say nothing.
[[nodiscard]] std::vector<bool> lostInNoise(const Variable &usual,
                                            const std::vector<double> &noise);

/// Whole numbers do not move, they turn into others: how many of `usual` may be others, since so
/// many were in these runs.
[[nodiscard]] double allowedOthers(const Variable &usual,
                                   const std::vector<Moved<Variable>> &moved);

/// Which numbers of `usual` are others in `repeated`; all where the two cannot be compared.
[[nodiscard]] std::vector<bool> unstableValues(const Variable &usual, const Variable &repeated);

} // namespace TorchLift
