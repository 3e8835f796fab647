#include <QTest>

#include <algorithm>

#include "pipeline/judge.h"

using namespace TorchLift;

/// Which runs a judgement asks for, and what it makes of them: nothing is run here.
class TestFurtherRuns : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void patternsOfNoise_data();
    void patternsOfNoise();
    void cancelled();
};

namespace {

Run runWith(double value)
{
    Run run;
    run.outcome = Outcome::Ok;
    Variable x;
    x.type = "float";
    x.isComparable = true;
    x.values = {value};
    run.variables["x"] = x;
    return run;
}

ResultRow rowOf(double oldValue, double newValue)
{
    ResultRow row;
    row.oldAtSource = runWith(oldValue);
    row.newAtTarget = runWith(newValue);
    return row;
}

} // namespace

void TestFurtherRuns::patternsOfNoise_data()
{
    QTest::addColumn<double>("newValue");
    QTest::addColumn<QList<double>>("moved"); // by pattern, the last for all further ones
    QTest::addColumn<int>("patterns");
    QTest::addColumn<int>("verdict");
    const auto numerical = static_cast<int>(VerdictKind::Numerical);
    const auto differs = static_cast<int>(VerdictKind::Differs);
    QTest::addRow("equal") << 1.0 << QList<double>{1.0} << 0
                           << static_cast<int>(VerdictKind::Equal);
    QTest::addRow("parameters tell") << 1.3 << QList<double>{1.02} << 1 << numerical;
    QTest::addRow("results tell") << 1.3 << QList<double>{1.0, 1.0, 1.1} << 3 << numerical;
    QTest::addRow("nothing moves") << 1.3 << QList<double>{1.0} << 3 << differs;
    QTest::addRow("hardly anything") << 1.3 << QList<double>{1.0 + 1e-9} << 3 << differs;
    QTest::addRow("a later sample tells")
        << 1.3 << QList<double>{1.0, 1.01, 1.01, 1.01, 1.1, 1.01} << 7 << numerical;
    QTest::addRow("none does") << 1.3 << QList<double>{1.0, 1.01} << 7 << differs;
}

void TestFurtherRuns::patternsOfNoise()
{
    QFETCH(double, newValue);
    QFETCH(QList<double>, moved);
    QFETCH(int, patterns);
    QFETCH(int, verdict);
    int asked = 0;
    const RunCode run = [&](const Version &torch, std::string_view code,
                            const RunWish &wish) -> Result<Run> {
        if (code == "new") {
            return runWith(newValue); // whatever is taken back
        }
        if (!(torch == Version{1, 0, 0})) {
            return fail(Errc::Internal, "old code is moved in its own version");
        }
        if (!wish.movesParameters) {
            return runWith(1.0);
        }
        ++asked;
        return runWith(moved[std::min<qsizetype>(wish.resultsPattern, moved.size() - 1)]);
    };
    ResultRow row = rowOf(1.0, newValue);
    ValidateOptions options;
    options.source = {1, 0, 0};
    options.target = {2, 7, 0};
    QVERIFY(judge(row, "old", "new", nullptr, options, run));
    QCOMPARE(static_cast<int>(row.verdict->kind), verdict);
    QCOMPARE(asked, patterns);
}

void TestFurtherRuns::cancelled()
{
    ResultRow row = rowOf(1.0, 1.3);
    const RunCode run = [](const Version &, std::string_view, const RunWish &) -> Result<Run> {
        Run stopped;
        stopped.outcome = Outcome::Cancelled;
        return stopped;
    };
    const auto judged = judge(row, "old", "new", nullptr, {}, run);
    QVERIFY(!judged);
    QCOMPARE(judged.error().code, Errc::Cancelled);
    QVERIFY(!row.verdict);
}

QTEST_GUILESS_MAIN(TestFurtherRuns)
#include "tst_furtherruns.moc"
