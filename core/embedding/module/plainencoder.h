#pragma once

#include <memory>

#include "embedding/module/bertencoder.h"

namespace TorchLift {

/// The same layers as loadBertEncoder's by torch's own operators, on any device: what a GPU runs.
/// Sequences are packed, never padded; on a GPU attention over all of them is one kernel (fp16,
/// bf16). Residual, LayerNorm and pooling in fp32. May be used by one thread at a time.
/// Errors: as loadBertEncoder(); Incompatible for integers, and for a GPU that torch does not find.
[[nodiscard]] Result<std::unique_ptr<const Encoder>>
loadPlainEncoder(const ModelFolder &model, std::shared_ptr<const ModelWeights> weights,
                 Precision precision, Device device, std::stop_token stop);

} // namespace TorchLift
