#include <QtTest/QTest>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <set>
#include <thread>

#include "index/vectorindex.h"

using namespace TorchLift;

namespace {

enum class Kind { Exact, Hnsw };

Result<std::unique_ptr<VectorIndex>> make(Kind kind, const std::vector<float> &vectors,
                                          std::size_t dimension)
{
    return kind == Kind::Exact ? makeExactIndex(vectors, dimension)
                               : makeHnswIndex(vectors, dimension, {}, {});
}

std::vector<float> unitVectors(std::size_t rows, std::size_t dimension, unsigned seed)
{
    std::mt19937 random(seed);
    std::normal_distribution<float> normal;
    std::vector<float> values(rows * dimension);
    for (std::size_t row = 0; row < rows; ++row) {
        float squares = 0;
        for (std::size_t i = 0; i < dimension; ++i) {
            float &value = values[row * dimension + i];
            value = normal(random);
            squares += value * value;
        }
        for (std::size_t i = 0; i < dimension; ++i) {
            values[row * dimension + i] /= std::sqrt(squares);
        }
    }
    return values;
}

// Worked out without the index: sorts all rows by a plain double sum.
std::vector<std::size_t> bruteForce(const std::vector<float> &vectors, std::span<const float> query,
                                    std::size_t k)
{
    const std::size_t dimension = query.size();
    std::vector<std::pair<double, std::size_t>> all;
    for (std::size_t row = 0; row * dimension < vectors.size(); ++row) {
        double sum = 0;
        for (std::size_t i = 0; i < dimension; ++i) {
            sum += double(vectors[row * dimension + i]) * double(query[i]);
        }
        all.emplace_back(-sum, row);
    }
    std::sort(all.begin(), all.end());
    std::vector<std::size_t> rows;
    for (std::size_t i = 0; i < std::min(k, all.size()); ++i) {
        rows.push_back(all[i].second);
    }
    return rows;
}

} // namespace

class TestVectorIndex : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void bothKinds_data();
    void bothKinds();
    void tiesGoToTheLowerRow();
    void filterLimits_data() { kinds(); }
    void filterLimits();
    void refusesBadInput_data() { kinds(); }
    void refusesBadInput();
    void emptyIndex_data() { kinds(); }
    void emptyIndex();
    void hnswRecall();
    void hnswStops();
    void searchesFromManyThreads();

private:
    static void kinds();
};

void TestVectorIndex::kinds()
{
    QTest::addColumn<int>("kind");
    QTest::addRow("exact") << int(Kind::Exact);
    QTest::addRow("hnsw") << int(Kind::Hnsw);
}

void TestVectorIndex::bothKinds_data()
{
    QTest::addColumn<int>("kind");
    QTest::addColumn<int>("rows");
    QTest::addColumn<int>("dimension");
    QTest::addColumn<int>("k");
    QTest::addRow("exact, one row") << int(Kind::Exact) << 1 << 3 << 5;
    QTest::addRow("exact, odd dimension") << int(Kind::Exact) << 300 << 37 << 10;
    QTest::addRow("exact, all rows") << int(Kind::Exact) << 257 << 8 << 257;
    QTest::addRow("hnsw, one row") << int(Kind::Hnsw) << 1 << 3 << 5;
    QTest::addRow("hnsw, few rows") << int(Kind::Hnsw) << 50 << 16 << 10;
}

void TestVectorIndex::bothKinds()
{
    QFETCH(int, kind);
    QFETCH(int, rows);
    QFETCH(int, dimension);
    QFETCH(int, k);
    const auto vectors = unitVectors(size_t(rows), size_t(dimension), 1);
    const auto query = unitVectors(1, size_t(dimension), 2);
    const auto index = make(Kind(kind), vectors, size_t(dimension));
    QVERIFY(index);
    QCOMPARE((*index)->size(), size_t(rows));
    QCOMPARE((*index)->dimension(), size_t(dimension));
    const auto hits = (*index)->search(query, size_t(k), {});
    QVERIFY(hits);
    const auto expected = bruteForce(vectors, query, size_t(k));
    QCOMPARE(hits->size(), expected.size());
    for (size_t i = 0; i < expected.size(); ++i) {
        QCOMPARE((*hits)[i].row, expected[i]);
    }
}

void TestVectorIndex::tiesGoToTheLowerRow()
{
    const auto index = makeExactIndex({0, 1, 1, 0, 0, 1, 1, 0}, 2);
    QVERIFY(index);
    const auto hits = (*index)->search(std::vector{1.0F, 0.0F}, 3, {});
    QVERIFY(hits);
    QCOMPARE((*hits)[0].row, size_t(1));
    QCOMPARE((*hits)[1].row, size_t(3));
    QCOMPARE((*hits)[2].row, size_t(0));
    QCOMPARE((*hits)[0].score, 1.0F);
}

