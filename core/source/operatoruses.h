#pragma once

#include <vector>

#include "source/semantics.h"
#include "source/use.h"

namespace TorchLift {

/// Operators on what is known to be a tensor, as the methods of Tensor that Python calls for them:
/// `a / 2` uses "torch.Tensor.__truediv__", `1 - mask` "torch.Tensor.__rsub__". In order of
/// position; the span is the whole expression.
[[nodiscard]] std::vector<Use> operatorUsesOf(const Semantics &semantics);

} // namespace TorchLift
