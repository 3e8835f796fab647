#include <QCoreApplication>
#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>
#include <QThread>

#include <csignal>
#include <filesystem>

#include <nlohmann/json.hpp>

#include "settings/paths.h"
#include "support/schemacheck.h"
#include "vectorstores/vectorstores.h"

using namespace TorchLift;

namespace {

using Json = nlohmann::json;

constexpr int kChunks = 1200;

} // namespace

/// Two users with a home each, and the engine that run_with_engine.py has started between them.
class TestCliShared : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void killedWhilePushing();
    void pushedAgain();
    void killedWhilePulling();
    void pulledIsWhatWasPushed();
    void retrievesByTheEngine();
    void retrievesWhatIsOnlyThere();
    void prunes();
    void langChainsCollection();
    void wrongKey();
    void noAddress();

private:
    struct Outcome
    {
        int status = -1;
        QByteArray out;
        QByteArray err;
    };
    [[nodiscard]] std::unique_ptr<QProcess> start(const char *home, const QStringList &arguments,
                                                  const QByteArray &key) const;
    [[nodiscard]] Outcome run(const char *home, const QStringList &arguments) const;
    [[nodiscard]] Outcome run(const char *home, const QStringList &arguments,
                              const QByteArray &key) const;
    [[nodiscard]] QString path(const char *name) const { return m_folder.filePath(name); }
    void makeHome(const char *name) const;
    [[nodiscard]] QStringList ranked(const char *home, const QStringList &more) const;
    [[nodiscard]] std::unique_ptr<VectorCollection> collection(const char *name) const;

    QTemporaryDir m_folder;
    QString m_engine;
    QByteArray m_key;
};

void TestCliShared::initTestCase()
{
    if (!qEnvironmentVariableIsSet("TORCHLIFT_TEST_ENGINE")) {
        QSKIP("no engine was started: run_with_engine.py does");
    }
    const Paths paths = Paths::standard();
    if (!std::filesystem::exists(paths.libtorch() / "torch/lib/libtorch_cpu.so")
        || !std::filesystem::exists(paths.models() / "all-MiniLM-L6-v2")) {
        QSKIP("libtorch or the embedding model is not installed");
    }
    m_engine = qEnvironmentVariable("TORCHLIFT_TEST_ENGINE") + "team"
               + qEnvironmentVariable("TORCHLIFT_TEST_ENGINE_SUFFIX");
    m_key = qgetenv("TORCHLIFT_TEST_ENGINE_KEY");
    makeHome("anna");
    makeHome("boris");
    makeHome("clara");
    QFile notes(path("notes.jsonl"));
    QVERIFY(notes.open(QIODevice::WriteOnly));
    for (int i = 0; i < kChunks; ++i) {
        notes.write(QStringLiteral("{\"text\": \"Team note %1: our kernel_%1 replaces torch.gels, "
                                   "заметка %1\", \"version\": \"1.%2\"}\n")
                        .arg(i)
                        .arg(i % 12 + 1)
                        .toUtf8());
    }
    notes.close();
    const Outcome imported =
        run("anna", {"corpus", "import", path("notes.jsonl"), "--name", "team"});
    QVERIFY2(imported.status == 0, imported.err.constData());
}

void TestCliShared::makeHome(const char *name) const
{
    const Paths paths = Paths::standard();
    const std::filesystem::path data = path(name).toStdString() + "/data";
    std::filesystem::create_directories(data / "libtorch");
    std::filesystem::create_directories(data / "models");
    std::filesystem::create_directory_symlink(paths.libtorch(), data / "libtorch/2.7.0");
    std::filesystem::create_directory_symlink(paths.models() / "all-MiniLM-L6-v2",
                                              data / "models/all-MiniLM-L6-v2");
}

std::unique_ptr<QProcess> TestCliShared::start(const char *home, const QStringList &arguments,
                                               const QByteArray &key) const
{
    auto process = std::make_unique<QProcess>();
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert("TORCHLIFT_HOME", path(home));
    environment.insert("TORCHLIFT_ENGINE_KEY", key);
    process->setProcessEnvironment(environment);
    process->start(QStringLiteral(TORCHLIFT_CLI), arguments);
    process->closeWriteChannel();
    return process;
}

TestCliShared::Outcome TestCliShared::run(const char *home, const QStringList &arguments) const
{
    return run(home, arguments, m_key);
}

