#include "embedding/module/kernels.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <type_traits>

#define TORCHLIFT_BODY "embedding/module/kernelsbody.h"
#include "base/foreachprocessor.h"

namespace TorchLift::Kernels {

void addAndNormalise(float *x, const float *delta, std::size_t rows, std::size_t width,
                     const LayerNorm &norm)
{
    TORCHLIFT_CHOSEN(addAndNormaliseExactly)(x, delta, rows, width, norm);
}

void addAndNormalise(float *x, const Bf16 *delta, Bf16 *copy, std::size_t rows, std::size_t width,
                     const LayerNorm &norm)
{
    TORCHLIFT_CHOSEN(addAndNormalise)(x, delta, copy, rows, width, norm);
}

void addScaledAndNormalise(float *x, const float *raw, const float *rowScale, const float *bias,
                           Bf16 *copy, std::size_t rows, std::size_t width, const LayerNorm &norm)
{
    TORCHLIFT_CHOSEN(addScaledAndNormalise)(x, raw, rowScale, bias, copy, rows, width, norm);
}

void toPairs(const float *x, Pair *out, float *rowScale, std::size_t rows, std::size_t width,
             float longest)
{
    TORCHLIFT_CHOSEN(toPairs)(x, out, rowScale, rows, width, longest);
}

void toQuads(const float *x, Quad *out, float *rowScale, float *rowLowest, std::size_t rows,
             std::size_t width)
{
    TORCHLIFT_CHOSEN(toQuads)(x, out, rowScale, rowLowest, rows, width);
}

void quantise(const float *x, std::int8_t *out, float *rowScale, std::size_t rows,
              std::size_t width)
{
    TORCHLIFT_CHOSEN(quantise<float>)(x, out, rowScale, rows, width);
}

void quantise(const Bf16 *x, std::int8_t *out, float *rowScale, std::size_t rows, std::size_t width)
{
    TORCHLIFT_CHOSEN(quantise<Bf16>)(x, out, rowScale, rows, width);
}

void geluAndQuantise(float *raw, float *rowScale, const float *bias, std::int8_t *out,
                     std::size_t rows, std::size_t width)
{
    TORCHLIFT_CHOSEN(geluAndQuantise)(raw, rowScale, bias, out, rows, width);
}

void exponentials(const float *scores, std::size_t rows, std::size_t count, std::size_t stride,
                  float scale, float *out, float *sums)
{
    TORCHLIFT_CHOSEN(exponentials<float>)(scores, rows, count, stride, scale, out, sums);
}

void exponentials(const float *scores, std::size_t rows, std::size_t count, std::size_t stride,
                  float scale, Bf16 *out, float *sums)
{
    TORCHLIFT_CHOSEN(exponentials<Bf16>)(scores, rows, count, stride, scale, out, sums);
}

void divideRows(const float *x, const float *sums, std::size_t rows, std::size_t width, float *out,
                std::size_t outStride)
{
    TORCHLIFT_CHOSEN(divideRows<float>)(x, sums, rows, width, out, outStride);
}

void divideRows(const float *x, const float *sums, std::size_t rows, std::size_t width, Bf16 *out,
                std::size_t outStride)
{
    TORCHLIFT_CHOSEN(divideRows<Bf16>)(x, sums, rows, width, out, outStride);
}

bool areFinite(const float *x, std::size_t count)
{
    return TORCHLIFT_CHOSEN(areFinite)(x, count);
}

void mean(const float *x, std::size_t rows, std::size_t width, float *out)
{
    for (std::size_t i = 0; i < width; ++i) {
        out[i] = 0;
    }
    for (std::size_t row = 0; row < rows; ++row) {
        for (std::size_t i = 0; i < width; ++i) {
            out[i] += x[row * width + i];
        }
    }
    for (std::size_t i = 0; i < width; ++i) {
        out[i] /= static_cast<float>(rows);
    }
}

void normaliseLength(float *x, std::size_t width)
{
    double squares = 0;
    for (std::size_t i = 0; i < width; ++i) {
        squares += static_cast<double>(x[i]) * static_cast<double>(x[i]);
    }
    const auto length = static_cast<float>(std::sqrt(squares));
    for (std::size_t i = 0; i < width && length > 0; ++i) {
        x[i] /= length;
    }
}

} // namespace TorchLift::Kernels
