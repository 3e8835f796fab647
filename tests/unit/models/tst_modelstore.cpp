#include <QtTest>

#include <QCryptographicHash>
#include <nlohmann/json.hpp>

#include <set>

#include "base/files.h"
#include "models/modelstore.h"
#include "support/stubserver.h"
#include "unit/embedding/tinymodel.h"

using namespace TorchLift;
using namespace TorchLift::Testing;
using namespace std::chrono_literals;

namespace {

const QByteArray kCommit(40, 'c');

QByteArray contentOf(const std::filesystem::path &file)
{
    return QByteArray::fromStdString(*readFile(file));
}

QByteArray gitBlob(const QByteArray &bytes)
{
    const QByteArray head = "blob " + QByteArray::number(bytes.size()) + '\0';
    return QCryptographicHash::hash(head + bytes, QCryptographicHash::Sha1).toHex();
}

} // namespace

class TestModelStore : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void registry();
    void listsKnownAndOwn();
    void installsFromHub();
    void keysStayWithTheHub();
    void goesOnAfterACancel();
    void wrongChecksum();
    void hostileListing();
    void badAnswers_data();
    void badAnswers();
    void pickledWeightsAreRefused();
    void installsFromFolder();
    void refusesFolders_data();
    void refusesFolders();
    void replacesWhatWasThere();
    void removes();
    void badNames_data();
    void badNames();
    void damageIsNoticed_data();
    void damageIsNoticed();

private:
    [[nodiscard]] nlohmann::json treeOf(const QStringList &files) const;
    void enqueueListing(StubServer &server, const nlohmann::json &tree) const;
    [[nodiscard]] Result<void> install(const StubServer &server,
                                       const ProgressCallback &progress = {},
                                       std::stop_token stop = {});
    [[nodiscard]] std::filesystem::path installed(const char *file = "") const
    {
        return m_models / "bge-small-en-v1.5" / file;
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    std::filesystem::path m_source;
    std::filesystem::path m_models;
    std::unique_ptr<ModelStore> m_store;
    const QStringList m_files = {
        "config.json",      "tokenizer_config.json", "sentence_bert_config.json",
        "modules.json",     "1_Pooling/config.json", "vocab.txt",
        "model.safetensors"};
};

void TestModelStore::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    m_source = m_folder->filePath("source").toStdString();
    m_models = m_folder->filePath("models").toStdString();
    writeTinyModel(m_source);
    m_store = std::make_unique<ModelStore>(m_models);
}

// What the hub's API says of the tiny model: weights in large file storage, the rest in Git.
nlohmann::json TestModelStore::treeOf(const QStringList &files) const
{
    nlohmann::json tree = nlohmann::json::array();
    for (const QString &file : files) {
        const QByteArray bytes = contentOf(m_source / file.toStdString());
        nlohmann::json entry = {{"type", "file"},
                                {"path", file.toStdString()},
                                {"size", bytes.size()},
                                {"oid", gitBlob(bytes).toStdString()}};
        if (file.endsWith(".safetensors")) {
            entry["oid"] = std::string(40, '0'); // of the pointer file
            entry["lfs"] = {{"oid", sha256Hex(bytes.toStdString())},
                            {"size", bytes.size()},
                            {"pointerSize", 134}};
        }
        tree.push_back(std::move(entry));
    }
    return tree;
}

void TestModelStore::enqueueListing(StubServer &server, const nlohmann::json &tree) const
{
    server.enqueue(StubReply::body("{\"sha\":\"" + kCommit + "\"}", "application/json"));
    server.enqueue(StubReply::body(QByteArray::fromStdString(tree.dump()), "application/json"));
}

Result<void> TestModelStore::install(const StubServer &server, const ProgressCallback &progress,
                                     std::stop_token stop)
{
    HubOptions options;
    options.url = "http://127.0.0.1:" + std::to_string(server.port()) + "/";
    options.key = "secret";
    options.network.stallTimeout = 5s;
    return m_store->install("bge-small-en-v1.5", {}, options, progress, stop);
}

