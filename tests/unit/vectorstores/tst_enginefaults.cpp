#include <QtTest>

#include <thread>

#include <nlohmann/json.hpp>

#include "support/stubserver.h"
#include "vectorstores/vectorstores.h"

using namespace TorchLift;
using namespace std::chrono_literals;

namespace {

using Json = nlohmann::json;

const QByteArray kDescription =
    R"({"result": {"config": {"params": {"vectors": {"size": 2, "distance": "Cosine"}}}}})";
const QByteArray kMilvusDescription =
    R"({"code": 0, "data": {"fields": [{"name": "id", "type": "Int64", "autoId": false},)"
    R"({"name": "vector", "type": "FloatVector", "params": [{"key": "dim", "value": "2"}]},)"
    R"({"name": "version_number", "type": "Int64"}, {"name": "model_hash", "type": "VarChar"},)"
    R"({"name": "content_hash", "type": "VarChar"}, {"name": "page_content", "type": "VarChar"},)"
    R"({"name": "metadata", "type": "VarChar"}]}})";

StubReply json(const QByteArray &body, int status = 200)
{
    return StubReply::body(body, "application/json", status);
}

StubReply broken(StubReply::End end)
{
    StubReply reply = json("{\"result\": {\"count");
    reply.steps.push_back({{}, 50ms});
    reply.end = end;
    return reply;
}

VectorRecord record(const std::string &key = "notes:1")
{
    return {key,
            "model",
            {1, 13, 0},
            R"({"metadata":{"version":"1.13.0"},"page_content":"gels is gone"})",
            {0.6F, 0.8F}};
}

} // namespace

class TestEngineFaults : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whatMayPassIsTriedAgain_data();
    void whatMayPassIsTriedAgain();
    void itGivesUp();
    void retryAfterIsHeeded();
    void milvusSaysBusyWithStatus200();
    void stalls();
    void unreachable();
    void cancelsInAPause();
    void statuses_data();
    void statuses();
    void nonsense_data();
    void nonsense();
    void theKeyIsInAHeaderOnly();
    void untrustedCertificate();
    void badVectorsAreNotSent();
    void filterIsNoPlaceForNames();
    void foreignPayloads();
    void milvusOfVersion2();

private:
    EngineOptions options(const StubServer &server, const char *engine = "qdrant") const
    {
        EngineOptions made;
        made.address =
            std::string(engine) + "://127.0.0.1:" + std::to_string(server.port()) + "/notes";
        made.key = "s3cret";
        made.network.stallTimeout = 1s;
        made.firstPause = 1ms;
        made.attempts = 4;
        return made;
    }
};

void TestEngineFaults::whatMayPassIsTriedAgain_data()
{
    QTest::addColumn<int>("fault");
    QTest::addRow("429") << 429;
    QTest::addRow("500") << 500;
    QTest::addRow("502") << 502;
    QTest::addRow("503") << 503;
    QTest::addRow("504") << 504;
    QTest::addRow("closed in the middle") << -1;
    QTest::addRow("reset in the middle") << -2;
}

void TestEngineFaults::whatMayPassIsTriedAgain()
{
    QFETCH(int, fault);
    StubServer server;
    server.enqueue(json(kDescription));
    for (int i = 0; i < 2; ++i) {
        server.enqueue(fault > 0
                           ? json("<html>busy</html>", fault)
                           : broken(fault == -1 ? StubReply::End::Close : StubReply::End::Reset));
    }
    server.enqueue(json(R"({"result": {"count": 7}})"));
    const auto collection = openCollection(options(server), {});
    QVERIFY(collection);
    const auto count = (*collection)->count({});
    QVERIFY2(count, count ? "" : count.error().detail.c_str());
    QCOMPARE(*count, std::size_t{7});
    QCOMPARE(server.requests().size(), std::size_t{4});
}

