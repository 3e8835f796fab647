#include "pipeline/corpusinfo.h"

#include <algorithm>
#include <map>
#include <utility>

namespace TorchLift {

CorpusInfo describeCorpus(std::filesystem::path file, std::span<const Chunk> chunks)
{
    CorpusInfo info;
    info.file = std::move(file);
    info.chunks = chunks.size();
    std::map<std::string, CorpusInfo::Source> sources;
    for (const Chunk &chunk : chunks) {
        const auto [found, isNew] =
            sources.try_emplace(chunk.source, CorpusInfo::Source{chunk.source, 0, 0, chunk.version,
                                                                 chunk.version, chunk.trust});
        CorpusInfo::Source &source = found->second;
        ++source.chunks;
        source.originals += chunk.isOriginal ? 1 : 0;
        source.oldest = std::min(source.oldest, chunk.version);
        source.newest = std::max(source.newest, chunk.version);
    }
    for (auto &[name, source] : sources) {
        info.sources.push_back(std::move(source));
    }
    return info;
}

} // namespace TorchLift
