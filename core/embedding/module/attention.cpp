#include "embedding/module/attention.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <exception>

#include <ATen/native/CPUBlas.h>
#include <ATen/ops/_scaled_dot_product_flash_attention_for_cpu.h>
#include <ATen/ops/empty.h>

#include "embedding/module/kernels.h"

namespace TorchLift {

namespace {

using Kernels::Bf16;

// Lengths are rounded up to this: each shape of a product is compiled once and kept.
constexpr std::size_t kStep = 32;
constexpr std::size_t kBlock = 32; // queries at once: their scores stay in the cache

std::size_t roundedUp(std::size_t count, std::size_t step)
{
    return (count + step - 1) / step * step;
}

// C [rows, columns] = A [rows, inner] B [inner, columns], B laid out by keysOf() or valuesOf().
void product(std::size_t rows, std::size_t columns, std::size_t inner, const float *a,
             const float *b, float *c)
{
    const auto [m, n, k] =
        std::array{std::int64_t(rows), std::int64_t(columns), std::int64_t(inner)};
    at::native::cpublas::brgemm(m, n, k, k, n, n, false, a, b, c, false);
}

void product(std::size_t rows, std::size_t columns, std::size_t inner, const Bf16 *a, const Bf16 *b,
             float *c)
{
    const auto [m, n, k] =
        std::array{std::int64_t(rows), std::int64_t(columns), std::int64_t(inner)};
    at::native::cpublas::brgemm(m, n, k, k, n, n, false, reinterpret_cast<const at::BFloat16 *>(a),
                                reinterpret_cast<const at::BFloat16 *>(b), c, true);
}

// What one thread reuses from head to head.
template <typename T>
struct Scratch
{
    std::vector<T> queries;
    std::vector<T> keys;
    std::vector<T> values;
    std::vector<T> weights;
    std::vector<float> scores;
    std::vector<float> result;
    std::vector<float> sums;