void TestEngineFaults::itGivesUp()
{
    StubServer server;
    server.enqueue(json(kDescription));
    server.enqueue(json(R"({"status": {"error": "s3cret does not help"}})", 503));
    const auto collection = openCollection(options(server), {});
    const auto count = (*collection)->count({});
    QVERIFY(!count);
    QCOMPARE(count.error().code, Errc::Network);
    QVERIFY(count.error().detail.find("503") != std::string::npos);
    QVERIFY(count.error().detail.find("s3cret") == std::string::npos);
    QVERIFY(!count.error().remedy.empty());
    QCOMPARE(server.requests().size(), std::size_t{5}); // one to open, four tries
}

void TestEngineFaults::retryAfterIsHeeded()
{
    StubServer server;
    server.enqueue(json(kDescription));
    StubReply busy = json("{}", 429);
    busy.headers.push_back({"Retry-After", "1"});
    server.enqueue(busy);
    server.enqueue(json(R"({"result": {"count": 7}})"));
    const auto collection = openCollection(options(server), {});
    QVERIFY((*collection)->count({}));
    const auto times = server.writeTimes();
    QVERIFY(times.size() >= 3 && times.back() - times[1] >= 900ms);
}

void TestEngineFaults::milvusSaysBusyWithStatus200()
{
    StubServer server;
    server.enqueue(json(kMilvusDescription));
    server.enqueue(json(R"json({"code": 8, "message": "rate limit exceeded"})json"));
    server.enqueue(json(R"json({"code": 0, "data": [{"count(*)": 7}]})json"));
    const auto collection = openCollection(options(server, "milvus"), {});
    QVERIFY(collection);
    const auto count = (*collection)->count({});
    QVERIFY(count && *count == 7);
}

void TestEngineFaults::stalls()
{
    StubServer server;
    StubReply silent;
    silent.answersAtAll = false;
    server.enqueue(silent);
    EngineOptions how = options(server);
    how.attempts = 2;
    const auto collection = openCollection(how, {});
    QVERIFY(!collection);
    QCOMPARE(collection.error().code, Errc::Timeout);
    QCOMPARE(server.requests().size(), std::size_t{2});
}

void TestEngineFaults::unreachable()
{
    EngineOptions how;
    {
        const StubServer gone;
        how = options(gone);
    }
    const auto collection = openCollection(how, {});
    QVERIFY(!collection);
    QCOMPARE(collection.error().code, Errc::Network);
}

void TestEngineFaults::cancelsInAPause()
{
    StubServer server;
    server.enqueue(json("{}", 503));
    EngineOptions how = options(server);
    how.firstPause = 1min;
    how.longestPause = 1min;
    std::stop_source stop;
    std::jthread later([&] {
        while (server.writeTimes().empty()) {
            std::this_thread::sleep_for(1ms);
        }
        std::this_thread::sleep_for(50ms);
        stop.request_stop();
    });
    const auto collection = openCollection(how, stop.get_token());
    QVERIFY(!collection);
    QCOMPARE(collection.error().code, Errc::Cancelled);
}

void TestEngineFaults::statuses_data()
{
    QTest::addColumn<int>("status");
    QTest::addColumn<int>("code");
    QTest::addRow("wrong key") << 401 << int(Errc::Refused);
    QTest::addRow("key without rights") << 403 << int(Errc::Refused);
    QTest::addRow("no such collection") << 404 << int(Errc::NotFound);
    QTest::addRow("not understood") << 400 << int(Errc::Network);
}

void TestEngineFaults::statuses()
{
    QFETCH(int, status);
    StubServer server;
    server.enqueue(json(kDescription));
    server.enqueue(json(R"({"status": {"error": "no"}})", status));
    const auto collection = openCollection(options(server), {});
    QVERIFY(collection);
    const auto count = (*collection)->count({});
    QVERIFY(!count);
    QTEST(int(count.error().code), "code");
    QCOMPARE(server.requests().size(), std::size_t{2}); // a second time would not help
}

void TestEngineFaults::nonsense_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addRow("empty") << QByteArray();
    QTest::addRow("HTML") << QByteArray("<html>hello</html>");
    QTest::addRow("array") << QByteArray("[]");
    QTest::addRow("no result") << QByteArray(R"({"status": "ok"})");
    QTest::addRow("null") << QByteArray(R"({"result": null})");
    QTest::addRow("negative") << QByteArray(R"({"result": {"count": -1}})");
    QTest::addRow("text") << QByteArray(R"({"result": {"count": "7"}})");
    QTest::addRow("cut off") << QByteArray(R"({"result": {"count": 7)");
    QTest::addRow("deep") << QByteArray("[").repeated(10'000);
    QTest::addRow("no UTF-8") << QByteArray("{\"result\": \"\xff\xfe\"}");
}

