#pragma once

#include <string>
#include <vector>

#include "base/version.h"

namespace TorchLift {

/// A retrievable text.
struct Chunk
{
    std::string key;                       ///< identity: source + content hash
    std::string chunkId;                   ///< for display: "v1.13.0-6"
    Version version;                       ///< release the text speaks of
    std::string releaseName;               ///< "PyTorch 1.13"
    std::string section;                   ///< "Deprecations"
    std::string source;                    ///< "catalogue", or the imported folder's or file's name
    std::string changeSlug;                ///< for chunks of the catalogue; empty otherwise
    std::string text;                      ///< Markdown, English
    std::string textRu;                    ///< Russian where it is ours; empty for originals
    std::vector<std::string> symbols;      ///< qualified names the text speaks of
    std::vector<std::string> pullRequests; ///< "#56589"
    double trust = 1;        ///< 0 to 1, weighs the rank: 1 for release notes and our summaries
    bool isOriginal = false; ///< true: somebody's release note; false: our summary
};

/// The key of a chunk with this content: "catalogue:" and 32 hexadecimal digits of a hash over
/// version, section, text and symbols.
[[nodiscard]] std::string chunkKey(const Chunk &chunk);

} // namespace TorchLift