    void fit(std::size_t length, std::size_t width)
    {
        queries.resize(kBlock * width);
        keys.resize(length * width);
        values.resize(length * width);
        weights.resize(kBlock * length);
        scores.resize(kBlock * length);
        result.resize(kBlock * width);
        sums.resize(kBlock);
    }
};

// Keys [length, width] turned over, padded with zeros: [width, padded]; in bf16 two rows side by
// side, as the product wants its right factor.
void keysOf(const float *from, std::size_t stride, std::size_t length, std::size_t padded,
            std::size_t width, float *to)
{
    for (std::size_t i = 0; i < width; ++i) {
        for (std::size_t token = 0; token < length; ++token) {
            to[i * padded + token] = from[token * stride + i];
        }
        std::fill(to + i * padded + length, to + (i + 1) * padded, 0.0F);
    }
}

void keysOf(const Bf16 *from, std::size_t stride, std::size_t length, std::size_t padded,
            std::size_t width, Bf16 *to)
{
    for (std::size_t token = 0; token < padded; ++token) {
        for (std::size_t i = 0; i < width; i += 2) {
            std::uint32_t pair = 0;
            if (token < length) {
                std::memcpy(&pair, from + token * stride + i, sizeof pair);
            }
            std::memcpy(to + i * padded + 2 * token, &pair, sizeof pair);
        }
    }
}

void valuesOf(const float *from, std::size_t stride, std::size_t length, std::size_t padded,
              std::size_t width, float *to)
{
    for (std::size_t token = 0; token < length; ++token) {
        std::copy_n(from + token * stride, width, to + token * width);
    }
    std::fill(to + length * width, to + padded * width, 0.0F);
}

void valuesOf(const Bf16 *from, std::size_t stride, std::size_t length, std::size_t padded,
              std::size_t width, Bf16 *to)
{
    for (std::size_t token = 0; token < padded; token += 2) {
        const Bf16 *first = from + token * stride;
        const Bf16 *second = first + stride;
        Bf16 *pairs = to + token * width;
        for (std::size_t i = 0; i < width; ++i) {
            pairs[2 * i] = token < length ? first[i] : Bf16(0);
            pairs[2 * i + 1] = token + 1 < length ? second[i] : Bf16(0);
        }
    }
}

template <typename T>
void attendHead(const T *queries, std::size_t length, std::size_t width, std::size_t stride,
                std::size_t hidden, T *out, Scratch<T> &scratch)
{
    const std::size_t padded = roundedUp(length, kStep);
    scratch.fit(padded, width);
    keysOf(queries + hidden, stride, length, padded, width, scratch.keys.data());
    valuesOf(queries + 2 * hidden, stride, length, padded, width, scratch.values.data());
    const float scale = 1.0F / std::sqrt(static_cast<float>(width));
    for (std::size_t first = 0; first < length; first += kBlock) {
        const std::size_t count = std::min(kBlock, length - first);
        const std::size_t rows = roundedUp(count, kStep);
        for (std::size_t row = 0; row < count; ++row) {
            std::copy_n(queries + (first + row) * stride, width, &scratch.queries[row * width]);
        }
        std::fill(scratch.queries.begin() + std::ptrdiff_t(count * width),
                  scratch.queries.begin() + std::ptrdiff_t(rows * width), T{});
        product(rows, padded, width, scratch.queries.data(), scratch.keys.data(),
                scratch.scores.data());
        Kernels::exponentials(scratch.scores.data(), count, length, padded, scale,
                              scratch.weights.data(), scratch.sums.data());
        product(rows, width, padded, scratch.weights.data(), scratch.values.data(),
                scratch.result.data());
        Kernels::divideRows(scratch.result.data(), scratch.sums.data(), count, width,
                            out + first * hidden, hidden);
    }
}

template <typename T>
void attendAll(const T *rows, const std::vector<std::size_t> &lengths, std::size_t heads,
               std::size_t hidden, T *out)
{
    thread_local Scratch<T> scratch;
    const std::size_t width = hidden / heads;
    for (const std::size_t length : lengths) {
        for (std::size_t head = 0; head < heads; ++head) {
            attendHead(rows + head * width, length, width, 3 * hidden, hidden, out + head * width,
                       scratch);
        }
        rows += length * 3 * hidden;
        out += length * hidden;
    }
    at::native::cpublas::brgemm_release(std::is_same_v<T, Bf16>);
}

// Tried once: a product of ones, in the layout that is used here.
template <typename T>
bool hasProducts(T one)
{
    try {
        const std::vector<T> a(kStep * kStep, one);
        std::vector<float> c(kStep * kStep);
        product(kStep, kStep, kStep, a.data(), a.data(), c.data());
        at::native::cpublas::brgemm_release(std::is_same_v<T, Bf16>);
        return std::all_of(c.begin(), c.end(), [](float x) { return x == float(kStep); });
    } catch (const std::exception &) {
        return false;
    }
}

bool isSmallProductType(at::ScalarType type)
{
    static const bool hasFp32 = hasProducts(1.0F);
    static const bool hasBf16 = hasProducts(Bf16(0x3F80));
    return type == at::kFloat ? hasFp32 : type == at::kBFloat16 && hasBf16;
}

void attendRuns(const at::Tensor &queryKeyValue, const std::vector<std::size_t> &lengths,
                std::int64_t heads, std::int64_t hidden, at::Tensor &out)
{
    std::int64_t row = 0;
    for (std::size_t first = 0; first < lengths.size();) {
        std::size_t last = first;
        while (last < lengths.size() && lengths[last] == lengths[first]) {
            ++last;
        }
        const auto count = static_cast<std::int64_t>(last - first);
        const auto length = static_cast<std::int64_t>(lengths[first]);
        const at::Tensor parts = queryKeyValue.narrow(0, row, count * length)
                                     .view({count, length, 3, heads, hidden / heads})
                                     .permute({2, 0, 3, 1, 4});
        const at::Tensor attended = std::get<0>(
            at::_scaled_dot_product_flash_attention_for_cpu(parts[0], parts[1], parts[2]));
        out.narrow(0, row, count * length)
            .view({count, length, heads, hidden / heads})
            .copy_(attended.transpose(1, 2));
        row += count * length;
        first = last;
    }
}

} // namespace

at::Tensor attend(const at::Tensor &queryKeyValue, const std::vector<std::size_t> &lengths,
                  std::size_t heads)
{
    const std::int64_t hidden = queryKeyValue.size(1) / 3;
    at::Tensor out = at::empty({queryKeyValue.size(0), hidden}, queryKeyValue.options());
    const auto width = static_cast<std::size_t>(hidden);
    if (width / heads % kStep != 0 || !isSmallProductType(queryKeyValue.scalar_type())) {
        attendRuns(queryKeyValue, lengths, static_cast<std::int64_t>(heads), hidden, out);
    } else if (queryKeyValue.scalar_type() == at::kFloat) {
        attendAll(queryKeyValue.const_data_ptr<float>(), lengths, heads, width,
                  out.mutable_data_ptr<float>());
    } else {
        attendAll(static_cast<const Bf16 *>(queryKeyValue.const_data_ptr()), lengths, heads, width,
                  static_cast<Bf16 *>(out.mutable_data_ptr()));
    }
    // Rows that only fill up are never read again, but must be finite for the norms.
    std::int64_t rows = 0;
    for (const std::size_t length : lengths) {
        rows += static_cast<std::int64_t>(length);
    }
    out.narrow(0, rows, out.size(0) - rows).zero_();
    return out;
}

} // namespace TorchLift