void TestModelStore::registry()
{
    std::set<std::string_view> names;
    for (const ModelSpec &spec : knownModels()) {
        names.insert(spec.name);
        QVERIFY(spec.repository.ends_with(spec.name));
        QVERIFY(spec.dimension >= 384 && spec.maxTokens >= 256 && spec.megabytes > 50);
    }
    const std::set<std::string_view> wanted = {"all-MiniLM-L6-v2",
                                               "bge-base-en",
                                               "bge-large-en",
                                               "bge-small-en-v1.5",
                                               "e5-large",
                                               "e5-large-v2",
                                               "LaBSE",
                                               "multilingual-e5-small",
                                               "multilingual-e5-large"};
    QVERIFY(names == wanted);
    QCOMPARE(knownModels().front().name, kDefaultModel);
    QCOMPARE(findModel("e5-large")->passagePrefix, std::string_view("passage: "));
    QCOMPARE(findModel("bge-base-en")->pooling, Pooling::FirstToken);
    QVERIFY(findModel("word2vec") == nullptr);
}

void TestModelStore::listsKnownAndOwn()
{
    writeTinyModel(m_models / "mine");
    writeText(m_models / "broken" / "config.json", "{}");
    std::filesystem::create_directories(m_models / ".half.partial");
    const auto states = m_store->list();
    QCOMPARE(states.size(), knownModels().size() + 2);
    QVERIFY(!states.front().isInstalled);
    const ModelState &broken = states[states.size() - 2];
    QCOMPARE(broken.name, std::string("broken"));
    QVERIFY(!broken.folder && !broken.problem.empty());
    const ModelState &mine = states.back();
    QCOMPARE(mine.name, std::string("mine"));
    QVERIFY(mine.isInstalled && mine.spec == nullptr);
    QCOMPARE(mine.folder->dimension(), std::size_t(8));
    QVERIFY(mine.bytes > 1000);
}

void TestModelStore::installsFromHub()
{
    StubServer server;
    nlohmann::json tree = treeOf(m_files);
    for (const char *other : {"README.md", "pytorch_model.bin", "onnx/model.onnx"}) {
        tree.push_back(
            {{"type", "file"}, {"path", other}, {"size", 1}, {"oid", std::string(40, 'a')}});
    }
    tree.push_back({{"type", "directory"}, {"path", "1_Pooling"}, {"oid", std::string(40, 'a')}});
    enqueueListing(server, tree);
    for (const QString &file : m_files) {
        server.enqueue(StubReply::body(contentOf(m_source / file.toStdString()), "text/plain"));
    }
    Progress last;
    const auto done = install(server, [&](const Progress &progress) {
        QVERIFY(progress.done >= last.done);
        last = progress;
    });
    QVERIFY2(done, done ? "" : (done.error().detail + done.error().subject).c_str());
    QCOMPARE(last.done, last.total);
    QCOMPARE(last.unit, std::string("bytes"));
    const auto requests = server.requests();
    QCOMPARE(requests.size(), std::size_t(2 + m_files.size())); // nothing that is not needed
    QCOMPARE(requests[0].path, QByteArray("/api/models/BAAI/bge-small-en-v1.5/revision/main"));
    QCOMPARE(requests[1].path,
             QByteArray("/api/models/BAAI/bge-small-en-v1.5/tree/" + kCommit + "?recursive=true"));
    QCOMPARE(requests[2].path,
             QByteArray("/BAAI/bge-small-en-v1.5/resolve/" + kCommit + "/config.json"));
    for (const QString &file : m_files) {
        QCOMPARE(contentOf(installed() / file.toStdString()),
                 contentOf(m_source / file.toStdString()));
    }
    const auto manifest = readModelManifest(installed());
    QVERIFY(manifest);
    QCOMPARE(manifest->size(), std::size_t(m_files.size()));
    const auto model = readModelFolder(installed());
    QVERIFY(model && hashModelFolder(*model, {}));
    QCOMPARE(QDir(QString::fromStdString(m_models.string()))
                 .entryList(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot),
             QStringList{"bge-small-en-v1.5"});
}

// robustness 61: weights come from another host, which must not see the key.
void TestModelStore::keysStayWithTheHub()
{
    StubServer server;
    StubServer storage;
    enqueueListing(server, treeOf(m_files));
    for (const QString &file : m_files.mid(0, m_files.size() - 1)) {
        server.enqueue(StubReply::body(contentOf(m_source / file.toStdString()), "text/plain"));
    }
    server.enqueue(StubReply::redirect(storage.address().toUtf8() + "/blob?signature=1", 302));
    storage.enqueue(StubReply::body(contentOf(m_source / "model.safetensors"), "text/plain"));
    QVERIFY(install(server));
    for (const StubRequest &request : server.requests()) {
        QCOMPARE(request.header("authorization"), QByteArray("Bearer secret"));
    }
    QVERIFY(storage.requests().front().header("authorization").isEmpty());
}

