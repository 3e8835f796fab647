#pragma once

#include <cstddef>
#include <cstdint>

#include "base/processor.h"

/// The steps between matrix products, each one pass over memory, in fp32. Shapes are row-major.
namespace TorchLift::Kernels {

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

/// The same with what the int8 products give: delta = raw * rowScale[row] + bias[column].
void addScaledAndNormalise(float *x, const float *raw, const float *rowScale, const float *bias,
                           Bf16 *copy, std::size_t rows, std::size_t width, const LayerNorm &norm);

/// Each row to signed bytes: out = x / rowScale, rounded, the largest value of a row being 127.
void quantise(const float *x, std::int8_t *out, float *rowScale, std::size_t rows,
              std::size_t width);
void quantise(const Bf16 *x, std::int8_t *out, float *rowScale, std::size_t rows,
              std::size_t width);

/// Each row to integers of 16 bits, an odd last one with a zero beside it: out = x / rowScale,
/// rounded, as large as may be, but the row no longer than `longest`.
void toPairs(const float *x, Pair *out, float *rowScale, std::size_t rows, std::size_t width,
             float longest);

/// Each row to unsigned bytes, eight at a time, the last of them zeros where it ends before:
/// out = (x - rowLowest) / rowScale, rounded, the largest value of a row being 255.
void toQuads(const float *x, Quad *out, float *rowScale, float *rowLowest, std::size_t rows,
             std::size_t width);

/// gelu(raw * rowScale + bias), by erf as BERT has it, quantised; `rowScale` is replaced.
void geluAndQuantise(float *raw, float *rowScale, const float *bias, std::int8_t *out,
                     std::size_t rows, std::size_t width);

/// exp(scale * (score - largest)) of the first `count` scores of each row into `out`, zero in the
/// others of `stride`, a multiple of 16; each row's sum into `sums`.
void exponentials(const float *scores, std::size_t rows, std::size_t count, std::size_t stride,
                  float scale, float *out, float *sums);
void exponentials(const float *scores, std::size_t rows, std::size_t count, std::size_t stride,
                  float scale, Bf16 *out, float *sums);

/// out = x / sums[row], rows of `width` that are `outStride` apart.
void divideRows(const float *x, const float *sums, std::size_t rows, std::size_t width, float *out,
                std::size_t outStride);
void divideRows(const float *x, const float *sums, std::size_t rows, std::size_t width, Bf16 *out,
                std::size_t outStride);

/// True when no value is NaN or infinite.
[[nodiscard]] bool areFinite(const float *x, std::size_t count);

/// The mean of `rows` rows of `width`.
void mean(const float *x, std::size_t rows, std::size_t width, float *out);

/// Scales a row to length 1; one of length 0 stays.
void normaliseLength(float *x, std::size_t width);

} // namespace TorchLift::Kernels
