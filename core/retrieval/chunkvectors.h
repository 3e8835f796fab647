#pragma once

#include <filesystem>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "corpus/chunk.h"
#include "embedding/embeddingmodel.h"

namespace TorchLift {

/// The vectors of `chunks`, one row each in their order. Rows are kept in `file` under a hash
/// of the text, so that only texts that are new to it are embedded; the file is written anew
/// when there were any, also when a stop or an error ends it early: the next call goes on from
/// there. One that is damaged, or made by another model, counts as absent.
/// A file that cannot be written costs time at the next start, nothing else.
/// Errors: those of EmbeddingModel::embed().
[[nodiscard]] Result<std::vector<float>> vectorsOfChunks(std::span<const Chunk> chunks,
                                                         EmbeddingModel &model,
                                                         const std::filesystem::path &file,
                                                         const ProgressCallback &progress,
                                                         std::stop_token stop);

/// Rows that the same model gave elsewhere.
struct KnownVectors
{
    std::string modelHash;
    std::size_t dimension = 0;
    std::vector<std::string> texts; ///< what each row was made of
    std::vector<float> values;      ///< row-major [texts.size(), dimension]
};

/// Puts them into `file`, so that vectorsOfChunks() finds them there. Rows that are no unit
/// vectors are left out; those of the file stay, unless another model made it.
[[nodiscard]] Result<void> keepVectors(const KnownVectors &vectors,
                                       const std::filesystem::path &file);

} // namespace TorchLift
