#include <QtTest>

#include <cmath>
#include <map>
#include <random>
#include <set>
#include <thread>

#include <nlohmann/json.hpp>

#include "index/vectorindex.h"
#include "vectorstores/vectorstores.h"

using namespace TorchLift;

namespace {

using Json = nlohmann::json;

constexpr std::size_t kDimension = 64;
constexpr std::size_t kRecords = 1500;
constexpr std::size_t kBatch = 250;
const VersionWindow kAll{{0, 0, 0}, {9, 0, 0}};

std::vector<float> randomUnit(std::mt19937 &random)
{
    std::normal_distribution<float> normal;
    std::vector<float> vector(kDimension);
    float sum = 0;
    for (float &value : vector) {
        value = normal(random);
        sum += value * value;
    }
    for (float &value : vector) {
        value /= std::sqrt(sum);
    }
    return vector;
}

// Releases 1.1 to 1.15 in turn.
std::vector<VectorRecord> someRecords()
{
    std::mt19937 random(7);
    std::vector<VectorRecord> records;
    for (std::size_t i = 0; i < kRecords; ++i) {
        VectorRecord record;
        record.key = "notes:" + std::to_string(i);
        record.modelHash = "model-a";
        record.version = {1, static_cast<int>(i % 15) + 1, 0};
        record.payload = Json{{"page_content", "Text \"" + std::to_string(i) + "\" – текст 🔥"},
                              {"metadata", {{"version", record.version.toString()}}}}
                             .dump();
        record.vector = randomUnit(random);
        records.push_back(std::move(record));
    }
    return records;
}

} // namespace

/// Against the engine that run_with_engine.py has started.
class TestVectorCollection : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void beforeItExists();
    void createsOnce();
    void fills();
    void fillingAgainChangesNothing();
    void replaces();
    void holdsWhatIsThere();
    void sameHitsAsTheLocalIndex();
    void nothingOutsideTheWindow();
    void modelsNeverMeet();
    void everyRecordOnce();
    void removes();
    void anotherDimension();
    void wrongKey();
    void twoPrograms();
    void drops();

private:
    [[nodiscard]] EngineOptions options() const;
    [[nodiscard]] std::unique_ptr<VectorCollection> open() const;

    std::vector<VectorRecord> m_records = someRecords();
    std::unique_ptr<VectorCollection> m_collection;
};

EngineOptions TestVectorCollection::options() const
{
    EngineOptions options;
    options.address =
        (qgetenv("TORCHLIFT_TEST_ENGINE") + "contract" + qgetenv("TORCHLIFT_TEST_ENGINE_SUFFIX"))
            .toStdString();
    options.key = qgetenv("TORCHLIFT_TEST_ENGINE_KEY").toStdString();
    return options;
}

std::unique_ptr<VectorCollection> TestVectorCollection::open() const
{
    auto collection = openCollection(options(), {});
    if (!collection) {
        qWarning("%s", collection.error().detail.c_str());
        return nullptr;
    }
    return std::move(*collection);
}

void TestVectorCollection::initTestCase()
{
    if (!qEnvironmentVariableIsSet("TORCHLIFT_TEST_ENGINE")) {
        QSKIP("no engine was started: run_with_engine.py does");
    }
    m_collection = open();
    QVERIFY(m_collection);
}

void TestVectorCollection::beforeItExists()
{
    const auto dimension = m_collection->dimension({});
    QVERIFY(dimension && !*dimension);
    QCOMPARE(m_collection->count({}).error().code, Errc::NotFound);
    QCOMPARE(m_collection->upsert({m_records.data(), 1}, {}).error().code, Errc::NotFound);
    QCOMPARE(m_collection->page({}, {}).error().code, Errc::NotFound);
    QVERIFY(m_collection->drop({}));
}

void TestVectorCollection::createsOnce()
{
    const auto made = m_collection->create(kDimension, {});
    QVERIFY2(made, made ? "" : made.error().detail.c_str());
    QVERIFY(m_collection->create(kDimension, {}));
    QCOMPARE(m_collection->create(kDimension + 1, {}).error().code, Errc::Incompatible);
    const auto dimension = m_collection->dimension({});
    QVERIFY(dimension && *dimension == kDimension);
    const auto count = m_collection->count({});
    QVERIFY2(count, count ? "" : count.error().detail.c_str());
    QCOMPARE(*count, std::size_t{0});
}

