#include "embedding/module/linear.h"

#include <array>
#include <exception>
#include <optional>

#include <ATen/core/List.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/ops/amax.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>
#include <c10/core/InferenceMode.h>

#include "embedding/module/kernels.h"

namespace TorchLift {

namespace {

using ReorderSignature = at::Tensor(const at::Tensor &, std::optional<c10::SymInt>);
using LinearSignature = at::Tensor(const at::Tensor &, const at::Tensor &,
                                   const std::optional<at::Tensor> &, c10::string_view,
                                   c10::List<std::optional<at::Scalar>>,
                                   std::optional<c10::string_view>);
using PrepackSignature = at::Tensor(at::Tensor, std::optional<c10::List<std::int64_t>>);
using ByteLinearSignature = at::Tensor(at::Tensor, double, std::int64_t, at::Tensor, at::Tensor,
                                       at::Tensor, std::optional<at::Tensor>, double, std::int64_t,
                                       std::optional<at::ScalarType>, c10::string_view,
                                       c10::List<std::optional<at::Scalar>>, c10::string_view);

// torch has no C++ function for these; they are found by name, and their signature is checked.
template <typename Signature>
c10::TypedOperatorHandle<Signature> operatorNamed(const char *name)
{
    return c10::Dispatcher::singleton().findSchemaOrThrow(name, "").typed<Signature>();
}

at::Tensor packed(const at::Tensor &weight)
{
    static const auto op = operatorNamed<ReorderSignature>("mkldnn::_reorder_linear_weight");
    return op.call(weight, std::nullopt); // rows unknown: they differ from batch to batch
}

at::Tensor packedBytes(const at::Tensor &weight)
{
    static const auto op = operatorNamed<PrepackSignature>("onednn::qlinear_prepack");
    return op.call(weight, std::nullopt);
}

// Filled up with zeros to as many as the panels of gemm.h have columns.
at::Tensor padded(const at::Tensor &numbers)
{
    const auto count = static_cast<std::size_t>(numbers.size(0));
    at::Tensor out =
        at::zeros({static_cast<std::int64_t>(Kernels::panelsSize(1, count))}, at::kFloat);
    out.narrow(0, 0, numbers.size(0)).copy_(numbers);
    return out;
}

template <typename Number>
at::Tensor inPanels(const at::Tensor &weight)
{
    const auto [out, in] = std::array{static_cast<std::size_t>(weight.size(0)),
                                      static_cast<std::size_t>(weight.size(1))};
    at::Tensor panels =
        at::empty({static_cast<std::int64_t>(Kernels::panelsSize(in, out))}, weight.options());
    Kernels::packColumns(weight.const_data_ptr<Number>(), in, in, out,
                         panels.mutable_data_ptr<Number>());
    return panels;
}

// Of each output, so that its largest weight becomes `largest`; a row of zeros stays one.
at::Tensor scalesOf(const at::Tensor &weight, double largest)
{
    constexpr double smallest = 1e-30;
    return at::amax(weight.abs(), 1).div(largest).clamp_min(smallest);
}

} // namespace

at::ScalarType scalarTypeOf(Precision precision)
{
    switch (precision) {
    case Precision::Fp32:
    case Precision::Int16:
        return at::kFloat;
    case Precision::Fp16:
        return at::kHalf;
    case Precision::Bf16:
    case Precision::Int8:
        break;
    }
    return at::kBFloat16;
}

Linear::Linear(const at::Tensor &weight, const at::Tensor &bias, Precision precision)
    : m_out(weight.size(0))
{
    if (precision == Precision::Fp32) {
        m_weight = inPanels<float>(weight.contiguous());
        m_bias = padded(bias);
        return;
    }
    if (precision == Precision::Int16) {
        roundToPairs(weight);
        m_bias = padded(bias);
        return;
    }
    if (precision != Precision::Int8) {
        const at::ScalarType type = scalarTypeOf(precision);
        m_weight = packed(weight.to(type));
        m_bias = bias.to(type);
        return;
    }
    m_scales = scalesOf(weight, 127);
    m_weight = packedBytes(weight.div(m_scales.unsqueeze(1)).round().to(at::kChar));
    m_zeros = at::zeros({weight.size(0)}, at::kInt);
    m_bias = bias;
}

// To 13 of the 16 bits: with more, sums would leave what goes in fewer. Products of their lengths
// bound all sums (gemm.h); a tenth is left for what rounding adds.
void Linear::roundToPairs(const at::Tensor &weight)
{
    constexpr double largest = 4095;
    constexpr float mostOfSums = 0.9F * 0x1p31F;
    const at::Tensor scales = scalesOf(weight, largest);
    const at::Tensor rounded = weight.div(scales.unsqueeze(1)).round();
    const std::int64_t in = weight.size(1);
    const at::Tensor integers = at::zeros({m_out, (in + 1) / 2 * 2}, at::kShort);
    integers.narrow(1, 0, in).copy_(rounded);
    m_weight = inPanels<Kernels::Pair>(integers.view(at::kInt));
    m_scales = padded(scales);
    m_longest = mostOfSums / rounded.square().sum(1).max().sqrt().clamp_min(1.0).item().toFloat();
}

at::Tensor Linear::apply(const at::Tensor &x, Activation activation) const
{
    if (x.scalar_type() == at::kFloat) {
        return m_weight.scalar_type() == at::kInt ? applyToPairs(x, activation)
                                                  : applyExactly(x, activation);
    }
    static const auto op = operatorNamed<LinearSignature>("mkldnn::_linear_pointwise");
    const bool isGelu = activation == Activation::Gelu; // by erf: tanh is no faster here
    return op.call(x, m_weight, m_bias, isGelu ? "gelu" : "none",
                   c10::List<std::optional<at::Scalar>>(),
                   isGelu ? std::optional<c10::string_view>("none") : std::nullopt);
}

at::Tensor Linear::applyExactly(const at::Tensor &x, Activation activation) const
{
    return multiplied(Kernels::Gemm<float>{.left = x.const_data_ptr<float>(),
                                           .inner = static_cast<std::size_t>(x.size(1))},
                      x.size(0), activation);
}

at::Tensor Linear::applyToPairs(const at::Tensor &x, Activation activation) const
{
    const auto in = static_cast<std::size_t>(x.size(1));
    const std::size_t pairs = (in + 1) / 2;
    const at::Tensor integers = at::empty({x.size(0), static_cast<std::int64_t>(pairs)}, at::kInt);
    const at::Tensor rowScales = at::empty({x.size(0)}, at::kFloat);
    Kernels::toPairs(x.const_data_ptr<float>(), integers.mutable_data_ptr<Kernels::Pair>(),
                     rowScales.mutable_data_ptr<float>(), static_cast<std::size_t>(x.size(0)), in,
                     m_longest);
    return multiplied(
        Kernels::Gemm<Kernels::Pair>{.left = integers.const_data_ptr<Kernels::Pair>(),
                                     .inner = pairs,
                                     .rowScales = rowScales.const_data_ptr<float>(),
                                     .columnScales = m_scales.const_data_ptr<float>()},
        x.size(0), activation);
}

// `gemm` says what comes in; the rest is the layer's.
template <typename Number>
at::Tensor Linear::multiplied(Kernels::Gemm<Number> gemm, std::int64_t rows,
                              Activation activation) const
{
    at::Tensor y = at::empty({rows, m_out}, at::kFloat);
    gemm.leftStride = gemm.inner;
    gemm.panels = m_weight.const_data_ptr<Number>();
    gemm.bias = m_bias.const_data_ptr<float>();
    gemm.c = y.mutable_data_ptr<float>();
    gemm.cStride = static_cast<std::size_t>(m_out);
    gemm.rows = static_cast<std::size_t>(rows);
    gemm.columns = gemm.cStride;
    gemm.isGelu = activation == Activation::Gelu;
    Kernels::multiply(gemm);
    return y;
}

at::Tensor Linear::applyToBytes(const at::Tensor &x) const
{
    static const auto op = operatorNamed<ByteLinearSignature>("onednn::qlinear_pointwise");
    return op.call(x, 1.0, 0, m_weight, m_scales, m_zeros, std::nullopt, 1.0, 0, at::kFloat, "none",
                   c10::List<std::optional<at::Scalar>>(), "");
}

bool Linear::canCompute(Precision precision)
try {
    // Between its products int8 has bf16; and with AVX2 alone oneDNN's sums of bytes saturate.
    if (precision == Precision::Int8 && !canCompute(Precision::Bf16)) {
        return false;
    }
    const c10::InferenceMode inference;
    constexpr std::int64_t size = 16;
    const at::Tensor ones = at::ones({size, size}, at::kFloat);
    const Linear linear(ones, at::zeros({size}, at::kFloat), precision);
    const at::Tensor product =
        precision == Precision::Int8
            ? linear.applyToBytes(ones.to(at::kChar))
            : linear.apply(ones.to(scalarTypeOf(precision)), Activation::None);
    return product.to(at::kFloat).sub(static_cast<double>(size)).abs().max().item().toFloat()
           < 0.1F;
} catch (const std::exception &) {
    return false;
}

} // namespace TorchLift
