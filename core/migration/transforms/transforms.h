#pragma once

#include "migration/migrator.h"
#include "migration/transform.h"

namespace TorchLift {

/// `loss.data[0]` to `loss.item()` where the tensor has no dimensions.
[[nodiscard]] Findings dataIndexZero(const Semantics &semantics, const Rule &rule);

} // namespace TorchLift
