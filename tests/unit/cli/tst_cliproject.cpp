#include <csignal>

#include <QDir>
#include <QElapsedTimer>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QRegularExpression>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

#include "support/cliprocess.h"
#include "support/schemacheck.h"

using namespace TorchLift;

/// Projects and batches on the command line, in both real environments.
class TestCliProject : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void testsHaveVerdicts_data();
    void testsHaveVerdicts();
    void commandWithoutTestsHasOne();
    void pytestThatIsMissingIsNamed();
    void crashAndTimeoutAreOfTheirTest();
    void projectFileKeepsTheSettings();
    void dataIsShownWhereItLay();
    void testsAreEqualUnderOneSeed();
    void changesInsideTorchAreNamed();
    void runShowsTypes();
    void testsProveEdits_data();
    void testsProveEdits();
    void wrongUse();
    void batchGoesOnAfterKill();
    void tableEqualsTheResults();

private:
    using Outcome = CliOutcome;
    Outcome run(const QStringList &arguments);
    void write(const QString &name, const QByteArray &bytes);
    [[nodiscard]] QByteArray read(const QString &name) const;
    [[nodiscard]] QString path(const QString &name) const { return m_folder->filePath(name); }
    [[nodiscard]] QByteArray fault(const char *schema, const QByteArray &json) const;
    [[nodiscard]] static QMap<QString, QString> findings(const QByteArray &json);
    void migrateProject();

    QString m_pytest; // folder of packages; empty: not to be had
    std::unique_ptr<QTemporaryDir> m_folder;
};

void TestCliProject::initTestCase()
{
    m_folder = std::make_unique<QTemporaryDir>();
    write("a.py", "import torch\n");
    if (run({"validate", "a.py", "a.py"}).status != 0) {
        QSKIP("the environments or the sandbox are not installed here: whole test program");
    }
    const QString python = QStandardPaths::findExecutable(QStringLiteral("python3"));
    const QString packages = QStringLiteral(TORCHLIFT_BINARY_DIR "/pytest");
    QProcess provide;
    provide.start(python, {QStringLiteral(TORCHLIFT_SOURCE_DIR "/tests/support/provide_pytest.py"),
                           packages});
    if (provide.waitForFinished(240000) && provide.exitCode() == 0) {
        m_pytest = packages;
    }
}

void TestCliProject::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    write("old/net/__init__.py", "");
    write("old/net/solve.py", "import torch\n\n\ndef solve(a, b):\n"
                              "    return torch.gesv(b, a)[0]\n");
    write("old/tests/__init__.py", "");
    // One is equal, one fails in 2.7.0 until it is migrated, one differs and nobody migrates it.
    write("old/tests/test_net.py", R"(import unittest

import torch
from net.solve import solve


class Net(unittest.TestCase):
    def test_differs(self):
        mask = torch.tensor([1, 2]) > 0
        total = eval('(mask + mask).sum().item()')
        print("total", total)

    def test_equal(self):
        x = torch.randn(4)
        total = (x * 2).sum()
        print("total", total.item())

    def test_solve(self):
        x = solve(torch.eye(2) * 2, torch.ones(2, 1))
        self.assertEqual(x[0].item(), 0.5)
)");
}

TestCliProject::Outcome TestCliProject::run(const QStringList &arguments)
{
    return runCli(QStringLiteral(TORCHLIFT_CLI), arguments,
                  {.folder = m_folder->path(), .seconds = 240});
}

void TestCliProject::write(const QString &name, const QByteArray &bytes)
{
    QDir().mkpath(QFileInfo(path(name)).path());
    QFile out(path(name));
    if (!out.open(QIODevice::WriteOnly) || out.write(bytes) != bytes.size()) {
        qFatal("cannot write the test's input");
    }
}

