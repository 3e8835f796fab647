#include <QDir>
#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <filesystem>

#include <dlfcn.h>
#include <nlohmann/json.hpp>

#include "settings/paths.h"
#include "support/cliprocess.h"
#include "support/schemacheck.h"
#include "unit/embedding/tinymodel.h"

using namespace TorchLift;
using namespace TorchLift::Testing;
using Json = nlohmann::json;

/// --embedding, --precision and --device of everything that retrieves, with two tiny models in a
/// data folder of their own.
class TestCliEmbedding : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void namesWhatWasUsed_data();
    void namesWhatWasUsed();
    void switchingBackEmbedsNothing();
    void cutChunksAreMarked();
    void missingModel_data();
    void missingModel();
    void badOptions_data();
    void badOptions();
    void defaultMayBeMissing();
    void namedDefaultMayNot();
    void noDriver();
    void corpusIsEmbeddedAtOnce();
    void migrateKeepsWhatWasFound();
    void migrateFolder();
    void promptAndAsk();
    void evaluates();

private:
    CliOutcome run(const QStringList &arguments) const;
    [[nodiscard]] QString path(const char *name) const { return m_folder->filePath(name); }
    [[nodiscard]] QStringList vectorFiles() const
    {
        return QDir(path("home/data/corpus/vectors")).entryList(QDir::Files, QDir::Name);
    }
    [[nodiscard]] static std::string fault(const char *schema, const QByteArray &json)
    {
        return schemaFault(std::string(TORCHLIFT_SOURCE_DIR) + "/resources/schemas/" + schema
                               + ".schema.json",
                           json.toStdString());
    }
    [[nodiscard]] static Json choice(const char *model, const char *precision = "fp32")
    {
        return {{"model", model}, {"precision", precision}, {"device", "cpu"}};
    }

    std::unique_ptr<QTemporaryDir> m_folder;
};

void TestCliEmbedding::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    const auto libtorch = Paths::standard().libtorch();
    if (!std::filesystem::exists(libtorch / "torch/lib/libtorch_cpu.so")) {
        QSKIP("libtorch is not installed");
    }
    QVERIFY(QDir(m_folder->path()).mkpath("home/data/libtorch"));
    std::filesystem::create_directory_symlink(libtorch,
                                              path("home/data/libtorch/2.7.0").toStdString());
    writeTinyModel(path("home/data/models/tiny").toStdString());
    writeTinyModel(path("home/data/models/wide").toStdString(), 16);
    writeTinyModel(path("own folder").toStdString());
    writeText(path("old.py").toStdString(), "import torch\nx, lu = torch.gesv(b, A)\n");
}

CliOutcome TestCliEmbedding::run(const QStringList &arguments) const
{
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert("TORCHLIFT_HOME", path("home"));
    return runCli(QStringLiteral(TORCHLIFT_CLI), arguments,
                  {.environment = environment, .seconds = 120});
}

void TestCliEmbedding::namesWhatWasUsed_data()
{
    QTest::addColumn<QStringList>("options");
    QTest::addColumn<QByteArray>("precision");
    QTest::addRow("model alone") << QStringList() << QByteArray("fp32");
    QTest::addRow("bf16") << QStringList{"--precision", "bf16"} << QByteArray("bf16");
    QTest::addRow("device") << QStringList{"--device", "cpu"} << QByteArray("fp32");
}

void TestCliEmbedding::namesWhatWasUsed()
{
    QFETCH(QStringList, options);
    QFETCH(QByteArray, precision);
    const CliOutcome found =
        run(QStringList{"retrieve", path("old.py"), "--json", "--embedding", "tiny"} + options);
    QVERIFY2(found.status == 0, found.err.constData());
    QCOMPARE(fault("retrieval", found.out), std::string());
    const Json json = Json::parse(found.out.toStdString());
    QVERIFY(json["hasDense"].get<bool>());
    QCOMPARE(json["embedding"].dump(), choice("tiny", precision.constData()).dump());
    const CliOutcome words =
        run(QStringList{"retrieve", path("old.py"), "--embedding", "tiny"} + options);
    QVERIFY2(words.out.contains("by tiny (" + precision + ", cpu)"), words.out.constData());
}

void TestCliEmbedding::switchingBackEmbedsNothing()
{
    const auto retrieve = [this](const QStringList &options) {
        return run(QStringList{"retrieve", path("old.py"), "--json"} + options);
    };
    const CliOutcome first = retrieve({"--embedding", "tiny"});
    QCOMPARE(vectorFiles().size(), 1);
    const QFileInfo file(path("home/data/corpus/vectors/") + vectorFiles().first());
    QVERIFY(file.fileName().startsWith("tiny-"));
    const QDateTime written = file.lastModified();

    QCOMPARE(retrieve({"--embedding", "wide"}).status, 0);
    QCOMPARE(retrieve({"--embedding", "tiny", "--precision", "bf16"}).status, 0);
    QCOMPARE(vectorFiles().size(), 3); // each model and precision has its own
    QCOMPARE(retrieve({"--embedding", path("own folder")}).status, 0);
    QCOMPARE(vectorFiles().size(), 4);

    const CliOutcome again = retrieve({"--embedding", "tiny"});
    QCOMPARE(again.out, first.out);
    QCOMPARE(QFileInfo(file.filePath()).lastModified(), written);
    QCOMPARE(vectorFiles().size(), 4);
}

