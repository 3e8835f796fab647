#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"
#include "evaluation/measures.h"

namespace TorchLift {

/// TREC's judgements: "QUERY ITERATION DOCUMENT GRADE" a line, parted by white space.
/// Errors: those of readFile; InvalidInput naming the line.
[[nodiscard]] Result<Qrels> readQrels(const std::filesystem::path &file);

/// TREC's run: "QUERY Q0 DOCUMENT RANK SCORE TAG" a line. Ordered by falling score as trec_eval
/// does, equal scores by rank. Errors: as readQrels().
[[nodiscard]] Result<Rankings> readRun(const std::filesystem::path &file);

/// The same formats; the score of a run is 1 / rank. `tag` without white space.
[[nodiscard]] std::string qrelsToTrec(const Qrels &qrels);
[[nodiscard]] std::string runToTrec(const Rankings &run, std::string_view tag);

} // namespace TorchLift
