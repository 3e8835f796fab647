#include <random>

#include <QTest>

#include "diff/merge.h"

using namespace TorchLift;

/// Three texts into one: both sides' changes, ours where they contradict.
class TestMerge : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void merges_data();
    void merges();
    void conflicts_data();
    void conflicts();
    void whatOnlyOneSideChangedIsKept();
};

void TestMerge::merges_data()
{
    QTest::addColumn<QByteArray>("base");
    QTest::addColumn<QByteArray>("ours");
    QTest::addColumn<QByteArray>("theirs");
    QTest::addColumn<QByteArray>("merged");
    const auto row = [](const char *name, const char *base, const char *ours, const char *theirs,
                        const char *merged) {
        QTest::addRow("%s", name) << QByteArray(base) << QByteArray(ours) << QByteArray(theirs)
                                  << QByteArray(merged);
    };
    row("nothing", "a\nb\n", "a\nb\n", "a\nb\n", "a\nb\n");
    row("ours", "a\nb\n", "a\nB\n", "a\nb\n", "a\nB\n");
    row("theirs", "a\nb\n", "a\nb\n", "A\nb\n", "A\nb\n");
    row("neighbours", "a\nb\nc\n", "A\nb\nc\n", "a\nB\nC\n", "A\nB\nC\n");
    row("apart", "a\nb\nc\nd\ne\n", "a\nb\nx\nc\nd\ne\n", "a\nb\nc\nd\n", "a\nb\nx\nc\nd\n");
    row("the same twice", "a\nb\n", "a\nX\n", "a\nX\n", "a\nX\n");
    row("the same in part", "a\nb\nc\n", "X\nb\nC\n", "X\nb\nc\n", "X\nb\nC\n");
    row("both insert", "a\nb\n", "a\nimport os\nb\n", "a\nimport math\nb\n",
        "a\nimport os\nimport math\nb\n");
    row("both insert the same line", "a\n", "a\nx\ny\n", "a\ny\n", "a\nx\ny\n");
    row("insertion before a change", "a\nb\n", "a\nx\nb\n", "a\nB\n", "a\nx\nB\n");
    row("insertion behind a change", "a\nb\nc\n", "a\nb\nx\nc\n", "a\nB\nc\n", "a\nB\nx\nc\n");
    row("no newline at the end", "a\nb", "A\nb", "a\nb\n", "A\nb\n");
    row("Windows line ends", "a\r\nb\r\n", "A\r\nb\r\n", "a\r\nB\r\n", "A\r\nB\r\n");
    row("from nothing", "", "a\n", "", "a\n");
}

void TestMerge::merges()
{
    QFETCH(QByteArray, base);
    QFETCH(QByteArray, ours);
    QFETCH(QByteArray, theirs);
    const Merge merge = mergeTexts(base.toStdString(), ours.toStdString(), theirs.toStdString());
    QTEST(QByteArray::fromStdString(merge.text), "merged");
    QVERIFY(merge.conflicts.empty());
}

void TestMerge::conflicts_data()
{
    QTest::addColumn<QByteArray>("base");
    QTest::addColumn<QByteArray>("ours");
    QTest::addColumn<QByteArray>("theirs");
    QTest::addColumn<QByteArray>("merged");
    QTest::addColumn<int>("line");
    const auto row = [](const char *name, const char *base, const char *ours, const char *theirs,
                        const char *merged, int line) {
        QTest::addRow("%s", name) << QByteArray(base) << QByteArray(ours) << QByteArray(theirs)
                                  << QByteArray(merged) << line;
    };
    row("one line", "a\nb\nc\n", "a\nX\nc\n", "a\nY\nC\n", "a\nX\nc\n", 2);
    row("removed here, changed there", "a\nb\nc\n", "a\nc\n", "a\nB\nc\n", "a\nc\n", 2);
    row("overlap", "a\nb\nc\nd\n", "a\nX\nY\nd\n", "a\nb\nC\nD\n", "a\nX\nY\nd\n", 2);
    row("apart from others", "a\nb\nc\nd\ne\n", "a\nX\nc\nd\ne\n", "a\nY\nc\nd\nE\n",
        "a\nX\nc\nd\nE\n", 2);
    row("after lines that grew", "a\nb\nc\n", "1\n2\na\nb\nX\n", "a\nb\nY\n", "1\n2\na\nb\nX\n", 5);
}

void TestMerge::conflicts()
{
    QFETCH(QByteArray, base);
    QFETCH(QByteArray, ours);
    QFETCH(QByteArray, theirs);
    const Merge merge = mergeTexts(base.toStdString(), ours.toStdString(), theirs.toStdString());
    QTEST(QByteArray::fromStdString(merge.text), "merged");
    QCOMPARE(merge.conflicts.size(), std::size_t(1));
    QTEST(merge.conflicts.front().mergedLine, "line");
    QVERIFY(merge.text.find(merge.conflicts.front().ours) != std::string::npos);
}

// Every line that one side alone added is in the result, whatever the other did.
void TestMerge::whatOnlyOneSideChangedIsKept()
{
    std::mt19937 random(7); // NOLINT(cert-msc32-c): the same cases each time
    const auto below = [&random](std::size_t n) { return random() % n; };
    for (int round = 0; round < 2000; ++round) {
        std::vector<std::string> base(below(12));
        for (std::string &line : base) {
            line = std::string(1, static_cast<char>('a' + below(4))) + "\n";
        }
        const auto changed = [&](char mark) {
            std::vector<std::string> out = base;
            for (std::size_t i = below(4); i > 0; --i) {
                const auto at = static_cast<std::ptrdiff_t>(below(out.size() + 1));
                const std::string line = mark + std::to_string(round * 10 + int(i)) + "\n";
                if (below(3) == 0 && !out.empty()) {
                    out.erase(out.begin()
                              + std::min<std::ptrdiff_t>(at, static_cast<std::ptrdiff_t>(out.size())
                                                                 - 1));
                } else {
                    out.insert(out.begin() + at, line);
                }
            }
            std::string text;
            for (const std::string &line : out) {
                text += line;
            }
            return text;
        };
        std::string text;
        for (const std::string &line : base) {
            text += line;
        }
        const std::string ours = changed('X');
        const std::string theirs = changed('Y');
        const Merge merge = mergeTexts(text, ours, theirs);
        std::string kept = merge.text;
        for (const MergeConflict &conflict : merge.conflicts) {
            kept += conflict.theirs;
        }
        for (const std::string &side : {ours, theirs}) {
            for (std::size_t at = side.find_first_of("XY"); at != std::string::npos;
                 at = side.find_first_of("XY", at + 1)) {
                const std::string line = side.substr(at, side.find('\n', at) + 1 - at);
                QVERIFY2(kept.find(line) != std::string::npos, line.c_str());
            }
        }
        QCOMPARE(mergeTexts(text, ours, text).text, ours);
        QCOMPARE(mergeTexts(text, text, theirs).text, theirs);
        QCOMPARE(mergeTexts(text, merge.text, text).text, merge.text);
    }
}

QTEST_GUILESS_MAIN(TestMerge)
#include "tst_merge.moc"