void TestCliEmbedding::cutChunksAreMarked()
{
    const CliOutcome found = run({"retrieve", path("old.py"), "--embedding", "tiny"});
    QVERIFY(found.out.contains("longer than the model reads")); // 12 tokens
}

void TestCliEmbedding::missingModel_data()
{
    QTest::addColumn<QStringList>("command");
    QTest::addRow("retrieve") << QStringList{"retrieve", "FILE"};
    QTest::addRow("why") << QStringList{"retrieve", "FILE", "--why", "v1.2.0-1"};
    QTest::addRow("migrate") << QStringList{"migrate", "FILE"};
    QTest::addRow("migrate, to a file") << QStringList{"migrate", "FILE", "--out", "OUT"};
    QTest::addRow("migrate a folder") << QStringList{"migrate", "FOLDER"};
    QTest::addRow("prompt") << QStringList{"prompt", "FILE"};
    QTest::addRow("ask") << QStringList{"ask", "what became of gesv?"};
    QTest::addRow("corpus build") << QStringList{"corpus", "build"};
    QTest::addRow("corpus update")
        << QStringList{"corpus", "update", "--api", "http://127.0.0.1:1"};
    QTest::addRow("corpus push") << QStringList{"corpus", "push", "--engine",
                                                "qdrant://127.0.0.1:1/notes"};
    QTest::addRow("evaluate") << QStringList{"evaluate", "retrieval"};
}

void TestCliEmbedding::missingModel()
{
    QFETCH(QStringList, command);
    QVERIFY(QDir(m_folder->path()).mkdir("package"));
    QVERIFY(QFile::copy(path("old.py"), path("package/old.py")));
    command.replaceInStrings(QRegularExpression("^FILE$"), path("old.py"));
    command.replaceInStrings(QRegularExpression("^OUT$"), path("new.py"));
    command.replaceInStrings(QRegularExpression("^FOLDER$"), path("package"));
    const CliOutcome known = run(command + QStringList{"--embedding", "e5-large-v2"});
    QCOMPARE(known.status, 3);
    QVERIFY2(known.err.contains("torchlift-cli models install e5-large-v2"), known.err.constData());
    const CliOutcome unknown = run(command + QStringList{"--embedding", "nobody-knows-it"});
    QCOMPARE(unknown.status, 3);
    QVERIFY2(unknown.err.contains("torchlift-cli models list"), unknown.err.constData());
    QVERIFY(known.out.isEmpty() && unknown.out.isEmpty());
    QVERIFY(!QFile::exists(path("new.py")));
}

void TestCliEmbedding::badOptions_data()
{
    QTest::addColumn<QStringList>("options");
    QTest::addRow("precision") << QStringList{"--precision", "fp8"};
    QTest::addRow("device") << QStringList{"--device", "tpu"};
    QTest::addRow("no name") << QStringList{"--embedding", ""};
}

void TestCliEmbedding::badOptions()
{
    QFETCH(QStringList, options);
    QCOMPARE(run(QStringList{"retrieve", path("old.py")} + options).status, 2);
    QCOMPARE(run(QStringList{"corpus", "build"} + options).status, 2);
}

void TestCliEmbedding::defaultMayBeMissing()
{
    const CliOutcome found = run({"retrieve", path("old.py"), "--json"});
    QCOMPARE(found.status, 0);
    QCOMPARE(fault("retrieval", found.out), std::string());
    const Json json = Json::parse(found.out.toStdString());
    QVERIFY(!json["hasDense"].get<bool>() && json["embedding"].is_null());
    QVERIFY(run({"retrieve", path("old.py")}).out.contains("words and symbols only"));
}

void TestCliEmbedding::namedDefaultMayNot()
{
    for (const QStringList &options :
         {QStringList{"--embedding", "all-MiniLM-L6-v2"}, QStringList{"--precision", "bf16"}}) {
        const CliOutcome found = run(QStringList{"retrieve", path("old.py")} + options);
        QCOMPARE(found.status, 3);
        QVERIFY(found.err.contains("models install all-MiniLM-L6-v2"));
    }
}

void TestCliEmbedding::noDriver()
{
    if (::dlopen("libcuda.so.1", RTLD_NOW) != nullptr) {
        QSKIP("there is a driver");
    }
    const CliOutcome found =
        run({"retrieve", path("old.py"), "--embedding", "tiny", "--device", "cuda"});
    QCOMPARE(found.status, 3);
    QVERIFY2(found.err.contains("no NVIDIA driver"), found.err.constData());
}

