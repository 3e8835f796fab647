#include "embedding/module/kernels.h"

#include <bit>
#include <cmath>

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

template <typename Delta>
[[gnu::always_inline]] inline void addAndNormaliseRow(float *x, const Delta *delta, Bf16 *copy,
                                                      std::size_t width, const LayerNorm &norm)
{
    float sum = 0;
#pragma omp simd reduction(+ : sum)
    for (std::size_t i = 0; i < width; ++i) {
        x[i] += toFloat(delta[i]);
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
        addAndNormaliseRow(x + row * width, delta + row * width, nullptr, width, norm);
    }
}

TORCHLIFT_CLONES
void addAndNormalise(float *x, const Bf16 *delta, Bf16 *copy, std::size_t rows, std::size_t width,
                     const LayerNorm &norm)
{
    for (std::size_t row = 0; row < rows; ++row) {
        addAndNormaliseRow(x + row * width, delta + row * width, copy + row * width, width, norm);
    }
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
