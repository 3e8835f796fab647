#include <QtTest>

#include <fstream>
#include <map>

#include "corpus/documents.h"
#include "pipeline/sharedcorpus.h"

using namespace TorchLift;

namespace {

constexpr std::size_t kDimension = 2;
constexpr std::size_t kChunks = 1000;

/// A collection in memory, with the faults of a far one: what real engines do is tested against
/// them (tst_vectorcollection, tst_clishared).
class MemoryCollection final : public VectorCollection
{
public:
    std::map<std::string, VectorRecord> records;
    std::size_t sent = 0;
    int callsLeft = -1; ///< until the network is gone; -1: it stays

    Result<std::optional<std::size_t>> dimension(std::stop_token) override { return kDimension; }
    Result<void> create(std::size_t, std::stop_token stop) override { return reach(stop); }
    Result<void> drop(std::stop_token) override { return {}; }

    Result<void> upsert(std::span<const VectorRecord> fresh, std::stop_token stop) override
    {
        if (auto reached = reach(stop); !reached) {
            return reached;
        }
        for (const VectorRecord &record : fresh) {
            records[record.key] = record;
        }
        sent += fresh.size();
        return {};
    }

    Result<std::vector<bool>> holds(std::span<const VectorRecord> asked, std::stop_token) override
    {
        std::vector<bool> held;
        for (const VectorRecord &record : asked) {
            const auto found = records.find(record.key);
            held.push_back(found != records.end() && found->second.payload == record.payload);
        }
        return held;
    }

    Result<void> remove(std::span<const VectorRecord> gone, std::stop_token) override
    {
        for (const VectorRecord &record : gone) {
            records.erase(record.key);
        }
        return {};
    }

    Result<std::vector<RecordHit>> search(std::span<const float>, std::size_t,
                                          const VersionWindow &, const std::string &,
                                          std::stop_token) override
    {
        return std::vector<RecordHit>();
    }

    Result<std::size_t> count(std::stop_token) override { return records.size(); }

    Result<RecordPage> page(const std::string &cursor, std::stop_token stop) override
    {
        if (auto reached = reach(stop); !reached) {
            return tl::unexpected(reached.error());
        }
        RecordPage page;
        auto at = records.upper_bound(cursor);
        for (; at != records.end() && page.records.size() < 100; ++at) {
            page.records.push_back(at->second);
        }
        page.next = at == records.end() ? "" : page.records.back().key;
        ++pages;
        return page;
    }

    int pages = 0;

private:
    Result<void> reach(const std::stop_token &stop)
    {
        if (stop.stop_requested()) {
            return fail(Errc::Cancelled, "cancelled");
        }
        if (callsLeft == 0) {
            return fail(Errc::Network, "gone");
        }
        callsLeft -= callsLeft > 0 ? 1 : 0;
        return {};
    }
};

std::vector<Chunk> someChunks()
{
    std::vector<Chunk> chunks;
    for (std::size_t i = 0; i < kChunks; ++i) {
        Chunk chunk;
        chunk.source = i % 2 == 0 ? "even" : "odd";
        chunk.version = {1, static_cast<int>(i % 12) + 1, 0};
        chunk.chunkId = "v" + std::to_string(i);
        chunk.text = "Text " + std::to_string(i) + " – \"quoted\"";
        chunk.textRu = "Текст";
        chunk.symbols = {"torch.gels"};
        chunk.pullRequests = {"#1"};
        chunk.trust = 0.7;
        chunk.isOriginal = i % 3 == 0;
        chunk.key = chunkKey(chunk);
        chunks.push_back(std::move(chunk));
    }
    return chunks;
}

} // namespace

class TestSharedCorpus : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void goesOnAfterAFault();
    void whatChangedIsSentAgain();
    void comesBackWhole();
    void pullGoesOnAfterAFault();
    void cutOffStaging_data();
    void cutOffStaging();
    void cancels();
    void prunesItsOwnSourcesOnly();
    void otherModelsAndForeigners();

private:
    [[nodiscard]] EmbeddedChunks corpus() const
    {
        return {m_chunks, m_values, kDimension, "model"};
    }
    [[nodiscard]] Result<PulledCorpus> pull(MemoryCollection &collection,
                                            const std::string &model = "model") const
    {
        return pullChunks(collection, "elsewhere", model, m_staging, {}, {});
    }

    std::vector<Chunk> m_chunks;
    std::vector<float> m_values;
    std::unique_ptr<QTemporaryDir> m_folder;
    std::filesystem::path m_staging;
};

void TestSharedCorpus::init()
{
    m_chunks = someChunks();
    m_values.assign(kChunks * kDimension, 0);
    for (std::size_t i = 0; i < kChunks; ++i) {
        m_values[i * kDimension + i % kDimension] = 1;
    }
    m_folder = std::make_unique<QTemporaryDir>();
    m_staging = m_folder->path().toStdString() + "/pulls/x.jsonl";
}

void TestSharedCorpus::goesOnAfterAFault()
{
    MemoryCollection collection;
    collection.callsLeft = 3; // create and two batches
    const auto broken = pushChunks(corpus(), false, collection, {}, {});
    QVERIFY(!broken && broken.error().code == Errc::Network);
    QVERIFY(!collection.records.empty() && collection.records.size() < kChunks);
    collection.callsLeft = -1;
    double last = 0;
    const auto done = pushChunks(corpus(), false, collection,
                                 [&](const Progress &progress) {
                                     QVERIFY(progress.done >= last && progress.unit == "chunks");
                                     last = progress.done;
                                 },
                                 {});
    QVERIFY(done);
    QCOMPARE(done->sent + done->unchanged, kChunks);
    QVERIFY(done->unchanged > 0);
    QCOMPARE(collection.sent, kChunks); // nothing twice
    QCOMPARE(done->total, kChunks);
    QCOMPARE(last, double(kChunks));
}

