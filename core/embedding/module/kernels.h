#pragma once

#include <cstddef>
#include <cstdint>

/// The steps between matrix products, each one pass over memory, in fp32. Shapes are row-major.
namespace TorchLift::Kernels {

/// A bfloat16 as its bits: the upper half of an fp32.
using Bf16 = std::uint16_t;

struct LayerNorm
{
    const float *scale = nullptr; ///< [width]
    const float *shift = nullptr; ///< [width]
    float epsilon = 0;
};

/// x = norm(x + delta), rows of `width`; in bf16 the result also goes to `copy`, rounded to
/// nearest with ties to even.
void addAndNormalise(float *x, const float *delta, std::size_t rows, std::size_t width,
                     const LayerNorm &norm);
void addAndNormalise(float *x, const Bf16 *delta, Bf16 *copy, std::size_t rows, std::size_t width,
                     const LayerNorm &norm);

/// True when no value is NaN or infinite.
[[nodiscard]] bool areFinite(const float *x, std::size_t count);

/// The mean of `rows` rows of `width`.
void mean(const float *x, std::size_t rows, std::size_t width, float *out);

/// Scales a row to length 1; one of length 0 stays.
void normaliseLength(float *x, std::size_t width);

} // namespace TorchLift::Kernels
