#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

#include "base/result.h"
#include "embedding/wordpiecetokenizer.h"

namespace TorchLift {

/// How one vector is made from the vectors of all tokens.
enum class Pooling { Mean, FirstToken };

/// What an ordinary model folder says about itself (config.json, tokenizer_config.json, and the
/// sentence-transformers files beside them).
struct ModelFolder
{
    std::filesystem::path path;
    std::string name; ///< the folder's
    std::size_t vocabularySize = 0;
    std::size_t hiddenSize = 0;
    std::size_t layers = 0;
    std::size_t heads = 0;
    std::size_t intermediateSize = 0;
    std::size_t positions = 0; ///< rows of the position table
    double layerNormEpsilon = 0;
    std::size_t maxTokens = 0; ///< read at most, special tokens included
    Pooling pooling = Pooling::Mean;
    bool isNormalised = true; ///< the model's own list asks for unit length
    WordPieceOptions wordPiece;

    [[nodiscard]] std::filesystem::path vocabulary() const { return path / "vocab.txt"; }
    [[nodiscard]] std::filesystem::path weights() const { return path / "model.safetensors"; }
};

/// Reads the settings; opens neither vocabulary nor weights.
/// Errors: MissingPart when the folder or one of its files is not there (remedy names set-up);
/// Damaged for JSON that cannot be read or values that make no sense; Incompatible for an
/// architecture or pooling that this version does not compute.
[[nodiscard]] Result<ModelFolder> readModelFolder(const std::filesystem::path &folder);

/// SHA-256 over settings, vocabulary and weights: vectors of different hashes never mix.
/// Weights are long: their hash is kept in `cache` (a folder; empty: not kept) under path, size
/// and time of change, so that it is computed once. Errors: as readFile().
[[nodiscard]] Result<std::string> hashModelFolder(const ModelFolder &model,
                                                  const std::filesystem::path &cache);

} // namespace TorchLift
