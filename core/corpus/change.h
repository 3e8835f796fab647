#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/text.h"
#include "base/version.h"

namespace TorchLift {

/// One fact about an API between two releases, in our own words (resources/catalogue).
struct Change
{
    std::string slug;                 ///< stable identity: "gesv-removed"
    std::vector<std::string> symbols; ///< qualified
    std::string kind;    ///< removed, deprecated, signature, default, dtype, semantics, added
    Version version;     ///< release that made the change
    std::string section; ///< heading it belongs under: "Backwards incompatible changes"
    LocalizedText statement;
    std::string before; ///< example, may be empty
    std::string after;
    std::string pullRequest; ///< "#56589", may be empty
};

/// Reads every *.yaml of `folder`, sorted by version then slug.
/// Errors: NotFound; InvalidInput naming file, slug and field; Incompatible.
[[nodiscard]] Result<std::vector<Change>> loadCatalogue(const std::filesystem::path &folder);

} // namespace TorchLift