void TestEngineFaults::nonsense()
{
    QFETCH(QByteArray, body);
    StubServer server;
    server.enqueue(json(kDescription));
    server.enqueue(json(body));
    const auto collection = openCollection(options(server), {});
    QVERIFY(collection);
    QVERIFY(!(*collection)->count({}));
    const auto hits =
        (*collection)->search(record().vector, 3, {{1, 0, 0}, {2, 7, 0}}, "model", {});
    QVERIFY(!hits || hits->empty());
    const auto page = (*collection)->page({}, {});
    QVERIFY(!page || (page->records.empty() && page->next.empty()));
}

void TestEngineFaults::theKeyIsInAHeaderOnly()
{
    for (const auto &[engine, name, value] :
         {std::tuple("qdrant", "api-key", "s3cret"),
          std::tuple("milvus", "authorization", "Bearer s3cret")}) {
        StubServer server;
        server.enqueue(json(engine == QByteArray("qdrant") ? kDescription : kMilvusDescription));
        server.enqueue(json(R"({"code": 0, "data": {}, "result": {}})"));
        const auto collection = openCollection(options(server, engine), {});
        QVERIFY2(collection, engine);
        const VectorRecord one = record();
        QVERIFY((*collection)->upsert({&one, 1}, {}));
        for (const StubRequest &request : server.requests()) {
            QCOMPARE(request.header(name), QByteArray(value));
            QVERIFY(!request.path.contains("s3cret") && !request.body.contains("s3cret"));
        }
    }
}

void TestEngineFaults::untrustedCertificate()
{
    const QTemporaryDir folder;
    const auto own = makeCertificate(folder);
    if (!own) {
        QSKIP("openssl is not here to make a certificate");
    }
    StubServer server(own->tls);
    server.enqueue(json(kDescription));
    EngineOptions how = options(server, "qdrant+https");
    const auto distrusted = openCollection(how, {});
    QVERIFY(!distrusted);
    QCOMPARE(distrusted.error().code, Errc::Refused);
    QVERIFY(distrusted.error().remedy.find("--certificates") != std::string::npos);
    QVERIFY(server.requests().empty()); // the key was not sent
    how.network.certificates = own->certificateFile.toStdString();
    QVERIFY(openCollection(how, {}));
}

void TestEngineFaults::badVectorsAreNotSent()
{
    StubServer server;
    server.enqueue(json(kDescription));
    const auto collection = openCollection(options(server), {});
    VectorRecord bad = record();
    bad.vector = {1, 0, 0};
    QCOMPARE((*collection)->upsert({&bad, 1}, {}).error().code, Errc::InvalidArgument);
    bad.vector = {1, std::numeric_limits<float>::quiet_NaN()};
    QCOMPARE((*collection)->upsert({&bad, 1}, {}).error().code, Errc::InvalidArgument);
    bad = record();
    bad.payload = "[]";
    QCOMPARE((*collection)->upsert({&bad, 1}, {}).error().code, Errc::InvalidArgument);
    QCOMPARE((*collection)->create(3, {}).error().code, Errc::Incompatible);
}

void TestEngineFaults::filterIsNoPlaceForNames()
{
    const std::string hostile = "x\" or id >= 0 or model_hash == \"";
    StubServer server;
    server.enqueue(json(kMilvusDescription));
    server.enqueue(json(R"({"code": 0, "data": []})"));
    const auto collection = openCollection(options(server, "milvus"), {});
    QVERIFY((*collection)->search(record().vector, 3, {{1, 0, 0}, {2, 7, 0}}, hostile, {}));
    const Json request = Json::parse(server.requests().back().body.toStdString());
    QCOMPARE(QString::fromStdString(request["filter"]),
             QStringLiteral("version_number > 100000000 and version_number <= 200070000 and "
                            "model_hash == \"x\\\" or id >= 0 or model_hash == \\\"\""));
}

