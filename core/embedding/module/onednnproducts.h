#pragma once

#include <ATen/core/TensorBody.h>

#include "embedding/encoderloader.h"

/// oneDNN's products in bf16, fp16 and int8, for processors that have instructions for them. All
/// may throw c10::Error.
namespace TorchLift::OneDnn {

/// Whether they are to be had here: a small one is tried, once in a process.
[[nodiscard]] bool computes(Precision precision);

/// A weight [out, in] in the layout that multiply() wants; bf16 or fp16.
[[nodiscard]] at::Tensor packed(const at::Tensor &weight);

/// [rows, in] to [rows, out]: x weightᵀ + bias, all of one type; GELU by erf.
[[nodiscard]] at::Tensor multiply(const at::Tensor &x, const at::Tensor &weight,
                                  const at::Tensor &bias, bool isGelu);

/// A weight [out, in] of signed bytes for multiplyBytes().
[[nodiscard]] at::Tensor packedBytes(const at::Tensor &weight);

/// Signed bytes [rows, in] to fp32 [rows, out]; `scales` and `zeros` [out].
[[nodiscard]] at::Tensor multiplyBytes(const at::Tensor &x, const at::Tensor &weight,
                                       const at::Tensor &scales, const at::Tensor &zeros);

} // namespace TorchLift::OneDnn
