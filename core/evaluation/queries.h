#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/version.h"
#include "evaluation/measures.h"
#include "migration/ruleset.h"

namespace TorchLift {

/// A query with the window it is asked for.
struct EvaluationQuery
{
    std::string id;
    std::string text;
    bool isCode = false;
    std::string language = "en";
    bool namesSymbol = true; ///< false: describes the matter in other words
    Version from{1, 0, 0};
    Version to{2, 7, 0};
};

struct JudgementSet
{
    std::vector<EvaluationQuery> queries;
    Qrels qrels;
};

/// One query a line: a JSON object with `id`, `text` and, if other than the defaults above,
/// `kind` ("code", "question"), `language`, `names_symbol`, `from`, `to`; or "ID<TAB>TEXT", a
/// question. Errors: those of readFile; InvalidInput naming the line.
[[nodiscard]] Result<std::vector<EvaluationQuery>> readQueries(const std::filesystem::path &file);

/// `folder` holds queries.jsonl and qrels.txt. Errors: those of both; InvalidInput for a judgement
/// of a query that is not there.
[[nodiscard]] Result<JudgementSet> readJudgementSet(const std::filesystem::path &queries,
                                                    const std::filesystem::path &qrels);

/// The old code of each rule's examples, answered by the changes that the rule cites. The window
/// begins before 0.4 where a cited change is not later than 1.0.0, else at 1.0.0.
[[nodiscard]] Result<JudgementSet> judgementsOfRules(const RuleSet &rules,
                                                     const std::filesystem::path &catalogue);

} // namespace TorchLift
