#pragma once

#include <ATen/core/TensorBody.h>

#include "embedding/encoderloader.h"
#include "embedding/module/gemm.h"

namespace TorchLift {

enum class Activation { None, Gelu };

/// A fully connected layer, its weight packed once into the layout that the product wants. The
/// products are oneDNN's where the processor has instructions for the precision, else those of
/// gemm.h: bf16 and fp16 then halve the weights alone, and what goes through is fp32. Any thread
/// may apply it.
class Linear
{
public:
    Linear() = default;
    /// `weight` [out, in] and `bias` [out] in fp32. May throw c10::Error.
    Linear(const at::Tensor &weight, const at::Tensor &bias, Precision precision);

    /// [rows, in] to [rows, out], in streamType().
    [[nodiscard]] at::Tensor apply(const at::Tensor &x, Activation activation) const;

    /// For int8 of oneDNN: signed bytes [rows, in] to fp32 [rows, out], without the rows' scales
    /// and without the bias.
    [[nodiscard]] at::Tensor applyToBytes(const at::Tensor &x) const;

    [[nodiscard]] const float *bias() const { return m_bias.const_data_ptr<float>(); }

    /// Of what goes through the layers of this precision on this processor; oneDNN's int8 has bf16
    /// between its products.
    [[nodiscard]] static at::ScalarType streamType(Precision precision);

private:
    // What the weight consists of: numbers of gemm.h, or what oneDNN makes of them.
    enum class Numbers { Floats, Bf16s, Fp16s, Pairs, Quads, OneDnns };

    void roundToPairs(const at::Tensor &weight);
    void roundToQuads(const at::Tensor &weight);
    [[nodiscard]] at::Tensor applyToPairs(const at::Tensor &x, Activation activation) const;
    [[nodiscard]] at::Tensor applyToQuads(const at::Tensor &x, Activation activation) const;
    template <typename Right>
    [[nodiscard]] at::Tensor applyExactly(const at::Tensor &x, Activation activation) const;
    template <typename Left, typename Right>
    [[nodiscard]] at::Tensor multiplied(Kernels::Gemm<Left, Right> gemm, std::int64_t rows,
                                        Activation activation) const;

    Numbers m_numbers = Numbers::Floats;
    std::int64_t m_out = 0;
    at::Tensor m_weight;
    at::Tensor m_bias;   // oneDNN's in the weight's type, else fp32
    at::Tensor m_scales; // of integers: one for each output
    at::Tensor m_zeros;  // oneDNN's bytes
    at::Tensor m_sums;   // quads: of an output's weights
    float m_longest = 0; // pairs: a row of what goes in, or sums would not fit
};

/// fp32, bf16 or fp16: the last two for precisions of that name, and bf16 for int8.
[[nodiscard]] at::ScalarType scalarTypeOf(Precision precision);

} // namespace TorchLift
