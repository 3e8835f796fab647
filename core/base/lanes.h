// Vectors of GCC and Clang as wide as the processor's own, TORCHLIFT_LANES numbers, and what is
// computed with them. Written out, since the compiler's own vectors of loops take both ways of each
// choice, half as wide. No include guard: see foreachprocessor.h.

constexpr std::size_t kLanes = TORCHLIFT_LANES;
using Floats = float __attribute__((vector_size(4 * TORCHLIFT_LANES)));
using Ints = std::int32_t __attribute__((vector_size(4 * TORCHLIFT_LANES)));
using Bits = std::uint32_t __attribute__((vector_size(4 * TORCHLIFT_LANES)));
using Halves = Bf16 __attribute__((vector_size(2 * TORCHLIFT_LANES)));

[[maybe_unused]] constexpr float kRounding = 12582912.0F; // 1.5 * 2^23: adding it rounds

// The number in every lane. (Adding it to a vector of zeros would be an addition more.)
[[gnu::always_inline, maybe_unused]] static inline Floats spread(float x)
{
#if TORCHLIFT_LANES == 16
    return Floats{x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x};
#elif TORCHLIFT_LANES == 8
    return Floats{x, x, x, x, x, x, x, x};
#else
    return Floats{x, x, x, x};
#endif
}

[[gnu::always_inline, maybe_unused]] static inline Ints spread(std::int32_t x)
{
    return Ints{} + x;
}

[[gnu::always_inline, maybe_unused]] static inline Ints load(const std::int32_t *from)
{
    Ints x;
    std::memcpy(&x, from, sizeof x);
    return x;
}

[[gnu::always_inline, maybe_unused]] static inline void store(std::int32_t *to, const Ints &x)
{
    std::memcpy(to, &x, sizeof x);
}

[[gnu::always_inline, maybe_unused]] static inline Floats load(const float *from)
{
    Floats x;
    std::memcpy(&x, from, sizeof x);
    return x;
}

[[gnu::always_inline, maybe_unused]] static inline void store(float *to, const Floats &x)
{
    std::memcpy(to, &x, sizeof x);
}

// Put together by halves: one number after the other would wait for each step.
template <typename Combine>
[[gnu::always_inline]] static inline float combined(const Floats &x, Combine combine)
{
    float parts[kLanes];
    store(parts, x);
#pragma GCC unroll 4
    for (std::size_t half = kLanes / 2; half > 0; half /= 2) {
#pragma GCC unroll 8
        for (std::size_t i = 0; i < half; ++i) {
            parts[i] = combine(parts[i], parts[half + i]);
        }
    }
    return parts[0];
}

[[gnu::always_inline, maybe_unused]] static inline float sumOf(const Floats &x)
{
    return combined(x, [](float a, float b) { return a + b; });
}

[[gnu::always_inline, maybe_unused]] static inline float largestOf(const Floats &x)
{
    return combined(x, [](float a, float b) { return a < b ? b : a; });
}

// True when no value is NaN or infinite.
[[maybe_unused]] static bool areFinite(const float *x, std::size_t count)
{
    constexpr std::uint32_t exponent = 0x7F800000U; // all ones: NaN or infinite
    std::uint32_t bad = 0;
    for (std::size_t i = 0; i < count; ++i) {
        bad |= (std::bit_cast<std::uint32_t>(x[i]) & exponent) == exponent ? 1U : 0U;
    }
    return bad == 0;
}

// 0.5 x (1 + erf(x / sqrt 2)), erf to within 1.5e-7: a quotient of polynomials in x^2, fitted for
// the least largest error up to where erf is 1 in fp32.
[[gnu::always_inline, maybe_unused]] static inline Floats gelu(const Floats &x)
{
    constexpr float end = 5.6F;
    Floats y = x < end ? x : spread(end);
    y = y > -end ? y : spread(-end);
    const Floats t = y * y;
    Floats p = t * 4.429062628e-08F + 1.271307974e-05F;
    p = p * t + 3.477023856e-04F;
    p = p * t + 9.414524771e-03F;
    p = p * t + 6.875229627e-02F;
    p = p * t + 7.978844643e-01F;
    Floats q = t * 1.180212621e-06F + 7.510209252e-05F;
    q = q * t + 1.912980690e-03F;
    q = q * t + 2.894011140e-02F;
    q = q * t + 2.528339326e-01F;
    q = q * t + 1.0F;
    return x * 0.5F * (y * (p / q) + 1.0F);
}
