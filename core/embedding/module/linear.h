#pragma once

#include <ATen/core/TensorBody.h>

#include "embedding/encoderloader.h"

namespace TorchLift {

enum class Activation { None, Gelu };

/// A fully connected layer, its weight packed once into the layout that the product wants:
/// oneDNN's, or that of gemm.h for fp32. Any thread may apply it.
class Linear
{
public:
    Linear() = default;
    /// `weight` [out, in] and `bias` [out] in fp32. May throw c10::Error.
    Linear(const at::Tensor &weight, const at::Tensor &bias, Precision precision);

    /// For fp32, bf16 and fp16: [rows, in] to [rows, out] in that type.
    [[nodiscard]] at::Tensor apply(const at::Tensor &x, Activation activation) const;

    /// For int8: signed bytes [rows, in] to fp32 [rows, out], without the rows' scales and
    /// without the bias.
    [[nodiscard]] at::Tensor applyToBytes(const at::Tensor &x) const;

    [[nodiscard]] const float *bias() const { return m_bias.const_data_ptr<float>(); }

    /// Whether this processor computes in `precision`: a small product is tried.
    [[nodiscard]] static bool canCompute(Precision precision);

private:
    [[nodiscard]] at::Tensor applyExactly(const at::Tensor &x, Activation activation) const;

    std::int64_t m_out = 0;
    at::Tensor m_weight;
    at::Tensor m_bias;   // in the weight's type; fp32 for int8
    at::Tensor m_scales; // int8: one for each output
    at::Tensor m_zeros;
};

/// The type of what goes through the layers; int8 has bf16 between its products.
[[nodiscard]] at::ScalarType scalarTypeOf(Precision precision);

} // namespace TorchLift
