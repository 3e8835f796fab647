#include <QtCore/QTemporaryDir>
#include <QtTest/QTest>

#include <fstream>

#include <sentencepiece_processor.h>
#include <sentencepiece_trainer.h>

#include "base/files.h"
#include "embedding/module/sentencepiecetokenizer.h"

using namespace TorchLift;

/// With a sentencepiece model that is trained here.
class TestSentencePieceTokenizer : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void numbersAreOneHigher_data();
    void numbersAreOneHigher();
    void specialTokensKeepTheirMeaning();
    void cutsBeforeTheClosingToken();
    void textThatIsNoUtf8();
    void damage_data();
    void damage();
    void missingFile();

private:
    QTemporaryDir m_folder;
    std::filesystem::path m_file;
    std::unique_ptr<SentencePieceTokenizer> m_tokenizer;
    sentencepiece::SentencePieceProcessor m_reference;
};

void TestSentencePieceTokenizer::initTestCase()
{
    const std::string text = m_folder.filePath("text.txt").toStdString();
    std::ofstream out(text);
    for (int i = 0; i < 200; ++i) {
        out << "torch.gesv was removed, use torch.linalg.solve instead " << i << '\n'
            << "функция torch.gesv удалена, вместо неё torch.linalg.solve\n"
            << "the arguments are swapped and nothing is factorised any more\n";
    }
    out.close();
    const std::string prefix = m_folder.filePath("sentencepiece.bpe").toStdString();
    const auto trained = sentencepiece::SentencePieceTrainer::Train(
        "--input=" + text + " --model_prefix=" + prefix
        + " --vocab_size=200 --hard_vocab_limit=false --minloglevel=2 --num_threads=1");
    QVERIFY2(trained.ok(), trained.ToString().c_str());
    m_file = prefix + ".model";
    QVERIFY(m_reference.Load(m_file.string()).ok());
    auto loaded = SentencePieceTokenizer::load(m_file);
    QVERIFY2(loaded, loaded ? "" : loaded.error().detail.c_str());
    m_tokenizer = std::move(*loaded);
    QCOMPARE(m_tokenizer->vocabularySize(), std::size_t(m_reference.GetPieceSize()) + 2);
}

void TestSentencePieceTokenizer::numbersAreOneHigher_data()
{
    QTest::addColumn<QString>("text");
    QTest::addRow("empty") << QString();
    QTest::addRow("spaces") << QString(" \n\t ");
    QTest::addRow("english") << QString("torch.gesv is gone: use   torch.linalg.solve");
    QTest::addRow("russian") << QString::fromUtf8("Чем заменить torch.gesv?");
    QTest::addRow("unknown") << QString::fromUtf8("日本語 \U0001f600 x");
    QTest::addRow("compatibility forms") << QString::fromUtf8("ﬁne ｆｕｌｌ ① Å");
}

void TestSentencePieceTokenizer::numbersAreOneHigher()
{
    QFETCH(QString, text);
    std::vector<int> pieces;
    QVERIFY(m_reference.Encode(text.toStdString(), &pieces).ok());
    std::vector<std::int32_t> expected = {0};
    for (const int piece : pieces) {
        expected.push_back(piece == 0 ? 3 : piece + 1);
    }
    expected.push_back(2);
    QVERIFY(m_tokenizer->encode(text.toStdString(), 0).ids == expected);
}

void TestSentencePieceTokenizer::specialTokensKeepTheirMeaning()
{
    const auto ids = m_tokenizer->encode("<s></s><pad><unk> <mask>", 0).ids;
    const auto mask = std::int32_t(m_tokenizer->vocabularySize()) - 1;
    QVERIFY((ids == std::vector<std::int32_t>{0, 0, 2, 1, 3, mask, 2}));
    const auto others = m_tokenizer->encode("<S> < s>", 0).ids;
    QVERIFY(std::count(others.begin(), others.end(), 0) == 1);
}

void TestSentencePieceTokenizer::cutsBeforeTheClosingToken()
{
    const std::string text = "torch.gesv was removed, use torch.linalg.solve instead";
    const auto all = m_tokenizer->encode(text, 0);
    QVERIFY(!all.isCut && all.ids.size() > 6);
    const auto cut = m_tokenizer->encode(text, 6);
    QVERIFY(cut.isCut);
    QCOMPARE(cut.ids.size(), std::size_t(6));
    QVERIFY(std::equal(cut.ids.begin(), cut.ids.end() - 1, all.ids.begin()));
    QCOMPARE(cut.ids.back(), 2);
    QVERIFY(!m_tokenizer->encode(text, all.ids.size()).isCut);
    QVERIFY(m_tokenizer->encode(text, all.ids.size() - 1).isCut);
}

void TestSentencePieceTokenizer::textThatIsNoUtf8()
{
    const auto ids = m_tokenizer->encode("torch\xff\xfe.gesv\x80", 0).ids;
    QVERIFY(ids.size() > 3);
    QCOMPARE(ids.back(), 2);
}

void TestSentencePieceTokenizer::damage_data()
{
    QTest::addColumn<int>("length");
    QTest::addRow("empty") << 0;
    QTest::addRow("a byte") << 1;
    QTest::addRow("half") << -2;
    QTest::addRow("another file") << -1;
}

// robustness 50
void TestSentencePieceTokenizer::damage()
{
    QFETCH(int, length);
    std::string bytes = *readFile(m_file);
    bytes = length == -1 ? std::string(1000, 'x')
                         : bytes.substr(0, length == -2 ? bytes.size() / 2 : std::size_t(length));
    const std::filesystem::path copy = m_folder.filePath("damaged.model").toStdString();
    std::ofstream(copy, std::ios::binary | std::ios::trunc) << bytes;
    const auto loaded = SentencePieceTokenizer::load(copy);
    QVERIFY(!loaded);
    QVERIFY(loaded.error().code == Errc::Damaged || loaded.error().code == Errc::Incompatible);
}

void TestSentencePieceTokenizer::missingFile()
{
    QCOMPARE(SentencePieceTokenizer::load("/absent/sentencepiece.bpe.model").error().code,
             Errc::NotFound);
}

QTEST_GUILESS_MAIN(TestSentencePieceTokenizer)
#include "tst_sentencepiecetokenizer.moc"
