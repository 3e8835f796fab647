#include "embedding/module/linear.h"

#include <array>

#include <ATen/ops/amax.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/maximum.h>
#include <ATen/ops/zeros.h>

#include "embedding/module/kernels.h"
#include "embedding/module/onednnproducts.h"
#include "embedding/module/rowstages.h"

namespace TorchLift {

namespace {

using Kernels::Bf16;
using Kernels::Fp16;
using Kernels::Gemm;
using Kernels::Pair;
using Kernels::Quad;

// Filled up with zeros to as many as the panels of gemm.h have columns.
at::Tensor padded(const at::Tensor &numbers)
{
    const auto count = static_cast<std::size_t>(numbers.size(0));
    at::Tensor out =
        at::zeros({static_cast<std::int64_t>(Kernels::panelsSize(1, count))}, at::kFloat);
    out.narrow(0, 0, numbers.size(0)).copy_(numbers);
    return out;
}

// [out, in] with zeros behind the last, so that a row has a multiple of `step`.
at::Tensor paddedRows(const at::Tensor &integers, std::int64_t step, at::ScalarType type)
{
    const std::int64_t in = integers.size(1);
    at::Tensor out = at::zeros({integers.size(0), roundedUp(in, step)}, type);
    out.narrow(1, 0, in).copy_(integers);
    return out;
}

// `weight` has numbers of that size.
template <typename Number>
at::Tensor inPanels(const at::Tensor &weight)
{
    const at::Tensor rows = weight.contiguous();
    const auto [out, in] =
        std::array{static_cast<std::size_t>(rows.size(0)), static_cast<std::size_t>(rows.size(1))};
    at::Tensor panels =
        at::empty({static_cast<std::int64_t>(Kernels::panelsSize(in, out))}, rows.options());
    Kernels::packColumns(static_cast<const Number *>(rows.const_data_ptr()), in, in, out,
                         static_cast<Number *>(panels.mutable_data_ptr()));
    return panels;
}

// `largest` of each output becomes `bound`; an output of zeros stays one.
at::Tensor scalesOf(const at::Tensor &largest, double bound)
{
    constexpr double smallest = 1e-30;
    return largest.div(bound).clamp_min(smallest);
}

at::Tensor largestOf(const at::Tensor &weight)
{
    return at::amax(weight.abs(), 1);
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

at::ScalarType Linear::streamType(Precision precision)
{
    return OneDnn::computes(precision) ? scalarTypeOf(precision) : at::kFloat;
}

Linear::Linear(const at::Tensor &weight, const at::Tensor &bias, Precision precision)
    : m_out(weight.size(0))
{
    if (OneDnn::computes(precision)) {
        m_numbers = Numbers::OneDnns;
        if (precision == Precision::Int8) {
            m_scales = scalesOf(largestOf(weight), 127);
            m_weight = OneDnn::packedBytes(weight.div(m_scales.unsqueeze(1)).round().to(at::kChar));
            m_zeros = at::zeros({m_out}, at::kInt);
            m_bias = bias;
            return;
        }
        m_weight = OneDnn::packed(weight.to(scalarTypeOf(precision)));
        m_bias = bias.to(scalarTypeOf(precision));
        return;
    }
    m_bias = padded(bias);
    switch (precision) {
    case Precision::Fp32:
        m_numbers = Numbers::Floats;
        m_weight = inPanels<float>(weight);
        break;
    case Precision::Bf16:
        m_numbers = Numbers::Bf16s;
        m_weight = inPanels<Bf16>(weight.to(at::kBFloat16));
        break;
    case Precision::Fp16:
        m_numbers = Numbers::Fp16s;
        m_weight = inPanels<Fp16>(weight.to(at::kHalf));
        break;
    case Precision::Int16:
        m_numbers = Numbers::Pairs;
        roundToPairs(weight);
        break;
    case Precision::Int8:
        m_numbers = Numbers::Quads;
        roundToQuads(weight);
        break;
    }
}

// To 13 of the 16 bits: with more, sums would leave what goes in fewer. Products of their lengths
// bound all sums (gemm.h); a tenth is left for what rounding adds.
void Linear::roundToPairs(const at::Tensor &weight)
{
    constexpr double largest = 4095;
    constexpr float mostOfSums = 0.9F * 0x1p31F;
    const at::Tensor scales = scalesOf(largestOf(weight), largest);
    const at::Tensor rounded = weight.div(scales.unsqueeze(1)).round();
    m_weight = inPanels<Pair>(paddedRows(rounded, 2, at::kShort).view(at::kInt));
    m_scales = padded(scales);
    m_longest = mostOfSums / rounded.square().sum(1).max().sqrt().clamp_min(1.0).item().toFloat();
}

// As large as the sums of four that gemm.h allows. Rounding adds a half to each.
void Linear::roundToQuads(const at::Tensor &weight)
{
    constexpr std::int64_t step = 8;
    constexpr double most = 128 - 4 * 0.5;
    const at::Tensor fours =
        paddedRows(weight, step, at::kFloat).view({m_out, -1, 2, 2, 2}); // a b, c d; e f, g h
    const auto largestSum = [&](const at::Tensor &numbers) {
        return at::amax(numbers.clamp_min(0).sum({2, 4}), {1, 2});
    };
    const at::Tensor scales =
        scalesOf(at::maximum(largestSum(fours), largestSum(fours.neg())), most);
    const at::Tensor rounded = weight.div(scales.unsqueeze(1)).round();
    m_weight = inPanels<Quad>(paddedRows(rounded, step, at::kChar).view(at::kInt));
    m_scales = padded(scales);
    m_sums = padded(rounded.sum(1).mul(scales));
}

at::Tensor Linear::apply(const at::Tensor &x, Activation activation) const
{
    switch (m_numbers) {
    case Numbers::Floats:
        return applyExactly<float>(x, activation);
    case Numbers::Bf16s:
        return applyExactly<Bf16>(x, activation);
    case Numbers::Fp16s:
        return applyExactly<Fp16>(x, activation);
    case Numbers::Pairs:
        return applyToPairs(x, activation);
    case Numbers::Quads:
        return applyToQuads(x, activation);
    case Numbers::OneDnns:
        break;
    }
    return OneDnn::multiply(x, m_weight, m_bias, activation == Activation::Gelu);
}

at::Tensor Linear::applyToBytes(const at::Tensor &x) const
{
    return OneDnn::multiplyBytes(x, m_weight, m_scales, m_zeros);
}

template <typename Right>
at::Tensor Linear::applyExactly(const at::Tensor &x, Activation activation) const
{
    return multiplied(Gemm<float, Right>{.left = x.const_data_ptr<float>(),
                                         .inner = static_cast<std::size_t>(x.size(1))},
                      x.size(0), activation);
}

at::Tensor Linear::applyToPairs(const at::Tensor &x, Activation activation) const
{
    const auto in = static_cast<std::size_t>(x.size(1));
    const std::size_t pairs = roundedUp<std::size_t>(in, 2) / 2;
    const at::Tensor integers = at::empty({x.size(0), static_cast<std::int64_t>(pairs)}, at::kInt);
    const at::Tensor rowScales = at::empty({x.size(0)}, at::kFloat);
    Kernels::toPairs(x.const_data_ptr<float>(), integers.mutable_data_ptr<Pair>(),
                     rowScales.mutable_data_ptr<float>(), static_cast<std::size_t>(x.size(0)), in,
                     m_longest);
    return multiplied(Gemm<Pair>{.left = integers.const_data_ptr<Pair>(),
                                 .inner = pairs,
                                 .rowScales = rowScales.const_data_ptr<float>(),
                                 .columnScales = m_scales.const_data_ptr<float>()},
                      x.size(0), activation);
}

at::Tensor Linear::applyToQuads(const at::Tensor &x, Activation activation) const
{
    const auto in = static_cast<std::size_t>(x.size(1));
    const std::size_t quads = roundedUp<std::size_t>(in, 8) / 4;
    const at::Tensor integers = at::empty({x.size(0), static_cast<std::int64_t>(quads)}, at::kInt);
    const at::Tensor ranges = at::empty({2, x.size(0)}, at::kFloat);
    auto *bytes = static_cast<Quad *>(integers.mutable_data_ptr());
    auto *rowScales = ranges.mutable_data_ptr<float>();
    auto *rowLowest = rowScales + x.size(0);
    Kernels::toQuads(x.const_data_ptr<float>(), bytes, rowScales, rowLowest,
                     static_cast<std::size_t>(x.size(0)), in);
    return multiplied(Gemm<Quad>{.left = bytes,
                                 .inner = quads,
                                 .rowScales = rowScales,
                                 .columnScales = m_scales.const_data_ptr<float>(),
                                 .rowLowest = rowLowest,
                                 .columnSums = m_sums.const_data_ptr<float>()},
                      x.size(0), activation);
}

// `gemm` says what comes in; the rest is the layer's.
template <typename Left, typename Right>
at::Tensor Linear::multiplied(Gemm<Left, Right> gemm, std::int64_t rows,
                              Activation activation) const
{
    at::Tensor y = at::empty({rows, m_out}, at::kFloat);
    gemm.leftStride = gemm.inner;
    gemm.panels = static_cast<const Right *>(m_weight.const_data_ptr());
    gemm.bias = bias();
    gemm.c = y.mutable_data_ptr<float>();
    gemm.cStride = static_cast<std::size_t>(m_out);
    gemm.rows = static_cast<std::size_t>(rows);
    gemm.columns = gemm.cStride;
    gemm.isGelu = activation == Activation::Gelu;
    Kernels::multiply(gemm);
    return y;
}

} // namespace TorchLift
