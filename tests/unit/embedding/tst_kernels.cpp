// The steps between the products, of every instruction set, against double precision.
#define TORCHLIFT_BODY "embedding/module/kernelsbody.h"
#include "unit/embedding/everyset.h"

namespace {

struct Routines
{
    decltype(&Plain::toPairs) toPairs;
    decltype(&Plain::toQuads) toQuads;
    decltype(&Plain::exponentials<float>) exponentials;
    decltype(&Plain::exponentials<Bf16>) exponentialsAsHalves;
    decltype(&Plain::geluAndQuantise) geluAndQuantise;
    decltype(&Plain::addScaledAndNormalise) addScaledAndNormalise;
};

#define ROUTINES(set)                                                                              \
    set::toPairs, set::toQuads, set::exponentials<float>, set::exponentials<Bf16>,                 \
        set::geluAndQuantise, set::addScaledAndNormalise
const auto kSets = EVERY_SET;

} // namespace

class TestKernels : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void roundsToPairs_data() { addSets(kSets); }
    void roundsToPairs();
    void roundsToQuads_data() { addSets(kSets); }
    void roundsToQuads();
    void exponentialsSumToTheirRow_data() { addSets(kSets); }
    void exponentialsSumToTheirRow();
    void quantisesWhatIsBent_data() { addSets(kSets); }
    void quantisesWhatIsBent();
    void normalisesRows_data() { addSets(kSets); }
    void normalisesRows();
};

// As large as their bits allow; of a long row, as its length allows.
void TestKernels::roundsToPairs()
{
    const Routines here = fetchedSet(kSets);
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

// From the lowest number to the largest; what fills up is 0.
void TestKernels::roundsToQuads()
{
    const Routines here = fetchedSet(kSets);
    for (const std::size_t width : {1, 2, 7, 8, 9, 17, 384}) {
        constexpr std::size_t rows = 3;
        auto x = randomNumbers(rows * width, static_cast<unsigned>(width));
        std::fill_n(x.begin() + static_cast<std::ptrdiff_t>(width), width, -3.0F);
        const std::size_t quads = (width + 7) / 8 * 2;
        constexpr auto untouched = Quad(0x12345678);
        std::vector<Quad> out(rows * quads + 1, untouched);
        std::vector<float> scales(rows);
        std::vector<float> lowest(rows);
        here.toQuads(x.data(), out.data(), scales.data(), lowest.data(), rows, width);
        QVERIFY(out.back() == untouched);
        for (std::size_t row = 0; row < rows; ++row) {
            std::vector<std::uint8_t> bytes(4 * quads);
            std::memcpy(bytes.data(), out.data() + row * quads, bytes.size());
            for (std::size_t i = 0; i < width; ++i) {
                const double back = static_cast<double>(bytes[i]) * static_cast<double>(scales[row])
                                    + static_cast<double>(lowest[row]);
                const double error = back - static_cast<double>(x[row * width + i]);
                QVERIFY(std::fabs(error) <= 0.502 * static_cast<double>(scales[row]));
            }
            QVERIFY(std::all_of(bytes.begin() + static_cast<std::ptrdiff_t>(width), bytes.end(),
                                [](std::uint8_t byte) { return byte == 0; }));
            const bool isFlat = row == 1 || width == 1;
            QCOMPARE(*std::max_element(bytes.begin(), bytes.end()),
                     static_cast<std::uint8_t>(isFlat ? 0 : 255));
        }
    }
}

void TestKernels::exponentialsSumToTheirRow()
{
    const Routines here = fetchedSet(kSets);
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
    const Routines here = fetchedSet(kSets);
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
    const Routines here = fetchedSet(kSets);
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
