#include <QtTest/QTest>

#include "base/text.h"
#include "corpus/splitter.h"

using namespace TorchLift;

namespace {

QStringList split(const std::string &text, const SplitOptions &options)
{
    QStringList pieces;
    for (const ByteSpan &span : splitRecursively(text, options)) {
        pieces << QString::fromStdString(text.substr(span.begin, span.size()));
    }
    return pieces;
}

} // namespace

class TestSplitter : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void pieces_data();
    void pieces();
    void neverCutsACharacter();
    void spansAreInsideAndAscending();
};

void TestSplitter::pieces_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<int>("size");
    QTest::addColumn<int>("overlap");
    QTest::addColumn<QStringList>("expected");
    // The expected pieces follow from the algorithm's description: cut at the coarsest
    // separator present, keep it at the next piece's front, join up to `size`, strip.
    QTest::addRow("empty") << "" << 10 << 0 << QStringList();
    QTest::addRow("white space only") << " \n\n \n" << 10 << 0 << QStringList();
    QTest::addRow("fits") << "one two" << 10 << 0 << QStringList{"one two"};
    QTest::addRow("words") << "one two three four" << 9 << 0
                           << QStringList{"one two", "three", "four"};
    QTest::addRow("overlap of a word")
        << "aa bb cc dd" << 6 << 3 << QStringList{"aa bb", "bb cc", "cc dd"};
    QTest::addRow("paragraphs before words")
        << "one two\n\nthree four" << 12 << 0 << QStringList{"one two", "three four"};
    QTest::addRow("long paragraph is cut finer")
        << "ab\n\nlonger words here" << 8 << 0 << QStringList{"ab", "longer", "words", "here"};
    QTest::addRow("no separator") << "abcdefghij" << 4 << 0 << QStringList{"abcd", "efgh", "ij"};
    QTest::addRow("no separator, overlap")
        << "abcdefghij" << 4 << 2 << QStringList{"abcd", "cdef", "efgh", "ghij"};
    QTest::addRow("lengths are code points")
        << QString::fromUtf8("ёжик ёлка") << 5 << 0
        << QStringList{QString::fromUtf8("ёжик"), QString::fromUtf8("ёлка")};
    QTest::addRow("strips unicode space")
        << QString::fromUtf8("\u3000ab\u00a0") << 10 << 0 << QStringList{"ab"};
}

void TestSplitter::pieces()
{
    QFETCH(QString, text);
    QFETCH(int, size);
    QFETCH(int, overlap);
    QFETCH(QStringList, expected);
    SplitOptions options;
    options.chunkSize = size_t(size);
    options.overlap = size_t(overlap);
    QCOMPARE(split(text.toStdString(), options), expected);
}

void TestSplitter::neverCutsACharacter()
{
    std::string text;
    for (int i = 0; i < 50; ++i) {
        text += "я漢😀";
    }
    SplitOptions options;
    options.chunkSize = 7;
    options.overlap = 2;
    const auto spans = splitRecursively(text, options);
    QVERIFY(spans.size() > 20);
    for (const ByteSpan &span : spans) {
        QVERIFY(isValidUtf8(std::string_view(text).substr(span.begin, span.size())));
    }
}

void TestSplitter::spansAreInsideAndAscending()
{
    std::string text;
    for (int i = 0; i < 400; ++i) {
        text += "word" + std::to_string(i) + (i % 7 == 0 ? "\n\n" : i % 3 == 0 ? "\n" : " ");
    }
    SplitOptions options;
    options.chunkSize = 100;
    options.overlap = 20;
    size_t last = 0;
    for (const ByteSpan &span : splitRecursively(text, options)) {
        QVERIFY(span.end <= text.size() && span.size() <= 100 && span.end > last);
        last = span.end;
    }
    QCOMPARE(last, text.find_last_not_of(" \n") + 1);
}

QTEST_GUILESS_MAIN(TestSplitter)
#include "tst_splitter.moc"
