#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include <c10/core/Device.h>

#include "embedding/devicevectors.h"

namespace TorchLift {

/// `vectors` (row-major [rows, dimension]) in the memory of `device`, searched by torch's
/// operators. On a card torch's CUDA library is open. Errors: as EmbeddingModel::keepOnDevice().
[[nodiscard]] Result<std::unique_ptr<DeviceVectors>>
keepVectors(std::span<const float> vectors, std::size_t dimension, at::Device device);

} // namespace TorchLift
