#pragma once

#include <string>
#include <vector>

#include "migration/migrate.h"
#include "retrieval/retriever.h"
#include "source/analysis.h"
#include "validation/resultstable.h"

namespace TorchLift {

/// JSON texts following resources/schemas/*.schema.json, ending in a newline.
[[nodiscard]] std::string migrationToJson(const Migration &migration, std::string_view file);
[[nodiscard]] std::string retrievalToJson(const Retrieval &retrieval);
[[nodiscard]] std::string resultRowToJson(const ResultRow &row);

} // namespace TorchLift
