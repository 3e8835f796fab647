// The kernels of every instruction set that this processor has, against double precision.
#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <random>
#include <type_traits>
#include <utility>
#include <vector>

#include <QtTest>

#include "embedding/module/gemm.h"
#include "embedding/module/kernels.h"

#define TORCHLIFT_WITH_VNNI
#define TORCHLIFT_BODY "unit/embedding/kernelbodies.h"
#include "base/foreachprocessor.h"

// The vectors of AVX-512 on any processor: the compiler takes them apart.
#define TORCHLIFT_LANES 16
#define TORCHLIFT_PORTABLE
namespace TorchLift::Kernels::Wide {
#include "base/lanes.h"
#include TORCHLIFT_BODY
} // namespace TorchLift::Kernels::Wide

using namespace TorchLift::Kernels;

namespace {

struct Routines
{
    const char *name;
    decltype(&Plain::panelsSize) panelsSize;
    decltype(&Plain::packColumns<float>) packColumns;
    decltype(&Plain::packColumns<Pair>) packColumnsOfPairs;
    decltype(&Plain::packRows) packRows;
    decltype(&Plain::multiply<float>) multiply;
    decltype(&Plain::multiply<Pair>) multiplyPairs;
    decltype(&Plain::toPairs) toPairs;
    decltype(&Plain::exponentials<float>) exponentials;
    decltype(&Plain::exponentials<Bf16>) exponentialsAsHalves;
    decltype(&Plain::geluAndQuantise) geluAndQuantise;
    decltype(&Plain::addScaledAndNormalise) addScaledAndNormalise;
};

#define ROUTINES(set)                                                                              \
    set::panelsSize, set::packColumns<float>, set::packColumns<Pair>, set::packRows,               \
        set::multiply<float>, set::multiply<Pair>, set::toPairs, set::exponentials<float>,         \
        set::exponentials<Bf16>, set::geluAndQuantise, set::addScaledAndNormalise

// Those that this processor has, the widest vectors among them in one form or the other.
std::vector<Routines> everySet()
{
    std::vector<Routines> sets{{"plain", ROUTINES(Plain)}, {"wide", ROUTINES(Wide)}};
#if defined(__x86_64__) && !defined(__clang__)
    if (__builtin_cpu_supports("x86-64-v3") != 0) {
        sets.push_back({"avx2", ROUTINES(Avx2)});
    }
    if (__builtin_cpu_supports("x86-64-v4") != 0) {
        sets.push_back({"avx512", ROUTINES(Avx512)});
    }
    if (__builtin_cpu_supports("avxvnni") != 0) {
        sets.push_back({"avxvnni", ROUTINES(AvxVnni)});
    }
    if (__builtin_cpu_supports("avx512vnni") != 0) {
        sets.push_back({"avx512vnni", ROUTINES(Avx512Vnni)});
    }
#endif
    return sets;
}

std::vector<float> randomNumbers(std::size_t count, unsigned seed)
{
    std::mt19937 random(seed);
    std::uniform_real_distribution<float> number(-1, 1);
    std::vector<float> numbers(count);
    std::generate(numbers.begin(), numbers.end(), [&] { return number(random); });
    return numbers;
}

double gelu(double x)
{
    return 0.5 * x * (1 + std::erf(x / std::sqrt(2.0)));
}

} // namespace

class TestKernels : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void multipliesEveryShape_data() { sets(); }
    void multipliesEveryShape();
    void multipliesPairs_data() { sets(); }
    void multipliesPairs();
    void roundsToPairs_data() { sets(); }
    void roundsToPairs();
    void bendsAsErfDoes_data() { sets(); }
    void bendsAsErfDoes();
    void exponentialsSumToTheirRow_data() { sets(); }
    void exponentialsSumToTheirRow();
    void quantisesWhatIsBent_data() { sets(); }
    void quantisesWhatIsBent();
    void normalisesRows_data() { sets(); }
    void normalisesRows();

private:
    static void sets();
    [[nodiscard]] static Routines here();
};

void TestKernels::sets()
{
    QTest::addColumn<int>("set");
    const auto sets = everySet();
    for (std::size_t i = 0; i < sets.size(); ++i) {
        QTest::newRow(sets[i].name) << static_cast<int>(i);
    }
}

Routines TestKernels::here()
{
    QFETCH(int, set);
    return everySet()[static_cast<std::size_t>(set)];
}

