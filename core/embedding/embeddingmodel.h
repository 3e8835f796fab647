#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "embedding/devicevectors.h"

namespace TorchLift {

/// How much of a text was read.
struct TextReading
{
    std::uint32_t tokens = 0; ///< read, prefix and special tokens included
    bool isCut = false;       ///< the text is longer than the model reads
};

/// A batch of unit-length vectors, row-major: shape [rows, dimension].
struct Embeddings
{
    std::vector<float> values;         ///< rows * dimension floats
    std::size_t dimension = 0;         ///< floats per vector
    std::vector<TextReading> readings; ///< one for each row

    [[nodiscard]] std::size_t rows() const noexcept
    {
        return dimension == 0 ? 0 : values.size() / dimension;
    }
    [[nodiscard]] std::span<const float> row(std::size_t i) const
    {
        return std::span(values).subspan(i * dimension, dimension);
    }
};

/// Models of the e5 family read questions and documents with different prefixes.
enum class TextRole { Query, Passage };

/// Turns text into vectors whose dot product is their cosine similarity.
///
/// Any thread may call any of this, several at once; embed() can take seconds: never call it on the
/// GUI thread.
class EmbeddingModel
{
public:
    virtual ~EmbeddingModel() = default;

    /// The model's name, "all-MiniLM-L6-v2".
    [[nodiscard]] virtual const std::string &name() const noexcept = 0;
    /// Hash of weights, tokenizer and settings: vectors of different hashes never mix.
    [[nodiscard]] virtual const std::string &hash() const noexcept = 0;
    /// Floats per vector; positive, constant for the model's life.
    [[nodiscard]] virtual std::size_t dimension() const noexcept = 0;
    /// Tokens read at most, special tokens included; what follows is cut.
    [[nodiscard]] virtual std::size_t maxTokens() const noexcept = 0;
    /// The numbers of all tokens of `text` before the cut, prefix and special tokens included. A
    /// text is cut when these are more than maxTokens().
    [[nodiscard]] virtual Result<std::vector<std::int32_t>> tokenize(const std::string &text,
                                                                     TextRole role) = 0;

    /// Embeds `texts` (UTF-8), one row each, in the same order. Text past the token limit is
    /// cut. A stop request is honoured between mini-batches and gives Errc::Cancelled, never a
    /// partial batch.
    [[nodiscard]] virtual Result<Embeddings> embed(std::span<const std::string> texts,
                                                   TextRole role, const ProgressCallback &progress,
                                                   std::stop_token stop) = 0;

    /// Copies `vectors` (row-major [rows, dimension()]) to the device that embeds; nullptr where
    /// that is the processor (unless EncoderOptions::isPlain), which core/index serves better. The
    /// result may outlive the model. Errors: Internal with what the device says, when its memory is
    /// full too.
    [[nodiscard]] virtual Result<std::unique_ptr<DeviceVectors>>
    keepOnDevice(std::span<const float> vectors)
    {
        (void)vectors;
        return nullptr;
    }
};

} // namespace TorchLift
