#include <QtCore/QTemporaryDir>
#include <QtTest/QTest>

#include <fstream>

#include "embedding/modelfolder.h"
#include "embedding/wordpiecetokenizer.h"
#include "settings/paths.h"

using namespace TorchLift;

namespace {

QString joined(const TokenIds &tokens)
{
    QStringList list;
    for (const std::int32_t id : tokens.ids) {
        list << QString::number(id);
    }
    return list.join(' ');
}

} // namespace

class TestWordPieceTokenizer : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void smallVocabulary_data();
    void smallVocabulary();
    void cutsBeforeTheClosingToken();
    void options_data();
    void options();
    void badVocabularies_data();
    void badVocabularies();
    void likeTheReference_data();
    void likeTheReference();
    void longTextsTakeLinearTime();

private:
    [[nodiscard]] std::unique_ptr<WordPieceTokenizer> load(const QByteArray &vocabulary,
                                                           WordPieceOptions options = {});

    QTemporaryDir m_folder;
};

// [PAD] 0, [UNK] 1, [CLS] 2, [SEP] 3, [MASK] 4 and what follows.
const QByteArray kVocabulary =
    "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nun\n##aff\n##able\n##a\nunaffx\n"
    "cafe\n.\n##s\ncaf\xc3\xa9\nCafe\n\xe6\xb1\x89\n";

std::unique_ptr<WordPieceTokenizer> TestWordPieceTokenizer::load(const QByteArray &vocabulary,
                                                                 WordPieceOptions options)
{
    const std::filesystem::path file = m_folder.filePath("vocab.txt").toStdString();
    std::ofstream(file, std::ios::binary | std::ios::trunc) << vocabulary.toStdString();
    auto tokenizer = WordPieceTokenizer::load(file, std::move(options));
    return tokenizer ? std::move(*tokenizer) : nullptr;
}

void TestWordPieceTokenizer::smallVocabulary_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("expected");
    QTest::addRow("empty") << ""
                           << "2 3";
    QTest::addRow("longest piece first") << "unaffable"
                                         << "2 5 6 7 3";
    QTest::addRow("no way to the end") << "unaffq"
                                       << "2 1 3";
    QTest::addRow("punctuation is a word") << "un.un"
                                           << "2 5 11 5 3";
    QTest::addRow("accents and case") << QString::fromUtf8("CAFÉ") << "2 10 3";
    QTest::addRow("continuation only inside") << "aff"
                                              << "2 1 3";
    QTest::addRow("special tokens") << "[MASK]un[CLS]"
                                    << "2 4 5 2 3";
    QTest::addRow("control characters vanish") << QString("u\u200bn\u0001") << "2 5 3";
    QTest::addRow("cjk stands alone") << QString::fromUtf8("un汉un") << "2 5 15 5 3";
    QTest::addRow("hundred characters") << QString(100, 'u') << "2 1 3";
}

void TestWordPieceTokenizer::smallVocabulary()
{
    QFETCH(QString, text);
    QFETCH(QString, expected);
    QCOMPARE(joined(load(kVocabulary)->encode(text.toStdString(), 0)), expected);
}

void TestWordPieceTokenizer::cutsBeforeTheClosingToken()
{
    const auto tokenizer = load(kVocabulary);
    QCOMPARE(joined(tokenizer->encode("un un un un", 4)), QString("2 5 5 3"));
    QVERIFY(tokenizer->encode("un un un un", 4).isCut);
    QCOMPARE(joined(tokenizer->encode("un un", 4)), QString("2 5 5 3"));
    QVERIFY(!tokenizer->encode("un un", 4).isCut);
    QVERIFY(tokenizer->encode("un\nun\nun", 4).isCut);
    QVERIFY(!tokenizer->encode("un\nun\n\n", 4).isCut);
    QCOMPARE(joined(tokenizer->encode("un\nun\nun\nun", 2)), QString("2 3"));
    QCOMPARE(joined(tokenizer->encode("\xff\xfeun\x80", 0)), QString("2 5 3"));
}

void TestWordPieceTokenizer::options_data()
{
    QTest::addColumn<bool>("isLowerCased");
    QTest::addColumn<int>("stripsAccents"); // -1: unset
    QTest::addColumn<QString>("expected");  // of "Café"
    QTest::addRow("uncased") << true << -1 << "2 10 3";
    QTest::addRow("uncased, accents kept") << true << 0 << "2 13 3";
    QTest::addRow("cased") << false << -1 << "2 1 3";
    QTest::addRow("cased, accents stripped") << false << 1 << "2 14 3";
}

void TestWordPieceTokenizer::options()
{
    QFETCH(bool, isLowerCased);
    QFETCH(int, stripsAccents);
    QFETCH(QString, expected);
    WordPieceOptions options;
    options.isLowerCased = isLowerCased;
    if (stripsAccents >= 0) {
        options.stripsAccents = stripsAccents == 1;
    }
    QCOMPARE(joined(load(kVocabulary, options)->encode("Caf\xc3\xa9", 0)), expected);
}

void TestWordPieceTokenizer::badVocabularies_data()
{
    QTest::addColumn<QByteArray>("vocabulary");
    QTest::addRow("empty") << QByteArray();
    QTest::addRow("no [UNK]") << QByteArray("[PAD]\n[CLS]\n[SEP]\n[MASK]\n");
    QTest::addRow("no UTF-8") << QByteArray(kVocabulary + "\xff\n");
    QTest::addRow("too many lines") << QByteArray(kVocabulary + QByteArray(2'100'000, '\n'));
}

