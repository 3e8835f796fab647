#pragma once

#include "migration/migrator.h"
#include "migration/transform.h"

namespace TorchLift {

/// float(array) to float(array.item()).
[[nodiscard]] Findings arrayToNumber(const Semantics &semantics, const Rule &rule);

/// cuda(async=True) to cuda(non_blocking=True).
[[nodiscard]] Findings asyncArgument(const Semantics &semantics, const Rule &rule);

/// `u.dot(x)` to `u.clone().dot(x)` behind `u.data = ...`: backward() sees what is assigned later.
[[nodiscard]] Findings dataAssigned(const Semantics &semantics, const Rule &rule);

/// `loss.data[0]` to `loss.item()` where the tensor has no dimensions.
[[nodiscard]] Findings dataIndexZero(const Semantics &semantics, const Rule &rule);

/// Gives the target of a binary cross entropy its input's shape where they differ.
[[nodiscard]] Findings bceShape(const Semantics &semantics, const Rule &rule);

/// Switches the check of values off in distributions whose log_prob is asked about others than
/// their samples.
[[nodiscard]] Findings distributionValidate(const Semantics &semantics, const Rule &rule);

/// reduction='elementwise_mean' to reduction='mean'.
[[nodiscard]] Findings elementwiseMean(const Semantics &semantics, const Rule &rule);

/// np.sum of a generator to Python's own sum.
[[nodiscard]] Findings generatorSum(const Semantics &semantics, const Rule &rule);

/// Adds the `dim` that F.softmax(x) and nn.Softmax() used to choose themselves.
[[nodiscard]] Findings implicitSoftmaxDim(const Semantics &semantics, const Rule &rule);

/// `/` between integer tensors, which used to round towards zero.
[[nodiscard]] Findings integerDivision(const Semantics &semantics, const Rule &rule);

/// `100. * count` to `100 * count` where the count is an integer tensor and stayed one.
[[nodiscard]] Findings integerTimesFloat(const Semantics &semantics, const Rule &rule);

/// autograd Functions with state in `self` to static methods with a context.
[[nodiscard]] Findings legacyFunction(const Semantics &semantics, const Rule &rule);

/// Arithmetic on the results of comparisons, uint8 masks where bool is needed, `~` on uint8.
[[nodiscard]] Findings maskArithmetic(const Semantics &semantics, const Rule &rule);

/// Gives Optimizers whose __init__ never calls their base's what 2.x expects every Optimizer to
/// have.
[[nodiscard]] Findings optimizerInit(const Semantics &semantics, const Rule &rule);

/// `view` to `reshape` of what keeps the strides of a transposed tensor now.
[[nodiscard]] Findings viewStrides(const Semantics &semantics, const Rule &rule);

/// `y += x` to `y = y + x` where y is what relu gave: backward needs it unchanged.
[[nodiscard]] Findings reluInplace(const Semantics &semantics, const Rule &rule);

/// get_lr() of torch's schedulers to get_last_lr(), or to the closed form in an own scheduler's
/// get_lr().
[[nodiscard]] Findings schedulerGetLr(const Semantics &semantics, const Rule &rule);

/// `np.sqrt(2) * array32` to `np.sqrt(2).item() * array32`: a number of NumPy's no longer gives
/// way.
[[nodiscard]] Findings scalarPromotion(const Semantics &semantics, const Rule &rule);

/// A scheduler's step() before the optimizer's to the end of the epoch.
[[nodiscard]] Findings schedulerOrder(const Semantics &semantics, const Rule &rule);

/// size_average= and reduce= to reduction=.
[[nodiscard]] Findings reductionArguments(const Semantics &semantics, const Rule &rule);

/// Variable(self.noise) to self.noise.data where noise is written in place: a Variable had a
/// version of its own.
[[nodiscard]] Findings variableAlias(const Semantics &semantics, const Rule &rule);

/// Rewrites nothing: tells where it can be seen that the result of a comparison is bool.
[[nodiscard]] Findings visibleMasks(const Semantics &semantics, const Rule &rule);

/// Takes volatile= away from Variable(...).
[[nodiscard]] Findings volatileVariable(const Semantics &semantics, const Rule &rule);

/// zero_grad() to zero_grad(set_to_none=False) where a gradient is read before backward().
[[nodiscard]] Findings zeroGradRead(const Semantics &semantics, const Rule &rule);

} // namespace TorchLift
