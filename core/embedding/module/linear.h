#pragma once

#include <ATen/core/TensorBody.h>

#include "embedding/encoderloader.h"
#include "embedding/module/gemm.h"

namespace TorchLift {

enum class Activation { None, Gelu };

/// A fully connected layer, its weight packed once into the layout that the product wants:
/// oneDNN's, or that of gemm.h for fp32 and int16. Any thread may apply it.
class Linear
{
public:
    Linear() = default;
    /// `weight` [out, in] and `bias` [out] in fp32. May throw c10::Error.
    Linear(const at::Tensor &weight, const at::Tensor &bias, Precision precision);

    /// For fp32, bf16 and fp16: [rows, in] to [rows, out] in that type; int16 takes and gives fp32.
    [[nodiscard]] at::Tensor apply(const at::Tensor &x, Activation activation) const;

    /// For int8: signed bytes [rows, in] to fp32 [rows, out], without the rows' scales and
    /// without the bias.
    [[nodiscard]] at::Tensor applyToBytes(const at::Tensor &x) const;

    [[nodiscard]] const float *bias() const { return m_bias.const_data_ptr<float>(); }

    /// Whether this processor computes in `precision`: a small product is tried.
    [[nodiscard]] static bool canCompute(Precision precision);

private:
    void roundToPairs(const at::Tensor &weight);
    [[nodiscard]] at::Tensor applyExactly(const at::Tensor &x, Activation activation) const;
    [[nodiscard]] at::Tensor applyToPairs(const at::Tensor &x, Activation activation) const;
    template <typename Number>
    [[nodiscard]] at::Tensor multiplied(Kernels::Gemm<Number> gemm, std::int64_t rows,
                                        Activation activation) const;

    std::int64_t m_out = 0;
    at::Tensor m_weight;
    at::Tensor m_bias;   // in the weight's type; fp32 for integers
    at::Tensor m_scales; // of integers: one for each output
    at::Tensor m_zeros;
    float m_longest = 0; // int16: a row of what goes in, or sums would not fit
};

/// The type of what goes through the layers; between its products int8 has bf16, int16 fp32.
[[nodiscard]] at::ScalarType scalarTypeOf(Precision precision);

} // namespace TorchLift
