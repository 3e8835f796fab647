#include <cmath>
#include <random>
#include <vector>

#include <QtTest/QTest>

#include "evaluation/statistics.h"

using namespace TorchLift;

class TestStatistics : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void randomisationAgainstAllFlips();
    void wilcoxonAgainstKnownValue();
    void noDifferenceIsNoEvidence();
    void falseAlarmsAreAsOftenAsPromised();
    void intervalsCoverTheMean();
};

// Six pairs: all 64 sign patterns can be counted.
void TestStatistics::randomisationAgainstAllFlips()
{
    const std::vector<double> differences{0.3, 0.1, -0.05, 0.2, 0.15, 0.25};
    const std::vector<double> zeros(differences.size(), 0.0);
    double seen = 0;
    for (const double value : differences) {
        seen += value;
    }
    int asLarge = 0;
    for (unsigned pattern = 0; pattern < 64; ++pattern) {
        double sum = 0;
        for (unsigned i = 0; i < differences.size(); ++i) {
            sum += (pattern >> i & 1U) != 0 ? differences[i] : -differences[i];
        }
        asLarge += std::abs(sum) >= seen - 1e-9 ? 1 : 0;
    }
    const double p = randomisationTest(differences, zeros, {100000});
    QVERIFY2(std::abs(p - asLarge / 64.0) < 0.005, qPrintable(QString::number(p)));
}

// scipy.stats.wilcoxon(d, correction=True, mode="approx") of these gives 0.0249...: the ranks of
// |d| are 1 to 8 without ties, the positive ones sum to 35, so z = (35 - 18 - 0.5) / sqrt(51).
void TestStatistics::wilcoxonAgainstKnownValue()
{
    const std::vector<double> a{0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, -0.1};
    const std::vector<double> b(a.size(), 0.0);
    const double expected = std::erfc(16.5 / std::sqrt(51.0) / std::sqrt(2.0));
    QVERIFY(std::abs(wilcoxonTest(a, b) - expected) < 1e-12);
    QVERIFY(std::abs(wilcoxonTest(b, a) - expected) < 1e-12);
}

void TestStatistics::noDifferenceIsNoEvidence()
{
    const std::vector<double> same{0.1, 0.7, 0.3};
    QCOMPARE(randomisationTest(same, same), 1.0);
    QCOMPARE(wilcoxonTest(same, same), 1.0);
}

void TestStatistics::falseAlarmsAreAsOftenAsPromised()
{
    std::mt19937_64 random(7);
    std::normal_distribution<double> noise;
    int alarms = 0;
    int wilcoxonAlarms = 0;
    constexpr int trials = 400;
    for (int trial = 0; trial < trials; ++trial) {
        std::vector<double> a(30);
        std::vector<double> b(30);
        for (std::size_t i = 0; i < a.size(); ++i) {
            a[i] = noise(random);
            b[i] = noise(random);
        }
        alarms += randomisationTest(a, b, {400}) <= 0.05 ? 1 : 0;
        wilcoxonAlarms += wilcoxonTest(a, b) <= 0.05 ? 1 : 0;
    }
    for (const int count : {alarms, wilcoxonAlarms}) { // 20 expected, standard deviation 4.4
        QVERIFY2(count >= 6 && count <= 36, qPrintable(QString::number(count)));
    }
}

void TestStatistics::intervalsCoverTheMean()
{
    std::mt19937_64 random(11);
    std::uniform_real_distribution<double> values(0, 1);
    int inside = 0;
    constexpr int trials = 300;
    for (int trial = 0; trial < trials; ++trial) {
        std::vector<double> sample(60);
        for (double &value : sample) {
            value = values(random);
        }
        const Interval interval = bootstrapInterval(sample, 0.9, {500});
        QVERIFY(interval.low < interval.high);
        inside += interval.low <= 0.5 && interval.high >= 0.5 ? 1 : 0;
    }
    QVERIFY2(inside >= 250 && inside <= 290, qPrintable(QString::number(inside))); // 270 expected
}

QTEST_GUILESS_MAIN(TestStatistics)
#include "tst_statistics.moc"
