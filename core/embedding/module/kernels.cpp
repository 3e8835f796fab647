#include "embedding/module/kernels.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
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

// Sixteen numbers at once, halved or quartered where there is no AVX-512. Written out, since the
// compiler's own vectors of the loops below take both ways of each choice, half as wide.
using Lanes = float __attribute__((vector_size(64)));
using Bits = std::uint32_t __attribute__((vector_size(64)));
using Halves = Bf16 __attribute__((vector_size(32)));
constexpr std::size_t kLanes = 16;
constexpr float kLog2e = 1.44269504F;
constexpr float kRounding = 12582912.0F; // 1.5 * 2^23: adding it rounds to a whole number
constexpr Lanes kIndex = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

// x = exp(x) for x <= 0 to within 2e-7 of itself (Cephes' polynomial). `V` is Lanes or float,
// `U` the same number of integers
// (std::bit_cast would be a call that returns a vector, by another ABI in each copy).
template <typename U, typename V>
[[gnu::always_inline]] inline void expNonPositive(V &x)
{
    constexpr float lowest = -87.0F;
    x = x < lowest ? V{} + lowest : x;
    const V shifted = x * kLog2e + kRounding;
    const V whole = shifted - kRounding;
    const V r = (x - whole * 0.693359375F) + whole * 2.12194440e-4F;
    V p = r * 1.9875691500e-4F + 1.3981999507e-3F;
    p = p * r + 8.3334519073e-3F;
    p = p * r + 4.1665795894e-2F;
    p = p * r + 1.6666665459e-1F;
    p = p * r + 5.0000001201e-1F;
    p = p * r * r + r + 1.0F;
    const U power = (__builtin_bit_cast(U, shifted) << 23U) + 0x3F800000U;
    x = p * __builtin_bit_cast(V, power);
}

// x = 0.5 x (1 + erf(x / sqrt 2)), erf to within 2e-7 (Abramowitz and Stegun, 7.1.26).
template <typename U, typename V>
[[gnu::always_inline]] inline void gelu(V &x)
{
    const U magnitude = __builtin_bit_cast(U, x) & 0x7FFFFFFFU;
    const V size = __builtin_bit_cast(V, magnitude);
    const V z = size * 0.70710678F;
    const V t = 1.0F / (z * 0.3275911F + 1.0F);
    V p = t * 1.061405429F - 1.453152027F;
    p = p * t + 1.421413741F;
    p = p * t - 0.284496736F;
    p = p * t + 0.254829592F;
    V tail = z * -z;
    expNonPositive<U>(tail);
    tail = p * t * tail; // 1 - erf(z)
    x = x * 0.5F * (x < 0.0F ? tail : 2.0F - tail);
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
#pragma omp simd
    for (std::size_t i = 0; i < width; ++i) {
        const float shifted =
            toFloat(x[i]) * factor + kRounding; // rounds; the low byte is the number
        out[i] = static_cast<std::int8_t>(std::bit_cast<std::uint32_t>(shifted) & 0xFFU);
    }
    return largest / 127.0F;
}

// Lanes put together by halves: one after the other would wait fifteen times.
[[gnu::always_inline]] inline float largestOf(const Lanes &x)
{
    const auto a = __builtin_shufflevector(x, x, 0, 1, 2, 3, 4, 5, 6, 7);
    const auto b = __builtin_shufflevector(x, x, 8, 9, 10, 11, 12, 13, 14, 15);
    const auto eight = a < b ? b : a;
    const auto c = __builtin_shufflevector(eight, eight, 0, 1, 2, 3);
    const auto d = __builtin_shufflevector(eight, eight, 4, 5, 6, 7);
    const auto four = c < d ? d : c;
    return std::max(std::max(four[0], four[1]), std::max(four[2], four[3]));
}

[[gnu::always_inline]] inline float sumOf(const Lanes &x)
{
    const auto eight = __builtin_shufflevector(x, x, 0, 1, 2, 3, 4, 5, 6, 7)
                       + __builtin_shufflevector(x, x, 8, 9, 10, 11, 12, 13, 14, 15);
    const auto four = __builtin_shufflevector(eight, eight, 0, 1, 2, 3)
                      + __builtin_shufflevector(eight, eight, 4, 5, 6, 7);
    return (four[0] + four[2]) + (four[1] + four[3]);
}

[[gnu::always_inline]] inline void storeExponentials(Lanes &x, float *out)
{
    expNonPositive<Bits>(x);
    std::memcpy(out, &x, sizeof x);
}

// For bf16 a polynomial of degree 3 does (minimax for 2^r in relative error, 1e-4): what rounding
// to bf16 leaves is forty times that. Halves are rounded up, not to even.
[[gnu::always_inline]] inline void storeExponentials(Lanes &x, Bf16 *out)
{
    constexpr float lowest = -125.0F;
    x = x * kLog2e;
    x = x < lowest ? Lanes{} + lowest : x;
    const Lanes shifted = x + kRounding;
    const Lanes r = x - (shifted - kRounding);
    Lanes p = r * 0.05500893F + 0.24221096F;
    p = p * r + 0.69328293F;
    p = p * r + 1.0F;
    const Bits power = __builtin_bit_cast(Bits, p) + (__builtin_bit_cast(Bits, shifted) << 23U);
    x = __builtin_bit_cast(Lanes, power);
    const auto halves = __builtin_convertvector((power + 0x8000U) >> 16U, Halves);
    std::memcpy(out, &halves, sizeof halves);
}

template <typename T>
[[gnu::always_inline]] inline void exponentialsOf(const float *scores, std::size_t rows,
                                                  std::size_t count, std::size_t stride,
                                                  float scale, T *out, float *sums)
{
    const std::size_t whole = (count - 1) / kLanes * kLanes; // the last vector may be a part of one
    const auto inLast = static_cast<float>(count - whole);
    for (std::size_t row = 0; row < rows; ++row, scores += stride, out += stride) {
        Lanes x;
        std::memcpy(&x, scores + whole, sizeof x);
        Lanes most = kIndex < inLast ? x : Lanes{} + scores[0];
        for (std::size_t i = 0; i < whole; i += kLanes) {
            std::memcpy(&x, scores + i, sizeof x);
            most = most < x ? x : most;
        }
        const float shift = -largestOf(most) * scale;
        Lanes sum{};
        for (std::size_t i = 0; i < whole; i += kLanes) {
            std::memcpy(&x, scores + i, sizeof x);
            x = x * scale + shift;
            storeExponentials(x, out + i);
            sum += x;
        }
        std::memcpy(&x, scores + whole, sizeof x);
        x = x * scale + shift;
        storeExponentials(x, out + whole);
        sum += kIndex < inLast ? x : Lanes{};
        std::fill(out + count, out + stride, T{});
        sums[row] = sumOf(sum);
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
        std::size_t i = 0;
        for (; i + kLanes <= width; i += kLanes) {
            Lanes x;
            Lanes shift;
            std::memcpy(&x, raw + i, sizeof x);
            std::memcpy(&shift, bias + i, sizeof shift);
            x = x * scale + shift;
            gelu<Bits>(x);
            std::memcpy(raw + i, &x, sizeof x);
        }
        for (; i < width; ++i) {
            raw[i] = raw[i] * scale + bias[i];
            gelu<std::uint32_t>(raw[i]);
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
