// The steps of kernels.h for one instruction set: see foreachprocessor.h.

[[gnu::always_inline]] static inline float toFloat(float x)
{
    return x;
}

[[gnu::always_inline]] static inline float toFloat(Bf16 x)
{
    return std::bit_cast<float>(static_cast<std::uint32_t>(x) << 16U);
}

[[gnu::always_inline]] static inline Bf16 rounded(float x)
{
    const auto bits = std::bit_cast<std::uint32_t>(x);
    return static_cast<Bf16>((bits + 0x7FFFU + ((bits >> 16U) & 1U)) >> 16U);
}

template <typename T>
[[gnu::always_inline]] static inline T fromFloat(float x)
{
    if constexpr (std::is_same_v<T, Bf16>) {
        return rounded(x);
    } else {
        return x;
    }
}

template <typename T>
static float quantiseRow(const T *x, std::int8_t *out, std::size_t width)
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

template <typename T>
static void quantise(const T *x, std::int8_t *out, float *rowScale, std::size_t rows,
                     std::size_t width)
{
    for (std::size_t row = 0; row < rows; ++row) {
        rowScale[row] = quantiseRow(x + row * width, out + row * width, width);
    }
}

// Numbers of up to 16 bits, rounded; they are those below.
[[gnu::always_inline]] static inline void storeHalves(const Floats &x, Pair *out)
{
    const auto halves =
        __builtin_convertvector(__builtin_bit_cast(Bits, x + kRounding) & 0xFFFFU, Halves);
    std::memcpy(out, &halves, sizeof halves);
}

static void toPairs(const float *x, Pair *out, float *rowScale, std::size_t rows, std::size_t width,
                    float longest)
{
    constexpr float most = 32767;
    const std::size_t whole = width / kLanes * kLanes;
    const std::size_t pairs = (width + 1) / 2;
    for (std::size_t row = 0; row < rows; ++row, x += width, out += pairs) {
        float largest = 0;
        float squares = 0;
#pragma omp simd reduction(max : largest) reduction(+ : squares)
        for (std::size_t i = 0; i < width; ++i) {
            const float size = std::fabs(x[i]);
            largest = largest < size ? size : largest;
            squares += size * size;
        }
        rowScale[row] = std::max(largest / most, std::sqrt(squares) / longest);
        const float factor = rowScale[row] > 0 ? 1.0F / rowScale[row] : 0.0F;
        for (std::size_t i = 0; i < whole; i += kLanes) {
            storeHalves(load(x + i) * factor, out + i / 2);
        }
        if (whole < width) {
            float rest[kLanes] = {};
            Pair aside[kLanes / 2];
            std::copy(x + whole, x + width, rest);
            storeHalves(load(rest) * factor, aside);
            std::copy_n(aside, pairs - whole / 2, out + whole / 2);
        }
    }
}

static void toQuads(const float *x, Quad *out, float *rowScale, float *rowLowest, std::size_t rows,
                    std::size_t width)
{
    const std::size_t padded = (width + 7) / 8 * 8;
    auto *bytes = reinterpret_cast<std::uint8_t *>(out);
    for (std::size_t row = 0; row < rows; ++row, x += width, bytes += padded) {
        float lowest = x[0];
        float largest = x[0];
#pragma omp simd reduction(min : lowest) reduction(max : largest)
        for (std::size_t i = 0; i < width; ++i) {
            lowest = x[i] < lowest ? x[i] : lowest;
            largest = largest < x[i] ? x[i] : largest;
        }
        rowLowest[row] = lowest;
        rowScale[row] = (largest - lowest) / 255.0F;
        const float factor = rowScale[row] > 0 ? 1.0F / rowScale[row] : 0.0F;
#pragma omp simd
        for (std::size_t i = 0; i < width; ++i) {
            const float shifted = (x[i] - lowest) * factor + kRounding;
            bytes[i] = static_cast<std::uint8_t>(std::bit_cast<std::uint32_t>(shifted) & 0xFFU);
        }
        std::fill(bytes + width, bytes + padded, std::uint8_t{0});
    }
}

static void geluAndQuantise(float *raw, float *rowScale, const float *bias, std::int8_t *out,
                            std::size_t rows, std::size_t width)
{
    for (std::size_t row = 0; row < rows; ++row, raw += width, out += width) {
        std::size_t i = 0;
        for (; i + kLanes <= width; i += kLanes) {
            store(raw + i, gelu(load(raw + i) * rowScale[row] + load(bias + i)));
        }
        for (; i < width; ++i) {
            raw[i] = gelu(spread(raw[i] * rowScale[row] + bias[i]))[0];
        }
        rowScale[row] = quantiseRow(raw, out, width);
    }
}

