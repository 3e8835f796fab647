#include <QDir>
#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <filesystem>

#include <nlohmann/json.hpp>

#include "settings/paths.h"
#include "support/cliprocess.h"
#include "support/schemacheck.h"
#include "unit/embedding/tinymodel.h"

using namespace TorchLift;
using namespace TorchLift::Testing;

/// `embed` and `models` as a user meets them, with a data folder of their own and a tiny model.
class TestCliEmbed : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void installListRemove();
    void embeds_data();
    void embeds();
    void badInput_data();
    void badInput();
    void missingModelNamesTheRemedy();
    void damagedModelIsNoticed();

private:
    using Outcome = CliOutcome;
    Outcome run(const QStringList &arguments) const;
    [[nodiscard]] QString path(const char *name) const { return m_folder->filePath(name); }
    [[nodiscard]] static std::string fault(const char *schema, const QByteArray &json)
    {
        return schemaFault(std::string(TORCHLIFT_SOURCE_DIR) + "/resources/schemas/" + schema
                               + ".schema.json",
                           json.toStdString());
    }

    std::unique_ptr<QTemporaryDir> m_folder;
};

void TestCliEmbed::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    const auto libtorch = Paths::standard().libtorch();
    if (!std::filesystem::exists(libtorch / "torch/lib/libtorch_cpu.so")) {
        QSKIP("libtorch is not installed");
    }
    QVERIFY(QDir(m_folder->path()).mkpath("home/data/libtorch"));
    std::filesystem::create_directory_symlink(libtorch,
                                              path("home/data/libtorch/2.7.0").toStdString());
    writeTinyModel(path("source").toStdString());
    writeText(path("texts.jsonl").toStdString(),
              "\"hello world\"\n\n{\"text\": \"torch\"}\n\"" + std::string(200, '.') + "\"\n");
    QCOMPARE(run({"models", "install", "tiny", "--folder", path("source")}).status, 0);
}

TestCliEmbed::Outcome TestCliEmbed::run(const QStringList &arguments) const
{
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert("TORCHLIFT_HOME", path("home"));
    return runCli(QStringLiteral(TORCHLIFT_CLI), arguments,
                  {.environment = environment, .seconds = 60});
}

void TestCliEmbed::installListRemove()
{
    const Outcome list = run({"models", "list", "--json"});
    QCOMPARE(list.status, 0);
    QCOMPARE(fault("models", list.out), std::string());
    QVERIFY(run({"models", "list"}).out.contains("tiny"));
    QCOMPARE(run({"models", "remove", "tiny"}).status, 0);
    QCOMPARE(run({"models", "remove", "tiny"}).status, 2);
    QCOMPARE(run({"models", "install", "nobody-knows-it"}).status, 2);
    QCOMPARE(run({"models", "install", "tiny", "--folder", path("absent")}).status, 3);
    // Nothing listens there: a clear word, and the status of what is missing.
    const Outcome offline =
        run({"models", "install", "bge-base-en", "--hub", "http://127.0.0.1:1"});
    QCOMPARE(offline.status, 3);
    QVERIFY(!offline.err.isEmpty());
}

void TestCliEmbed::embeds_data()
{
    QTest::addColumn<QString>("precision");
    QTest::addRow("fp32") << "fp32";
    QTest::addRow("bf16") << "bf16";
}

void TestCliEmbed::embeds()
{
    QFETCH(QString, precision);
    for (int round = 0; round < 2; ++round) { // the second time out of the cache
        const Outcome done = run({"embed", "--in", path("texts.jsonl"), "--out", path("v.npy"),
                                  "--embedding", "tiny", "--precision", precision, "--json"});
        QVERIFY2(done.status == 0, done.err.constData());
        QCOMPARE(fault("embedding", done.out), std::string());
        const auto json = nlohmann::json::parse(done.out.toStdString());
        QCOMPARE(json["texts"].size(), std::size_t(3));
        QCOMPARE(json["texts"][2]["tokens"].get<int>(), 202);
        QCOMPARE(json["texts"][2]["read"].get<int>(), 12);
        QVERIFY(json["texts"][2]["isCut"].get<bool>() && !json["texts"][0]["isCut"].get<bool>());
        QFile file(path("v.npy"));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray bytes = file.readAll();
        QVERIFY(bytes.startsWith(QByteArray("\x93NUMPY\x01\x00", 8)));
        QVERIFY(bytes.contains("'descr': '<f4', 'fortran_order': False, 'shape': (3, 8)"));
        QCOMPARE(bytes.size(), 128 + 3 * 8 * 4);
    }
    const Outcome words = run({"embed", "--in", path("texts.jsonl"), "--out", path("v.npy"),
                               "--embedding", path("source")});
    QVERIFY(words.out.contains("1 cut at 12"));
    QVERIFY(words.err.contains("text 3 is cut: 202 tokens"));
}

void TestCliEmbed::badInput_data()
{
    QTest::addColumn<QByteArray>("texts");
    QTest::addColumn<QStringList>("more");
    QTest::addRow("no JSON") << QByteArray("hello\n") << QStringList();
    QTest::addRow("a number") << QByteArray("1\n") << QStringList();
    QTest::addRow("no text") << QByteArray("{\"x\": 1}\n") << QStringList();
    QTest::addRow("precision") << QByteArray("\"x\"\n") << QStringList{"--precision", "fp8"};
    QTest::addRow("device") << QByteArray("\"x\"\n") << QStringList{"--device", "tpu"};
}

void TestCliEmbed::badInput()
{
    QFETCH(QByteArray, texts);
    QFETCH(QStringList, more);
    writeText(path("bad.jsonl").toStdString(), texts.toStdString());
    const Outcome done = run(QStringList{"embed", "--in", path("bad.jsonl"), "--out", path("v.npy"),
                                         "--embedding", "tiny"}
                             + more);
    QCOMPARE(done.status, 2);
    QVERIFY(!QFile::exists(path("v.npy")));
}

void TestCliEmbed::missingModelNamesTheRemedy()
{
    const Outcome done = run({"embed", "--in", path("texts.jsonl"), "--out", path("v.npy"),
                              "--embedding", "e5-large-v2"});
    QCOMPARE(done.status, 3);
    QVERIFY(done.err.contains("torchlift-cli models install e5-large-v2"));
}

void TestCliEmbed::damagedModelIsNoticed()
{
    QFile file(path("home/data/models/tiny/model.safetensors"));
    QVERIFY(file.open(QIODevice::ReadWrite));
    QVERIFY(file.seek(file.size() - 4)); // the lowest bits of a weight: finite, and wrong
    QVERIFY(file.write("\x01", 1) == 1);
    file.close();
    const Outcome done =
        run({"embed", "--in", path("texts.jsonl"), "--out", path("v.npy"), "--embedding", "tiny"});
    QCOMPARE(done.status, 3);
    QVERIFY(done.err.contains("not the file that was installed"));
}

QTEST_GUILESS_MAIN(TestCliEmbed)
#include "tst_cliembed.moc"
