#include <QtTest/QTest>

#include <filesystem>

#include "retrieval/citations.h"

using namespace TorchLift;

namespace {

std::vector<RankedChunk> chunks()
{
    std::vector<RankedChunk> ranked(3);
    ranked[0].chunk.text = "torch.gesv became torch.solve (#18060), see https://example.org/notes";
    ranked[0].chunk.symbols = {"torch.gesv", "torch.solve"};
    ranked[1].chunk.text = "torch.solve was removed";
    ranked[1].chunk.pullRequests = {"#70986"};
    ranked[2].chunk.text = "torch.made_up_by_a_note says so";
    return ranked;
}

QString joined(const std::vector<std::string> &words)
{
    QStringList list;
    for (const std::string &word : words) {
        list << QString::fromStdString(word);
    }
    return list.join(' ');
}

QString joined(const std::vector<std::size_t> &numbers)
{
    QStringList list;
    for (const std::size_t number : numbers) {
        list << QString::number(number);
    }
    return list.join(' ');
}

} // namespace

class TestCitations : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void check_data();
    void check();
    void withoutTimelineOnlyNotesCount();
    void anyText_data();
    void anyText();
};

void TestCitations::check_data()
{
    QTest::addColumn<QString>("answer");
    QTest::addColumn<QString>("cited");
    QTest::addColumn<QString>("invented");
    QTest::addColumn<QString>("unknown");
    const auto row = [](const char *name, const char *answer, const char *cited,
                        const char *invented, const char *unknown) {
        QTest::addRow("%s", name) << answer << cited << invented << unknown;
    };
    row("in order of first mention", "It went [2], was renamed [1] and went [2].", "2 1", "", "");
    row("several in one mark", "It went [1, 2][3].", "1 2 3", "", "");
    row("no such note", "It went [4] and [0].", "", "[4] [0]", "");
    row("an index is no mark", "Take x[4], f(x)[5] and `y[6]`.", "", "", "");
    row("nor is code", "Use\n```python\na = [7]\nb = [1]\n```\nas in [3].", "3", "", "");
    row("an open block reaches to the end", "See [1]\n```\n[9]", "1", "", "");
    row("words in brackets", "[see 2] [a] [] [1", "", "", "");
    row("pull requests", "By #18060 and #70986 and #99999.", "", "#99999", "");
    row("addresses", "See https://example.org/notes, https://example.org/other.", "",
        "https://example.org/other", "");
    row("names of a note and of releases",
        "torch.gesv, torch.made_up_by_a_note, `torch.linalg.solve`", "", "", "");
    row("a name that is nowhere", "Use torch.linalg.solve_everything(A) [1].", "1", "",
        "torch.linalg.solve_everything");
    row("a number beyond counting", "[99999999999999999999999]", "", "", "");
    row("nothing", "", "", "", "");
}

void TestCitations::check()
{
    QFETCH(QString, answer);
    const auto timeline =
        Timeline::load(std::filesystem::path(TORCHLIFT_SOURCE_DIR) / "resources/timeline");
    QVERIFY(timeline);
    const auto ranked = chunks();
    const CitationCheck found = checkCitations(answer.toStdString(), ranked, timeline->get());
    QTEST(joined(found.cited), "cited");
    QTEST(joined(found.invented), "invented");
    QTEST(joined(found.unknown), "unknown");
}

void TestCitations::withoutTimelineOnlyNotesCount()
{
    const auto ranked = chunks();
    const auto found = checkCitations("torch.gesv, torch.linalg.solve", ranked, nullptr);
    QCOMPARE(joined(found.unknown), QString("torch.linalg.solve"));
    QCOMPARE(joined(checkCitations("[1]", {}, nullptr).invented), QString("[1]"));
}

void TestCitations::anyText_data()
{
    QTest::addColumn<QByteArray>("answer");
    QTest::addRow("no UTF-8") << QByteArray("[1] \xff\xfe torch.\xc3 [");
    QTest::addRow("ends in a mark") << QByteArray("[1");
    QTest::addRow("ends in a tick") << QByteArray("a `");
    QTest::addRow("many ticks") << QByteArray(100'000, '`');
    QTest::addRow("many brackets") << QByteArray(20'000, '[');
    QTest::addRow("zeroes") << QByteArray(1000, '\0');
}

void TestCitations::anyText()
{
    QFETCH(QByteArray, answer);
    const auto ranked = chunks();
    const auto found = checkCitations(answer.toStdString(), ranked, nullptr);
    QVERIFY(found.cited.size() <= 1);
}

QTEST_GUILESS_MAIN(TestCitations)
#include "tst_citations.moc"
