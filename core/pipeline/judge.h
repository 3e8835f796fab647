#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/pipeline.h"

namespace TorchLift {

using RunCode =
    std::function<Result<Run>(const Version &torch, std::string_view code, const RunWish &wish)>;

/// Gives a row with its three runs a verdict, and its first divergence where options.trace asks
/// for it. Runs the code again only when that could change the answer:
///   - the old code twice in the source version where values differ, twice more where they still
///     do, and four times more where it comes to something else itself in these (FurtherRuns);
///   - old and new code with a trace when asked, or where values differ and random numbers were
///     drawn differently, which only a trace can tie together;
///   - the new code in the target version with known changes inside torch taken back, where values
///     differ: Verdict::explainedBy.
/// Errors: those of `run`; Cancelled when a run was.
[[nodiscard]] Result<void> judge(ResultRow &row, std::string_view oldCode, std::string_view newCode,
                                 const Migration *migration, const ValidateOptions &options,
                                 const RunCode &run);

} // namespace TorchLift