void TestModelStore::goesOnAfterACancel()
{
    const QByteArray weights = contentOf(m_source / "model.safetensors");
    StubServer server;
    enqueueListing(server, treeOf(m_files));
    for (const QString &file : m_files.mid(0, m_files.size() - 1)) {
        server.enqueue(StubReply::body(contentOf(m_source / file.toStdString()), "text/plain"));
    }
    StubReply half = StubReply::body(weights.left(1000), "text/plain");
    half.end = StubReply::End::Hang;
    server.enqueue(half);
    std::stop_source source;
    const auto stopped = install(
        server,
        [&](const Progress &progress) {
            if (progress.total - progress.done <= double(weights.size() - 1000)) {
                source.request_stop();
            }
        },
        source.get_token());
    QCOMPARE(stopped.error().code, Errc::Cancelled);
    QVERIFY(!std::filesystem::exists(installed()));

    StubServer later;
    enqueueListing(later, treeOf(m_files));
    StubReply rest = StubReply::body(weights.mid(1000), "text/plain", 206);
    rest.headers.push_back({"Content-Range", "bytes 1000-" + QByteArray::number(weights.size() - 1)
                                                 + '/' + QByteArray::number(weights.size())});
    later.enqueue(rest);
    const auto done = install(later);
    QVERIFY2(done, done ? "" : (done.error().detail + done.error().subject).c_str());
    QCOMPARE(later.requests().size(), std::size_t(3)); // the small files are not fetched again
    QCOMPARE(later.requests()[2].header("range"), QByteArray("bytes=1000-"));
    QCOMPARE(contentOf(installed("model.safetensors")), weights);
}

void TestModelStore::wrongChecksum()
{
    StubServer server;
    nlohmann::json tree = treeOf(m_files);
    tree.back()["lfs"]["oid"] = std::string(64, 'e');
    enqueueListing(server, tree);
    for (const QString &file : m_files) {
        server.enqueue(StubReply::body(contentOf(m_source / file.toStdString()), "text/plain"));
    }
    const auto done = install(server);
    QVERIFY(!done);
    QCOMPARE(done.error().code, Errc::Damaged);
    QVERIFY(!std::filesystem::exists(installed()));
}

void TestModelStore::hostileListing()
{
    StubServer server;
    nlohmann::json tree = treeOf({"config.json", "vocab.txt", "model.safetensors"});
    for (const char *path : {"../../evil.json", "/etc/config.json", "a/../config.json",
                             "1_Pooling/../../config.json", "model.safetensors/../x"}) {
        tree.push_back(
            {{"type", "file"}, {"path", path}, {"size", 1}, {"oid", std::string(40, 'a')}});
    }
    enqueueListing(server, tree);
    for (const char *file : {"config.json", "vocab.txt", "model.safetensors"}) {
        server.enqueue(StubReply::body(contentOf(m_source / file), "text/plain"));
    }
    QVERIFY(install(server));
    QCOMPARE(server.requests().size(), std::size_t(5));
}

void TestModelStore::badAnswers_data()
{
    QTest::addColumn<int>("status");
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<Errc>("code");
    QTest::addRow("not there") << 404 << QByteArray("{}") << Errc::NotFound;
    QTest::addRow("key wanted") << 401 << QByteArray("{}") << Errc::Refused;
    QTest::addRow("a page") << 200 << QByteArray("<html>Sign in</html>") << Errc::Network;
    QTest::addRow("no commit") << 200 << QByteArray("{\"sha\":\"../../x\"}") << Errc::Network;
    QTest::addRow("broken") << 502 << QByteArray() << Errc::Network;
}

void TestModelStore::badAnswers()
{
    QFETCH(int, status);
    QFETCH(QByteArray, body);
    QFETCH(Errc, code);
    StubServer server;
    server.enqueue(StubReply::body(body, "application/json", status));
    const auto done = install(server);
    QVERIFY(!done);
    QCOMPARE(done.error().code, code);
}

// robustness 46 and 47
void TestModelStore::pickledWeightsAreRefused()
{
    StubServer server;
    nlohmann::json tree = treeOf({"config.json", "vocab.txt"});
    tree.push_back({{"type", "file"},
                    {"path", "pytorch_model.bin"},
                    {"size", 1},
                    {"oid", std::string(40, 'a')}});
    enqueueListing(server, tree);
    QCOMPARE(install(server).error().code, Errc::Incompatible);
    QCOMPARE(server.requests().size(), std::size_t(2));
}

