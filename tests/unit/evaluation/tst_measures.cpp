#include <cmath>

#include <QtTest/QTest>

#include "evaluation/measures.h"

using namespace TorchLift;

/// Values worked out by hand; check_measures.py compares with trec_eval besides.
class TestMeasures : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void values_data();
    void values();
    void ceilings();
    void missingQueriesCountAsNothing();
    void everyMeasureIsDescribed();

private:
    const std::vector<std::string> m_found{"x", "a", "y", "b"};
    const Judgement m_judged{{"a", 1}, {"b", 3}, {"c", 1}, {"y", 0}};
};

void TestMeasures::values_data()
{
    QTest::addColumn<Measure>("measure");
    QTest::addColumn<int>("k");
    QTest::addColumn<double>("expected");
    QTest::addRow("precision counts places that hold nothing") << Measure::Precision << 10 << 0.2;
    QTest::addRow("recall of three") << Measure::Recall << 4 << 2.0 / 3;
    QTest::addRow("no hit at one") << Measure::HitRate << 1 << 0.0;
    QTest::addRow("hit at two") << Measure::HitRate << 2 << 1.0;
    QTest::addRow("first at rank two") << Measure::Mrr << 5 << 0.5;
    QTest::addRow("first is beyond the cut") << Measure::Mrr << 1 << 0.0;
    const double gain = 1 / std::log2(3.0) + 3 / std::log2(5.0);
    const double ideal = 3 + 1 / std::log2(3.0) + 1 / std::log2(4.0);
    QTest::addRow("graded gain") << Measure::Ndcg << 4 << gain / ideal;
    QTest::addRow("average precision") << Measure::Map << 4 << (0.5 + 0.5) / 3;
}

void TestMeasures::values()
{
    QFETCH(Measure, measure);
    QFETCH(int, k);
    QFETCH(double, expected);
    const double value = measureAt(measure, m_found, m_judged, static_cast<std::size_t>(k));
    QVERIFY2(std::abs(value - expected) < 1e-12, qPrintable(QString::number(value)));
}

void TestMeasures::ceilings()
{
    QCOMPARE(ceilingAt(Measure::Precision, m_judged, 10), 0.3);
    QCOMPARE(ceilingAt(Measure::Recall, m_judged, 2), 2.0 / 3);
    QCOMPARE(ceilingAt(Measure::Map, m_judged, 1), 1.0 / 3);
    for (const Measure measure : {Measure::HitRate, Measure::Mrr, Measure::Ndcg}) {
        QCOMPARE(ceilingAt(measure, m_judged, 1), 1.0);
    }
    for (const Measure measure : kMeasures) {
        for (const std::size_t k : kDepths) {
            QVERIFY(measureAt(measure, m_found, m_judged, k)
                    <= ceilingAt(measure, m_judged, k) + 1e-12);
        }
    }
}

void TestMeasures::missingQueriesCountAsNothing()
{
    const Qrels qrels{{"1", {{"a", 1}}}, {"2", {{"b", 1}}}, {"3", {{"c", 0}}}};
    const auto values = measureEach(Measure::Recall, {{"1", {"a"}}}, qrels, 5);
    QCOMPARE(values, (std::vector<double>{1, 0})); // "3" has nothing relevant: it is left out
    QCOMPARE(meanCeiling(Measure::Precision, qrels, 5), 0.2);
}

void TestMeasures::everyMeasureIsDescribed()
{
    for (const Measure measure : kMeasures) {
        const MeasureText &text = describe(measure);
        QVERIFY(!text.name.empty() && !text.formula.empty() && !text.denominator.empty()
                && !text.ceiling.empty());
    }
}

QTEST_GUILESS_MAIN(TestMeasures)
#include "tst_measures.moc"