void TestSharedCorpus::whatChangedIsSentAgain()
{
    MemoryCollection collection;
    QVERIFY(pushChunks(corpus(), false, collection, {}, {}));
    m_chunks[5].trust = 0.1; // no part of the key
    const auto done = pushChunks(corpus(), false, collection, {}, {});
    QVERIFY(done && done->sent == 1 && done->total == kChunks);
}

void TestSharedCorpus::comesBackWhole()
{
    MemoryCollection collection;
    QVERIFY(pushChunks(corpus(), false, collection, {}, {}));
    const auto pulled = pull(collection);
    QVERIFY2(pulled, pulled ? "" : pulled.error().detail.c_str());
    QCOMPARE(pulled->chunks.size(), kChunks);
    QVERIFY(pulled->skipped.empty());
    std::map<std::string, Chunk> found;
    for (const Chunk &chunk : pulled->chunks) {
        found.emplace(chunk.key, chunk);
    }
    for (const Chunk &chunk : m_chunks) {
        const Chunk &other = found.at(chunk.key);
        QVERIFY(other.text == chunk.text && other.textRu == chunk.textRu
                && other.version == chunk.version && other.chunkId == chunk.chunkId
                && other.symbols == chunk.symbols && other.pullRequests == chunk.pullRequests
                && other.source == chunk.source && other.isOriginal == chunk.isOriginal);
        QCOMPARE(other.trust, chunk.trust);
    }
    QCOMPARE(pulled->vectors.texts.size(), kChunks);
    QCOMPARE(pulled->vectors.values.size(), kChunks * kDimension);
}

void TestSharedCorpus::pullGoesOnAfterAFault()
{
    MemoryCollection collection;
    QVERIFY(pushChunks(corpus(), false, collection, {}, {}));
    collection.callsLeft = 4;
    QVERIFY(!pull(collection));
    QCOMPARE(collection.pages, 4);
    collection.callsLeft = -1;
    const auto pulled = pull(collection);
    QVERIFY(pulled && pulled->chunks.size() == kChunks);
    QCOMPARE(collection.pages, 10); // none twice
}

void TestSharedCorpus::cutOffStaging_data()
{
    QTest::addColumn<QByteArray>("tail");
    QTest::addRow("a record without its page") << QByteArray("{\"payload\": 3}\n");
    QTest::addRow("half a line") << QByteArray("{\"model\": \"mod");
    QTest::addRow("half a cursor") << QByteArray("{\"cursor\": \"even");
    QTest::addRow("rubbish") << QByteArray("\xff\x00\n[[[[", 7);
}

void TestSharedCorpus::cutOffStaging()
{
    QFETCH(QByteArray, tail);
    MemoryCollection collection;
    QVERIFY(pushChunks(corpus(), false, collection, {}, {}));
    collection.callsLeft = 4;
    QVERIFY(!pull(collection));
    std::ofstream(m_staging, std::ios::app | std::ios::binary) << tail.toStdString();
    collection.callsLeft = -1;
    const auto pulled = pull(collection);
    QVERIFY(pulled && pulled->chunks.size() == kChunks && pulled->skipped.empty());
    QCOMPARE(collection.pages, 10);
}

void TestSharedCorpus::cancels()
{
    MemoryCollection collection;
    std::stop_source stop;
    const auto halfway = [&](const Progress &progress) {
        if (progress.done >= progress.total / 2) {
            stop.request_stop();
        }
    };
    const auto pushed = pushChunks(corpus(), false, collection, halfway, stop.get_token());
    QVERIFY(!pushed && pushed.error().code == Errc::Cancelled);
    QVERIFY(!collection.records.empty() && collection.records.size() < kChunks);
    const auto pulled = pullChunks(collection, "x", "model", m_staging, {}, stop.get_token());
    QVERIFY(!pulled && pulled.error().code == Errc::Cancelled);
}

void TestSharedCorpus::prunesItsOwnSourcesOnly()
{
    MemoryCollection collection;
    QVERIFY(pushChunks(corpus(), false, collection, {}, {}));
    std::erase_if(m_chunks, [](const Chunk &chunk) { return chunk.source == "odd"; });
    m_chunks.resize(m_chunks.size() - 10);
    const auto done = pushChunks(corpus(), true, collection, {}, {});
    QVERIFY(done && done->removed == 10 && done->total == kChunks - 10);
}

void TestSharedCorpus::otherModelsAndForeigners()
{
    MemoryCollection collection;
    QVERIFY(pushChunks(corpus(), false, collection, {}, {}));
    const std::string payload =
        R"({"page_content": "symeig is gone", "metadata": {"version": "1.9.0"}})";
    collection.records["a"] = {"", "", {1, 9, 0}, payload, {0.6F, 0.8F}};
    collection.records["b"] = {"", "", {}, R"({"page_content": "no version"})", {}};
    collection.records["c"] = {"", "", {}, "[]", {}};
    collection.records["d"] = {
        "catalogue:1",
        "model",
        {1, 9, 0},
        R"({"page_content": "lie", "metadata": {"version": "1.9.0", "source": "catalogue"}})",
        {1, 0}};
    const auto pulled = pull(collection, "another model");
    QVERIFY(pulled);
    QCOMPARE(pulled->chunks.size(), kChunks + 1);
    QCOMPARE(pulled->skipped.size(), std::size_t{2});
    QVERIFY(pulled->vectors.texts.empty());
    QCOMPARE(pulled->chunks.front().source, std::string("elsewhere"));
}

QTEST_GUILESS_MAIN(TestSharedCorpus)
#include "tst_sharedcorpus.moc"
