// The product of gemm.h for one instruction set: see foreachprocessor.h.

// A panel's part of this height and as many rows of the left factor stay in the caches: the panel
// in the first, the rows in the second.
constexpr std::size_t kInner = 384;
constexpr std::size_t kRows = 96;

constexpr std::size_t kPanelWidth = 2 * kLanes;
constexpr std::size_t kTall = kLanes == 16 ? 12 : 6; // of 32 or 16 registers four are for factors

static std::size_t panelsSize(std::size_t inner, std::size_t columns)
{
    return (columns + kPanelWidth - 1) / kPanelWidth * kPanelWidth * inner;
}

template <typename Number>
static void packColumns(const Number *from, std::size_t stride, std::size_t inner,
                        std::size_t columns, Number *panels)
{
    for (std::size_t column = 0; column < columns; column += kPanelWidth) {
        const std::size_t count = std::min(kPanelWidth, columns - column);
        for (std::size_t i = 0; i < inner; ++i, panels += kPanelWidth) {
            for (std::size_t j = 0; j < count; ++j) {
                panels[j] = from[(column + j) * stride + i];
            }
            std::fill(panels + count, panels + kPanelWidth, Number{});
        }
    }
}

static void packRows(const float *from, std::size_t stride, std::size_t inner, std::size_t columns,
                     float *panels)
{
    for (std::size_t column = 0; column < columns; column += kPanelWidth) {
        const std::size_t count = std::min(kPanelWidth, columns - column);
        for (std::size_t i = 0; i < inner; ++i, panels += kPanelWidth) {
            std::copy_n(from + i * stride + column, count, panels);
            std::fill(panels + count, panels + kPanelWidth, 0.0F);
        }
    }
}

// sum + a * b
[[gnu::always_inline]] static inline Floats addProduct(const Floats &sum, const Floats &a,
                                                       const Floats &b)
{
    return sum + a * b;
}

// Of each pair both products.
[[gnu::always_inline]] static inline Ints addProduct(const Ints &sum, const Ints &a, const Ints &b)
{
    using Shorts [[maybe_unused]] = short __attribute__((vector_size(sizeof(Ints))));
#if !defined(__x86_64__) || defined(TORCHLIFT_PORTABLE)
    return sum + ((a << 16) >> 16) * ((b << 16) >> 16) + (a >> 16) * (b >> 16);
#elif TORCHLIFT_LANES == 16 && defined(TORCHLIFT_VNNI)
    return __builtin_ia32_vpdpwssd_v16si(sum, a, b);
#elif TORCHLIFT_LANES == 8 && defined(TORCHLIFT_VNNI)
    return __builtin_ia32_vpdpwssd_v8si(sum, a, b);
#elif TORCHLIFT_LANES == 16
    return sum + __builtin_ia32_pmaddwd512_mask(Shorts(a), Shorts(b), Ints{}, 0xFFFF);
#elif TORCHLIFT_LANES == 8
    return sum + __builtin_ia32_pmaddwd256(Shorts(a), Shorts(b));
#else
    return sum + __builtin_ia32_pmaddwd128(Shorts(a), Shorts(b));
#endif
}

// A tile of `c`, or a part of its sums.
template <typename Number>
struct Tile
{
    const Number *left = nullptr;
    const Number *panel = nullptr;
    const Number *next = nullptr; // a panel to be fetched
    const float *bias = nullptr;  // none before the last part
    const float *rowScales = nullptr;
    const float *columnScales = nullptr;
    float *c = nullptr;
    std::size_t leftStride = 0;
    std::size_t cStride = 0;
    std::size_t inner = 0;
    bool isFirst = false; // else `c` has the parts before
    bool isGelu = false;
};

// What follows the sums, while the tile is in the cache.
template <typename Number>
static void finish(const Tile<Number> &tile, std::size_t rows)
{
    for (std::size_t row = 0; row < rows; ++row) {
        for (std::size_t j = 0; j < kPanelWidth; j += kLanes) {
            float *c = tile.c + row * tile.cStride + j;
            Floats x = load(c);
            if constexpr (std::is_same_v<Number, Pair>) {
                x = __builtin_convertvector(__builtin_bit_cast(Ints, x), Floats)
                    * tile.rowScales[row] * load(tile.columnScales + j);
            }
            x += load(tile.bias + j);
            store(c, tile.isGelu ? gelu(x) : x);
        }
    }
}