// Rows, sums and columns around the borders of tiles, panels and blocks; strides wider than a row;
// what lies beside the result stays as it is.
void TestKernels::multipliesEveryShape()
{
    const Routines here = TestKernels::here();
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
void TestKernels::multipliesPairs()
{
    const Routines here = TestKernels::here();
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
                here.packColumnsOfPairs(right.data(), inner, inner, columns, panels.data());
                const auto bias = randomNumbers(here.panelsSize(1, columns), 2);
                const auto rowScales = randomNumbers(rows, 3);
                const auto columnScales = randomNumbers(bias.size(), 4);
                for (const bool isGelu : {false, true}) {
                    std::vector<float> c(rows * columns);
                    here.multiplyPairs({.left = left.data(),
                                        .leftStride = inner,
                                        .panels = panels.data(),
                                        .bias = bias.data(),
                                        .c = c.data(),
                                        .cStride = columns,
                                        .rows = rows,
                                        .inner = inner,
                                        .columns = columns,
                                        .isGelu = isGelu,
                                        .rowScales = rowScales.data(),
                                        .columnScales = columnScales.data()});
                    for (std::size_t i = 0; i < c.size(); ++i) {
                        const auto [row, column] = std::array{i / columns, i % columns};
                        std::int64_t sum = 0;
                        for (std::size_t k = 0; k < numbers; ++k) {
                            sum +=
                                at(left, row * 2 * inner + k) * at(right, column * 2 * inner + k);
                        }
                        QVERIFY(std::abs(sum) < std::int64_t(1) << 31);
                        const double x = static_cast<double>(sum)
                                             * static_cast<double>(rowScales[row])
                                             * static_cast<double>(columnScales[column])
                                         + static_cast<double>(bias[column]);
                        const double expected = isGelu ? gelu(x) : x;
                        const double allowed = 4e-7 * std::max(1.0, std::fabs(x));
                        QVERIFY2(std::fabs(static_cast<double>(c[i]) - expected) <= allowed,
                                 qPrintable(QStringLiteral("%1 x %2 x %3, %4")
                                                .arg(rows)
                                                .arg(numbers)
                                                .arg(columns)
                                                .arg(i)));
                    }
                }
            }
        }
    }
}

// As large as their bits allow; of a long row, as its length allows.
void TestKernels::roundsToPairs()
{
    const Routines here = TestKernels::here();
    for (const std::size_t width : {1, 2, 15, 16, 17, 384}) {
        for (const float longest : {1e9F, 40000.0F}) {
            constexpr std::size_t rows = 3;
            auto x = randomNumbers(rows * width, static_cast<unsigned>(width));
            std::fill_n(x.begin() + static_cast<std::ptrdiff_t>(width), width, 0.0F);
            const std::size_t pairs = (width + 1) / 2;
            constexpr Pair untouched = 0x12345678;
            std::vector<Pair> out(rows * pairs + 1, untouched);
            std::vector<float> scales(rows);
            here.toPairs(x.data(), out.data(), scales.data(), rows, width, longest);
            QCOMPARE(out.back(), untouched);
            for (std::size_t row = 0; row < rows; ++row) {
                std::vector<std::int16_t> numbers(2 * pairs);
                std::memcpy(numbers.data(), out.data() + row * pairs, pairs * sizeof(Pair));
                double squares = 0;
                int largest = 0;
                for (std::size_t i = 0; i < width; ++i) {
                    const double scaled =
                        static_cast<double>(numbers[i]) * static_cast<double>(scales[row]);
                    const double error = scaled - static_cast<double>(x[row * width + i]);
                    QVERIFY(std::fabs(error) <= 0.502 * static_cast<double>(scales[row]));
                    squares += static_cast<double>(numbers[i]) * static_cast<double>(numbers[i]);
                    largest = std::max(largest, std::abs(static_cast<int>(numbers[i])));
                }
                if (width % 2 == 1) {
                    QCOMPARE(numbers.back(), std::int16_t(0));
                }
                const double length = std::sqrt(squares);
                QVERIFY(length < static_cast<double>(longest) + 20);
                QCOMPARE(largest == 0, row == 1); // the row of zeros
                QVERIFY(row == 1 || largest >= 32766 || length > static_cast<double>(longest) - 20);
            }
        }
    }
}

void TestKernels::bendsAsErfDoes()
{
    const Routines here = TestKernels::here();
    const float one = 1;
    for (float x = -14; x < 14; x += 0.0137F) {
        std::vector<float> panels(here.panelsSize(1, 1));
        here.packColumns(&x, 1, 1, 1, panels.data());
        const std::vector<float> bias(here.panelsSize(1, 1), 0.0F);
        float y = 0;
        here.multiply({.left = &one,
                       .leftStride = 1,
                       .panels = panels.data(),
                       .bias = bias.data(),
                       .c = &y,
                       .cStride = 1,
                       .rows = 1,
                       .inner = 1,
                       .columns = 1,
                       .isGelu = true});
        const double expected = gelu(static_cast<double>(x));
        const double allowed = 3e-7 * std::max(1.0, std::fabs(static_cast<double>(x)));
        QVERIFY2(std::fabs(static_cast<double>(y) - expected) < allowed,
                 qPrintable(QString::number(static_cast<double>(x))));
    }
}

