#include <QDir>
#include <QDirIterator>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include "support/cliprocess.h"
#include "support/schemacheck.h"

using namespace TorchLift;

/// Folders on the command line: everything a project holds, reports, patches, edits by hand.
class TestCliFolder : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void scanNamesEveryFile();
    void jsonFollowsTheSchemas();
    void patchGivesWhatOutGives();
    void notebooksKeepTheirOutputs();
    void editsByHandAreKept();
    void editsByHandInANotebook();
    void conflictsKeepTheEdit();
    void nothingIsLostWithoutASession();
    void sessionsOfOtherFiles();
    void oneFileOfAProject();
    void backupsAreNeverOverwritten();
    void symbols();

private:
    using Outcome = CliOutcome;
    Outcome run(const QStringList &arguments);
    QString write(const QString &name, const QByteArray &bytes);
    [[nodiscard]] QByteArray read(const QString &name) const;
    [[nodiscard]] QString path(const QString &name) const { return m_folder->filePath(name); }
    QByteArray fault(const char *schema, const QByteArray &json) const;

    std::unique_ptr<QTemporaryDir> m_folder;
};

void TestCliFolder::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    QVERIFY(m_folder->isValid());
    write("p/train.py", "import torch\nx, _ = torch.gesv(b, A)\ny = 1\n");
    write("p/pkg/fine.py", "# caf\xe9\r\nx = 1\r\n");
    write("p/requirements.txt", "# pins\ntorch==1.0.0\nscipy\n");
    write("p/csrc/kernel.cu", "#include <THC/THC.h>\nint x;\n");
    write("p/n.ipynb",
          R"j({"cells": [{"cell_type": "code", "metadata": {}, "outputs": [{"data": "kept"}],
  "source": ["%matplotlib inline\n", "!pip install torch==1.0\n", "import torch\n", "z = torch.gesv(b, A)[0]"]}],
 "metadata": {}, "nbformat": 4, "nbformat_minor": 2})j");
    write("p/binary.py", QByteArray("\0\1", 2));
    write("p/notes.md", "torch==1.0.0\n");
}

TestCliFolder::Outcome TestCliFolder::run(const QStringList &arguments)
{
    return runCli(QStringLiteral(TORCHLIFT_CLI), arguments, {.folder = m_folder->path()});
}

QString TestCliFolder::write(const QString &name, const QByteArray &bytes)
{
    const QString file = path(name);
    QDir().mkpath(QFileInfo(file).path());
    QFile out(file);
    if (!out.open(QIODevice::WriteOnly) || out.write(bytes) != bytes.size()) {
        qFatal("cannot write the test's input");
    }
    return file;
}

QByteArray TestCliFolder::read(const QString &name) const
{
    QFile file(path(name));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray("(missing)");
}

QByteArray TestCliFolder::fault(const char *schema, const QByteArray &json) const
{
    return QByteArray::fromStdString(
        schemaFault(std::filesystem::path(TORCHLIFT_SOURCE_DIR) / "resources/schemas" / schema,
                    json.toStdString()));
}

void TestCliFolder::scanNamesEveryFile()
{
    const Outcome outcome = run({"scan", "p"});
    QCOMPARE(outcome.status, 1);
    for (const char *line :
         {"train.py: line 2: torch.gesv changed in 1.2", "n.ipynb: cell 1, line 2: torch changed",
          "n.ipynb: cell 1, line 4: torch.gesv", "requirements.txt: line 2: torch changed in 2.7",
          "csrc/kernel.cu: line 1: THC/THC.h changed in 1.11", "left out: binary.py: "}) {
        QVERIFY2(outcome.out.contains(line), outcome.out.constData());
    }
    QVERIFY(!outcome.out.contains("notes.md"));
    QVERIFY(!outcome.out.contains("fine.py"));
}

void TestCliFolder::jsonFollowsTheSchemas()
{
    const Outcome scan = run({"scan", "p", "--json"});
    QCOMPARE(fault("folderscan.schema.json", scan.out), QByteArray());
    const Outcome migration = run({"migrate", "p", "--json"});
    QCOMPARE(fault("foldermigration.schema.json", migration.out), QByteArray());
    const QJsonObject json = QJsonDocument::fromJson(migration.out).object();
    QCOMPARE(json["files"].toArray().size(), 5);
    QCOMPARE(json["skipped"].toArray().size(), 1);
    QCOMPARE(json["files"][0]["kind"].toString(), QStringLiteral("native"));
    const Outcome file = run({"scan", "p/train.py", "--json"});
    QCOMPARE(fault("scan.schema.json", file.out), QByteArray());
    QVERIFY(file.out.contains("\"uses\""));
}