void TestModelStore::installsFromFolder()
{
    writeText(m_source / "pytorch_model.bin", "pickle");
    const auto done = m_store->installFromFolder("bge-small-en-v1.5", m_source, {}, {});
    QVERIFY2(done, done ? "" : done.error().detail.c_str());
    QVERIFY(readModelFolder(installed()));
    QVERIFY(!std::filesystem::exists(installed("pytorch_model.bin")));
    QCOMPARE(readModelManifest(installed())->size(), std::size_t(m_files.size()));
    std::stop_source source;
    source.request_stop();
    QCOMPARE(m_store->installFromFolder("other", m_source, {}, source.get_token()).error().code,
             Errc::Cancelled);
    QVERIFY(!std::filesystem::exists(m_models / "other"));
}

void TestModelStore::refusesFolders_data()
{
    QTest::addColumn<QString>("file");
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<Errc>("code");
    QTest::addRow("no model") << "config.json" << QByteArray("{}") << Errc::Incompatible;
    QTest::addRow("leads out") << "modules.json"
                               << QByteArray(R"([{"type":"x.Pooling","path":"../../etc"}])")
                               << Errc::Damaged;
    QTest::addRow("shard elsewhere")
        << "model.safetensors.index.json"
        << QByteArray(R"({"weight_map":{"a":"../model.safetensors"}})") << Errc::Damaged;
    QTest::addRow("shard missing")
        << "model.safetensors.index.json" << QByteArray(R"({"weight_map":{"a":"b.safetensors"}})")
        << Errc::MissingPart;
}

void TestModelStore::refusesFolders()
{
    QFETCH(QString, file);
    QFETCH(QByteArray, text);
    QFETCH(Errc, code);
    writeText(m_source / file.toStdString(), text.toStdString());
    const auto done = m_store->installFromFolder("mine", m_source, {}, {});
    QVERIFY(!done);
    QCOMPARE(done.error().code, code);
    QVERIFY(!std::filesystem::exists(m_models / "mine"));
}

void TestModelStore::replacesWhatWasThere()
{
    QVERIFY(m_store->installFromFolder("mine", m_source, {}, {}));
    writeText(m_source / "vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nnew\n");
    QVERIFY(m_store->installFromFolder("mine", m_source, {}, {}));
    QVERIFY(contentOf(m_models / "mine" / "vocab.txt").endsWith("new\n"));
    const auto model = readModelFolder(m_models / "mine");
    QVERIFY(model && hashModelFolder(*model, {}));
}

void TestModelStore::removes()
{
    QVERIFY(m_store->installFromFolder("mine", m_source, {}, {}));
    QVERIFY(m_store->remove("mine"));
    QVERIFY(!std::filesystem::exists(m_models / "mine"));
    QCOMPARE(m_store->remove("mine").error().code, Errc::NotFound);
}

void TestModelStore::badNames_data()
{
    QTest::addColumn<QString>("name");
    for (const char *name : {"", "..", ".hidden", "a/b", "../x", "with space", "Ж"}) {
        QTest::addRow("'%s'", name) << QString::fromUtf8(name);
    }
    QTest::addRow("long") << QString(101, 'a');
}

void TestModelStore::badNames()
{
    QFETCH(QString, name);
    const std::string text = name.toStdString();
    QCOMPARE(m_store->install(text, "a/b", {}, {}, {}).error().code, Errc::InvalidArgument);
    QCOMPARE(m_store->installFromFolder(text, m_source, {}, {}).error().code,
             Errc::InvalidArgument);
    QCOMPARE(m_store->remove(text).error().code, Errc::InvalidArgument);
    QCOMPARE(m_store->install("unknown", {}, {}, {}, {}).error().code, Errc::InvalidArgument);
}

void TestModelStore::damageIsNoticed_data()
{
    QTest::addColumn<QString>("file");
    for (const QString &file : m_files) {
        QTest::addRow("%s", qPrintable(file)) << file;
    }
}

// A flipped byte that leaves weights finite and JSON readable would otherwise pass unseen.
void TestModelStore::damageIsNoticed()
{
    QFETCH(QString, file);
    QVERIFY(m_store->installFromFolder("mine", m_source, {}, {}));
    const auto model = readModelFolder(m_models / "mine");
    const std::filesystem::path path = m_models / "mine" / file.toStdString();
    QByteArray bytes = contentOf(path);
    bytes[bytes.size() - 1] = char(bytes[bytes.size() - 1] ^ 1);
    writeText(path, bytes.toStdString());
    const auto hash = hashModelFolder(*model, {});
    QVERIFY(!hash);
    QCOMPARE(hash.error().code, Errc::Damaged);
}

QTEST_GUILESS_MAIN(TestModelStore)
#include "tst_modelstore.moc"
