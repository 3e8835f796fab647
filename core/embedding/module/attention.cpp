#include "embedding/module/attention.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <exception>

#include <ATen/native/CPUBlas.h>
#include <ATen/ops/_scaled_dot_product_flash_attention_for_cpu.h>
#include <ATen/ops/empty.h>

#include "embedding/module/gemm.h"
#include "embedding/module/kernels.h"

namespace TorchLift {

namespace {

using Kernels::Bf16;

// How a head's products are computed: scores = queries keysᵀ and result = weights values. Scores
// and weights have rows of length() numbers.
template <typename T>
struct Products;

template <>
struct Products<float>
{
    static constexpr std::size_t kBlock = 36; // queries at once: their scores stay in the cache
    static std::size_t length(std::size_t tokens) { return roundedUp<std::size_t>(tokens, 16); }
    static std::size_t keysSize(std::size_t tokens, std::size_t width)
    {
        return Kernels::panelsSize(width, tokens);
    }
    static std::size_t valuesSize(std::size_t tokens, std::size_t width)
    {
        return Kernels::panelsSize(tokens, width);
    }
    static void layKeys(const float *from, std::size_t stride, std::size_t tokens,
                        std::size_t width, float *to)
    {
        Kernels::packColumns(from, stride, width, tokens, to);
    }
    static void layValues(const float *from, std::size_t stride, std::size_t tokens,
                          std::size_t width, float *to)
    {
        Kernels::packRows(from, stride, tokens, width, to);
    }
    static void score(const float *queries, std::size_t count, const float *keys,
                      std::size_t tokens, std::size_t width, float *scores)
    {
        Kernels::multiply(Kernels::Gemm<float>{.left = queries,
                                               .leftStride = width,
                                               .panels = keys,
                                               .c = scores,
                                               .cStride = length(tokens),
                                               .rows = count,
                                               .inner = width,
                                               .columns = tokens});
    }
    static void weigh(const float *weights, std::size_t count, const float *values,
                      std::size_t tokens, std::size_t width, float *result)
    {
        Kernels::multiply(Kernels::Gemm<float>{.left = weights,
                                               .leftStride = length(tokens),
                                               .panels = values,
                                               .c = result,
                                               .cStride = width,
                                               .rows = count,
                                               .inner = tokens,
                                               .columns = width});
    }
};

// Lengths are rounded up, and blocks always whole: torch compiles each shape of a product once.
template <>
struct Products<Bf16>
{
    static constexpr std::size_t kBlock = 32;
    static bool canCompute(std::size_t width);
    static std::size_t length(std::size_t tokens) { return roundedUp(tokens, kBlock); }
    static std::size_t keysSize(std::size_t tokens, std::size_t width)
    {
        return length(tokens) * width;
    }
    static std::size_t valuesSize(std::size_t tokens, std::size_t width)
    {
        return length(tokens) * width;
    }

    // Turned over and padded with zeros, [width, length], two rows side by side.
    static void layKeys(const Bf16 *from, std::size_t stride, std::size_t tokens, std::size_t width,
                        Bf16 *to)
    {
        const std::size_t padded = length(tokens);
        for (std::size_t token = 0; token < padded; ++token) {
            for (std::size_t i = 0; i < width; i += 2) {
                std::uint32_t pair = 0;
                if (token < tokens) {
                    std::memcpy(&pair, from + token * stride + i, sizeof pair);
                }
                std::memcpy(to + i * padded + 2 * token, &pair, sizeof pair);
            }
        }
    }

    // [length, width], two rows side by side.
    static void layValues(const Bf16 *from, std::size_t stride, std::size_t tokens,
                          std::size_t width, Bf16 *to)
    {
        for (std::size_t token = 0; token < length(tokens); token += 2) {
            const Bf16 *first = from + token * stride;
            const Bf16 *second = first + stride;
            Bf16 *pairs = to + token * width;
            for (std::size_t i = 0; i < width; ++i) {
                pairs[2 * i] = token < tokens ? first[i] : Bf16(0);
                pairs[2 * i + 1] = token + 1 < tokens ? second[i] : Bf16(0);
            }
        }
    }

