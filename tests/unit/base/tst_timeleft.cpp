#include <QtTest/QTest>

#include "base/timeleft.h"

using namespace TorchLift;
using namespace std::chrono_literals;

class TestTimeLeft : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void saysNothingTooEarly();
    void goesBySpeed();
    void aDownloadThatGoesOn();
    void startsAnewWithEachStage();
};

void TestTimeLeft::saysNothingTooEarly()
{
    const auto start = TimeLeft::Clock::now();
    TimeLeft left;
    QVERIFY(!left.after({"embedding", 0, 100, "chunks"}, start));
    QVERIFY(!left.after({"embedding", 50, 100, "chunks"}, start + 1s)); // too short
    QVERIFY(!left.after({"embedding", 50, 0, "chunks"}, start + 9s));   // no end known
    TimeLeft slow;
    QVERIFY(!slow.after({"embedding", 0, 1000, "chunks"}, start));
    QVERIFY(!slow.after({"embedding", 1, 1000, "chunks"}, start + 9s)); // too little
}

void TestTimeLeft::goesBySpeed()
{
    const auto start = TimeLeft::Clock::now();
    TimeLeft left;
    QVERIFY(!left.after({"embedding", 0, 100, "chunks"}, start));
    const auto seconds = left.after({"embedding", 25, 100, "chunks"}, start + 10s);
    QVERIFY(seconds);
    QCOMPARE(*seconds, 30.0);
    QVERIFY(!left.after({"embedding", 100, 100, "chunks"}, start + 40s)); // over
}

void TestTimeLeft::aDownloadThatGoesOn()
{
    const auto start = TimeLeft::Clock::now();
    TimeLeft left;
    QVERIFY(!left.after({"downloading", 800, 1000, "bytes"}, start));
    QCOMPARE(*left.after({"downloading", 900, 1000, "bytes"}, start + 10s), 10.0);
}

void TestTimeLeft::startsAnewWithEachStage()
{
    const auto start = TimeLeft::Clock::now();
    TimeLeft left;
    QVERIFY(!left.after({"downloading", 0, 100, "bytes"}, start));
    QVERIFY(left.after({"downloading", 50, 100, "bytes"}, start + 10s));
    QVERIFY(!left.after({"embedding", 50, 100, "chunks"}, start + 11s));
    QCOMPARE(*left.after({"embedding", 75, 100, "chunks"}, start + 16s), 5.0);
}

QTEST_GUILESS_MAIN(TestTimeLeft)
#include "tst_timeleft.moc"
