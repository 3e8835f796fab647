#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "embedding/devicevectors.h"

namespace TorchLift {

/// `vectors` (row-major [rows, dimension]) on the first CUDA card. Torch's CUDA library is open.
/// Errors: as EmbeddingModel::keepOnDevice().
[[nodiscard]] Result<std::unique_ptr<DeviceVectors>> copyToCard(std::span<const float> vectors,
                                                                std::size_t dimension);

} // namespace TorchLift
