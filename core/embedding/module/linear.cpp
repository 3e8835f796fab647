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

#include "embedding/module/gemm.h"

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

} // namespace

at::ScalarType scalarTypeOf(Precision precision)
{
    return precision == Precision::Fp32   ? at::kFloat
           : precision == Precision::Fp16 ? at::kHalf
                                          : at::kBFloat16;
}

Linear::Linear(const at::Tensor &weight, const at::Tensor &bias, Precision precision)
    : m_out(weight.size(0))
{
    if (precision == Precision::Fp32) {
        const auto [out, in] = std::array{static_cast<std::size_t>(weight.size(0)),
                                          static_cast<std::size_t>(weight.size(1))};
        m_weight = at::empty({static_cast<std::int64_t>(Kernels::panelsSize(in, out))}, at::kFloat);
        Kernels::packColumns(weight.contiguous().const_data_ptr<float>(), in, in, out,
                             m_weight.mutable_data_ptr<float>());
        m_bias = at::zeros({static_cast<std::int64_t>(Kernels::panelsSize(1, out))}, at::kFloat);
        m_bias.narrow(0, 0, m_out).copy_(bias);
        return;
    }
    if (precision != Precision::Int8) {
        const at::ScalarType type = scalarTypeOf(precision);
        m_weight = packed(weight.to(type));
        m_bias = bias.to(type);
        return;
    }
    constexpr double largest = 127;
    constexpr double smallest = 1e-30; // a row of zeros stays one
    m_scales = at::amax(weight.abs(), 1).div(largest).clamp_min(smallest);
    m_weight = packedBytes(weight.div(m_scales.unsqueeze(1)).round().to(at::kChar));
    m_zeros = at::zeros({weight.size(0)}, at::kInt);
    m_bias = bias;
}

at::Tensor Linear::apply(const at::Tensor &x, Activation activation) const
{
    if (x.scalar_type() == at::kFloat) {
        return applyExactly(x, activation);
    }
    static const auto op = operatorNamed<LinearSignature>("mkldnn::_linear_pointwise");
    const bool isGelu = activation == Activation::Gelu; // by erf: tanh is no faster here
    return op.call(x, m_weight, m_bias, isGelu ? "gelu" : "none",
                   c10::List<std::optional<at::Scalar>>(),
                   isGelu ? std::optional<c10::string_view>("none") : std::nullopt);
}

at::Tensor Linear::applyExactly(const at::Tensor &x, Activation activation) const
{
    at::Tensor y = at::empty({x.size(0), m_out}, at::kFloat);
    const auto in = static_cast<std::size_t>(x.size(1));
    const auto out = static_cast<std::size_t>(m_out);
    Kernels::multiply({.left = x.const_data_ptr<float>(),
                       .leftStride = in,
                       .panels = m_weight.const_data_ptr<float>(),
                       .bias = m_bias.const_data_ptr<float>(),
                       .c = y.mutable_data_ptr<float>(),
                       .cStride = out,
                       .rows = static_cast<std::size_t>(x.size(0)),
                       .inner = in,
                       .columns = out,
                       .isGelu = activation == Activation::Gelu});
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
