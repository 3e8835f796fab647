// The products of every instruction set, against double precision and whole numbers.
#define TORCHLIFT_BODY "embedding/module/gemmbody.h"
#include "unit/embedding/everyset.h"

namespace {

struct Routines
{
    decltype(&Plain::panelsSize) panelsSize;
    decltype(&Plain::packColumns<float>) packColumns;
    decltype(&Plain::packColumns<Bf16>) packBf16;
    decltype(&Plain::packColumns<Fp16>) packFp16;
    decltype(&Plain::packColumns<Pair>) packPairs;
    decltype(&Plain::packColumns<Quad>) packQuads;
    decltype(&Plain::packRows) packRows;
    decltype(&Plain::multiply<float, float>) multiply;
    decltype(&Plain::multiply<float, Bf16>) multiplyBf16;
    decltype(&Plain::multiply<float, Fp16>) multiplyFp16;
    decltype(&Plain::multiply<Pair, Pair>) multiplyPairs;
    decltype(&Plain::multiply<Quad, Quad>) multiplyQuads;
};

#define ROUTINES(set)                                                                              \
    set::panelsSize, set::packColumns<float>, set::packColumns<Bf16>, set::packColumns<Fp16>,      \
        set::packColumns<Pair>, set::packColumns<Quad>, set::packRows,                             \
        set::multiply<float, float>, set::multiply<float, Bf16>, set::multiply<float, Fp16>,       \
        set::multiply<Pair, Pair>, set::multiply<Quad, Quad>
const auto kSets = EVERY_SET;

// Of factors without gaps between their rows.
template <typename Left, typename Right>
std::vector<float> product(void (*multiply)(const Gemm<Left, Right> &),
                           std::type_identity_t<Gemm<Left, Right>> gemm)
{
    std::vector<float> c(gemm.rows * gemm.columns);
    gemm.leftStride = gemm.inner;
    gemm.c = c.data();
    gemm.cStride = gemm.columns;
    multiply(gemm);
    return c;
}

// By scales and, for quads, what a row begins at: as gemm.h says, and to the rounding of fp32.
// `sumOf` gives the sum of the whole numbers of a row and a column.
template <typename Number, typename SumOf>
void compareIntegers(void (*multiply)(const Gemm<Number> &),
                     std::type_identity_t<Gemm<Number>> gemm, SumOf sumOf)
{
    constexpr bool isQuad = std::is_same_v<Number, Quad>;
    const std::size_t padded = (gemm.columns + 31) / 32 * 32; // no panel is wider
    const auto bias = randomNumbers(padded, 2);
    const auto rowScales = randomNumbers(gemm.rows, 3);
    const auto columnScales = randomNumbers(padded, 4);
    const auto rowLowest = randomNumbers(gemm.rows, 5);
    const auto columnSums = randomNumbers(padded, 6);
    gemm.bias = bias.data();
    gemm.rowScales = rowScales.data();
    gemm.columnScales = columnScales.data();
    gemm.rowLowest = isQuad ? rowLowest.data() : nullptr;
    gemm.columnSums = isQuad ? columnSums.data() : nullptr;
    for (const bool isGelu : {false, true}) {
        gemm.isGelu = isGelu;
        const std::vector<float> c = product(multiply, gemm);
        for (std::size_t i = 0; i < c.size(); ++i) {
            const auto [row, column] = std::array{i / gemm.columns, i % gemm.columns};
            const std::int64_t sum = sumOf(row, column);
            QVERIFY(std::abs(sum) < std::int64_t(1) << 31);
            const double begin =
                static_cast<double>(rowLowest[row]) * static_cast<double>(columnSums[column]);
            const double x = static_cast<double>(sum) * static_cast<double>(rowScales[row])
                                 * static_cast<double>(columnScales[column])
                             + (isQuad ? begin : 0) + static_cast<double>(bias[column]);
            const double expected = isGelu ? gelu(x) : x;
            const double allowed = 4e-7 * std::max(1.0, std::fabs(x));
            QVERIFY2(std::fabs(static_cast<double>(c[i]) - expected) <= allowed,
                     qPrintable(QStringLiteral("%1 x %2 x %3, %4")
                                    .arg(gemm.rows)
                                    .arg(gemm.inner)
                                    .arg(gemm.columns)
                                    .arg(i)));
        }
    }
}

} // namespace

