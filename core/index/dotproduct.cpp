#include "index/dotproduct.h"

#include <bit>
#include <cstdint>
#include <cstring>

// One copy for each instruction set, chosen at start (AddressSanitizer cannot run the choice).
#if defined(__x86_64__) && !defined(__SANITIZE_ADDRESS__)
#define TORCHLIFT_CLONES                                                                           \
    __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define TORCHLIFT_CLONES
#endif

namespace TorchLift {

namespace {

using Lanes =
    float __attribute__((vector_size(64))); // halved or quartered where there is no AVX-512
constexpr std::size_t kLanes = 16;

[[gnu::always_inline]] inline void addProducts(const float *a, const float *b, Lanes &sum)
{
    Lanes x;
    Lanes y;
    std::memcpy(&x, a, sizeof x);
    std::memcpy(&y, b, sizeof y);
    sum += x * y;
}

// Four sums: one alone would wait for each addition before the next.
[[gnu::always_inline]] inline float dot(const float *a, const float *b, std::size_t dimension)
{
    Lanes sums[4] = {};
    std::size_t i = 0;
    for (; i + 4 * kLanes <= dimension; i += 4 * kLanes) {
        addProducts(a + i, b + i, sums[0]);
        addProducts(a + i + kLanes, b + i + kLanes, sums[1]);
        addProducts(a + i + 2 * kLanes, b + i + 2 * kLanes, sums[2]);
        addProducts(a + i + 3 * kLanes, b + i + 3 * kLanes, sums[3]);
    }
    for (; i + kLanes <= dimension; i += kLanes) {
        addProducts(a + i, b + i, sums[0]);
    }
    const Lanes all = (sums[0] + sums[1]) + (sums[2] + sums[3]);
    // By halves: sixteen additions one after the other would take as long as all products.
    const auto eight = __builtin_shufflevector(all, all, 0, 1, 2, 3, 4, 5, 6, 7)
                       + __builtin_shufflevector(all, all, 8, 9, 10, 11, 12, 13, 14, 15);
    const auto four = __builtin_shufflevector(eight, eight, 0, 1, 2, 3)
                      + __builtin_shufflevector(eight, eight, 4, 5, 6, 7);
    float sum = (four[0] + four[2]) + (four[1] + four[3]);
    for (; i < dimension; ++i) {
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
    constexpr std::size_t ahead = 4; // rows: the memory is what this waits for
    for (std::size_t row = 0; row < out.size(); ++row) {
        const float *vector = vectors + row * dimension;
        for (std::size_t i = 0; i < dimension; i += kLanes) { // harmless beyond the end
            __builtin_prefetch(vector + ahead * dimension + i);
        }
        out[row] = dot(query, vector, dimension);
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