void TestCliEmbedding::corpusIsEmbeddedAtOnce()
{
    QVERIFY(run({"corpus", "build"}).status == 0);
    QVERIFY(vectorFiles().isEmpty()); // at first need
    writeText(path("notes/v2.0.0.md").toStdString(),
              "# PyTorch 2.0\n\n## Backwards incompatible\n\n- hello world\n");
    const CliOutcome built =
        run({"corpus", "build", path("notes"), "--embedding", "wide", "--precision", "bf16"});
    QVERIFY2(built.status == 0, built.err.constData());
    QVERIFY2(built.out.contains("embedded by wide (bf16, cpu), 16 floats each"),
             built.out.constData());
    QCOMPARE(vectorFiles().size(), 1);
}

void TestCliEmbedding::migrateKeepsWhatWasFound()
{
    const QString session = path("s.torchlift");
    const CliOutcome plain = run({"migrate", path("old.py"), "--json"});
    QVERIFY(!Json::parse(plain.out.toStdString()).contains("retrieval"));
    const CliOutcome done = run({"migrate", path("old.py"), "--json", "--session", session,
                                 "--embedding", "tiny", "--k", "3"});
    QVERIFY2(done.status <= 1, done.err.constData());
    QCOMPARE(fault("migration", done.out), std::string());
    const Json json = Json::parse(done.out.toStdString());
    QCOMPARE(json["retrieval"]["embedding"].dump(), choice("tiny").dump());
    QCOMPARE(json["retrieval"]["ranked"].size(), std::size_t(3));
    QVERIFY2(done.err.contains("3 release note(s) found by tiny (fp32, cpu): v"),
             done.err.constData());
    QFile file(session);
    QVERIFY(file.open(QIODevice::ReadOnly));
    const QByteArray saved = file.readAll();
    QCOMPARE(fault("session", saved), std::string());
    const Json kept = Json::parse(saved.toStdString());
    QCOMPARE(kept["embedding"].dump(), choice("tiny").dump());
    QCOMPARE(kept["retrieval"]["ranked"].size(), std::size_t(3));
}

void TestCliEmbedding::migrateFolder()
{
    QVERIFY(QDir(m_folder->path()).mkdir("package"));
    QVERIFY(QFile::copy(path("old.py"), path("package/old.py")));
    writeText(path("package/same.py").toStdString(), "x = 1\n");
    const CliOutcome done = run({"migrate", path("package"), "--json", "--embedding", "tiny",
                                 "--session", path("sessions")});
    QVERIFY2(done.status <= 1, done.err.constData());
    QCOMPARE(fault("foldermigration", done.out), std::string());
    const Json files = Json::parse(done.out.toStdString())["files"];
    QCOMPARE(files[0]["retrieval"]["embedding"].dump(), choice("tiny").dump());
    QVERIFY(!files[1].contains("retrieval")); // nothing breaks in it
    QFile file(path("sessions/old.py.torchlift"));
    QVERIFY(file.open(QIODevice::ReadOnly));
    const Json kept = Json::parse(file.readAll().toStdString());
    QCOMPARE(kept["embedding"].dump(), choice("tiny").dump());
    QVERIFY(!kept["retrieval"].is_null());
}

void TestCliEmbedding::promptAndAsk()
{
    const CliOutcome prompt = run({"prompt", path("old.py"), "--embedding", "tiny"});
    QVERIFY2(prompt.status == 0, prompt.err.constData());
    QVERIFY(prompt.out.contains("gesv"));
    QCOMPARE(vectorFiles().size(), 1);
    const CliOutcome asked =
        run({"ask", "what became of gesv?", "--embedding", "wide", "--json", path("a.json")});
    QCOMPARE(asked.status, 3); // no language model
    QFile file(path("a.json"));
    QVERIFY(file.open(QIODevice::ReadOnly));
    const QByteArray answer = file.readAll();
    QCOMPARE(fault("answer", answer), std::string());
    QCOMPARE(Json::parse(answer.toStdString())["embedding"].dump(), choice("wide").dump());
    QCOMPARE(vectorFiles().size(), 2);
}

void TestCliEmbedding::evaluates()
{
    writeText(path("q.tsv").toStdString(), "q1\ttorch.gesv was removed\n");
    writeText(path("qrels.txt").toStdString(), "q1 0 gesv 1\n");
    const CliOutcome done =
        run({"evaluate", "retrieval", "--embedding", "tiny,wide", "--precision", "fp32,bf16",
             "--device", "cpu", "--ranking", "dense", "--k", "6", "--queries", path("q.tsv"),
             "--qrels", path("qrels.txt"), "--json"});
    QVERIFY2(done.status == 0, done.err.constData());
    QCOMPARE(fault("evaluation", done.out), std::string());
    QStringList seen;
    const Json runs = Json::parse(done.out.toStdString())["runs"];
    for (const Json &one : runs) {
        seen << QString::fromStdString(one["model"].get<std::string>() + ' '
                                       + one["precision"].get<std::string>() + ' '
                                       + one["device"].get<std::string>());
    }
    QCOMPARE(seen,
             QStringList({"tiny fp32 cpu", "tiny bf16 cpu", "wide fp32 cpu", "wide bf16 cpu"}));
}

QTEST_GUILESS_MAIN(TestCliEmbedding)
#include "tst_cliembedding.moc"
