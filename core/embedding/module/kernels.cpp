#include "embedding/module/kernels.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <type_traits>

// One copy for each instruction set, chosen when the module is loaded.
#if defined(__x86_64__) && !defined(__SANITIZE_ADDRESS__)
#define TORCHLIFT_CLONES                                                                           \
    __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define TORCHLIFT_CLONES
#endif

namespace TorchLift::Kernels {

namespace {

[[gnu::always_inline]] inline float toFloat(float x)
{
    return x;
}

[[gnu::always_inline]] inline float toFloat(Bf16 x)
{
    return std::bit_cast<float>(static_cast<std::uint32_t>(x) << 16U);
}

[[gnu::always_inline]] inline Bf16 rounded(float x)
{
    const auto bits = std::bit_cast<std::uint32_t>(x);
    return static_cast<Bf16>((bits + 0x7FFFU + ((bits >> 16U) & 1U)) >> 16U);
}

template <typename T>
[[gnu::always_inline]] inline T fromFloat(float x)
{
    if constexpr (std::is_same_v<T, Bf16>) {
        return rounded(x);
    } else {
        return x;
    }
}

// exp(x) for x <= 0 to within 2e-7 of itself (Cephes' polynomial), without a branch.
[[gnu::always_inline]] inline float expNonPositive(float x)
{
    constexpr float log2e = 1.44269504F;
    constexpr float magic = 12582912.0F; // 1.5 * 2^23: adding it rounds to a whole number
    x = x < -87.0F ? -87.0F : x;
    const float shifted = x * log2e + magic;
    const float whole = shifted - magic;
    const float r = (x - whole * 0.693359375F) + whole * 2.12194440e-4F;
    float p = 1.9875691500e-4F;
    p = p * r + 1.3981999507e-3F;
    p = p * r + 8.3334519073e-3F;
    p = p * r + 4.1665795894e-2F;
    p = p * r + 1.6666665459e-1F;
    p = p * r + 5.0000001201e-1F;
    p = p * r * r + r + 1.0F;
    const std::uint32_t power = (std::bit_cast<std::uint32_t>(shifted) << 23U) + 0x3F800000U;
    return p * std::bit_cast<float>(power);
}

// 0.5 x (1 + erf(x / sqrt 2)), erf to within 2e-7 (Abramowitz and Stegun, 7.1.26).
[[gnu::always_inline]] inline float gelu(float x)
{
    const float z = std::fabs(x) * 0.70710678F;
    const float t = 1.0F / (1.0F + 0.3275911F * z);
    float p = 1.061405429F;
    p = p * t - 1.453152027F;
    p = p * t + 1.421413741F;
    p = p * t - 0.284496736F;
    p = p * t + 0.254829592F;
    const float tail = p * t * expNonPositive(-z * z); // 1 - erf(z)
    return 0.5F * x * (x < 0 ? tail : 2.0F - tail);
}

template <typename T>
[[gnu::always_inline]] inline float quantiseRow(const T *x, std::int8_t *out, std::size_t width)
{
    float largest = 0;
#pragma omp simd reduction(max : largest)
    for (std::size_t i = 0; i < width; ++i) {
        const float size = std::fabs(toFloat(x[i]));
        largest = largest < size ? size : largest;
    }
    const float factor = largest > 0 ? 127.0F / largest : 0.0F;
    constexpr float magic = 12582912.0F;
#pragma omp simd
    for (std::size_t i = 0; i < width; ++i) {
        const float shifted = toFloat(x[i]) * factor + magic; // rounds; the low byte is the number
        out[i] = static_cast<std::int8_t>(std::bit_cast<std::uint32_t>(shifted) & 0xFFU);
    }
    return largest / 127.0F;
}

template <typename T>
[[gnu::always_inline]] inline void exponentialsOf(const float *scores, std::size_t rows,
                                                  std::size_t count, std::size_t stride,
                                                  float scale, T *out, float *sums)
{
    for (std::size_t row = 0; row < rows; ++row, scores += stride, out += stride) {
        float largest = scores[0];
#pragma omp simd reduction(max : largest)
        for (std::size_t i = 0; i < count; ++i) {
            largest = largest < scores[i] ? scores[i] : largest;
        }
        float sum = 0;
#pragma omp simd reduction(+ : sum)
        for (std::size_t i = 0; i < count; ++i) {
            const float value = expNonPositive((scores[i] - largest) * scale);
            sum += value;
            out[i] = fromFloat<T>(value);
        }
        std::fill(out + count, out + stride, T{});
        sums[row] = sum;
    }
}

template <typename T>
[[gnu::always_inline]] inline void divideRowsOf(const float *x, const float *sums, std::size_t rows,
                                                std::size_t width, T *out, std::size_t outStride)
{
    for (std::size_t row = 0; row < rows; ++row, x += width, out += outStride) {
        const float factor = 1.0F / sums[row];
#pragma omp simd
        for (std::size_t i = 0; i < width; ++i) {
            out[i] = fromFloat<T>(x[i] * factor);
        }
    }
}

template <typename Delta>
[[gnu::always_inline]] inline void addAndNormaliseRow(float *x, const Delta *delta, float factor,
                                                      Bf16 *copy, std::size_t width,
                                                      const LayerNorm &norm)
{
    float sum = 0;
#pragma omp simd reduction(+ : sum)
    for (std::size_t i = 0; i < width; ++i) {
        x[i] += toFloat(delta[i]) * factor;
        sum += x[i];
    }
    const float mean = sum / static_cast<float>(width);
    float squares = 0;
#pragma omp simd reduction(+ : squares)
    for (std::size_t i = 0; i < width; ++i) {
        squares += (x[i] - mean) * (x[i] - mean);
    }
    const float scale = 1.0F / std::sqrt(squares / static_cast<float>(width) + norm.epsilon);
#pragma omp simd
    for (std::size_t i = 0; i < width; ++i) {
        x[i] = (x[i] - mean) * scale * norm.scale[i] + norm.shift[i];
    }
    if (copy != nullptr) {
#pragma omp simd
        for (std::size_t i = 0; i < width; ++i) {
            copy[i] = rounded(x[i]);
        }
    }
}

} // namespace

TORCHLIFT_CLONES
void addAndNormalise(float *x, const float *delta, std::size_t rows, std::size_t width,
                     const LayerNorm &norm)
{
    for (std::size_t row = 0; row < rows; ++row) {
        addAndNormaliseRow(x + row * width, delta + row * width, 1.0F, nullptr, width, norm);
    }
}

TORCHLIFT_CLONES
void addAndNormalise(float *x, const Bf16 *delta, Bf16 *copy, std::size_t rows, std::size_t width,
                     const LayerNorm &norm)
{
    for (std::size_t row = 0; row < rows; ++row) {
        addAndNormaliseRow(x + row * width, delta + row * width, 1.0F, copy + row * width, width,
                           norm);
    }
}

TORCHLIFT_CLONES
void addScaledAndNormalise(float *x, const float *raw, const float *rowScale, const float *bias,
                           Bf16 *copy, std::size_t rows, std::size_t width, const LayerNorm &norm)
{
    for (std::size_t row = 0; row < rows; ++row, x += width, raw += width, copy += width) {
#pragma omp simd
        for (std::size_t i = 0; i < width; ++i) {
            x[i] += bias[i];
        }
        addAndNormaliseRow(x, raw, rowScale[row], copy, width, norm);
    }
}

TORCHLIFT_CLONES
void quantise(const float *x, std::int8_t *out, float *rowScale, std::size_t rows,
              std::size_t width)
{
    for (std::size_t row = 0; row < rows; ++row) {
        rowScale[row] = quantiseRow(x + row * width, out + row * width, width);
    }
}

TORCHLIFT_CLONES
void quantise(const Bf16 *x, std::int8_t *out, float *rowScale, std::size_t rows, std::size_t width)
{
    for (std::size_t row = 0; row < rows; ++row) {
        rowScale[row] = quantiseRow(x + row * width, out + row * width, width);
    }
}

TORCHLIFT_CLONES
void geluAndQuantise(float *raw, float *rowScale, const float *bias, std::int8_t *out,
                     std::size_t rows, std::size_t width)
{
    for (std::size_t row = 0; row < rows; ++row, raw += width, out += width) {
        const float scale = rowScale[row];
#pragma omp simd
        for (std::size_t i = 0; i < width; ++i) {
            raw[i] = gelu(raw[i] * scale + bias[i]);
        }
        rowScale[row] = quantiseRow(raw, out, width);
    }
}

TORCHLIFT_CLONES
void exponentials(const float *scores, std::size_t rows, std::size_t count, std::size_t stride,
                  float scale, float *out, float *sums)
{
    exponentialsOf(scores, rows, count, stride, scale, out, sums);
}

TORCHLIFT_CLONES
void exponentials(const float *scores, std::size_t rows, std::size_t count, std::size_t stride,
                  float scale, Bf16 *out, float *sums)
{
    exponentialsOf(scores, rows, count, stride, scale, out, sums);
}

TORCHLIFT_CLONES
void divideRows(const float *x, const float *sums, std::size_t rows, std::size_t width, float *out,
                std::size_t outStride)
{
    divideRowsOf(x, sums, rows, width, out, outStride);
}

TORCHLIFT_CLONES
void divideRows(const float *x, const float *sums, std::size_t rows, std::size_t width, Bf16 *out,
                std::size_t outStride)
{
    divideRowsOf(x, sums, rows, width, out, outStride);
}

TORCHLIFT_CLONES
bool areFinite(const float *x, std::size_t count)
{
    constexpr std::uint32_t exponent = 0x7F800000U; // all ones: NaN or infinite
    std::uint32_t bad = 0;
    for (std::size_t i = 0; i < count; ++i) {
        bad |= (std::bit_cast<std::uint32_t>(x[i]) & exponent) == exponent ? 1U : 0U;
    }
    return bad == 0;
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
