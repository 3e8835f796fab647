#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "embedding/encoderloader.h"
#include "embedding/modelfolder.h"
#include "embedding/safetensors.h"

namespace TorchLift {

/// Token sequences one behind the other, without padding. Those of equal length should be
/// neighbours: attention is computed for each run of them at once.
struct PackedBatch
{
    std::vector<std::int32_t> ids;
    std::vector<std::size_t> lengths; ///< sums up to ids.size(); none is 0
};

/// The layers of a BERT model. After load() several threads may encode at once, each computing
/// alone (libtorch's own threads spin against each other on a busy machine).
class BertEncoder
{
public:
    /// Takes the weights out of `tensors`, with or without the prefix "bert.", and packs them
    /// once into the layout the matrix products want.
    /// Errors: Damaged for a tensor that is missing or has another shape.
    [[nodiscard]] static Result<std::unique_ptr<const BertEncoder>>
    load(const ModelFolder &model, std::shared_ptr<const SafeTensors> tensors, Precision precision);

    ~BertEncoder();

    /// One vector for each sequence into `out` [sequences, hidden size]. Ids are below the
    /// vocabulary's size, sequences at most as long as the position table. May throw
    /// c10::Error or std::bad_alloc.
    void encode(const PackedBatch &batch, std::span<float> out) const;

    /// To be called once in each thread that will encode.
    static void prepareThread();

private:
    struct Weights;
    explicit BertEncoder(std::unique_ptr<const Weights> weights);

    std::unique_ptr<const Weights> m_weights;
};

} // namespace TorchLift
