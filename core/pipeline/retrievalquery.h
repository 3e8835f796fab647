#pragma once

#include <optional>
#include <string_view>

#include "base/result.h"
#include "migration/migrate.h"
#include "retrieval/retriever.h"
#include "validation/releasesearch.h"

namespace TorchLift {

struct RetrieveOptions
{
    std::size_t k = 6;
    bool isDenseOnly = false; ///< the plain way: one vector for the whole text
    bool isQuestion = false;  ///< the text is prose, not code
    Version from{1, 0, 0};    ///< the window; a migration that is given overrides both
    Version to{2, 7, 0};
    std::optional<BisectionAnswer> bisection; ///< narrows the window of both
};

/// What is asked of the corpus about `text`: the uses of code are found here. `migration` may be
/// null; what it edits and leaves is known to break, and what it cites is fetched besides.
/// Errors: those of analyse().
[[nodiscard]] Result<RetrievalQuery> makeQuery(std::string_view text, const Migration *migration,
                                               const RetrieveOptions &options);

} // namespace TorchLift
