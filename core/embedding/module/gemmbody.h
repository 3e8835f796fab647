// The product of gemm.h for one instruction set: see foreachprocessor.h.

// A panel's part of this height and as many rows of the left factor stay in the caches: the panel
// in the first, the rows in the second.
constexpr std::size_t kInner = 384;
constexpr std::size_t kRows = 96;

constexpr std::size_t kPanelWidth = 2 * kLanes;

// Rows of a tile: of 32 or 16 registers its sums leave four.
constexpr std::size_t kTallest = kLanes == 16 ? 12 : 6;
#if TORCHLIFT_LANES < 16 && !defined(TORCHLIFT_VNNI)
constexpr std::size_t kTallestOfQuads = 4; // a step of these takes eight
#else
constexpr std::size_t kTallestOfQuads = kTallest;
#endif

template <typename Number>
constexpr std::size_t kTall = std::is_same_v<Number, Quad> ? kTallestOfQuads : kTallest;

// Numbers of a row that are multiplied in one step.
template <typename Number>
constexpr std::size_t kStep = std::is_same_v<Number, Quad> ? 2 : 1;

template <typename Number>
using Sum = std::conditional_t<std::is_same_v<Number, float>, Floats, Ints>;

template <typename Number>
constexpr bool kIsInteger = !std::is_same_v<Number, float>;

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

// fp32 of numbers in 16 bits.
[[gnu::always_inline]] static inline Floats widened(const Bits &halves, Bf16 /*kind*/)
{
    return __builtin_bit_cast(Floats, halves << 16U);
}

[[gnu::always_inline]] static inline Floats widened(const Bits &halves, Fp16 /*kind*/)
{
    constexpr float scale = 0x1p112F; // the exponents' zeros are 15 and 127
    const Bits exponentAndFraction = (halves & 0x7FFFU) << 13U;
    const Floats finite = __builtin_bit_cast(Floats, exponentAndFraction) * scale;
    const Bits isLarge = __builtin_bit_cast(Bits, exponentAndFraction >= 0x0F800000U);
    return __builtin_bit_cast(Floats, __builtin_bit_cast(Bits, finite) | (isLarge & 0x7F800000U)
                                          | (halves & 0x8000U) << 16U);
}

template <typename Number>
static void widen(const Number *from, std::size_t count, float *to)
{
    for (std::size_t i = 0; i < count; i += kLanes) {
        Halves halves;
        std::memcpy(&halves, from + i, sizeof halves);
        store(to + i, widened(__builtin_convertvector(halves, Bits), Number{}));
    }
}

// sum + a * b
[[gnu::always_inline]] static inline Floats addProduct(const Floats &sum, const Floats &a,
                                                       const Floats &b)
{
    return sum + a * b;
}

using Shorts = short __attribute__((vector_size(4 * TORCHLIFT_LANES)));
using UnsignedShorts = unsigned short __attribute__((vector_size(4 * TORCHLIFT_LANES)));
using Bytes [[maybe_unused]] = char __attribute__((vector_size(4 * TORCHLIFT_LANES)));