QByteArray TestCliProject::read(const QString &name) const
{
    QFile file(path(name));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

QByteArray TestCliProject::fault(const char *schema, const QByteArray &json) const
{
    return QByteArray::fromStdString(
        schemaFault(std::filesystem::path(TORCHLIFT_SOURCE_DIR) / "resources/schemas" / schema,
                    json.toStdString()));
}

// "finding, verdict" by the last part of a test's name.
QMap<QString, QString> TestCliProject::findings(const QByteArray &json)
{
    QMap<QString, QString> found;
    const QJsonArray tests = QJsonDocument::fromJson(json).object()["tests"].toArray();
    for (const auto &test : tests) {
        const QJsonObject row = test.toObject()["row"].toObject();
        const QString name = row["api"].toString().section(QRegularExpression("[.:]"), -1);
        found[name] = test.toObject()["finding"].toString() + ", "
                      + row["verdict"].toObject()["kind"].toString();
    }
    return found;
}

void TestCliProject::migrateProject()
{
    QCOMPARE(run({"migrate", "old", "--out", "new"}).status, 0);
    QVERIFY(read("new/net/solve.py").contains("torch.linalg.solve"));
}

void TestCliProject::testsHaveVerdicts_data()
{
    QTest::addColumn<QString>("command");
    QTest::addRow("unittest") << "python -m unittest -q";
    QTest::addRow("unittest by a script") << "cd tests && python -m unittest discover -t .. -s .";
    QTest::addRow("pytest") << "pytest -q";
    QTest::addRow("python -m pytest") << "python3 -m pytest -q -p no:cacheprovider tests";
}

void TestCliProject::testsHaveVerdicts()
{
    QFETCH(QString, command);
    QStringList arguments{"validate", "old",    "new",   "--run", command,
                          "--json",   "r.json", "--csv", "r.csv"};
    if (command.contains("pytest")) {
        if (m_pytest.isEmpty()) {
            QSKIP("pytest cannot be had here");
        }
        arguments << "--packages" << m_pytest;
    }
    migrateProject();
    const Outcome outcome = run(arguments);
    QVERIFY2(outcome.status == 1, outcome.err.constData()); // one differs
    const QByteArray json = read("r.json");
    QCOMPARE(fault("projectresults.schema.json", json), QByteArray());
    const QMap<QString, QString> expected{{"test_equal", "passes, equal"},
                                          {"test_solve", "repaired, equal"},
                                          {"test_differs", "passes, differs"}};
    QCOMPARE(findings(json), expected);
    QVERIFY2(outcome.out.contains("3 test(s)"), outcome.out.constData());
    QVERIFY(outcome.out.contains("value total: 4 → 2"));
    // The table holds a row for each, headings first.
    const QByteArray table = read("r.csv");
    QVERIFY(table.startsWith("API,Is work in 1.0.0,Out 1.0.0"));
    for (const char *name : {"test_equal", "test_solve", "test_differs"}) {
        QVERIFY(table.contains(name));
    }
}

void TestCliProject::commandWithoutTestsHasOne()
{
    write("old/train.py", "import sys\nimport torch\nprint('epochs', sys.argv[1:])\n"
                          "print(torch.randn(3))\n");
    QDir(path("old")).rename("tests", "unused");
    migrateProject();
    const Outcome outcome =
        run({"validate", "old", "new", "--run", "python train.py --epochs 1", "--json"});
    QVERIFY2(outcome.status == 0, outcome.err.constData());
    QCOMPARE(fault("projectresults.schema.json", outcome.out), QByteArray());
    const QJsonObject whole = QJsonDocument::fromJson(outcome.out).object()["whole"].toObject();
    QCOMPARE(whole["verdict"].toObject()["kind"].toString(), QString("equal"));
    QVERIFY(whole["newAtTarget"].toObject()["output"].toString().startsWith("epochs ['--epochs'"));
    QCOMPARE(run({"validate", "old", "new", "--run", "false"}).status, 1);
}

void TestCliProject::pytestThatIsMissingIsNamed()
{
    const Outcome outcome = run({"validate", "old", "old", "--run", "pytest -q"});
    if (outcome.status != 3) {
        QSKIP("the environments have a pytest of their own");
    }
    QVERIFY2(outcome.err.contains("pytest is missing in torch-1.0.0"), outcome.err.constData());
    QVERIFY(outcome.err.contains("environments add pytest --in 1.0.0"));
}

void TestCliProject::crashAndTimeoutAreOfTheirTest()
{
    write("old/tests/test_net.py", R"(import os
import unittest
import torch


class Net(unittest.TestCase):
    def test_a(self):
        pass

    def test_b(self):
        if torch.__version__ != "1.0.0":
            os.kill(os.getpid(), 11)

    def test_c(self):
        import no_such_package
)");
    const Outcome crash = run(
        {"validate", "old", "old", "--run", "python -m unittest tests.test_net", "--json", "-"});
    QCOMPARE(crash.status, 1);
    const QMap<QString, QString> found = findings(crash.out);
    QCOMPARE(found["test_a"].section(',', 0, 0), QString("passes"));
    QCOMPARE(found["test_b"].section(',', 0, 0), QString("broken by the release"));
    QCOMPARE(found["test_c"].section(',', 0, 0), QString("fails in both"));
    const QJsonArray tests = QJsonDocument::fromJson(crash.out).object()["tests"].toArray();
    QCOMPARE(tests[1]["row"]["newAtTarget"]["outcome"].toString(), QString("signal"));
    QCOMPARE(tests[1]["row"]["newAtTarget"]["signal"].toInt(), 11);
    QVERIFY2(crash.err.contains("no_such_package is missing in torch-1.0.0"),
             crash.err.constData());

    write("old/tests/test_net.py", R"(import time
import unittest


class Net(unittest.TestCase):
    def test_a(self):
        x = 1

    def test_b(self):
        time.sleep(600)
)");
    const Outcome late =
        run({"validate", "old", "old", "--run", "python -m unittest tests.test_net", "--timeout",
             "3", "--json", "-"});
    QCOMPARE(findings(late.out)["test_a"], QString("passes, equal"));
    const QJsonArray both = QJsonDocument::fromJson(late.out).object()["tests"].toArray();
    QCOMPARE(both[1]["row"]["newAtTarget"]["outcome"].toString(), QString("timeout"));
}

void TestCliProject::projectFileKeepsTheSettings()
{
    const Outcome without = run({"validate", "old", "old"});
    QCOMPARE(without.status, 2);
    QVERIFY(without.err.contains("run: pytest -q"));
    write("old/main.py", "print(1)\n");
    QVERIFY(run({"validate", "old", "old"}).err.contains("run: python main.py"));
    const char *text = "schema: 1\nrun: python -m unittest tests.test_net.Net.test_equal\n";
    write("old/torchlift-project.yaml", text);
    const Outcome kept = run({"validate", "old", "old"});
    QVERIFY2(kept.status == 0, kept.err.constData());
    QVERIFY2(kept.out.contains("1 test(s); passes, equal: 1"), kept.out.constData());
    // The command line stands above the file, and another file above the folder's.
    const Outcome given = run({"validate", "old", "old", "--run", "python -c 'print(7)'"});
    QVERIFY2(given.out.contains("last output: 7"), given.out.constData());
    write("other.yaml", "schema: 1\nrun: python -c 'print(8)'\n");
    const Outcome other = run({"validate", "old", "old", "--project", "other.yaml"});
    QVERIFY2(other.out.contains("last output: 8"), other.out.constData());
    write("old/torchlift-project.yaml", "schema: 1\ncommand: x\n");
    const Outcome wrong = run({"validate", "old", "old"});
    QCOMPARE(wrong.status, 2);
    QVERIFY(wrong.err.contains("torchlift-project.yaml:2"));
}

void TestCliProject::dataIsShownWhereItLay()
{
    write("old/data/set/numbers.txt", "1 2 3\n");
    QFile::setPermissions(path("old/data/set"), QFile::Permissions(0x7755));
    QFile::setPermissions(path("old/data/set/numbers.txt"), QFile::Permissions(0x6644));
    const QString command = "cat data/set/numbers.txt set/numbers.txt && ! touch set/x";
    const Outcome outcome =
        run({"validate", "old", "old", "--run", command, "--data", "old/data/set", "--json", "-"});
    QVERIFY2(outcome.status == 0, outcome.out.constData());
    QVERIFY2(outcome.out.contains(R"("output": "1 2 3\n1 2 3\n")"), outcome.out.constData());
    QVERIFY(!QFile::exists(path("old/data/set/x")));
}

void TestCliProject::testsAreEqualUnderOneSeed()
{
    // Whichever test ran before, and in whichever process.
    write("old/tests/test_net.py", R"(import random
import unittest
import numpy
import torch


class Net(unittest.TestCase):
    def setUp(self):
        self.weights = torch.randn(3)

    def test_a(self):
        if torch.__version__ != "1.0.0":
            torch.randn(7)

    def test_b(self):
        x = torch.rand(100)
        y = numpy.random.rand(3)
        z = random.random()
        w = self.weights.tolist()
)");
    const Outcome outcome = run(
        {"validate", "old", "old", "--run", "python -m unittest tests.test_net", "--json", "-"});
    QCOMPARE(findings(outcome.out)["test_b"], QString("passes, equal"));
}

void TestCliProject::changesInsideTorchAreNamed()
{
    write("old/tests/test_net.py", R"(import unittest
import torch


class Net(unittest.TestCase):
    def test_norm(self):
        weight = torch.nn.BatchNorm1d(3).weight
)");
    const Outcome outcome = run(
        {"validate", "old", "old", "--run", "python -m unittest tests.test_net", "--json", "-"});
    QCOMPARE(outcome.status, 1);
    QCOMPARE(findings(outcome.out)["test_norm"], QString("passes, differs"));
    QVERIFY2(outcome.err.contains("explained by: norm-layers-start-at-one"),
             outcome.err.constData());
}

void TestCliProject::runShowsTypes()
{
    // What `keep` is stands in a file that nobody reads without running the code.
    write("old/net/masks.py",
          "import pickle\n\n\ndef rest(batch):\n    keep = pickle.loads(batch)\n"
          "    return (1 - keep).sum()\n");
    write("old/tests/test_net.py", R"(import pickle
import unittest
import torch
from net.masks import rest


class Net(unittest.TestCase):
    def test_rest(self):
        batch = pickle.dumps(torch.tensor([1., 2.]) > 1)
        self.assertEqual(rest(batch).item(), 1)
)");
    const Outcome blind = run({"migrate", "old", "--patch", "blind.patch"});
    QVERIFY(!read("blind.patch").contains("~keep"));
    const Outcome seeing = run(
        {"migrate", "old", "--observe", "--run", "python -m unittest", "--patch", "seeing.patch"});
    QVERIFY2(read("seeing.patch").contains("+    return (~keep).sum()"), seeing.err.constData());
    QVERIFY(!read("seeing.patch").contains("__torchlift_observe__"));
    const Outcome proven = run({"migrate", "old", "--validate", "--run", "python -m unittest",
                                "--out", "new", "--csv", "t.csv"});
    QVERIFY2(proven.status == 0, proven.err.constData());
    QVERIFY2(proven.err.contains("repaired") || proven.out.contains("repaired"),
             proven.out.constData());
    QVERIFY(read("t.csv").contains("test_rest"));
    QVERIFY(read("new/net/masks.py").contains("~keep"));
}

void TestCliProject::testsProveEdits_data()
{
    QTest::addColumn<QString>("command");
    QTest::addRow("unittest") << "python -m unittest -q";
    QTest::addRow("pytest") << "pytest -q";
    QTest::addRow("a script") << "python -u train.py";
}

// backward() runs in a thread of torch's own in 1.0.0; the test file is compiled by pytest itself.
void TestCliProject::testsProveEdits()
{
    QFETCH(QString, command);
    QStringList arguments{"migrate", "old",    "--validate", "--run",    command, "--out",
                          "new",     "--json", "r.json",     "--accept", "review"};
    if (command.contains("pytest")) {
        if (m_pytest.isEmpty()) {
            QSKIP("pytest cannot be had here");
        }
        arguments << "--packages" << m_pytest;
    }
    write("old/net/solve.py", R"(import torch
from torch.autograd import Function


class Twice(Function):
    @staticmethod
    def forward(ctx, x):
        return x * 2

    @staticmethod
    def backward(ctx, grad):
        return torch.addcmul(grad, 1, grad, torch.ones(1))


def solve(a, b):
    return torch.gesv(b, a)[0]


def never(a):
    return torch.symeig(a)
)");
    write("old/tests/test_net.py", R"(import unittest

import torch
from net.solve import Twice, solve


class Net(unittest.TestCase):
    def test_solve(self):
        x = solve(torch.eye(2) * 2, torch.gesv(torch.ones(2, 1), torch.eye(2))[0])
        self.assertEqual(x[0].item(), 0.5)

    def test_backward(self):
        w = torch.ones(1, requires_grad=True)
        Twice.apply(w).backward()
        self.assertEqual(w.grad.item(), 2)
)");
    write("old/train.py", R"(import torch
from net.solve import Twice, solve
if __name__ == "__main__":
    w = torch.ones(1, requires_grad=True)
    Twice.apply(w).backward()
    x = solve(torch.eye(2) * 2, torch.gesv(torch.ones(2, 1), torch.eye(2))[0])
    print(w.grad, x)
)");
    const Outcome outcome = run(arguments);
    QVERIFY2(outcome.status == 0, outcome.err.constData());
    QMap<QString, QString> proofs;
    const QJsonArray files = QJsonDocument::fromJson(read("r.json")).object()["files"].toArray();
    for (const auto &file : files) {
        const QString name = file.toObject()["file"].toString();
        const QJsonArray edits = file.toObject()["edits"].toArray();
        for (const auto &edit : edits) {
            proofs[name + " " + edit.toObject()["ruleId"].toString()] =
                edit.toObject()["proof"].toString();
        }
    }
    const bool isScript = command.contains("train");
    const QMap<QString, QString> expected{
        {"net/solve.py addcmul-scalar", "proven"},
        {"net/solve.py gesv", "proven"},
        {"net/solve.py symeig", "not-executed"},
        {"tests/test_net.py gesv", isScript ? "not-executed" : "proven"},
        {"train.py gesv", isScript ? "proven" : "not-executed"}};
    QCOMPARE(proofs, expected);
    QVERIFY2(outcome.out.contains("Edits: 3 proven, 2 not-executed."), outcome.out.constData());
}

void TestCliProject::wrongUse()
{
    write("a.py", "x = 1\n");
    write("c.jsonl", "{\"old\": \"x = 1\", \"new\": \"x = 1\"}\n");
    const QList<QStringList> wrong{
        {"validate"},
        {"validate", "old"},
        {"validate", "old", "a.py", "--run", "true"},
        {"validate", "a.py", "a.py", "--run", "true"},
        {"validate", "old", "old", "--run", "  "},
        {"validate", "old", "old", "--run", "true", "--trace"},
        {"validate", "old", "old", "--run", "true", "--packages", "gone"},
        {"validate", "old", "old", "--run", "true", "--data", "gone"},
        {"validate", "a.py", "a.py", "--cases", "c.jsonl"},
        {"validate", "--cases", "c.jsonl", "--run", "true"},
        {"validate", "--cases", "gone.jsonl"},
        {"validate", "--cases", "c.jsonl", "--results", "c.jsonl"},
        {"migrate", "a.py", "--run", "true"},
        {"migrate", "old", "--observe"}};
    for (const QStringList &arguments : wrong) {
        const Outcome outcome = run(arguments);
        QVERIFY2(outcome.status == 2, qPrintable(arguments.join(' ')));
        QVERIFY(!outcome.err.isEmpty());
    }
    QCOMPARE(read("c.jsonl").count('\n'), 1);
}

void TestCliProject::batchGoesOnAfterKill()
{
    QByteArray cases;
    constexpr int count = 5;
    for (int i = 0; i < count; ++i) {
        const QByteArray code = "print(" + QByteArray::number(i) + ")";
        cases += R"({"name": "c)" + QByteArray::number(i) + R"(", "old": ")" + code
                 + R"(", "new": ")" + code + "\"}\n";
    }
    write("c.jsonl", cases + "{broken\n");
    QProcess process;
    process.setWorkingDirectory(m_folder->path());
    process.start(QStringLiteral(TORCHLIFT_CLI), {"validate", "--cases", "c.jsonl"});
    QElapsedTimer timer;
    timer.start();
    while (read("c.jsonl.results.jsonl").count('\n') < 2 && timer.elapsed() < 60000) {
        QTest::qWait(2);
    }
    ::kill(static_cast<pid_t>(process.processId()), SIGKILL);
    QVERIFY(process.waitForFinished());
    const qsizetype before = read("c.jsonl.results.jsonl").count('\n');
    QVERIFY(before >= 2 && before <= count);
    // What it was writing when it was killed.
    QFile file(path("c.jsonl.results.jsonl"));
    QVERIFY(file.open(QIODevice::Append));
    file.write("{\"schema\": 1, \"name\": \"c4");
    file.close();

    const Outcome outcome = run({"validate", "--cases", "c.jsonl", "--output", "t.csv", "--json"});
    QVERIFY2(outcome.status == 1, outcome.err.constData()); // one is broken
    QCOMPARE(outcome.err.count("(done before)"), before);
    QVERIFY(outcome.err.contains("line 6: no JSON object"));
    QCOMPARE(read("c.jsonl.results.jsonl").count('\n'), count + 1);
    QCOMPARE(fault("batch.schema.json", outcome.out), QByteArray());
    const QJsonArray results = QJsonDocument::fromJson(outcome.out).object()["cases"].toArray();
    QCOMPARE(results.size(), count + 1);
    for (int i = 0; i < count; ++i) {
        QCOMPARE(results[i]["row"]["verdict"]["kind"].toString(), QString("equal"));
        QCOMPARE(results[i]["name"].toString(), "c" + QString::number(i));
    }
    QVERIFY(results[count]["row"].isNull());

    // Other code under the same name runs again, and only that.
    write("c.jsonl", QByteArray(cases).replace("print(3)", "print(33)"));
    const Outcome changed = run({"validate", "--cases", "c.jsonl"});
    QCOMPARE(changed.status, 0);
    QCOMPARE(changed.err.count("(done before)"), count - 1);
}

void TestCliProject::tableEqualsTheResults()
{
    write("m/one_old.py", "import torch\nprint(torch.gesv(torch.ones(1, 1), torch.eye(1))[0])\n");
    write("m/one_new.py",
          "import torch\nprint(torch.linalg.solve(torch.eye(1), torch.ones(1, 1)))\n");
    write("one.py", read("m/one_old.py"));
    const Outcome batch = run({"validate", "--cases", "m", "--csv", "-"});
    QVERIFY2(batch.status == 0, batch.err.constData());
    const Outcome single = run({"validate", "m/one_old.py", "m/one_new.py", "--csv", "-"});
    const auto wordsOf = [](const QByteArray &table) { return table.left(table.indexOf("equal")); };
    QCOMPARE(wordsOf(batch.out), wordsOf(single.out).replace("one_old.py", "main.py"));
}

QTEST_GUILESS_MAIN(TestCliProject)
#include "tst_cliproject.moc"
