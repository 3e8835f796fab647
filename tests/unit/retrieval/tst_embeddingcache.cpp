#include <QtCore/QTemporaryDir>
#include <QtTest/QTest>

#include <fstream>

#include "base/files.h"
#include "retrieval/embeddingcache.h"
#include "support/hashingmodel.h"

using namespace TorchLift;
using namespace TorchLift::Testing;

class TestEmbeddingCache : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init();
    void nothingTwice();
    void rolesAndModelsDoNotMix();
    void damagedFileCountsAsEmpty();
    void whatWasDoneBeforeAStopIsKept();
    void marksWhatIsCut();
    void unwritableFileCostsNothing();

private:
    std::unique_ptr<QTemporaryDir> m_folder;
    std::filesystem::path m_file;
};

void TestEmbeddingCache::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    m_file = m_folder->filePath("cache/rows.vectors").toStdString();
}

void TestEmbeddingCache::nothingTwice()
{
    HashingModel model;
    const std::vector<std::string> texts = {"one", "two", "one", "three"};
    const auto first = embedWithCache(texts, TextRole::Passage, model, m_file, {}, {});
    QVERIFY(first);
    QCOMPARE(model.embedded, std::size_t(3));
    QCOMPARE(first->rows(), std::size_t(4));
    QCOMPARE(first->readings.size(), std::size_t(4));
    const auto direct = model.embed(texts, TextRole::Passage, {}, {});
    QVERIFY(first->values == direct->values);

    model.embedded = 0;
    const std::vector<std::string> more = {"three", "four", "two"};
    const auto second = embedWithCache(more, TextRole::Passage, model, m_file, {}, {});
    QVERIFY(second);
    QCOMPARE(model.embedded, std::size_t(1));
    QVERIFY(std::ranges::equal(second->row(0), first->row(3)));
    QVERIFY(std::ranges::equal(second->row(2), first->row(1)));
}

void TestEmbeddingCache::rolesAndModelsDoNotMix()
{
    HashingModel model;
    const std::vector<std::string> texts = {"one"};
    QVERIFY(embedWithCache(texts, TextRole::Passage, model, m_file, {}, {}));
    QVERIFY(embedWithCache(texts, TextRole::Query, model, m_file, {}, {}));
    QCOMPARE(model.embedded, std::size_t(2));
    HashingModel other("hashing-2");
    QVERIFY(embedWithCache(texts, TextRole::Passage, other, m_file, {}, {}));
    QCOMPARE(other.embedded, std::size_t(1));
}

// robustness 52
void TestEmbeddingCache::damagedFileCountsAsEmpty()
{
    HashingModel model;
    const std::vector<std::string> texts = {"one", "two"};
    QVERIFY(embedWithCache(texts, TextRole::Passage, model, m_file, {}, {}));
    std::string bytes = *readFile(m_file);
    bytes[bytes.size() / 2] = char(bytes[bytes.size() / 2] ^ 4);
    std::ofstream(m_file, std::ios::binary | std::ios::trunc) << bytes;
    model.embedded = 0;
    const auto again = embedWithCache(texts, TextRole::Passage, model, m_file, {}, {});
    QVERIFY(again);
    QCOMPARE(model.embedded, std::size_t(2));
    QVERIFY(again->values == model.embed(texts, TextRole::Passage, {}, {})->values);
}

void TestEmbeddingCache::whatWasDoneBeforeAStopIsKept()
{
    HashingModel model;
    std::vector<std::string> texts;
    for (int i = 0; i < 5000; ++i) {
        texts.push_back("text " + std::to_string(i));
    }
    std::stop_source source;
    double last = 0;
    const auto stopped = embedWithCache(
        texts, TextRole::Passage, model, m_file,
        [&](const Progress &progress) {
            QVERIFY(progress.done > last && progress.total == 5000);
            last = progress.done;
            if (progress.done >= 3000) {
                source.request_stop();
            }
        },
        source.get_token());
    QVERIFY(!stopped);
    QCOMPARE(stopped.error().code, Errc::Cancelled);
    model.embedded = 0;
    QVERIFY(embedWithCache(texts, TextRole::Passage, model, m_file, {}, {}));
    QCOMPARE(model.embedded, std::size_t(5000 - 2048)); // the step that was whole is kept
}

void TestEmbeddingCache::marksWhatIsCut()
{
    HashingModel model;
    const std::vector<std::string> texts = {"short", std::string(4000, 'x')};
    for (int round = 0; round < 2; ++round) { // embedded, then out of the file
        const auto found = embedWithCache(texts, TextRole::Passage, model, m_file, {}, {});
        QVERIFY(found);
        QVERIFY(!found->readings[0].isCut && found->readings[1].isCut);
        QCOMPARE(found->readings[1].tokens, 256U);
    }
}

void TestEmbeddingCache::unwritableFileCostsNothing()
{
    HashingModel model;
    const std::vector<std::string> texts = {"one"};
    QVERIFY(embedWithCache(texts, TextRole::Passage, model, "/proc/absent/rows.vectors", {}, {}));
}

QTEST_GUILESS_MAIN(TestEmbeddingCache)
#include "tst_embeddingcache.moc"
