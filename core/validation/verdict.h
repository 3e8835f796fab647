#pragma once

#include <optional>
#include <string>
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
struct Difference
{
    std::string what; ///< "output", "dtype", "shape", "value", "type", "missing", "outcome"
    std::string name; ///< variable; empty for output
    std::string oldValue;
    std::string newValue;
};

struct Tolerance
{
    double relative = 1e-5; ///< as torch.testing.assert_close for float32 (1.3e-6) times eight
    double absolute = 1e-7;
};

struct Verdict
{
    VerdictKind kind = VerdictKind::NotCompared;
    std::vector<Difference> differences; ///< at most 100
    std::size_t compared = 0;            ///< variables and numbers in the output that were compared
};

/// Compares what two runs observed: printed output with its numbers by tolerance, then the
/// module-level variables both have. Pure.
[[nodiscard]] Verdict compareRuns(const Run &oldRun, const Run &newRun, const Tolerance &tolerance);

} // namespace TorchLift
