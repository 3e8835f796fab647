#include <QtCore/QTemporaryDir>
#include <QtTest/QTest>

#include "retrieval/chunkvectors.h"
#include "support/hashingmodel.h"

using namespace TorchLift;
using TorchLift::Testing::HashingModel;

class TestChunkVectors : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void onlyNewTextsAreEmbedded();
    void stoppedGoesOn();
    void otherModelsStartAnew();

private:
    static std::vector<Chunk> chunks(std::size_t count)
    {
        std::vector<Chunk> made(count);
        for (std::size_t i = 0; i < count; ++i) {
            made[i].text = "note " + std::to_string(i);
        }
        return made;
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    std::filesystem::path m_file;
};

void TestChunkVectors::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    m_file = m_folder->filePath("below/v.vectors").toStdString();
}

void TestChunkVectors::onlyNewTextsAreEmbedded()
{
    HashingModel model;
    std::vector<Chunk> some = chunks(10);
    some.push_back(some.front()); // the same text
    const auto first = vectorsOfChunks(some, model, m_file, {}, {});
    QVERIFY(first);
    QCOMPARE(model.embedded, std::size_t(10));
    QCOMPARE(first->size(), 11 * model.dimension());
    QVERIFY(std::equal(first->begin(), first->begin() + 64, first->end() - 64));
    const auto more = vectorsOfChunks(chunks(12), model, m_file, {}, {});
    QVERIFY(more);
    QCOMPARE(model.embedded, std::size_t(12));
    QVERIFY(std::equal(more->begin(), more->begin() + 640, first->begin()));
}

void TestChunkVectors::stoppedGoesOn()
{
    const auto all = chunks(2800);
    HashingModel model;
    std::stop_source stop;
    double last = 0;
    const auto stopped = vectorsOfChunks(
        all, model, m_file,
        [&](const Progress &progress) {
            QVERIFY(progress.done >= last);
            QCOMPARE(progress.total, 2800.0);
            last = progress.done;
            if (progress.done >= 2500) {
                stop.request_stop();
            }
        },
        stop.get_token());
    QVERIFY(!stopped);
    QCOMPARE(stopped.error().code, Errc::Cancelled);
    HashingModel again;
    const auto done = vectorsOfChunks(all, again, m_file, {}, {});
    QVERIFY(done);
    QCOMPARE(again.embedded, std::size_t(2800 - 2048)); // two whole steps were kept
    HashingModel fresh;
    const auto expected =
        vectorsOfChunks(all, fresh, m_folder->filePath("other").toStdString(), {}, {});
    QVERIFY(*done == *expected);
}

void TestChunkVectors::otherModelsStartAnew()
{
    HashingModel model;
    QVERIFY(vectorsOfChunks(chunks(5), model, m_file, {}, {}));
    HashingModel other("another", 32);
    const auto values = vectorsOfChunks(chunks(5), other, m_file, {}, {});
    QVERIFY(values);
    QCOMPARE(other.embedded, std::size_t(5));
    QCOMPARE(values->size(), std::size_t(5 * 32));
}

QTEST_GUILESS_MAIN(TestChunkVectors)
#include "tst_chunkvectors.moc"
