#pragma once

#include "migration/migrator.h"
#include "migration/transform.h"

namespace TorchLift {

/// cuda(async=True) to cuda(non_blocking=True).
[[nodiscard]] Findings asyncArgument(const Semantics &semantics, const Rule &rule);

/// `loss.data[0]` to `loss.item()` where the tensor has no dimensions.
[[nodiscard]] Findings dataIndexZero(const Semantics &semantics, const Rule &rule);

/// reduction='elementwise_mean' to reduction='mean'.
[[nodiscard]] Findings elementwiseMean(const Semantics &semantics, const Rule &rule);

/// Adds the `dim` that F.softmax(x) and nn.Softmax() used to choose themselves.
[[nodiscard]] Findings implicitSoftmaxDim(const Semantics &semantics, const Rule &rule);

/// `/` between integer tensors, which used to round towards zero.
[[nodiscard]] Findings integerDivision(const Semantics &semantics, const Rule &rule);

/// autograd Functions with state in `self` to static methods with a context.
[[nodiscard]] Findings legacyFunction(const Semantics &semantics, const Rule &rule);

/// Arithmetic on the results of comparisons, uint8 masks where bool is needed, `~` on uint8.
[[nodiscard]] Findings maskArithmetic(const Semantics &semantics, const Rule &rule);

/// size_average= and reduce= to reduction=.
[[nodiscard]] Findings reductionArguments(const Semantics &semantics, const Rule &rule);

/// Takes volatile= away from Variable(...).
[[nodiscard]] Findings volatileVariable(const Semantics &semantics, const Rule &rule);

} // namespace TorchLift