void TestCliFolder::patchGivesWhatOutGives()
{
    QCOMPARE(run({"migrate", "p", "--out", "new", "--patch", "p.patch"}).status, 1);
    QCOMPARE(read("new/pkg/fine.py"), read("p/pkg/fine.py"));
    QCOMPARE(read("new/requirements.txt"), QByteArray("# pins\ntorch==2.7.0\nscipy\n"));
    QProcess patch;
    patch.setWorkingDirectory(path("p"));
    patch.start("patch", {"-p0", "-i", path("p.patch")});
    if (!patch.waitForStarted()) {
        QSKIP("there is no patch here");
    }
    QVERIFY(patch.waitForFinished());
    QCOMPARE(patch.exitCode(), 0);
    for (const char *file : {"train.py", "n.ipynb", "requirements.txt", "csrc/kernel.cu"}) {
        QCOMPARE(read(QString("p/") + file), read(QString("new/") + file));
    }
}

void TestCliFolder::notebooksKeepTheirOutputs()
{
    run({"migrate", "p", "--out", "new"});
    QByteArray expected = read("p/n.ipynb");
    expected.replace("torch==1.0", "torch==2.7.0");
    expected.replace("torch.gesv(b, A)[0]", "torch.linalg.solve(A, b)");
    QCOMPARE(read("new/n.ipynb"), expected);
}

void TestCliFolder::editsByHandAreKept()
{
    run({"migrate", "p", "--out", "new", "--session", "s"});
    const QByteArray mine = read("new/train.py").replace("y = 1", "y = 2  # mine");
    write("new/train.py", mine);
    write("new/requirements.txt", "# pins\ntorch==2.7.0\nscipy\ntqdm\n");
    // The old code moves on meanwhile.
    write("p/train.py", "import torch\nx, _ = torch.gesv(b, A)\ny = 1\nz = torch.gesv(c, A)[0]\n");
    run({"migrate", "p", "--out", "new", "--session", "s"});
    QCOMPARE(read("new/train.py"), mine + "z = torch.linalg.solve(A, c)\n");
    QCOMPARE(read("new/requirements.txt"), QByteArray("# pins\ntorch==2.7.0\nscipy\ntqdm\n"));
    QVERIFY(read("s/train.py.torchlift").contains("\"hand\""));
    QCOMPARE(fault("session.schema.json", read("s/train.py.torchlift")), QByteArray());
    // A third time, with nothing typed since.
    run({"migrate", "p", "--out", "new", "--session", "s"});
    QCOMPARE(read("new/train.py"), mine + "z = torch.linalg.solve(A, c)\n");
    // One that was deleted comes back with what was edited in it.
    QVERIFY(QFile::remove(path("new/train.py")));
    run({"migrate", "p", "--out", "new", "--session", "s"});
    QCOMPARE(read("new/train.py"), mine + "z = torch.linalg.solve(A, c)\n");
}

void TestCliFolder::editsByHandInANotebook()
{
    run({"migrate", "p/n.ipynb", "--out", "new.ipynb", "--session", "n.torchlift"});
    QByteArray mine = read("new.ipynb");
    mine.replace("\"kept\"", "\"run again\"");
    mine.replace("linalg.solve(A, b)", "linalg.solve(A, b)  # mine");
    write("new.ipynb", mine);
    const Outcome again =
        run({"migrate", "p/n.ipynb", "--out", "new.ipynb", "--session", "n.torchlift"});
    QVERIFY2(again.status == 0, again.err.constData());
    QCOMPARE(read("new.ipynb"), mine);
}

void TestCliFolder::conflictsKeepTheEdit()
{
    const QStringList command{"migrate", "p/train.py", "--out",
                              "new.py",  "--session",  "s.torchlift"};
    run(command + QStringList{"--skip", "gesv"});
    QCOMPARE(read("new.py"), read("p/train.py"));
    write("new.py", read("new.py").replace("torch.gesv(b, A)", "my_solve(b, A)"));
    const Outcome outcome = run(command);
    QVERIFY(read("new.py").contains("my_solve(b, A)"));
    QVERIFY2(outcome.err.contains("torch.gesv is not migrated because: conflict"),
             outcome.err.constData());
    QVERIFY(outcome.err.contains("torch.linalg.solve(A, b)"));
    QCOMPARE(outcome.status, 1);
}

