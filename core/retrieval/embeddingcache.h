#pragma once

#include <filesystem>
#include <span>
#include <stop_token>
#include <string>

#include "base/progress.h"
#include "base/result.h"
#include "embedding/embeddingmodel.h"

namespace TorchLift {

/// As EmbeddingModel::embed(), but nothing is embedded twice: rows are kept in `file` under role
/// and hash of the text, and equal texts of one call share a row. What was embedded before a stop
/// request is kept too, so that the next call goes on from there. A file that is damaged or of
/// another model counts as empty; one that cannot be written costs time later, nothing else.
/// Progress counts texts.
[[nodiscard]] Result<Embeddings> embedWithCache(std::span<const std::string> texts, TextRole role,
                                                EmbeddingModel &model,
                                                const std::filesystem::path &file,
                                                const ProgressCallback &progress,
                                                std::stop_token stop);

} // namespace TorchLift