// The sums stay in registers: every loop over rows must be unrolled, or they would not. Sums of
// pairs are integers, in `c` too, until they are whole.
template <typename Number, std::size_t rows>
static void multiplyWholeTile(const Tile<Number> &tile)
{
    using Sum = decltype(spread(Number{}));
    Sum sums[rows][2];
#pragma GCC unroll 16
    for (std::size_t row = 0; row < rows; ++row) {
        sums[row][0] = Sum{};
        sums[row][1] = Sum{};
    }
    const Number *left = tile.left;
    const Number *panel = tile.panel;
    const Number *next = tile.next;
#pragma GCC unroll 4
    for (std::size_t i = 0; i < tile.inner; ++i) {
        const Sum first = load(panel);
        const Sum second = load(panel + kLanes);
#pragma GCC unroll 16
        for (std::size_t row = 0; row < rows; ++row) {
            const Sum number = spread(left[row * tile.leftStride]);
            sums[row][0] = addProduct(sums[row][0], number, first);
            sums[row][1] = addProduct(sums[row][1], number, second);
        }
        __builtin_prefetch(next, 0, 2);
        if constexpr (kLanes == 16) {
            __builtin_prefetch(next + kLanes, 0, 2);
        }
        ++left;
        panel += kPanelWidth;
        next += kPanelWidth;
    }
#pragma GCC unroll 16
    for (std::size_t row = 0; row < rows; ++row) {
        auto *c = reinterpret_cast<Number *>(tile.c + row * tile.cStride);
        if (!tile.isFirst) {
            sums[row][0] += load(c);
            sums[row][1] += load(c + kLanes);
        }
        store(c, sums[row][0]);
        store(c + kLanes, sums[row][1]);
    }
    if (tile.bias != nullptr) {
        finish(tile, rows);
    }
}

// A tile that reaches over the last column is computed aside.
template <typename Number, std::size_t rows>
static void multiplyTile(const Tile<Number> &tile, std::size_t columns)
{
    if (columns == kPanelWidth) {
        multiplyWholeTile<Number, rows>(tile);
        return;
    }
    float aside[rows * kPanelWidth] = {};
    for (std::size_t row = 0; row < rows && !tile.isFirst; ++row) {
        std::memcpy(aside + row * kPanelWidth, tile.c + row * tile.cStride,
                    columns * sizeof(float));
    }
    Tile<Number> whole = tile;
    whole.c = aside;
    whole.cStride = kPanelWidth;
    multiplyWholeTile<Number, rows>(whole);
    for (std::size_t row = 0; row < rows; ++row) {
        std::memcpy(tile.c + row * tile.cStride, aside + row * kPanelWidth,
                    columns * sizeof(float));
    }
}

template <typename Number, std::size_t... below>
static constexpr auto tilesOf(std::index_sequence<below...> /*heights*/)
{
    return std::array{&multiplyTile<Number, below + 1>...};
}

// Tiles of about one height: a low one takes as long as one of four rows.
template <typename Number>
static void multiplyTiles(Tile<Number> tile, std::size_t rows, std::size_t columns)
{
    constexpr auto tiles = tilesOf<Number>(std::make_index_sequence<kTall>()); // of 1 row, of 2
    for (std::size_t left = (rows + kTall - 1) / kTall; left > 0; --left) {
        const std::size_t height = (rows + left - 1) / left;
        tiles[height - 1](tile, columns);
        tile.next = tile.panel;
        tile.left += height * tile.leftStride;
        if constexpr (std::is_same_v<Number, Pair>) {
            tile.rowScales += height;
        }
        tile.c += height * tile.cStride;
        rows -= height;
    }
}

template <typename Number>
static void multiply(const Gemm<Number> &gemm)
{
    for (std::size_t row = 0; row < gemm.rows; row += kRows) {
        for (std::size_t i = 0; i < gemm.inner; i += kInner) {
            for (std::size_t column = 0; column < gemm.columns; column += kPanelWidth) {
                Tile<Number> tile;
                tile.left = gemm.left + row * gemm.leftStride + i;
                tile.leftStride = gemm.leftStride;
                tile.inner = std::min(kInner, gemm.inner - i);
                tile.panel = gemm.panels + column * gemm.inner + i * kPanelWidth;
                tile.next = tile.panel + gemm.inner * kPanelWidth;
                tile.c = gemm.c + row * gemm.cStride + column;
                tile.cStride = gemm.cStride;
                tile.isFirst = i == 0;
                tile.isGelu = gemm.isGelu;
                if (gemm.bias != nullptr && i + kInner >= gemm.inner) {
                    tile.bias = gemm.bias + column;
                }
                if constexpr (std::is_same_v<Number, Pair>) {
                    tile.rowScales = gemm.rowScales + row;
                    tile.columnScales = gemm.columnScales + column;
                }
                multiplyTiles(tile, std::min(kRows, gemm.rows - row),
                              std::min(kPanelWidth, gemm.columns - column));
            }
        }
    }
}
