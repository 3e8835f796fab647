#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "embedding/encoderloader.h"
#include "embedding/modelfolder.h"
#include "embedding/modelweights.h"

namespace TorchLift {

/// Token sequences one behind the other, without padding. Those of equal length should be
/// neighbours: some attention is computed for each run of them at once.
struct PackedBatch
{
    std::vector<std::int32_t> ids;
    std::vector<std::size_t> lengths; ///< sums up to ids.size(); none is 0
};

/// Token sequences to vectors. After loading several threads may encode at once (libtorch's own
/// threads are not used: they spin against each other on a busy machine).
class Encoder
{
public:
    virtual ~Encoder() = default;

    /// One vector for each sequence into `out` [sequences, dimension]. Ids are below the
    /// vocabulary's size, sequences at most as long as the model reads. On a processor up to
    /// `threads` compute the batch together. May throw c10::Error or std::bad_alloc.
    virtual void encode(const PackedBatch &batch, std::span<float> out,
                        std::size_t threads) const = 0;
    /// Tokens in one batch that suit it.
    [[nodiscard]] virtual std::size_t batchTokens() const = 0;

    /// To be called once in each thread that computes.
    static void prepareThread();
};

/// The layers of a BERT or XLM-R model on the CPU: matrix products in `precision` (linear.h);
/// residual, LayerNorm, softmax and pooling in fp32. glibc keeps up to 256 MiB of freed memory from
/// then on, and gives it back when the encoder goes. Errors: Damaged for a tensor that is missing,
/// has another shape or is not finite; Cancelled.
[[nodiscard]] Result<std::unique_ptr<const Encoder>>
loadBertEncoder(const ModelFolder &model, std::shared_ptr<const ModelWeights> weights,
                Precision precision, std::stop_token stop);

} // namespace TorchLift