void TestWordPieceTokenizer::badVocabularies()
{
    QFETCH(QByteArray, vocabulary);
    const std::filesystem::path file = m_folder.filePath("vocab.txt").toStdString();
    std::ofstream(file, std::ios::binary | std::ios::trunc) << vocabulary.toStdString();
    QCOMPARE(WordPieceTokenizer::load(file, {}).error().code, Errc::Damaged);
}

void TestWordPieceTokenizer::likeTheReference_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("expected");
    QTest::addRow("code") << QString::fromUtf8("x, lu = torch.gesv(b, A)[0]")
                          << "101 1060 1010 11320 1027 12723 1012 16216 2015 2615 1006 1038 1010 "
                             "1037 1007 1031 1014 1033 102";
    QTest::addRow("accents") << QString::fromUtf8("na\u00efve caf\u00e9 \u00c5ngstr\u00f6m")
                             << "101 15743 7668 17076 15687 102";
    QTest::addRow("russian")
        << QString::fromUtf8(
               "\u041f\u0440\u0438\u0432\u0435\u0442, \u043c\u0438\u0440! \u0401\u043b\u043a\u0430")
        << "101 1194 16856 10325 25529 15290 22919 1010 1191 10325 16856 999 1185 29436 28598 102";
    QTest::addRow("greek sigma")
        << QString::fromUtf8("\u038c\u03a3\u039f\u03a3 \u03a3\u03af\u03c3\u03c5\u03c6\u03bf\u03c2")
        << "101 1169 29733 29730 29733 1173 18199 29733 29735 29736 15297 102";
    QTest::addRow("turkish i") << QString::fromUtf8("\u0130stanbul \u0131I")
                               << "101 9960 1104 2072 102";
    QTest::addRow("cjk") << QString::fromUtf8(
        "\u6c49\u5b57 mixed \u65e5\u672c\u8a9e\u30c6\u30b9\u30c8")
                         << "101 100 100 3816 1864 1876 1950 1713 30233 30240 102";
    QTest::addRow("korean") << QString::fromUtf8("\ud55c\uad6d\uc5b4 \ubb38\uc7a5")
                            << "101 1469 30006 30021 29991 30014 30020 29999 30008 1459 30014 "
                               "30021 30000 30006 30025 102";
    QTest::addRow("hebrew points")
        << QString::fromUtf8("\u05e9\u05b8\u05c1\u05dc\u05d5\u05b9\u05dd")
        << "101 1266 29799 29792 29800 102";
    QTest::addRow("emoji") << QString::fromUtf8("ok \U0001f600\U0001f44d\U0001f3fd done")
                           << "101 7929 100 2589 102";
    QTest::addRow("ligatures") << QString::fromUtf8("\ufb01ne \ufb02ight \u2167 \u00bd")
                               << "101 1984 2638 1985 18743 100 1092 102";
    QTest::addRow("controls") << QString::fromUtf8("a\u200bb\u00adc\ufeffd\013e")
                              << "101 5925 3207 102";
    QTest::addRow("spaces") << QString::fromUtf8("a\u00a0b\u2003c\u2028d\u3000e")
                            << "101 1037 1038 1039 1040 1041 102";
    QTest::addRow("special tokens") << QString::fromUtf8("[CLS] x[MASK]y [cls]")
                                    << "101 101 1060 103 1061 1031 18856 2015 1033 102";
    QTest::addRow("signs") << QString::fromUtf8("$1,000.50 + 2^3 = `x` ~ |y|")
                           << "101 1002 1015 1010 2199 1012 2753 1009 1016 1034 1017 1027 1036 "
                              "1060 1036 1066 1064 1061 1064 102";
    QTest::addRow("stacked marks")
        << QString::fromUtf8("Z\u0337\u0347a\u0336l\u0335g\u0334o") << "101 23564 2140 3995 102";
    QTest::addRow("decomposed order")
        << QString::fromUtf8("a\u0315\u0300\u05aeb") << "101 11113 102";
    QTest::addRow("private use") << QString::fromUtf8("\ue000private") << "101 2797 102";
    QTest::addRow("newer than the reference")
        << QString::fromUtf8("a\u061db a\u08cab a\u2e55b a\U00011e08b")
        << "101 100 100 100 100 102";
}

// The ids that Hugging Face's tokenizers gives for all-MiniLM-L6-v2.
void TestWordPieceTokenizer::likeTheReference()
{
    QFETCH(QString, text);
    QFETCH(QString, expected);
    const auto folder = readModelFolder(Paths::standard().models() / "all-MiniLM-L6-v2");
    if (!folder) {
        QSKIP("all-MiniLM-L6-v2 is not installed");
    }
    const auto tokenizer = WordPieceTokenizer::load(folder->vocabulary, folder->wordPiece);
    QVERIFY(tokenizer);
    QCOMPARE(joined((*tokenizer)->encode(text.toStdString(), 0)), expected);
}

void TestWordPieceTokenizer::longTextsTakeLinearTime()
{
    const auto tokenizer = load(kVocabulary);
    const std::string word(5'000'000, 'u'); // one word, one line, no end
    QCOMPARE(joined(tokenizer->encode(word, 256)), QString("2 1 3"));
    std::string lines;
    for (int i = 0; i < 1'000'000; ++i) {
        lines += "unaffable\n";
    }
    QCOMPARE(tokenizer->encode(lines, 256).ids.size(), size_t(256));
}

QTEST_GUILESS_MAIN(TestWordPieceTokenizer)
#include "tst_wordpiecetokenizer.moc"
