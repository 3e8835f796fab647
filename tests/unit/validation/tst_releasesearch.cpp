#include <QTest>

#include "validation/releasesearch.h"

using namespace TorchLift;

class TestReleaseSearch : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void finds_data();
    void finds();
    void everyPlaceIsFound();
    void errorsEndIt();
};

void TestReleaseSearch::finds_data()
{
    QTest::addColumn<int>("first");
    QTest::addColumn<int>("guess");
    QTest::addColumn<int>("probes");
    QTest::addRow("right guess: both neighbours") << 7 << 7 << 2;
    QTest::addRow("the last: its neighbour alone") << 21 << 21 << 1;
    QTest::addRow("the first") << 1 << 1 << 1;
    QTest::addRow("one too late") << 6 << 7 << 5;
}

void TestReleaseSearch::finds()
{
    QFETCH(int, first);
    QFETCH(int, guess);
    QFETCH(int, probes);
    int made = 0;
    const auto found = firstReleaseWith(
        0, 21,
        [&](std::size_t index) -> Result<bool> {
            ++made;
            return static_cast<int>(index) >= first;
        },
        [&](std::size_t, std::size_t) { return std::optional<std::size_t>(guess); });
    QVERIFY(found);
    QCOMPARE(*found, static_cast<std::size_t>(first));
    QCOMPARE(made, probes);
}

void TestReleaseSearch::everyPlaceIsFound()
{
    for (std::size_t guess = 0; guess < 30; ++guess) { // some of them outside
        for (std::size_t first = 1; first <= 21; ++first) {
            int made = 0;
            const auto found = firstReleaseWith(
                0, 21,
                [&](std::size_t index) -> Result<bool> {
                    ++made;
                    return index >= first;
                },
                [&](std::size_t, std::size_t) { return std::optional(guess); });
            QCOMPARE(found.value(), first);
            QVERIFY(made <= 7); // two for a wrong guess and five halvings of 21
        }
    }
}

void TestReleaseSearch::errorsEndIt()
{
    const auto found = firstReleaseWith(
        0, 9, [](std::size_t) -> Result<bool> { return fail(Errc::MissingPart, "no environment"); },
        {});
    QCOMPARE(found.error().code, Errc::MissingPart);
}

QTEST_GUILESS_MAIN(TestReleaseSearch)
#include "tst_releasesearch.moc"