void TestKernels::exponentialsSumToTheirRow()
{
    const Routines here = TestKernels::here();
    constexpr std::size_t rows = 3;
    constexpr std::size_t stride = 64;
    for (std::size_t count = 1; count <= stride; ++count) {
        auto scores = randomNumbers(rows * stride, static_cast<unsigned>(count));
        for (std::size_t i = 0; i < scores.size(); ++i) {
            if (i % stride >= count) {
                scores[i] = std::nanf(""); // behind the last score anything may lie
            }
        }
        std::vector<float> weights(rows * stride);
        std::vector<Bf16> halves(rows * stride);
        std::vector<float> sums(rows);
        std::vector<float> sumsOfHalves(rows);
        constexpr float scale = 9;
        here.exponentials(scores.data(), rows, count, stride, scale, weights.data(), sums.data());
        here.exponentialsAsHalves(scores.data(), rows, count, stride, scale, halves.data(),
                                  sumsOfHalves.data());
        for (std::size_t row = 0; row < rows; ++row) {
            const float *from = scores.data() + row * stride;
            const float most = *std::max_element(from, from + count);
            double sum = 0;
            for (std::size_t i = 0; i < stride; ++i) {
                const std::size_t at = row * stride + i;
                const double expected =
                    i < count ? std::exp(static_cast<double>(scale * (from[i] - most))) : 0;
                const float half =
                    std::bit_cast<float>(static_cast<std::uint32_t>(halves[at]) << 16U);
                QVERIFY(std::fabs(static_cast<double>(weights[at]) - expected) < 2e-6);
                QVERIFY(std::fabs(static_cast<double>(half) - expected) <= expected * 5e-3);
                sum += expected;
            }
            QVERIFY(std::fabs(static_cast<double>(sums[row]) - sum) < 1e-5 * sum);
            QVERIFY(std::fabs(static_cast<double>(sumsOfHalves[row]) - sum) < 1e-3 * sum);
        }
    }
}

void TestKernels::quantisesWhatIsBent()
{
    const Routines here = TestKernels::here();
    constexpr std::size_t rows = 2;
    for (const std::size_t width : {1, 15, 16, 17, 48, 100}) {
        const auto from = randomNumbers(rows * width, 4);
        const auto bias = randomNumbers(width, 5);
        std::vector<float> raw = from;
        std::vector<float> scales{3.0F, 5.0F};
        const std::vector<float> before = scales;
        std::vector<std::int8_t> bytes(rows * width);
        here.geluAndQuantise(raw.data(), scales.data(), bias.data(), bytes.data(), rows, width);
        for (std::size_t row = 0; row < rows; ++row) {
            int largest = 0;
            for (std::size_t i = 0; i < width; ++i) {
                const double x = static_cast<double>(from[row * width + i] * before[row] + bias[i]);
                const int byte = bytes[row * width + i];
                const double back = static_cast<double>(scales[row]) * byte;
                QVERIFY(std::fabs(back - gelu(x)) <= 0.501 * static_cast<double>(scales[row]));
                largest = std::max(largest, std::abs(byte));
            }
            QCOMPARE(largest, 127);
        }
    }
}

void TestKernels::normalisesRows()
{
    const Routines here = TestKernels::here();
    constexpr std::size_t rows = 2;
    for (const std::size_t width : {16, 33, 384}) {
        const auto from = randomNumbers(rows * width, 6);
        const auto raw = randomNumbers(rows * width, 7);
        const auto bias = randomNumbers(width, 8);
        const auto scale = randomNumbers(width, 9);
        const auto shift = randomNumbers(width, 10);
        const std::vector<float> factors{0.5F, 2.0F};
        std::vector<float> x = from;
        std::vector<Bf16> copy(rows * width);
        const LayerNorm norm{scale.data(), shift.data(), 1e-5F};
        here.addScaledAndNormalise(x.data(), raw.data(), factors.data(), bias.data(), copy.data(),
                                   rows, width, norm);
        for (std::size_t row = 0; row < rows; ++row) {
            std::vector<double> sums(width);
            double mean = 0;
            for (std::size_t i = 0; i < width; ++i) {
                const std::size_t at = row * width + i;
                sums[i] = static_cast<double>(from[at])
                          + static_cast<double>(raw[at]) * static_cast<double>(factors[row])
                          + static_cast<double>(bias[i]);
                mean += sums[i] / static_cast<double>(width);
            }
            double variance = 0;
            for (const double sum : sums) {
                variance += (sum - mean) * (sum - mean) / static_cast<double>(width);
            }
            for (std::size_t i = 0; i < width; ++i) {
                const std::size_t at = row * width + i;
                const double expected =
                    (sums[i] - mean) / std::sqrt(variance + 1e-5) * static_cast<double>(scale[i])
                    + static_cast<double>(shift[i]);
                const float half =
                    std::bit_cast<float>(static_cast<std::uint32_t>(copy[at]) << 16U);
                QVERIFY(std::fabs(static_cast<double>(x[at]) - expected) < 1e-5);
                QVERIFY(std::fabs(half - x[at]) <= std::fabs(x[at]) * 0.004F);
            }
        }
    }
}

QTEST_APPLESS_MAIN(TestKernels)
#include "tst_kernels.moc"