class TestGemm : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void multipliesEveryShape_data() { addSets(kSets); }
    void multipliesEveryShape();
    void multipliesPairs_data() { addSets(kSets); }
    void multipliesPairs();
    void multipliesQuads_data() { addSets(kSets); }
    void multipliesQuads();
    void widensHalves_data() { addSets(kSets); }
    void widensHalves();
    void bendsAsErfDoes_data() { addSets(kSets); }
    void bendsAsErfDoes();
};

// Rows, sums and columns around the borders of tiles, panels and blocks; strides wider than a row;
// what lies beside the result stays as it is.
void TestGemm::multipliesEveryShape()
{
    const Routines here = fetchedSet(kSets);
    constexpr float untouched = 12345;
    for (const std::size_t rows : {1, 3, 4, 6, 11, 12, 13, 96, 101}) {
        for (const std::size_t inner : {1, 3, 4, 33, 383, 384, 385, 801}) {
            for (const std::size_t columns : {1, 8, 15, 16, 33, 64}) {
                const std::size_t leftStride = inner + 3;
                const std::size_t cStride = columns + 5;
                const auto left = randomNumbers(rows * leftStride, 1);
                const auto right = randomNumbers(columns * inner, 2); // by columns
                std::vector<float> byRows(right.size());
                for (std::size_t i = 0; i < inner; ++i) {
                    for (std::size_t j = 0; j < columns; ++j) {
                        byRows[i * columns + j] = right[j * inner + i];
                    }
                }
                std::vector<float> panels(here.panelsSize(inner, columns));
                std::vector<float> same(panels.size());
                here.packColumns(right.data(), inner, inner, columns, panels.data());
                here.packRows(byRows.data(), columns, inner, columns, same.data());
                QCOMPARE(panels, same);
                auto bias = randomNumbers(here.panelsSize(1, columns), 3);
                for (const int bent : {0, 1, 2}) {
                    std::vector<float> c(rows * cStride, untouched);
                    here.multiply({.left = left.data(),
                                   .leftStride = leftStride,
                                   .panels = panels.data(),
                                   .bias = bent > 0 ? bias.data() : nullptr,
                                   .c = c.data(),
                                   .cStride = cStride,
                                   .rows = rows,
                                   .inner = inner,
                                   .columns = columns,
                                   .isGelu = bent == 2});
                    double worst = 0;
                    for (std::size_t row = 0; row < rows; ++row) {
                        for (std::size_t j = 0; j < columns; ++j) {
                            double sum = bent > 0 ? bias[j] : 0;
                            for (std::size_t i = 0; i < inner; ++i) {
                                sum += static_cast<double>(left[row * leftStride + i])
                                       * static_cast<double>(right[j * inner + i]);
                            }
                            const double expected = bent == 2 ? gelu(sum) : sum;
                            worst = std::max(
                                worst,
                                std::fabs(expected - static_cast<double>(c[row * cStride + j])));
                        }
                        for (std::size_t j = columns; j < cStride; ++j) {
                            QCOMPARE(c[row * cStride + j], untouched);
                        }
                    }
                    QVERIFY2(worst < 1e-4, qPrintable(QStringLiteral("%1 x %2 x %3: %4")
                                                          .arg(rows)
                                                          .arg(inner)
                                                          .arg(columns)
                                                          .arg(worst)));
                }
            }
        }
    }
}

