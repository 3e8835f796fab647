#include "embedding/module/onednnproducts.h"

#include <cstdint>
#include <exception>
#include <optional>

#include <ATen/core/List.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>
#include <c10/core/InferenceMode.h>

namespace TorchLift::OneDnn {

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

// A product of ones comes out right.
template <typename Product>
bool isRight(Product product)
try {
    const c10::InferenceMode inference;
    constexpr std::int64_t size = 16;
    const at::Tensor result = product(at::ones({size, size}, at::kFloat)).to(at::kFloat);
    return result.sub(static_cast<double>(size)).abs().max().item().toFloat() < 0.1F;
} catch (const std::exception &) {
    return false;
}

bool multiplies(at::ScalarType type)
{
    return isRight([type](const at::Tensor &ones) {
        const at::Tensor numbers = ones.to(type);
        return multiply(numbers, packed(numbers), at::zeros({ones.size(0)}, type), false);
    });
}

bool multipliesBytes()
{
    return isRight([](const at::Tensor &ones) {
        const at::Tensor bytes = ones.to(at::kChar);
        return multiplyBytes(bytes, packedBytes(bytes), ones[0],
                             at::zeros({ones.size(0)}, at::kInt));
    });
}

} // namespace

bool computes(Precision precision)
{
    switch (precision) {
    case Precision::Fp32:
    case Precision::Int16:
        return false;
    case Precision::Fp16: {
        static const bool fp16 = multiplies(at::kHalf);
        return fp16;
    }
    case Precision::Bf16: {
        static const bool bf16 = multiplies(at::kBFloat16);
        return bf16;
    }
    case Precision::Int8:
        break;
    }
    // With AVX2 alone its sums of bytes saturate.
    static const bool bytes = computes(Precision::Bf16) && multipliesBytes();
    return bytes;
}

at::Tensor packed(const at::Tensor &weight)
{
    static const auto op = operatorNamed<ReorderSignature>("mkldnn::_reorder_linear_weight");
    return op.call(weight, std::nullopt); // rows unknown: they differ from batch to batch
}

at::Tensor multiply(const at::Tensor &x, const at::Tensor &weight, const at::Tensor &bias,
                    bool isGelu)
{
    static const auto op = operatorNamed<LinearSignature>("mkldnn::_linear_pointwise");
    return op.call(x, weight, bias, isGelu ? "gelu" : "none", // by erf: tanh is no faster here
                   c10::List<std::optional<at::Scalar>>(),
                   isGelu ? std::optional<c10::string_view>("none") : std::nullopt);
}

at::Tensor packedBytes(const at::Tensor &weight)
{
    static const auto op = operatorNamed<PrepackSignature>("onednn::qlinear_prepack");
    return op.call(weight, std::nullopt);
}

at::Tensor multiplyBytes(const at::Tensor &x, const at::Tensor &weight, const at::Tensor &scales,
                         const at::Tensor &zeros)
{
    static const auto op = operatorNamed<ByteLinearSignature>("onednn::qlinear_pointwise");
    return op.call(x, 1.0, 0, weight, scales, zeros, std::nullopt, 1.0, 0, at::kFloat, "none",
                   c10::List<std::optional<at::Scalar>>(), "");
}

} // namespace TorchLift::OneDnn
