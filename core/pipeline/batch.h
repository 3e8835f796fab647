#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "pipeline/pipeline.h"
#include "validation/cases.h"

namespace TorchLift {

/// What became of one case of a batch: a row, or why there is none.
struct BatchResult
{
    std::string name;
    std::string key;              ///< changes with the code and with how it is run
    std::optional<ResultRow> row; ///< without the values of variables, which may be large
    std::string fault;            ///< empty where there is a row
};

/// Called on the thread that works after each case, with how many are done of how many; also for
/// those of an earlier start, `isKept`.
using BatchProgress =
    std::function<void(const BatchResult &result, std::size_t done, std::size_t all, bool isKept)>;

/// Where results are kept when nobody says: beside the cases.
[[nodiscard]] std::filesystem::path resultsFileOf(const std::filesystem::path &cases);

/// Runs cases one after another, as Pipeline::validate() does, and adds each result to
/// `resultsFile` (JSON lines) as soon as it is there. Started again it goes on where it ended,
/// whatever ended it: cases whose code and options are those of a result in the file are not run.
/// A case that cannot be run has a fault and does not stop the others. Gives all results in the
/// order of the cases.
/// Errors, what was done stays in the file: Cancelled; MissingPart and Refused, which would meet
/// every case; Io; InvalidInput for a file that holds something else, Incompatible for a newer one;
/// Refused when another batch writes to it now.
[[nodiscard]] Result<std::vector<BatchResult>>
runBatch(Pipeline &pipeline, const std::vector<BatchCase> &cases, const ValidateOptions &options,
         const std::filesystem::path &resultsFile, const BatchProgress &progress,
         std::stop_token stop);

/// The rows of the results table; a case with a fault has one with its name alone.
[[nodiscard]] std::vector<ResultRow> rowsOf(const std::vector<BatchResult> &results);

} // namespace TorchLift
