#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>

#include "base/result.h"
#include "base/version.h"

namespace TorchLift {

/// What a search over releases found, as sessions and reports keep it and as it narrows the window
/// of retrieval: to the notes of releases after `lastGood` and up to `firstBad`.
struct BisectionAnswer
{
    std::string symptom; ///< stable key: "fails", "differs", "warns"
    Version lastGood;
    Version firstBad;
    std::size_t runs = 0; ///< that it took

    bool operator==(const BisectionAnswer &) const = default;
};

/// Whether release number `index` shows what is searched for. It costs a run.
using ReleaseProbe = std::function<Result<bool>(std::size_t index)>;

/// The release in which it is thought to begin, among those after `good` and up to `bad`; nullopt
/// when nothing is thought. May look at what the probes so far have shown.
using ReleaseGuess = std::function<std::optional<std::size_t>(std::size_t good, std::size_t bad)>;

/// The first release that shows it, where `good` is known not to and `bad` to do: a guess is
/// tried first and proven by its neighbour before it, otherwise the middle. A right guess takes
/// two probes (one when it is `bad` itself); without guesses it takes log2 of the distance.
/// Errors: those of `probe`.
[[nodiscard]] Result<std::size_t> firstReleaseWith(std::size_t good, std::size_t bad,
                                                   const ReleaseProbe &probe,
                                                   const ReleaseGuess &guess);

} // namespace TorchLift
