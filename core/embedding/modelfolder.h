#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "embedding/wordpiecetokenizer.h"

namespace TorchLift {

/// How one vector is made from the vectors of all tokens.
enum class Pooling { Mean, FirstToken };

enum class TokenizerKind {
    WordPiece,     ///< vocab.txt, or tokenizer.json where there is nothing else
    SentencePiece, ///< sentencepiece.bpe.model, numbered as XLM-R does
};

/// A fully connected layer behind the pooling (LaBSE has one).
struct DenseModule
{
    std::filesystem::path weights;
    std::size_t inputs = 0;
    std::size_t outputs = 0;
    bool hasBias = true;
    bool isTanh = false; ///< otherwise nothing follows it
};

/// What an ordinary model folder says about itself: config.json, tokenizer files, weights in
/// model.safetensors or the shards of model.safetensors.index.json, and the sentence-transformers
/// files beside them (modules.json with Transformer, Pooling, Dense, Normalize).
struct ModelFolder
{
    std::filesystem::path path;
    std::string name; ///< the folder's
    std::size_t vocabularySize = 0;
    std::size_t hiddenSize = 0;
    std::size_t layers = 0;
    std::size_t heads = 0;
    std::size_t intermediateSize = 0;
    std::size_t positions = 0;     ///< rows of the position table
    std::size_t firstPosition = 0; ///< row of the first token; XLM-R leaves some out
    std::size_t tokenTypes = 2;    ///< rows of the token type table
    double layerNormEpsilon = 0;
    std::size_t maxTokens = 0; ///< read at most, special tokens included
    Pooling pooling = Pooling::Mean;
    bool saysPooling = false; ///< otherwise it is the default
    std::vector<DenseModule> dense;
    bool isNormalised = true; ///< the model's own list asks for unit length
    TokenizerKind tokenizer = TokenizerKind::WordPiece;
    std::filesystem::path vocabulary; ///< the file of its tokens
    WordPieceOptions wordPiece;
    std::vector<std::filesystem::path> weights; ///< one file, or its shards
    std::string queryPrefix;                    ///< of config_sentence_transformers.json
    std::string passagePrefix;

    /// Floats of a vector.
    [[nodiscard]] std::size_t dimension() const
    {
        return dense.empty() ? hiddenSize : dense.back().outputs;
    }
};

/// Reads the settings; opens neither vocabulary nor weights.
/// Errors: MissingPart when the folder or one of its files is not there (remedy names set-up);
/// Damaged for JSON that cannot be read or values that make no sense; Incompatible for an
/// architecture or pooling that this version does not compute.
[[nodiscard]] Result<ModelFolder> readModelFolder(const std::filesystem::path &folder);

/// What `models install` writes beside a model: the SHA-256 of each of its files, by name
/// relative to the folder.
inline constexpr const char *kModelManifest = "torchlift-model.json";
using ModelManifest = std::map<std::string, std::string>;

/// Empty where there is none. Errors: Damaged.
[[nodiscard]] Result<ModelManifest> readModelManifest(const std::filesystem::path &folder);

/// SHA-256 over settings, vocabulary and weights: vectors of different hashes never mix.
/// Weights are long: their hash is kept in `cache` (a folder; empty: not kept) under path, size
/// and time of change, so that it is computed once. Errors: as readFile(); Damaged for a file
/// that is not what the manifest says; Cancelled.
[[nodiscard]] Result<std::string> hashModelFolder(const ModelFolder &model,
                                                  const std::filesystem::path &cache,
                                                  const std::stop_token &stop = {});

} // namespace TorchLift