    static void score(const Bf16 *queries, std::size_t /*count*/, const Bf16 *keys,
                      std::size_t tokens, std::size_t width, float *scores)
    {
        multiply(length(tokens), width, queries, keys, scores);
    }
    static void weigh(const Bf16 *weights, std::size_t /*count*/, const Bf16 *values,
                      std::size_t tokens, std::size_t width, float *result)
    {
        multiply(width, length(tokens), weights, values, result);
    }
    // C [kBlock, columns] = A [kBlock, inner] B [inner, columns].
    static void multiply(std::size_t columns, std::size_t inner, const Bf16 *a, const Bf16 *b,
                         float *c)
    {
        const auto [m, n, k] =
            std::array{std::int64_t(kBlock), std::int64_t(columns), std::int64_t(inner)};
        at::native::cpublas::brgemm(m, n, k, k, n, n, false,
                                    reinterpret_cast<const at::BFloat16 *>(a),
                                    reinterpret_cast<const at::BFloat16 *>(b), c, true);
    }
};

// Tried once: a product of ones, in the layout that is used here.
bool hasBf16Products()
{
    try {
        constexpr std::size_t size = Products<Bf16>::kBlock;
        const std::vector<Bf16> ones(size * size, 0x3F80);
        std::vector<float> c(size * size);
        Products<Bf16>::multiply(size, size, ones.data(), ones.data(), c.data());
        at::native::cpublas::brgemm_release(true);
        return std::all_of(c.begin(), c.end(), [](float x) { return x == float(size); });
    } catch (const std::exception &) {
        return false;
    }
}

bool Products<Bf16>::canCompute(std::size_t width)
{
    static const bool has = hasBf16Products();
    return has && width % kBlock == 0;
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

    void fit(std::size_t tokens, std::size_t width)
    {
        constexpr std::size_t block = Products<T>::kBlock;
        queries.resize(block * width);
        keys.resize(Products<T>::keysSize(tokens, width));
        values.resize(Products<T>::valuesSize(tokens, width));
        weights.resize(block * Products<T>::length(tokens));
        scores.resize(block * Products<T>::length(tokens));
        result.resize(block * width);
        sums.resize(block);
    }
};

// Of one sequence the head whose keys and values these are.
template <typename T>
struct Head
{
    const T *queries = nullptr; // keys and values lie `hidden` and twice that behind them
    std::size_t tokens = 0;
    std::size_t width = 0;
    std::size_t hidden = 0;
};

// The queries from `first` to `last`; `out` is the first one's row.
template <typename T>
void attendHead(const Head<T> &head, std::size_t first, std::size_t last, T *out,
                Scratch<T> &scratch)
{
    using Here = Products<T>;
    const auto [queries, tokens, width, hidden] = head;
    const std::size_t stride = 3 * hidden;
    scratch.fit(tokens, width);
    Here::layKeys(queries + hidden, stride, tokens, width, scratch.keys.data());
    Here::layValues(queries + 2 * hidden, stride, tokens, width, scratch.values.data());
    const float scale = 1.0F / std::sqrt(static_cast<float>(width));
    for (; first < last; first += Here::kBlock) {
        const std::size_t count = std::min(Here::kBlock, last - first);
        for (std::size_t row = 0; row < count; ++row) {
            std::copy_n(queries + (first + row) * stride, width, &scratch.queries[row * width]);
        }
        std::fill(scratch.queries.begin() + std::ptrdiff_t(count * width), scratch.queries.end(),
                  T{});
        Here::score(scratch.queries.data(), count, scratch.keys.data(), tokens, width,
                    scratch.scores.data());
        Kernels::exponentials(scratch.scores.data(), count, tokens, Here::length(tokens), scale,
                              scratch.weights.data(), scratch.sums.data());
        Here::weigh(scratch.weights.data(), count, scratch.values.data(), tokens, width,
                    scratch.result.data());
        Kernels::divideRows(scratch.result.data(), scratch.sums.data(), count, width, out, hidden);
        out += count * hidden;
    }
}

template <typename T>
void attendAll(const T *rows, const std::vector<std::size_t> &lengths, std::size_t heads,
               std::size_t hidden, Rows own, T *out)
{
    thread_local Scratch<T> scratch;
    const std::size_t width = hidden / heads;
    const auto begin = static_cast<std::size_t>(own.first);
    const std::size_t end = begin + static_cast<std::size_t>(own.count);
    std::size_t row = 0; // where the sequence begins
    for (const std::size_t length : lengths) {
        const std::size_t first = std::max(row, begin);
        const std::size_t last = std::min(row + length, end);
        for (std::size_t head = 0; head < heads && first < last; ++head) {
            attendHead({rows + row * 3 * hidden + head * width, length, width, hidden}, first - row,
                       last - row, out + (first - begin) * hidden + head * width, scratch);
        }
        row += length;
    }
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

bool attendsByRows(at::ScalarType type, std::size_t width)
{
    return type == at::kFloat || (type == at::kBFloat16 && Products<Bf16>::canCompute(width));
}

at::Tensor attend(const at::Tensor &queryKeyValue, const std::vector<std::size_t> &lengths,
                  std::size_t heads, Rows own)
{
    const std::int64_t hidden = queryKeyValue.size(1) / 3;
    const auto width = static_cast<std::size_t>(hidden);
    const at::ScalarType type = queryKeyValue.scalar_type();
    const bool isByRows = attendsByRows(type, width / heads);
    const Rows computed = isByRows ? own : Rows{0, queryKeyValue.size(0)};
    at::Tensor out = at::empty({computed.count, hidden}, queryKeyValue.options());
    if (!isByRows) {
        attendRuns(queryKeyValue, lengths, static_cast<std::int64_t>(heads), hidden, out);
    } else if (type == at::kFloat) {
        attendAll(queryKeyValue.const_data_ptr<float>(), lengths, heads, width, own,
                  out.mutable_data_ptr<float>());
    } else {
        attendAll(static_cast<const Bf16 *>(queryKeyValue.const_data_ptr()), lengths, heads, width,
                  own, static_cast<Bf16 *>(out.mutable_data_ptr()));
        at::native::cpublas::brgemm_release(true);
    }
    // Rows that only fill up are never read again, but must be finite for the norms.
    std::int64_t tokens = 0;
    for (const std::size_t length : lengths) {
        tokens += static_cast<std::int64_t>(length);
    }
    const std::int64_t behind = std::clamp<std::int64_t>(tokens - computed.first, 0, out.size(0));
    out.narrow(0, behind, out.size(0) - behind).zero_();
    return isByRows ? out : out.narrow(0, own.first, own.count);
}

} // namespace TorchLift