void TestVectorCollection::fills()
{
    for (std::size_t i = 0; i < kRecords; i += kBatch) {
        const auto done = m_collection->upsert({m_records.data() + i, kBatch}, {});
        QVERIFY2(done, done ? "" : done.error().detail.c_str());
    }
    QCOMPARE(m_collection->count({}).value_or(0), kRecords); // at once, not after a while
}

void TestVectorCollection::fillingAgainChangesNothing()
{
    QVERIFY(m_collection->upsert({m_records.data(), kBatch}, {}));
    QCOMPARE(m_collection->count({}).value_or(0), kRecords);
}

void TestVectorCollection::replaces()
{
    VectorRecord &record = m_records[3];
    record.payload = Json{{"page_content", "another text"},
                          {"metadata", {{"version", record.version.toString()}}}}
                         .dump();
    QVERIFY(m_collection->upsert({&record, 1}, {}));
    const auto hits = m_collection->search(record.vector, 1, kAll, "model-a", {});
    QVERIFY2(hits, hits ? "" : hits.error().detail.c_str());
    QCOMPARE(hits->size(), std::size_t{1});
    QCOMPARE(hits->front().key, record.key);
    QVERIFY(std::abs(hits->front().score - 1) < 1e-4F);
    QVERIFY(Json::parse(hits->front().payload)["page_content"] == "another text");
}

void TestVectorCollection::holdsWhatIsThere()
{
    std::vector<VectorRecord> asked(m_records.begin(), m_records.begin() + 5);
    asked[1].key = "absent";
    asked[2].payload = R"({"page_content":"changed","metadata":{}})";
    asked[4].modelHash = "another";
    const auto held = m_collection->holds(asked, {});
    QVERIFY2(held, held ? "" : held.error().detail.c_str());
    QVERIFY((*held == std::vector<bool>{true, false, false, true, false}));
}

void TestVectorCollection::sameHitsAsTheLocalIndex()
{
    std::vector<float> values;
    for (const VectorRecord &record : m_records) {
        values.insert(values.end(), record.vector.begin(), record.vector.end());
    }
    const auto local = makeExactIndex(values, kDimension);
    QVERIFY(local);
    std::mt19937 random(11);
    std::size_t same = 0;
    constexpr std::size_t queries = 1000;
    constexpr std::size_t k = 6;
    for (std::size_t i = 0; i < queries; ++i) {
        const std::vector<float> query = randomUnit(random);
        const VersionWindow window{{1, static_cast<int>(i % 5), 0},
                                   {1, static_cast<int>(i % 5) + 8, 0}};
        const auto expected = (*local)->search(query, k, [&](std::size_t row) {
            return m_records[row].version > window.from && m_records[row].version <= window.to;
        });
        const auto hits = m_collection->search(query, k, window, "model-a", {});
        QVERIFY2(hits, hits ? "" : hits.error().detail.c_str());
        QCOMPARE(hits->size(), expected->size());
        bool isSame = true;
        for (std::size_t rank = 0; rank < k; ++rank) {
            isSame = isSame && (*hits)[rank].key == m_records[(*expected)[rank].row].key
                     && std::abs((*hits)[rank].score - (*expected)[rank].score) < 1e-4F;
        }
        same += isSame ? 1 : 0;
    }
    QCOMPARE(same, queries);
}

void TestVectorCollection::nothingOutsideTheWindow()
{
    const VersionWindow window{{1, 4, 0}, {1, 5, 0}};
    const auto hits = m_collection->search(m_records[0].vector, 1000, window, "model-a", {});
    QVERIFY(hits);
    QCOMPARE(hits->size(), kRecords / 15);
    for (const RecordHit &hit : *hits) {
        QVERIFY(Json::parse(hit.payload)["metadata"]["version"] == "1.5.0");
    }
    QVERIFY(m_collection->search(m_records[0].vector, 0, window, "model-a", {})->empty());
}

void TestVectorCollection::modelsNeverMeet()
{
    VectorRecord other = m_records[0];
    other.modelHash = R"(b" or id >= 0 or model_hash == "model-a)";
    QVERIFY(m_collection->upsert({&other, 1}, {}));
    const auto hits = m_collection->search(other.vector, 10, kAll, other.modelHash, {});
    QVERIFY2(hits, hits ? "" : hits.error().detail.c_str());
    QCOMPARE(hits->size(), std::size_t{1});
    QCOMPARE(m_collection->count({}).value_or(0), kRecords + 1);
    QVERIFY(m_collection->remove({&other, 1}, {}));
    QCOMPARE(m_collection->count({}).value_or(0), kRecords);
}