void TestVectorIndex::filterLimits()
{
    QFETCH(int, kind);
    const auto vectors = unitVectors(500, 16, 3);
    const auto index = make(Kind(kind), vectors, 16);
    QVERIFY(index);
    const auto query = unitVectors(1, 16, 4);
    // So few pass that a graph search alone would not meet k of them.
    const auto hits = (*index)->search(query, 4, [](size_t row) { return row % 100 == 7; });
    QVERIFY(hits);
    QCOMPARE(hits->size(), size_t(4));
    for (const VectorHit &hit : *hits) {
        QCOMPARE(hit.row % 100, size_t(7));
    }
    const auto none = (*index)->search(query, 4, [](size_t) { return false; });
    QVERIFY(none);
    QVERIFY(none->empty());
}

void TestVectorIndex::refusesBadInput()
{
    QFETCH(int, kind);
    const float nan = std::numeric_limits<float>::quiet_NaN();
    const float infinity = std::numeric_limits<float>::infinity();
    for (const std::vector<float> &bad :
         {std::vector{1.0F, nan}, std::vector{1.0F, infinity}, std::vector{1.0F, 2.0F, 3.0F}}) {
        const auto index = make(Kind(kind), bad, 2);
        QVERIFY(!index);
        QCOMPARE(index.error().code, Errc::InvalidArgument);
    }
    QVERIFY(!make(Kind(kind), {}, 0));
    const auto index = make(Kind(kind), {1, 0, 0, 1}, 2);
    QVERIFY(index);
    for (const std::vector<float> &bad :
         {std::vector{nan, 0.0F}, std::vector{-infinity, 0.0F}, std::vector{1.0F}}) {
        const auto hits = (*index)->search(bad, 1, {});
        QVERIFY(!hits);
        QCOMPARE(hits.error().code, Errc::InvalidArgument);
    }
}

void TestVectorIndex::emptyIndex()
{
    QFETCH(int, kind);
    const auto index = make(Kind(kind), {}, 4);
    QVERIFY(index);
    const auto hits = (*index)->search(std::vector{1.0F, 0.0F, 0.0F, 0.0F}, 5, {});
    QVERIFY(hits);
    QVERIFY(hits->empty());
}

void TestVectorIndex::hnswRecall()
{
    constexpr size_t rows = 3000;
    constexpr size_t dimension = 32;
    constexpr size_t queries = 50;
    const auto vectors = unitVectors(rows, dimension, 5);
    const auto index = makeHnswIndex(vectors, dimension, {}, {});
    QVERIFY(index);
    const auto asked = unitVectors(queries, dimension, 6);
    size_t common = 0;
    for (size_t i = 0; i < queries; ++i) {
        const auto query = std::span(asked).subspan(i * dimension, dimension);
        const auto hits = (*index)->search(query, 10, {});
        QVERIFY(hits);
        const auto expected = bruteForce(vectors, query, 10);
        const std::set<size_t> truth(expected.begin(), expected.end());
        common += size_t(std::count_if(hits->begin(), hits->end(), [&](const VectorHit &hit) {
            return truth.contains(hit.row);
        }));
    }
    const double recall = double(common) / double(queries * 10);
    QVERIFY2(recall >= 0.99, qPrintable(QString::number(recall)));
}

void TestVectorIndex::hnswStops()
{
    std::stop_source source;
    source.request_stop();
    const auto index = makeHnswIndex(unitVectors(10, 4, 7), 4, {}, source.get_token());
    QVERIFY(!index);
    QCOMPARE(index.error().code, Errc::Cancelled);
}

void TestVectorIndex::searchesFromManyThreads()
{
    const auto vectors = unitVectors(400, 16, 8);
    const auto query = unitVectors(1, 16, 9);
    const auto index = makeHnswIndex(vectors, 16, {}, {});
    QVERIFY(index);
    const auto expected = (*index)->search(query, 10, {});
    QVERIFY(expected);
    std::atomic<int> wrong = 0;
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 4; ++i) {
            threads.emplace_back([&] {
                for (int j = 0; j < 50; ++j) {
                    const auto hits = (*index)->search(query, 10, {});
                    wrong += !hits || (*hits)[9].row != (*expected)[9].row ? 1 : 0;
                }
            });
        }
    }
    QCOMPARE(wrong.load(), 0);
}

QTEST_GUILESS_MAIN(TestVectorIndex)
#include "tst_vectorindex.moc"