void TestCliFolder::nothingIsLostWithoutASession()
{
    QCOMPARE(run({"migrate", "p/train.py", "--out", "new.py"}).status, 0);
    QCOMPARE(run({"migrate", "p/train.py", "--out", "new.py"}).status, 0); // nothing to write
    const QByteArray mine = read("new.py") + "print(x)\n";
    write("new.py", mine);
    const Outcome refused = run({"migrate", "p/train.py", "--out", "new.py"});
    QCOMPARE(refused.status, 3);
    QVERIFY2(refused.err.contains("--force"), refused.err.constData());
    QCOMPARE(read("new.py"), mine);
    QCOMPARE(run({"migrate", "p/train.py", "--out", "new.py", "--force"}).status, 0);
    QVERIFY(!read("new.py").contains("print(x)"));

    write("new/train.py", mine);
    const Outcome folder = run({"migrate", "p", "--out", "new"});
    QCOMPARE(folder.status, 1);
    QVERIFY2(folder.out.contains("not written: train.py"), folder.out.constData());
    QCOMPARE(read("new/train.py"), mine);
    QVERIFY(read("new/n.ipynb").contains("linalg.solve")); // the others are
}

void TestCliFolder::sessionsOfOtherFiles()
{
    const QByteArray notes = "my notes\n";
    write("s.torchlift", notes);
    QCOMPARE(run({"migrate", "p/train.py", "--session", "s.torchlift"}).status, 3);
    QCOMPARE(read("s.torchlift"), notes);
    QVERIFY(QFile::remove(path("s.torchlift")));
    QCOMPARE(run({"migrate", "p/train.py", "--session", "s.torchlift"}).status, 0);
    const QByteArray session = read("s.torchlift");
    const Outcome other = run({"migrate", "p/requirements.txt", "--session", "s.torchlift"});
    QCOMPARE(other.status, 3);
    QVERIFY2(other.err.contains("train.py"), other.err.constData());
    QCOMPARE(read("s.torchlift"), session);
}

void TestCliFolder::oneFileOfAProject()
{
    const Outcome pins = run({"migrate", "p/requirements.txt"});
    QCOMPARE(pins.status, 0);
    QCOMPARE(pins.out, QByteArray("# pins\ntorch==2.7.0\nscipy\n"));
    const Outcome native = run({"migrate", "p/csrc/kernel.cu"});
    QCOMPARE(native.status, 1);
    QCOMPARE(native.out, read("p/csrc/kernel.cu"));
    QVERIFY(native.err.contains("THC/THC.h is not migrated"));
}

void TestCliFolder::backupsAreNeverOverwritten()
{
    QVERIFY(QFile::remove(path("p/binary.py")));
    const QByteArray old = read("p/train.py");
    QCOMPARE(run({"migrate", "p", "--in-place", "--accept", "review"}).status, 1);
    QCOMPARE(read("p/train.py.orig"), old);
    write("p/train.py", old + "w = 1\n");
    const Outcome again = run({"migrate", "p", "--in-place", "--accept", "review"});
    QVERIFY2(again.out.contains("not written: train.py"), again.out.constData());
    QCOMPARE(read("p/train.py.orig"), old);
    QCOMPARE(read("p/train.py"), old + "w = 1\n");
}

void TestCliFolder::symbols()
{
    const Outcome json = run({"symbol", "torch.gesv", "--json"});
    QCOMPARE(json.status, 0);
    QCOMPARE(fault("symbol.schema.json", json.out), QByteArray());
    QCOMPARE(fault("symbol.schema.json", run({"symbol", "torch.linspac", "--json"}).out),
             QByteArray());
    const QJsonArray found = QJsonDocument::fromJson(json.out).object()["environments"].toArray();
    if (found.size() < 2) {
        QSKIP("the environments or the sandbox are not installed here");
    }
    QCOMPARE(found.first()["torch"].toString(), QStringLiteral("1.0.0"));
    QVERIFY(found.first()["isThere"].toBool());
    QVERIFY(found.first()["signature"].toString().contains("B, A"));
    QVERIFY(!found.first()["documentation"].toString().isEmpty());
    QVERIFY(!found.last()["isThere"].toBool());
    const Outcome words = run({"symbol", "torch.nn.functional.sigmoid"});
    QVERIFY2(words.out.contains("torch 2.7.0 on Python"), words.out.constData());
    QCOMPARE(run({"symbol", "torch'+1"}).status, 2);
}

QTEST_GUILESS_MAIN(TestCliFolder)
#include "tst_clifolder.moc"