void TestVectorCollection::everyRecordOnce()
{
    std::map<std::string, VectorRecord> seen;
    std::string cursor;
    int pages = 0;
    do {
        const auto reader = open(); // a cursor outlives its program
        const auto page = reader->page(cursor, {});
        QVERIFY2(page, page ? "" : page.error().detail.c_str());
        for (const VectorRecord &record : page->records) {
            QVERIFY2(seen.emplace(record.key, record).second, record.key.c_str());
        }
        cursor = page->next;
        ++pages;
    } while (!cursor.empty());
    QCOMPARE(seen.size(), kRecords);
    QVERIFY(pages > 3);
    for (const VectorRecord &record : m_records) {
        const VectorRecord &found = seen.at(record.key);
        QCOMPARE(found.modelHash, record.modelHash);
        QCOMPARE(found.version, record.version);
        const Json sent = Json::parse(record.payload);
        QVERIFY(Json::parse(found.payload)["page_content"] == sent["page_content"]);
        for (std::size_t i = 0; i < kDimension; ++i) {
            QVERIFY(std::abs(found.vector[i] - record.vector[i]) < 1e-6F);
        }
    }
}

void TestVectorCollection::removes()
{
    QVERIFY(m_collection->remove({m_records.data(), 10}, {}));
    QVERIFY(m_collection->remove({m_records.data(), 10}, {})); // what is gone may go again
    QCOMPARE(m_collection->count({}).value_or(0), kRecords - 10);
    const auto hits = m_collection->search(m_records[0].vector, 1, kAll, "model-a", {});
    QVERIFY(hits && hits->front().key != m_records[0].key);
    QVERIFY(m_collection->upsert({m_records.data(), 10}, {}));
    QCOMPARE(m_collection->count({}).value_or(0), kRecords);
}

void TestVectorCollection::anotherDimension()
{
    VectorRecord record = m_records[0];
    record.vector.push_back(0);
    QCOMPARE(m_collection->upsert({&record, 1}, {}).error().code, Errc::InvalidArgument);
    QCOMPARE(m_collection->search(record.vector, 3, kAll, "model-a", {}).error().code,
             Errc::InvalidArgument);
}

void TestVectorCollection::wrongKey()
{
    EngineOptions wrong = options();
    for (const char *key : {"", "root:wrong"}) {
        wrong.key = key;
        const auto refused = openCollection(wrong, {});
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, Errc::Refused);
        QVERIFY(!refused.error().remedy.empty());
    }
}

// Both write the same records, in different order.
void TestVectorCollection::twoPrograms()
{
    constexpr std::size_t count = 500;
    QVERIFY(m_collection->remove({m_records.data(), count}, {}));
    const auto write = [this](bool isBackward) {
        const auto own = open();
        bool isGood = own != nullptr;
        for (std::size_t i = 0; i < count && isGood; i += 50) {
            const std::size_t at = isBackward ? count - 50 - i : i;
            isGood = own->upsert({m_records.data() + at, 50}, {}).has_value();
        }
        return isGood;
    };
    bool isOtherGood = false;
    std::jthread other([&] { isOtherGood = write(true); });
    const bool isGood = write(false);
    other.join();
    QVERIFY(isGood && isOtherGood);
    QCOMPARE(m_collection->count({}).value_or(0), kRecords);
    std::set<std::string> keys;
    const auto hits =
        m_collection->search(m_records[0].vector, kRecords + 100, kAll, "model-a", {});
    QVERIFY(hits);
    for (const RecordHit &hit : *hits) {
        QVERIFY2(keys.insert(hit.key).second, hit.key.c_str());
    }
    QCOMPARE(keys.size(), kRecords);
}

void TestVectorCollection::drops()
{
    QVERIFY(m_collection->drop({}));
    QVERIFY(m_collection->drop({}));
    const auto dimension = open()->dimension({});
    QVERIFY(dimension && !*dimension);
}

QTEST_GUILESS_MAIN(TestVectorCollection)
#include "tst_vectorcollection.moc"
