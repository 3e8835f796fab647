#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "corpus/chunk.h"
#include "corpus/store.h"
#include "index/vectorcollection.h"
#include "models/embeddingchoice.h"
#include "retrieval/chunkvectors.h"

namespace TorchLift {

/// Chunks with the vectors of one model, row by row.
struct EmbeddedChunks
{
    std::span<const Chunk> chunks;
    std::span<const float> values; ///< row-major [chunks.size(), dimension]
    std::size_t dimension = 0;
    std::string modelHash;
};

struct PushResult
{
    std::size_t sent = 0;
    std::size_t unchanged = 0; ///< were there already
    std::size_t removed = 0;
    std::size_t total = 0;       ///< that the collection holds in the end, of all models
    EmbeddingChoice embedding{}; ///< what made the vectors; filled in by Pipeline::pushCorpus()
};

/// Brings the chunks into the collection, which is made when it does not exist. What is there
/// already is not sent again, so after a stop the next call goes on. With `prunes` what the
/// collection has of the same sources and model, and `corpus` has not, is removed; everything
/// else stays. Progress in "chunks". Errors: those of VectorCollection.
[[nodiscard]] Result<PushResult> pushChunks(const EmbeddedChunks &corpus, bool prunes,
                                            VectorCollection &collection,
                                            const ProgressCallback &progress, std::stop_token stop);

struct PulledCorpus
{
    std::vector<Chunk> chunks;        ///< ordered by source and key, each once
    KnownVectors vectors;             ///< those of the model that was named
    std::vector<std::string> skipped; ///< what cannot be read, with the reason
};

/// Reads a whole collection, also one that LangChain filled: its chunks get `source`. Pages are
/// kept in `staging` as they come, and a call within a day goes on after the last whole one; the
/// caller deletes the file once the chunks are safe. Our own catalogue is left out: everybody has
/// it. Progress in "chunks". Errors: those of VectorCollection; Io.
[[nodiscard]] Result<PulledCorpus>
pullChunks(VectorCollection &collection, const std::string &source, const std::string &modelHash,
           const std::filesystem::path &staging, const ProgressCallback &progress,
           std::stop_token stop);

/// Adds the chunks to their sources; what these hold already stays. One transaction for each
/// source: a fault leaves whole ones. Errors: those of CorpusStore.
[[nodiscard]] Result<void> addChunks(CorpusStore &store, std::vector<Chunk> chunks);

} // namespace TorchLift
