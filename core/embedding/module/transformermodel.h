#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <c10/core/Device.h>

#include "embedding/embeddingmodel.h"
#include "embedding/encoderloader.h"
#include "embedding/module/bertencoder.h"
#include "embedding/tokenizer.h"

namespace TorchLift {

/// Threads of one call, the calling one counted among those that compute.
struct JobThreads
{
    std::size_t tokenizing = 1;
    std::size_t computing = 1;
};

/// A model folder as an EmbeddingModel: tokenizes ahead, sorts by length, and computes batches of a
/// bounded number of tokens, on threads of their own.
class TransformerModel final : public EmbeddingModel
{
public:
    /// Errors: as readModelFolder(), ModelWeights::open() and loadBertEncoder().
    [[nodiscard]] static Result<std::unique_ptr<EmbeddingModel>>
    load(const EncoderPaths &paths, const EncoderOptions &options, const std::stop_token &stop);

    [[nodiscard]] const std::string &name() const noexcept override { return m_folder.name; }
    [[nodiscard]] const std::string &hash() const noexcept override { return m_hash; }
    [[nodiscard]] std::size_t dimension() const noexcept override { return m_folder.dimension(); }
    [[nodiscard]] std::size_t maxTokens() const noexcept override { return m_folder.maxTokens; }
    [[nodiscard]] Result<std::vector<std::int32_t>> tokenize(const std::string &text,
                                                             TextRole role) override;
    [[nodiscard]] Result<Embeddings> embed(std::span<const std::string> texts, TextRole role,
                                           const ProgressCallback &progress,
                                           std::stop_token stop) override;
    [[nodiscard]] Result<std::unique_ptr<DeviceVectors>>
    keepOnDevice(std::span<const float> vectors) override;

private:
    TransformerModel() = default;
    [[nodiscard]] const std::string &prefixOf(TextRole role) const noexcept
    {
        return role == TextRole::Query ? m_folder.queryPrefix : m_folder.passagePrefix;
    }

    ModelFolder m_folder;
    std::string m_hash;
    std::unique_ptr<Tokenizer> m_tokenizer;
    std::unique_ptr<const Encoder> m_encoder;
    std::optional<at::Device> m_vectorsAt; // where keepOnDevice() puts them; nowhere by default
    JobThreads m_threads;
};

} // namespace TorchLift