void TestEngineFaults::foreignPayloads()
{
    StubServer server;
    server.enqueue(json(kDescription));
    server.enqueue(json(
        R"({"result": {"points": [{"id": 7, "payload": {"page_content": "x", "metadata": {"version": "1.9.0"}}, "vector": [1, 0]}, 5,)"
        R"({"id": 8, "payload": null, "vector": {"named": [1]}}, {"id": 9, "payload": {"metadata": 3}}], "next_page_offset": 10}})"));
    server.enqueue(json(R"({"result": {"points": [], "next_page_offset": null}})"));
    const auto collection = openCollection(options(server), {});
    const auto page = (*collection)->page({}, {});
    QVERIFY(page);
    QCOMPARE(page->records.size(), std::size_t{3});
    QVERIFY(page->records[0].key.empty() && page->records[0].version == (Version{1, 9, 0}));
    QCOMPARE(page->records[0].vector.size(), std::size_t{2});
    QVERIFY(page->records[1].vector.empty());
    QCOMPARE(page->next, std::string("10"));
    const auto last = (*collection)->page(page->next, {});
    QVERIFY(last && last->next.empty());
    QCOMPARE((*collection)->page("{", {}).error().code, Errc::InvalidArgument);
}

// There is no Milvus of 2.4 or later to test against: these are the requests that its
// documentation asks for.
void TestEngineFaults::milvusOfVersion2()
{
    StubServer server;
    server.enqueue(json(R"({"code": 100, "message": "can't find collection"})")); // open
    server.enqueue(json(R"({"code": 100, "message": "can't find collection"})")); // create
    server.enqueue(json(R"({"code": 0, "data": {}})"));
    server.enqueue(json(kMilvusDescription));
    server.enqueue(json(R"({"code": 0, "data": {"upsertCount": 1}})"));
    server.enqueue(json(
        R"({"code": 0, "data": [{"distance": 0.5, "id": 3, "page_content": "x", "metadata": "{\"key\": \"k\"}"}]})"));
    server.enqueue(json(R"({"code": 0, "data": {}})"));
    const auto collection = openCollection(options(server, "milvus"), {});
    QVERIFY(collection);
    QVERIFY((*collection)->create(2, {}));
    const VectorRecord one = record();
    QVERIFY((*collection)->upsert({&one, 1}, {}));
    const auto hits = (*collection)->search(one.vector, 3, {{1, 0, 0}, {2, 7, 0}}, "model", {});
    QVERIFY(hits && hits->size() == 1 && hits->front().key == "k");
    QVERIFY((*collection)->remove({&one, 1}, {}));

    const auto requests = server.requests();
    const auto body = [&](std::size_t i) { return Json::parse(requests[i].body.toStdString()); };
    QCOMPARE(requests[2].path, QByteArray("/v2/vectordb/collections/create"));
    const Json create = body(2);
    QVERIFY(create["schema"]["fields"][0]
            == (Json{{"fieldName", "id"}, {"dataType", "Int64"}, {"isPrimary", true}}));
    QVERIFY(create["schema"]["fields"][1]["elementTypeParams"]["dim"] == "2");
    QVERIFY(create["indexParams"][0]["metricType"] == "IP");
    QCOMPARE(requests[4].path, QByteArray("/v2/vectordb/entities/upsert"));
    const Json row = body(4)["data"][0];
    QVERIFY(row["version_number"] == 100130000 && row["page_content"] == "gels is gone");
    QVERIFY(row["id"].is_number_unsigned() && row["vector"] == Json({0.6, 0.8}));
    QCOMPARE(requests[5].path, QByteArray("/v2/vectordb/entities/search"));
    QVERIFY(body(5)["data"] == Json::array({{0.6, 0.8}}) && body(5)["annsField"] == "vector");
    QCOMPARE(requests[6].path, QByteArray("/v2/vectordb/entities/delete"));
    QVERIFY(body(6)["filter"] == "id in [" + row["id"].dump() + "]");
}

QTEST_GUILESS_MAIN(TestEngineFaults)
#include "tst_enginefaults.moc"
