#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "pipeline/pipeline.h"
#include "validation/environmentstore.h"
#include "validation/releasesearch.h"

namespace TorchLift {

/// What goes wrong, worst first.
enum class Symptom {
    Fails,   ///< it does not work
    Differs, ///< it works, and what was observed differs from the source version's run
    Warns,   ///< it works alike, with warnings that the source version's run did not give
};

[[nodiscard]] const char *symptomName(Symptom symptom) noexcept;
[[nodiscard]] std::optional<Symptom> symptomFromName(std::string_view name) noexcept;

struct BisectOptions
{
    ValidateOptions how;            ///< source, target, limits, data, sandbox, tolerance
    std::optional<Symptom> symptom; ///< nullopt: the worst that the target shows
    bool mayInstall = true;         ///< environments between that are not there
    bool keepsEnvironments = false; ///< those that were installed for this, afterwards
    ProvisionOptions provision;
};

/// One run of the search.
struct BisectStep
{
    Version release;
    Run run;
    std::optional<Symptom> symptom; ///< the worst that it shows; nullopt: as in the source
    std::vector<std::string> newWarnings;
    bool wasInstalled = false; ///< its environment was made for this
};

struct Bisection
{
    std::optional<Symptom> symptom;  ///< what was searched for; nullopt: the target shows nothing
    std::optional<Version> firstBad; ///< minor release in which it begins
    std::optional<Version> lastGood; ///< the one before, which was run, too
    std::vector<Version> expected;   ///< what rules and timeline made of the code beforehand
    std::vector<BisectStep> steps;   ///< every run, in order; the first is the reference
    std::vector<Version> removed;    ///< environments that were made and removed again
};

/// What is to be kept of it; nullopt when nothing was found.
[[nodiscard]] std::optional<BisectionAnswer> answerOf(const Bisection &found);

using BisectCallback = std::function<void(const BisectStep &)>;

/// The first minor release in which code goes wrong that works in the source version: by runs in
/// real environments, each in the sandbox. What rules and timeline know of its uses is tried
/// first, and proven by running both neighbours; otherwise the interval is halved. Assumes that
/// what begins does not end again. Restricting retrieval to (lastGood, firstBad] leaves the notes
/// of the one release that matters.
/// Errors: InvalidInput when it does not work in the source version; MissingPart for an
/// environment that is not there and may not be made, and for a package that it imports (with
/// the command); those of EnvironmentStore::install, Runner::run; Cancelled.
[[nodiscard]] Result<Bisection> bisect(Pipeline &pipeline, std::string_view name,
                                       std::string_view code, const BisectOptions &options,
                                       const BisectCallback &onStep,
                                       const ProgressCallback &progress, std::stop_token stop);

} // namespace TorchLift