// Whole numbers, the largest that are allowed among them: nothing is lost before the scales.
void TestGemm::multipliesPairs()
{
    const Routines here = fetchedSet(kSets);
    std::mt19937 random(1);
    const auto integers = [&](std::size_t rows, std::size_t numbers, int most) {
        std::uniform_int_distribution<int> number(-most, most);
        std::vector<Pair> pairs(rows * ((numbers + 1) / 2));
        for (std::size_t i = 0; i < rows * ((numbers + 1) / 2 * 2); ++i) {
            const bool isBeside = i % ((numbers + 1) / 2 * 2) >= numbers;
            const auto value = static_cast<std::int16_t>(isBeside ? 0 : number(random));
            std::memcpy(reinterpret_cast<char *>(pairs.data()) + 2 * i, &value, sizeof value);
        }
        return pairs;
    };
    const auto at = [](const std::vector<Pair> &pairs, std::size_t i) {
        std::int16_t value = 0;
        std::memcpy(&value, reinterpret_cast<const char *>(pairs.data()) + 2 * i, sizeof value);
        return static_cast<std::int64_t>(value);
    };
    for (const std::size_t rows : {1, 5, 6, 12, 13, 97}) {
        for (const std::size_t numbers : {1, 2, 7, 768, 1537}) {
            for (const std::size_t columns : {1, 16, 33}) {
                const std::size_t inner = (numbers + 1) / 2;
                const int most = numbers > 7 ? 400 : 17000;
                const auto left = integers(rows, numbers, most);
                const auto right = integers(columns, numbers, most);
                std::vector<Pair> panels(here.panelsSize(inner, columns));
                here.packPairs(right.data(), inner, inner, columns, panels.data());
                compareIntegers(here.multiplyPairs,
                                {.left = left.data(),
                                 .panels = panels.data(),
                                 .rows = rows,
                                 .inner = inner,
                                 .columns = columns},
                                [&](std::size_t row, std::size_t column) {
                                    std::int64_t sum = 0;
                                    for (std::size_t k = 0; k < numbers; ++k) {
                                        sum += at(left, row * 2 * inner + k)
                                               * at(right, column * 2 * inner + k);
                                    }
                                    return sum;
                                });
                if (QTest::currentTestFailed()) {
                    return;
                }
            }
        }
    }
}

// Bytes, the largest that are allowed among them: nothing is lost before the scales.
void TestGemm::multipliesQuads()
{
    const Routines here = fetchedSet(kSets);
    std::mt19937 random(1);
    const auto number = [&](int least, int most) {
        return std::uniform_int_distribution<int>(least, most)(random);
    };
    for (const std::size_t rows : {1, 3, 4, 5, 6, 12, 13, 97}) {
        for (const std::size_t numbers : {8, 16, 384, 3080}) {
            for (const std::size_t columns : {1, 16, 33}) {
                std::vector<std::uint8_t> left(rows * numbers);
                for (auto &byte : left) {
                    byte = static_cast<std::uint8_t>(number(0, 3) == 0 ? 255 : number(0, 255));
                }
                std::vector<std::int8_t> right(columns * numbers);
                for (std::size_t i = 0; i < right.size(); ++i) {
                    // Four that are added up in 16 bits reach 128 and -128, or stay below.
                    const int most = number(0, 1) == 0 ? 32 : number(0, 32);
                    right[i] = static_cast<std::int8_t>(number(0, 1) == 0 ? most : -most);
                    if (i % 8 >= 2 && i % 8 < 4) { // one of them alone
                        const bool isAlone = i % 8 == 2;
                        right[i] = static_cast<std::int8_t>(isAlone ? number(-128, 127) : 0);
                    } else if (i % 8 >= 6) {
                        right[i] = 0;
                    }
                }
                const std::size_t inner = numbers / 4;
                std::vector<Quad> quads(rows * inner);
                std::memcpy(quads.data(), left.data(), left.size());
                std::vector<Quad> factor(columns * inner);
                std::memcpy(factor.data(), right.data(), right.size());
                std::vector<Quad> panels(here.panelsSize(inner, columns));
                here.packQuads(factor.data(), inner, inner, columns, panels.data());
                compareIntegers(here.multiplyQuads,
                                {.left = quads.data(),
                                 .panels = panels.data(),
                                 .rows = rows,
                                 .inner = inner,
                                 .columns = columns},
                                [&](std::size_t row, std::size_t column) {
                                    std::int64_t sum = 0;
                                    for (std::size_t k = 0; k < numbers; ++k) {
                                        sum +=
                                            left[row * numbers + k] * right[column * numbers + k];
                                    }
                                    return sum;
                                });
                if (QTest::currentTestFailed()) {
                    return;
                }
            }
        }
    }
}

// What an IEEE half stands for, by its definition.
static float valueOfHalf(std::uint16_t bits)
{
    const int exponent = bits >> 10 & 31;
    const auto fraction = static_cast<float>(bits & 1023);
    const float sign = (bits & 0x8000) != 0 ? -1.0F : 1.0F;
    if (exponent == 31) {
        return fraction > 0 ? std::nanf("") : sign * INFINITY;
    }
    return exponent == 0 ? sign * std::ldexp(fraction, -24)
                         : sign * std::ldexp(1024 + fraction, exponent - 25);
}

