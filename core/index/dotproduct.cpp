#include "index/dotproduct.h"

#include <bit>
#include <cstdint>

// One copy for each instruction set, chosen at start (AddressSanitizer cannot run the choice).
#if defined(__x86_64__) && !defined(__SANITIZE_ADDRESS__)
#define TORCHLIFT_CLONES                                                                           \
    __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define TORCHLIFT_CLONES
#endif

namespace TorchLift {

namespace {

[[gnu::always_inline]] inline float dot(const float *a, const float *b, std::size_t dimension)
{
    float sum = 0;
#pragma omp simd reduction(+ : sum)
    for (std::size_t i = 0; i < dimension; ++i) {
        sum += a[i] * b[i];
    }
    return sum;
}

} // namespace

TORCHLIFT_CLONES
float dotProduct(const float *a, const float *b, std::size_t dimension) noexcept
{
    return dot(a, b, dimension);
}

TORCHLIFT_CLONES
void dotProducts(const float *query, const float *vectors, std::size_t dimension,
                 std::span<float> out) noexcept
{
    for (std::size_t row = 0; row < out.size(); ++row) {
        out[row] = dot(query, vectors + row * dimension, dimension);
    }
}

TORCHLIFT_CLONES
bool areFinite(std::span<const float> values) noexcept
{
    constexpr std::uint32_t exponent = 0x7F800000U; // all ones: NaN or infinite
    std::uint32_t bad = 0;
    for (const float value : values) {
        bad |= (std::bit_cast<std::uint32_t>(value) & exponent) == exponent ? 1U : 0U;
    }
    return bad == 0;
}

} // namespace TorchLift
