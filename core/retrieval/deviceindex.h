#pragma once

#include <memory>

#include "embedding/devicevectors.h"
#include "index/vectorindex.h"

namespace TorchLift {

/// Exact search over vectors that are kept on a device: the nearest come from there, filter and
/// order of equal scores are applied here.
[[nodiscard]] std::unique_ptr<VectorIndex>
makeDeviceIndex(std::unique_ptr<const DeviceVectors> vectors);

} // namespace TorchLift
