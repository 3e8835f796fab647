#include <random>

#include <QtTest/QTest>

#include "evaluation/calibration.h"

using namespace TorchLift;

using Depths = std::vector<std::optional<std::size_t>>;

class TestCalibration : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void depths();
    void quantile_data();
    void quantile();
    void promiseHoldsForFurtherQueries();
};

void TestCalibration::depths()
{
    const Rankings run{{"1", {"x", "a", "b"}}, {"2", {"x"}}};
    const Qrels qrels{{"1", {{"a", 1}, {"b", 1}, {"x", 0}}}, {"2", {{"a", 1}}}, {"3", {{"q", 0}}}};
    QCOMPARE(depthsNeeded(run, qrels, Covered::First), (Depths{2, std::nullopt}));
    QCOMPARE(depthsNeeded(run, qrels, Covered::All), (Depths{3, std::nullopt}));
}

void TestCalibration::quantile_data()
{
    QTest::addColumn<int>("count"); // depths 1 to count, then `never` that are not covered
    QTest::addColumn<int>("never");
    QTest::addColumn<double>("coverage");
    QTest::addColumn<int>("expected"); // 0: none
    QTest::addRow("ceil(10 * 0.9) = 9th of 9") << 9 << 0 << 0.9 << 9;
    QTest::addRow("ceil(20 * 0.5) = 10th of 19") << 19 << 0 << 0.5 << 10;
    QTest::addRow("too few for the promise") << 8 << 0 << 0.9 << 0;
    QTest::addRow("too many never covered") << 90 << 10 << 0.9 << 0;
    QTest::addRow("some never covered") << 95 << 4 << 0.9 << 90;
    QTest::addRow("no query") << 0 << 0 << 0.5 << 0;
}

void TestCalibration::quantile()
{
    QFETCH(int, count);
    QFETCH(int, never);
    QFETCH(double, coverage);
    QFETCH(int, expected);
    Depths needed(static_cast<std::size_t>(never));
    for (int i = 1; i <= count; ++i) {
        needed.emplace_back(static_cast<std::size_t>(i));
    }
    const auto k = calibrateDepth(needed, coverage);
    QCOMPARE(k ? static_cast<int>(*k) : 0, expected);
}

void TestCalibration::promiseHoldsForFurtherQueries()
{
    std::mt19937_64 random(3);
    std::geometric_distribution<int> depth(0.3);
    Depths needed;
    for (int i = 0; i < 160; ++i) {
        needed.emplace_back(static_cast<std::size_t>(depth(random) + 1));
    }
    for (const double coverage : {0.8, 0.9, 0.95}) {
        const Calibration calibration = calibrate(needed, coverage, 500);
        QCOMPARE(calibration.splits, std::size_t{500});
        QVERIFY(calibration.k);
        QVERIFY2(calibration.measured >= coverage - 0.01,
                 qPrintable(QString::number(calibration.measured)));
    }
}

QTEST_GUILESS_MAIN(TestCalibration)
#include "tst_calibration.moc"
