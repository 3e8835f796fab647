#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "base/version.h"
#include "corpus/chunk.h"

namespace TorchLift {

/// What the local corpus holds.
struct CorpusInfo
{
    std::filesystem::path file;
    std::size_t chunks = 0;
    struct Source
    {
        std::string name;
        std::size_t chunks = 0;
        std::size_t originals = 0; ///< the others are our summaries
        Version oldest;
        Version newest;
        double trust = 1;
    };
    std::vector<Source> sources;      ///< by name
    std::vector<std::string> skipped; ///< files of an import that were left out, with the reason
};

/// Counts `chunks`, which `file` holds.
[[nodiscard]] CorpusInfo describeCorpus(std::filesystem::path file, std::span<const Chunk> chunks);

} // namespace TorchLift
