#include "pipeline/retrievalquery.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "source/analysis.h"

namespace TorchLift {

Result<RetrievalQuery> makeQuery(std::string_view text, const Migration *migration,
                                 const RetrieveOptions &options)
{
    RetrievalQuery query;
    query.text = text;
    query.k = options.k;
    query.isDenseOnly = options.isDenseOnly;
    query.from = migration != nullptr ? migration->from : options.from;
    query.to = migration != nullptr ? migration->to : options.to;
    if (options.bisection) {
        query.from = options.bisection->lastGood;
        query.to = options.bisection->firstBad;
    }
    if (!options.isQuestion) {
        auto analysis = analyse(text);
        if (!analysis) {
            return tl::unexpected(analysis.error());
        }
        query.uses = std::move(analysis->uses);
        std::move(analysis->operators.begin(), analysis->operators.end(),
                  std::back_inserter(query.uses));
    }
    if (migration != nullptr) {
        for (const Edit &edit : migration->edits) {
            query.breakingSymbols.push_back(edit.symbol);
            query.citedSlugs.insert(query.citedSlugs.end(), edit.changes.begin(),
                                    edit.changes.end());
        }
        for (const Residue &residue : migration->residues) {
            query.breakingSymbols.push_back(residue.symbol);
            query.citedSlugs.insert(query.citedSlugs.end(), residue.changes.begin(),
                                    residue.changes.end());
        }
        std::sort(query.citedSlugs.begin(), query.citedSlugs.end());
        query.citedSlugs.erase(std::unique(query.citedSlugs.begin(), query.citedSlugs.end()),
                               query.citedSlugs.end());
    }
    return query;
}

} // namespace TorchLift