TestCliShared::Outcome TestCliShared::run(const char *home, const QStringList &arguments,
                                          const QByteArray &key) const
{
    const auto process = start(home, arguments, key);
    if (!process->waitForFinished(300'000) || process->exitStatus() != QProcess::NormalExit) {
        return {};
    }
    return {process->exitCode(), process->readAllStandardOutput(), process->readAllStandardError()};
}

std::unique_ptr<VectorCollection> TestCliShared::collection(const char *name) const
{
    EngineOptions options;
    options.address =
        (qgetenv("TORCHLIFT_TEST_ENGINE") + name + qgetenv("TORCHLIFT_TEST_ENGINE_SUFFIX"))
            .toStdString();
    options.key = m_key.toStdString();
    auto opened = openCollection(options, {});
    return opened ? std::move(*opened) : nullptr;
}

QStringList TestCliShared::ranked(const char *home, const QStringList &more) const
{
    const Outcome done =
        run(home, QStringList{"retrieve", "--query", "kernel_77 replaces torch.gels", "--k", "10",
                              "--json", "-"}
                      + more);
    QStringList keys;
    const Json json = Json::parse(done.out.toStdString(), nullptr, false);
    for (const Json &chunk : json.is_object() ? json.value("ranked", Json::array()) : Json()) {
        keys << QString::fromStdString(chunk.at("chunk").at("key"));
    }
    if (keys.isEmpty()) {
        qWarning("%s", done.err.constData());
    }
    return keys;
}

void TestCliShared::killedWhilePushing()
{
    const auto push = start("anna", {"corpus", "push", "--engine", m_engine}, m_key);
    const auto watched = collection("team");
    QVERIFY(watched);
    QElapsedTimer clock;
    clock.start();
    while (watched->count({}).value_or(0) == 0 && push->state() != QProcess::NotRunning) {
        QVERIFY(clock.elapsed() < 240'000);
        push->waitForFinished(5);
    }
    push->kill();
    push->waitForFinished();
    QVERIFY2(watched->count({}).value_or(0) > 0, push->readAllStandardError().constData());
}

void TestCliShared::pushedAgain()
{
    const std::size_t before = collection("team")->count({}).value_or(0);
    const Outcome again = run("anna", {"corpus", "push", "--engine", m_engine, "--json", "-"});
    QVERIFY2(again.status == 0, again.err.constData());
    QCOMPARE(
        schemaFault(std::string(TORCHLIFT_SOURCE_DIR) + "/resources/schemas/corpuspush.schema.json",
                    again.out.toStdString()),
        std::string());
    const Json json = Json::parse(again.out.toStdString());
    const std::size_t total = json["total"];
    QVERIFY(total > kChunks); // and our own catalogue
    QCOMPARE(json["sent"].get<std::size_t>() + json["unchanged"].get<std::size_t>(), total);
    QVERIFY(json["unchanged"].get<std::size_t>() >= before);
    const Outcome third = run("anna", {"corpus", "push", "--json", "-"}); // it is remembered
    QVERIFY2(third.status == 0, third.err.constData());
    QCOMPARE(Json::parse(third.out.toStdString())["sent"].get<int>(), 0);

    QFile settings(path("anna/config/engine.json"));
    QVERIFY(settings.open(QIODevice::ReadOnly));
    const QByteArray kept = settings.readAll();
    QVERIFY(kept.contains("/team") && !kept.contains(m_key));
}

void TestCliShared::killedWhilePulling()
{
    const auto pull = start("boris", {"corpus", "pull", "--engine", m_engine}, m_key);
    const QDir staged(path("boris/cache/pulls"));
    QElapsedTimer clock;
    clock.start();
    const auto received = [&] {
        const auto files = staged.entryInfoList(QDir::Files);
        return files.isEmpty() ? 0 : files.first().size();
    };
    while (received() == 0 && pull->state() != QProcess::NotRunning) {
        QVERIFY(clock.elapsed() < 240'000);
        pull->waitForFinished(1);
    }
    pull->kill();
    pull->waitForFinished();
    QVERIFY(run("boris", {"corpus", "info"}).out.contains(" chunks in "));
}

void TestCliShared::pulledIsWhatWasPushed()
{
    const Outcome pulled = run("boris", {"corpus", "pull", "--engine", m_engine, "--json", "-"});
    QVERIFY2(pulled.status == 0, pulled.err.constData());
    const Outcome pushed = run("anna", {"corpus", "info", "--json", "-"});
    Json there = Json::parse(pulled.out.toStdString());
    Json here = Json::parse(pushed.out.toStdString());
    there.erase("file");
    here.erase("file");
    QCOMPARE(QString::fromStdString(there.dump()), QString::fromStdString(here.dump()));
    QVERIFY(QDir(path("boris/cache/pulls")).isEmpty());
    const Outcome twice = run("boris", {"corpus", "pull", "--json", "-"});
    QCOMPARE(twice.out, pulled.out);
    const QStringList found = ranked("boris", {});
    QCOMPARE(found.size(), 10);
    QCOMPARE(found, ranked("anna", {}));
}

void TestCliShared::retrievesByTheEngine()
{
    QCOMPARE(ranked("anna", {"--engine"}), ranked("anna", {}));
}

void TestCliShared::retrievesWhatIsOnlyThere()
{
    const QStringList alone = ranked("clara", {});
    QVERIFY(!alone.isEmpty() && alone.filter("team:").isEmpty());
    const QStringList shared = ranked("clara", {"--engine", m_engine, "--dense-only"});
    QVERIFY(!shared.filter("team:").isEmpty());
    QCOMPARE(shared, ranked("anna", {"--dense-only"}));
}

void TestCliShared::prunes()
{
    QFile notes(path("notes.jsonl"));
    QVERIFY(notes.open(QIODevice::ReadOnly));
    QByteArrayList lines = notes.readAll().split('\n');
    notes.close();
    QVERIFY(notes.open(QIODevice::WriteOnly));
    notes.write(lines.mid(0, kChunks - 100).join('\n'));
    notes.close();
    QCOMPARE(run("anna", {"corpus", "import", path("notes.jsonl"), "--name", "team"}).status, 0);
    const Outcome done = run("anna", {"corpus", "push", "--prune", "--json", "-"});
    QVERIFY2(done.status == 0, done.err.constData());
    const Json json = Json::parse(done.out.toStdString());
    QCOMPARE(json["removed"].get<int>(), 100);
    QCOMPARE(json["total"].get<std::size_t>(), collection("team")->count({}).value_or(0));
}

// What LangChain puts into Qdrant: no key, no model, vectors of its own.
void TestCliShared::langChainsCollection()
{
    const auto theirs = collection("theirs");
    QVERIFY(theirs && theirs->create(2, {}));
    VectorRecord record;
    record.key = "x";
    record.version = {1, 9, 0};
    record.payload = R"({"page_content": "torch.symeig is deprecated, #57732", )"
                     R"("metadata": {"version": "1.9.0", "chunk_id": "theirs-4"}})";
    record.vector = {1, 0};
    QVERIFY(theirs->upsert({&record, 1}, {}));
    const QString address = qEnvironmentVariable("TORCHLIFT_TEST_ENGINE") + "theirs"
                            + qEnvironmentVariable("TORCHLIFT_TEST_ENGINE_SUFFIX");
    const Outcome pulled = run("clara", {"corpus", "pull", "--engine", address});
    QVERIFY2(pulled.status == 0, pulled.err.constData());
    QVERIFY(pulled.out.contains("/theirs"));
    const Outcome why =
        run("clara", {"retrieve", "--query", "symeig is deprecated", "--why", "theirs-4"});
    QVERIFY2(why.out.startsWith("theirs-4: "), why.err.constData());
    const Outcome refused = run("anna", {"corpus", "push", "--engine", address});
    QCOMPARE(refused.status, 3);
    QVERIFY(refused.err.contains("384"));
    QVERIFY(theirs->drop({}));
}

void TestCliShared::wrongKey()
{
    for (const char *command : {"push", "pull"}) {
        const Outcome refused =
            run("anna", {"corpus", command, "--engine", m_engine}, "root:wrong");
        QCOMPARE(refused.status, 3);
        QVERIFY(refused.err.contains("key") && !refused.err.contains("root:wrong"));
    }
}

void TestCliShared::noAddress()
{
    makeHome("dora");
    const Outcome unknown = run("dora", {"corpus", "push"});
    QCOMPARE(unknown.status, 2);
    QVERIFY(unknown.err.contains("--engine"));
    QCOMPARE(run("dora", {"corpus", "push", "--engine", "http://127.0.0.1/x"}).status, 2);
    QCOMPARE(run("dora", {"corpus", "pull", "--engine", "qdrant://127.0.0.1:1/x"}).status, 3);
    QVERIFY(!QFile::exists(path("dora/config/engine.json")));
}

QTEST_GUILESS_MAIN(TestCliShared)
#include "tst_clishared.moc"
