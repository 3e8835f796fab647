#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/commands.h"
#include "evaluation/retrievalruns.h"

namespace TorchLift::Cli {

/// One judgement set against one corpus, model, precision and ranking.
struct EvaluatedRun
{
    std::string set;   ///< "rules", "handmade", or the queries' file
    std::string texts; ///< "summaries" or "originals"
    std::string model; ///< "none": words and symbols alone
    std::string precision;
    std::string device;
    std::string ranking; ///< "hybrid", "dense", "words"
    std::size_t chunks = 0;
    std::shared_ptr<const JudgementSet> judgements;
    RetrievalRun found;
};

/// All combinations that `options` ask for; the user's own corpus is not touched. Errors: those of
/// the judgement sets, the model and the retriever.
[[nodiscard]] Result<std::vector<EvaluatedRun>> evaluateRetrieval(const Context &context,
                                                                  const EvaluateOptions &options);

} // namespace TorchLift::Cli