// Each number there is, to the last bit; and products as of the widened numbers.
void TestGemm::widensHalves()
{
    const Routines here = fetchedSet(kSets);
    const float one = 1;
    constexpr std::size_t all = 0x10000;
    std::vector<Bf16> bf16(all);
    std::vector<Fp16> fp16(all);
    for (std::size_t i = 0; i < all; ++i) {
        bf16[i] = static_cast<Bf16>(i);
        fp16[i] = static_cast<Fp16>(i);
    }
    std::vector<Bf16> panels(here.panelsSize(1, all));
    std::vector<Fp16> panelsOfFp16(panels.size());
    here.packBf16(bf16.data(), 1, 1, all, panels.data());
    here.packFp16(fp16.data(), 1, 1, all, panelsOfFp16.data());
    const auto c =
        product(here.multiplyBf16,
                {.left = &one, .panels = panels.data(), .rows = 1, .inner = 1, .columns = all});
    const auto cOfFp16 = product(
        here.multiplyFp16,
        {.left = &one, .panels = panelsOfFp16.data(), .rows = 1, .inner = 1, .columns = all});
    const auto isSame = [](float a, float b) { return a == b || (std::isnan(a) && std::isnan(b)); };
    for (std::size_t i = 0; i < all; ++i) {
        QVERIFY(isSame(c[i], std::bit_cast<float>(static_cast<std::uint32_t>(i) << 16U)));
        const float expected = valueOfHalf(static_cast<std::uint16_t>(i));
        QVERIFY2(isSame(cOfFp16[i], expected), qPrintable(QString::number(i, 16)));
    }

    constexpr std::size_t rows = 101;
    constexpr std::size_t inner = 801;
    constexpr std::size_t columns = 33;
    const auto left = randomNumbers(rows * inner, 1);
    const auto right = randomNumbers(columns * inner, 2);
    std::vector<Bf16> halves(right.size());
    std::vector<float> wide(right.size());
    for (std::size_t i = 0; i < right.size(); ++i) {
        halves[i] = static_cast<Bf16>(std::bit_cast<std::uint32_t>(right[i]) >> 16U);
        wide[i] = std::bit_cast<float>(static_cast<std::uint32_t>(halves[i]) << 16U);
    }
    panels.resize(here.panelsSize(inner, columns));
    here.packBf16(halves.data(), inner, inner, columns, panels.data());
    std::vector<float> panelsOfFloats(panels.size());
    here.packColumns(wide.data(), inner, inner, columns, panelsOfFloats.data());
    const auto bias = randomNumbers(here.panelsSize(1, columns), 3);
    const auto found = product(here.multiplyBf16, {.left = left.data(),
                                                   .panels = panels.data(),
                                                   .bias = bias.data(),
                                                   .rows = rows,
                                                   .inner = inner,
                                                   .columns = columns,
                                                   .isGelu = true});
    const auto expected = product(here.multiply, {.left = left.data(),
                                                  .panels = panelsOfFloats.data(),
                                                  .bias = bias.data(),
                                                  .rows = rows,
                                                  .inner = inner,
                                                  .columns = columns,
                                                  .isGelu = true});
    QCOMPARE(found, expected);
}

void TestGemm::bendsAsErfDoes()
{
    const Routines here = fetchedSet(kSets);
    const float one = 1;
    for (float x = -14; x < 14; x += 0.0137F) {
        std::vector<float> panels(here.panelsSize(1, 1));
        here.packColumns(&x, 1, 1, 1, panels.data());
        const std::vector<float> bias(here.panelsSize(1, 1), 0.0F);
        const float y = product(here.multiply, {.left = &one,
                                                .panels = panels.data(),
                                                .bias = bias.data(),
                                                .rows = 1,
                                                .inner = 1,
                                                .columns = 1,
                                                .isGelu = true})
                            .front();
        const double expected = gelu(static_cast<double>(x));
        const double allowed = 3e-7 * std::max(1.0, std::fabs(static_cast<double>(x)));
        QVERIFY2(std::fabs(static_cast<double>(y) - expected) < allowed,
                 qPrintable(QString::number(static_cast<double>(x))));
    }
}

QTEST_APPLESS_MAIN(TestGemm)
#include "tst_gemm.moc"