// Of each pair both products.
[[gnu::always_inline]] static inline Ints addProduct(const Ints &sum, const Ints &a, const Ints &b)
{
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

// Of two quads all eight products.
#ifdef TORCHLIFT_PORTABLE
[[gnu::noinline]] // the compiler would take minutes
#else
[[gnu::always_inline]]
#endif
static inline Ints
addProducts(const Ints &sum, const Ints (&a)[2], const Ints (&b)[2])
{
#if defined(__x86_64__) && !defined(TORCHLIFT_PORTABLE) && TORCHLIFT_LANES == 16                   \
    && defined(TORCHLIFT_VNNI)
    return __builtin_ia32_vpdpbusd_v16si(__builtin_ia32_vpdpbusd_v16si(sum, a[0], b[0]), a[1],
                                         b[1]);
#elif defined(__x86_64__) && TORCHLIFT_LANES == 8 && defined(TORCHLIFT_VNNI)
    return __builtin_ia32_vpdpbusd_v8si(__builtin_ia32_vpdpbusd_v8si(sum, a[0], b[0]), a[1], b[1]);
#elif defined(__x86_64__) && !defined(TORCHLIFT_PORTABLE) && TORCHLIFT_LANES == 16
    const Shorts products =
        __builtin_ia32_pmaddubsw512_mask(Bytes(a[0]), Bytes(b[0]), Shorts{}, 0xFFFFFFFF)
        + __builtin_ia32_pmaddubsw512_mask(Bytes(a[1]), Bytes(b[1]), Shorts{}, 0xFFFFFFFF);
    return addProduct(sum, Ints(products), Ints(Shorts{} + short(1)));
#elif defined(__x86_64__) && TORCHLIFT_LANES == 8
    Shorts products = __builtin_ia32_pmaddubsw256(Bytes(a[0]), Bytes(b[0]))
                      + __builtin_ia32_pmaddubsw256(Bytes(a[1]), Bytes(b[1]));
    alignas(32) static constexpr Shorts ones = Shorts{} + short(1);
    asm("vpmaddwd %1, %0, %0" : "+x"(products) : "m"(ones)); // no register is left for them
    return sum + Ints(products);
#else
    Ints result = sum;
    for (std::size_t i = 0; i < 2; ++i) { // as pairs: the bytes below, then those above
        const Ints below = Ints(Shorts(b[i]) << 8 >> 8);
        const Ints above = Ints(Shorts(b[i]) >> 8);
        result = addProduct(result, Ints(Shorts(a[i]) & short(0xFF)), below);
        result = addProduct(result, Ints(UnsignedShorts(a[i]) >> 8), above);
    }
    return result;
#endif
}

// Loads that say no more than what is read: these numbers are integers side by side, too.
template <typename Number>
[[gnu::always_inline]] static inline Sum<Number> loadNumbers(const Number *from)
{
    Sum<Number> x;
    std::memcpy(&x, from, sizeof x);
    return x;
}

[[gnu::always_inline]] static inline Ints spread(Quad quad)
{
    return spread(static_cast<std::int32_t>(quad));
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
    const float *rowLowest = nullptr;
    const float *columnSums = nullptr;
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
            if constexpr (kIsInteger<Number>) {
                x = __builtin_convertvector(__builtin_bit_cast(Ints, x), Floats)
                    * tile.rowScales[row] * load(tile.columnScales + j);
            }
            if constexpr (std::is_same_v<Number, Quad>) {
                x += tile.rowLowest[row] * load(tile.columnSums + j);
            }
            x += load(tile.bias + j);
            store(c, tile.isGelu ? gelu(x) : x);
        }
    }
}