// 2^x for x <= 0, from `p` = 2^r and x rounded: r is what rounding left.
[[gnu::always_inline]] static inline Bits withExponent(const Floats &p, const Floats &shifted)
{
    return __builtin_bit_cast(Bits, p) + (__builtin_bit_cast(Bits, shifted) << 23U);
}

// By a polynomial of degree 5 (minimax for 2^r in relative error, 1e-7).
[[gnu::always_inline]] static inline Floats storeExponential(const Floats &x, float *out)
{
    const Floats shifted = x + kRounding;
    const Floats r = x - (shifted - kRounding);
    Floats p = r * 1.326472615e-3F + 9.671512991e-3F;
    p = p * r + 5.550733581e-2F;
    p = p * r + 2.402224243e-1F;
    p = p * r + 6.931470037e-1F;
    p = p * r + 1.0F;
    const Floats result = __builtin_bit_cast(Floats, withExponent(p, shifted));
    store(out, result);
    return result;
}

// For bf16 degree 3 does (1e-4): what rounding to bf16 leaves is forty times that. Halves are
// rounded up, not to even.
[[gnu::always_inline]] static inline Floats storeExponential(const Floats &x, Bf16 *out)
{
    const Floats shifted = x + kRounding;
    const Floats r = x - (shifted - kRounding);
    Floats p = r * 0.05500893F + 0.24221096F;
    p = p * r + 0.69328293F;
    p = p * r + 1.0F;
    const Bits power = withExponent(p, shifted);
    const auto halves = __builtin_convertvector((power + 0x8000U) >> 16U, Halves);
    std::memcpy(out, &halves, sizeof halves);
    return __builtin_bit_cast(Floats, power);
}

template <typename T>
static void exponentials(const float *scores, std::size_t rows, std::size_t count,
                         std::size_t stride, float scale, T *out, float *sums)
{
    const std::size_t whole = (count - 1) / kLanes * kLanes; // the last vector may be a part of one
    float places[kLanes];
    for (std::size_t i = 0; i < kLanes; ++i) {
        places[i] = static_cast<float>(whole + i);
    }
    const auto isCounted = load(places) < static_cast<float>(count);
    const float factor = scale * 1.44269504F; // to powers of 2
    const auto powers = [&](const float *from, T *to, float shift) __attribute__((always_inline))
    {
        constexpr float lowest = -125; // below, powers have no exponent
        const Floats x = load(from) * factor + shift;
        return storeExponential(x < lowest ? spread(lowest) : x, to);
    };
    for (std::size_t row = 0; row < rows; ++row, scores += stride, out += stride) {
        Floats most = isCounted ? load(scores + whole) : spread(scores[0]);
        for (std::size_t i = 0; i < whole; i += kLanes) {
            const Floats x = load(scores + i);
            most = most < x ? x : most;
        }
        const float shift = -largestOf(most) * factor;
        Floats sum{};
        for (std::size_t i = 0; i < whole; i += kLanes) {
            sum += powers(scores + i, out + i, shift);
        }
        const Floats last = powers(scores + whole, out + whole, shift);
        sum += isCounted ? last : Floats{};
        std::fill(out + count, out + stride, T{});
        sums[row] = sumOf(sum);
    }
}

template <typename T>
static void divideRows(const float *x, const float *sums, std::size_t rows, std::size_t width,
                       T *out, std::size_t outStride)
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
[[gnu::always_inline]] static inline void
addAndNormaliseRow(float *x, const Delta *delta, float factor, Bf16 *copy, std::size_t width,
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

static void addAndNormaliseExactly(float *x, const float *delta, std::size_t rows,
                                   std::size_t width, const LayerNorm &norm)
{
    for (std::size_t row = 0; row < rows; ++row) {
        addAndNormaliseRow(x + row * width, delta + row * width, 1.0F, nullptr, width, norm);
    }
}

static void addAndNormalise(float *x, const Bf16 *delta, Bf16 *copy, std::size_t rows,
                            std::size_t width, const LayerNorm &norm)
{
    for (std::size_t row = 0; row < rows; ++row) {
        addAndNormaliseRow(x + row * width, delta + row * width, 1.0F, copy + row * width, width,
                           norm);
    }
}

static void addScaledAndNormalise(float *x, const float *raw, const float *rowScale,
                                  const float *bias, Bf16 *copy, std::size_t rows,
                                  std::size_t width, const LayerNorm &norm)
{
    for (std::size_t row = 0; row < rows; ++row, x += width, raw += width, copy += width) {
#pragma omp simd
        for (std::size_t i = 0; i < width; ++i) {
            x[i] += bias[i];
        }
        addAndNormaliseRow(x, raw, rowScale[row], copy, width, norm);
    }
}
