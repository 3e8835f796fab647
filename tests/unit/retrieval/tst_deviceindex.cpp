#include <QtTest/QTest>

#include <algorithm>
#include <random>

#include "index/dotproduct.h"
#include "retrieval/deviceindex.h"

using namespace TorchLift;

namespace {

constexpr std::size_t kDimension = 8;

// What a card does, on the processor: equal scores come in any order, here the higher row first.
class PlainVectors final : public DeviceVectors
{
public:
    explicit PlainVectors(std::vector<float> values)
        : m_values(std::move(values))
    {}

    [[nodiscard]] std::size_t size() const noexcept override
    {
        return m_values.size() / kDimension;
    }
    [[nodiscard]] std::size_t dimension() const noexcept override { return kDimension; }

    [[nodiscard]] Result<std::vector<Hit>> nearest(std::span<const float> query,
                                                   std::size_t count) const override
    {
        std::vector<Hit> hits;
        for (std::size_t row = 0; row < size(); ++row) {
            hits.push_back(
                {row, dotProduct(query.data(), m_values.data() + row * kDimension, kDimension)});
        }
        std::sort(hits.begin(), hits.end(), [](const Hit &a, const Hit &b) {
            return a.score != b.score ? a.score > b.score : a.row > b.row;
        });
        hits.resize(std::min(count, hits.size()));
        return hits;
    }

private:
    std::vector<float> m_values;
};

// Few different values, so that many scores are equal.
std::vector<float> coarseVectors(std::size_t count)
{
    std::mt19937 random(3);
    std::vector<float> values(count * kDimension);
    for (float &value : values) {
        value = float(random() % 3) - 1.0F;
    }
    return values;
}

} // namespace

class TestDeviceIndex : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void sameAsExact_data();
    void sameAsExact();
    void refuses();
    void empty();
};

void TestDeviceIndex::sameAsExact_data()
{
    QTest::addColumn<int>("k");
    QTest::addColumn<int>("every"); // row that passes; 0: all
    for (const int k : {0, 1, 7, 100, 999, 1000, 2000}) {
        for (const int every : {0, 2, 97, 5000}) {
            QTest::addRow("k %d, every %d", k, every) << k << every;
        }
    }
}

void TestDeviceIndex::sameAsExact()
{
    QFETCH(int, k);
    QFETCH(int, every);
    const std::vector<float> values = coarseVectors(1000);
    const auto index = makeDeviceIndex(std::make_unique<PlainVectors>(values));
    const auto exact = makeExactIndex(values, kDimension);
    QVERIFY(exact);
    const RowFilter filter =
        every == 0 ? RowFilter() : [&](std::size_t row) { return row % std::size_t(every) == 1; };
    for (std::size_t row = 0; row < 20; ++row) {
        const auto query = std::span(values).subspan(row * kDimension, kDimension);
        const auto found = index->search(query, std::size_t(k), filter);
        const auto expected = (*exact)->search(query, std::size_t(k), filter);
        QVERIFY(found && expected);
        QCOMPARE(found->size(), expected->size());
        for (std::size_t i = 0; i < found->size(); ++i) {
            QCOMPARE((*found)[i].row, (*expected)[i].row);
            QCOMPARE((*found)[i].score, (*expected)[i].score);
        }
    }
}

void TestDeviceIndex::refuses()
{
    const auto index = makeDeviceIndex(std::make_unique<PlainVectors>(coarseVectors(4)));
    const std::vector<float> shorter(kDimension - 1, 1);
    QCOMPARE(index->search(shorter, 1, {}).error().code, Errc::InvalidArgument);
    std::vector<float> bad(kDimension, 1);
    bad[2] = std::numeric_limits<float>::quiet_NaN();
    QCOMPARE(index->search(bad, 1, {}).error().code, Errc::InvalidArgument);
}

void TestDeviceIndex::empty()
{
    const auto index = makeDeviceIndex(std::make_unique<PlainVectors>(std::vector<float>()));
    const auto found = index->search(std::vector<float>(kDimension, 1), 3, {});
    QVERIFY(found);
    QVERIFY(found->empty());
}

QTEST_APPLESS_MAIN(TestDeviceIndex)
#include "tst_deviceindex.moc"