// The sums stay in registers: every loop over them must be unrolled, or they would not. Sums of
// integers are integers, in `c` too, until they are whole.
template <typename Number, std::size_t rows>
static void multiplyWholeTile(const Tile<Number> &tile)
{
    constexpr std::size_t step = kStep<Number>;
    Sum<Number> sums[rows][2];
#pragma GCC unroll 16
    for (std::size_t row = 0; row < rows; ++row) {
        sums[row][0] = Sum<Number>{};
        sums[row][1] = Sum<Number>{};
    }
    const Number *left = tile.left;
    const Number *panel = tile.panel;
    const Number *next = tile.next;
#pragma GCC unroll 4
    for (std::size_t i = 0; i < tile.inner; i += step) {
        if constexpr (step == 1) {
            const auto first = loadNumbers(panel);
            const auto second = loadNumbers(panel + kLanes);
#pragma GCC unroll 16
            for (std::size_t row = 0; row < rows; ++row) {
                const auto number = spread(left[row * tile.leftStride]);
                sums[row][0] = addProduct(sums[row][0], number, first);
                sums[row][1] = addProduct(sums[row][1], number, second);
            }
        } else {
            const Ints first[] = {loadNumbers(panel), loadNumbers(panel + kPanelWidth)};
            const Ints second[] = {loadNumbers(panel + kLanes),
                                   loadNumbers(panel + kPanelWidth + kLanes)};
#pragma GCC unroll 16
            for (std::size_t row = 0; row < rows; ++row) {
                const Number *at = left + row * tile.leftStride;
                const Ints numbers[] = {spread(at[0]), spread(at[1])};
                sums[row][0] = addProducts(sums[row][0], numbers, first);
                sums[row][1] = addProducts(sums[row][1], numbers, second);
            }
        }
        for (std::size_t ahead = 0; ahead < step * kPanelWidth * sizeof(Number); ahead += 64) {
            __builtin_prefetch(reinterpret_cast<const char *>(next) + ahead, 0, 2);
        }
        left += step;
        panel += step * kPanelWidth;
        next += step * kPanelWidth;
    }
#pragma GCC unroll 16
    for (std::size_t row = 0; row < rows; ++row) {
#pragma GCC unroll 2
        for (std::size_t half = 0; half < 2; ++half) {
            float *c = tile.c + row * tile.cStride + half * kLanes;
            if (!tile.isFirst) {
                sums[row][half] += loadNumbers(reinterpret_cast<const Number *>(c));
            }
            std::memcpy(c, &sums[row][half], sizeof sums[row][half]);
        }
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
    constexpr std::size_t tall = kTall<Number>;
    constexpr auto tiles = tilesOf<Number>(std::make_index_sequence<tall>()); // of 1 row, of 2
    for (std::size_t left = (rows + tall - 1) / tall; left > 0; --left) {
        const std::size_t height = (rows + left - 1) / left;
        tiles[height - 1](tile, columns);
        tile.next = tile.panel;
        tile.left += height * tile.leftStride;
        if constexpr (kIsInteger<Number>) {
            tile.rowScales += height;
        }
        if constexpr (std::is_same_v<Number, Quad>) {
            tile.rowLowest += height;
        }
        tile.c += height * tile.cStride;
        rows -= height;
    }
}

// From `i` on of the panel where `column` begins, in the left factor's numbers.
template <typename Left, typename Right>
static void setPanel(Tile<Left> &tile, const Gemm<Left, Right> &gemm, std::size_t column,
                     std::size_t i, float *wide)
{
    const Right *panel = gemm.panels + column * gemm.inner + i * kPanelWidth;
    if constexpr (std::is_same_v<Left, Right>) {
        tile.panel = panel;
        tile.next = panel + gemm.inner * kPanelWidth;
    } else {
        widen(panel, tile.inner * kPanelWidth, wide);
        tile.panel = wide;
        tile.next = wide;
    }
}

template <typename Left, typename Right>
static void multiply(const Gemm<Left, Right> &gemm)
{
    alignas(64) float wide[std::is_same_v<Left, Right> ? 1 : kInner * kPanelWidth];
    for (std::size_t row = 0; row < gemm.rows; row += kRows) {
        for (std::size_t i = 0; i < gemm.inner; i += kInner) {
            for (std::size_t column = 0; column < gemm.columns; column += kPanelWidth) {
                Tile<Left> tile;
                tile.left = gemm.left + row * gemm.leftStride + i;
                tile.leftStride = gemm.leftStride;
                tile.inner = std::min(kInner, gemm.inner - i);
                setPanel(tile, gemm, column, i, wide);
                tile.c = gemm.c + row * gemm.cStride + column;
                tile.cStride = gemm.cStride;
                tile.isFirst = i == 0;
                tile.isGelu = gemm.isGelu;
                if (gemm.bias != nullptr && i + kInner >= gemm.inner) {
                    tile.bias = gemm.bias + column;
                }
                if constexpr (kIsInteger<Left>) {
                    tile.rowScales = gemm.rowScales + row;
                    tile.columnScales = gemm.columnScales + column;
                }
                if constexpr (std::is_same_v<Left, Quad>) {
                    tile.rowLowest = gemm.rowLowest + row;
                    tile.columnSums = gemm.columnSums + column;
                }
                multiplyTiles(tile, std::min(kRows, gemm.rows - row),
                              std::min(kPanelWidth, gemm.columns - column));
            }
        }
    }
}
