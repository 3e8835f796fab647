#pragma once

#include <optional>
#include <string>
#include <vector>

#include "migration/ruleset.h"
#include "timeline/symbollife.h"
#include "validation/introspection.h"

namespace TorchLift {

/// Everything that is known of a symbol.
struct SymbolReport
{
    std::string name;
    std::optional<SymbolLife> life;                ///< nullopt: no release is known to have it
    std::vector<std::string> similar;              ///< names that are known, where it is not
    std::vector<RuleInfo> rules;                   ///< those that speak of it
    std::vector<SymbolInEnvironment> environments; ///< of those that are installed, oldest first
};

/// Follows resources/schemas/symbol.schema.json.
[[nodiscard]] std::string symbolToJson(const SymbolReport &report);

} // namespace TorchLift
