#include <QTest>

#include <algorithm>

#include "settings/paths.h"
#include "validation/runner.h"
#include "validation/verdict.h"

using namespace TorchLift;

namespace {

std::string described(const Run &run)
{
    return std::string(outcomeName(run.outcome)) + "\n" + run.output + run.errorOutput;
}

} // namespace

/// What a run reports, in every environment that is installed.
class TestRunner : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void endings_data();
    void endings();
    void warningsHaveLines_data() { environments(); }
    void warningsHaveLines();
    void linesThatRan_data() { environments(); }
    void linesThatRan();
    void stoppedRunsKeepWhatTheySaw_data();
    void stoppedRunsKeepWhatTheySaw();
    void variables_data() { environments(); }
    void variables();
    void dtypesOfMasksDiffer();
    void seedsAgree();
    void withoutSandbox_data() { environments(); }
    void withoutSandbox();
    void badRequests_data();
    void badRequests();

private:
    void environments();
    Result<Run> run(const QString &folder, const std::string &code);

    std::vector<Environment> m_environments;
    std::unique_ptr<Runner> m_runner;
};

void TestRunner::initTestCase()
{
    const Paths paths = Paths::standard();
    m_environments = listEnvironments(paths.environments());
    if (m_environments.empty()) {
        QSKIP("no environment is installed: whole test program");
    }
    if (const auto available = Runner::sandboxAvailable(); !available) {
        QSKIP(("no sandbox: " + available.error().detail + ": whole test program").c_str());
    }
    m_runner = std::make_unique<Runner>(paths.worker());
}

void TestRunner::environments()
{
    QTest::addColumn<QString>("environment");
    for (const Environment &environment : m_environments) {
        QTest::addRow("%s", environment.name.c_str())
            << QString::fromStdString(environment.folder.string());
    }
}

Result<Run> TestRunner::run(const QString &folder, const std::string &code)
{
    const auto environment = inspectEnvironment(folder.toStdString());
    if (!environment) {
        return tl::unexpected(environment.error());
    }
    RunRequest request;
    request.code = code;
    return m_runner->run(*environment, request, {});
}

void TestRunner::endings_data()
{
    QTest::addColumn<QString>("environment");
    QTest::addColumn<QByteArray>("code");
    QTest::addColumn<QString>("outcome");
    QTest::addColumn<QString>("error");
    QTest::addColumn<int>("line");
    QTest::addColumn<int>("status");
    for (const Environment &environment : m_environments) {
        const auto row = [&](const char *name, const char *code, const char *outcome,
                             const char *error = "", int line = 0, int status = 0) {
            QTest::addRow("%s, %s", name, environment.name.c_str())
                << QString::fromStdString(environment.folder.string()) << QByteArray(code)
                << QString::fromLatin1(outcome) << QString::fromLatin1(error) << line << status;
        };
        row("empty", "", "ok");
        row("prints", "print('x')\n", "ok");
        row("only functions", "def f():\n    return 1 / 0\n", "ok");
        row("error in a function", "def f():\n    1 / 0\n\nf()\n", "exception", "ZeroDivisionError",
            2, 1);
        row("error in a library", "import json\n\njson.loads('{')\n", "exception",
            "JSONDecodeError", 3, 1);
        row("missing module", "import torchlift_nowhere\n", "exception", "ModuleNotFoundError", 1,
            1);
        row("syntax error", "x = 1\ny = = 2\n", "exception", "SyntaxError", 2, 1);
        row("Python 2", "print 'x'\n", "exception", "SyntaxError", 1, 1);
        row("broken cell", "torch.distributed.init_process_grou\": \"import torch; print('OK')\n",
            "exception", "SyntaxError", 1, 1);
        row("exit with 0", "import sys\nsys.exit(0)\n", "exit", "", 0, 0);
        row("exit with 3", "import sys\nsys.exit(3)\n", "exit", "", 0, 3);
        row("exit with text", "import sys\nsys.exit('no')\n", "exit", "", 0, 1);
        row("os._exit(0) first", "import os; os._exit(0)\nprint('never')\n", "exit");
        row("own exception",
            "class E(Exception):\n    def __str__(self):\n        raise ValueError\nraise E()\n",
            "exception", "E", 4, 1);
        row("Latin-1 with coding line", "# -*- coding: latin-1 -*-\nprint(len('\xe9'))\n", "ok");
        row("byte order mark and CRLF", "\xEF\xBB\xBFx = 1\r\nprint(x)\r\n", "ok");
    }
}

void TestRunner::endings()
{
    QFETCH(QString, environment);
    QFETCH(QByteArray, code);
    const auto result = run(environment, code.toStdString());
    QVERIFY2(result, result ? "" : result.error().detail.c_str());
    const QString outcome = QString::fromLatin1(outcomeName(result->outcome));
    QTEST(outcome, "outcome");
    QTEST(QString::fromStdString(result->errorType), "error");
    QTEST(result->errorLine, "line");
    QTEST(result->exitStatus, "status");
    QVERIFY(result->isSandboxed);
    QVERIFY(result->errorOutput.find("worker.py") == std::string::npos);
    QVERIFY(result->output.find("never") == std::string::npos);
}

void TestRunner::warningsHaveLines()
{
    QFETCH(QString, environment);
    const auto result = run(environment, "import warnings\n"
                                         "def f():\n"
                                         "    warnings.warn('old', FutureWarning, stacklevel=2)\n"
                                         "f()\n");
    QVERIFY(result);
    QCOMPARE(result->warnings.size(), std::size_t{1});
    QCOMPARE(result->warnings[0].category, std::string("FutureWarning"));
    QCOMPARE(result->warnings[0].message, std::string("old"));
    QCOMPARE(result->warnings[0].line, 3);
    QVERIFY(result->errorOutput.find("FutureWarning: old") != std::string::npos);
}

void TestRunner::linesThatRan()
{
    QFETCH(QString, environment);
    const auto result = run(environment, "x = 3\n"              // 1
                                         "def never():\n"       // 2
                                         "    return 1\n"       // 3
                                         "def f(n):\n"          // 4
                                         "    if n > 5:\n"      // 5
                                         "        n = 0\n"      // 6
                                         "    return n\n"       // 7
                                         "for i in range(3):\n" // 8
                                         "    x += f(i)\n");    // 9
    QVERIFY(result);
    QCOMPARE(result->executedLines, (std::vector<int>{1, 2, 4, 5, 7, 8, 9}));
    for (const int line : {3, 6}) {
        QVERIFY(std::count(result->executableLines.begin(), result->executableLines.end(), line));
    }
}

void TestRunner::stoppedRunsKeepWhatTheySaw_data()
{
    QTest::addColumn<QString>("environment");
    QTest::addColumn<QByteArray>("ending");
    QTest::addColumn<QString>("outcome");
    QTest::addColumn<bool>("hasVariables");
    for (const Environment &environment : m_environments) {
        const auto row = [&](const char *name, const char *ending, const char *outcome,
                             bool hasVariables) {
            QTest::addRow("%s, %s", name, environment.name.c_str())
                << QString::fromStdString(environment.folder.string()) << QByteArray(ending)
                << QString::fromLatin1(outcome) << hasVariables;
        };
        row("an endless loop", "while True: pass\n", "timeout", true);
        row("asleep", "import time; time.sleep(60)\n", "timeout", true);
        row("endless output", "while True: print('x' * 1000)\n", "output-limit", true);
        row("deaf",
            "import signal; [signal.signal(n, signal.SIG_IGN) for n in range(34, 65)]; "
            "signal.pause()\n",
            "timeout", false);
        row("killed", "import os; os.kill(os.getpid(), 9)\n", "signal", false);
        row("left", "import os; os._exit(0)\n", "exit", false);
    }
}

void TestRunner::stoppedRunsKeepWhatTheySaw()
{
    QFETCH(QString, environment);
    QFETCH(QByteArray, ending);
    QFETCH(bool, hasVariables);
    const auto inspected = inspectEnvironment(environment.toStdString());
    QVERIFY(inspected);
    RunRequest request;
    request.limits.wallSeconds = 2;
    request.code = "x = 7\nprint('so far')\n" + ending.toStdString() + "y = 8\n";
    const auto result = m_runner->run(*inspected, request, {});
    QVERIFY(result);
    QTEST(QString::fromLatin1(outcomeName(result->outcome)), "outcome");
    QCOMPARE(QString::fromStdString(result->output).left(7), u"so far\n"_qs);
    QCOMPARE(result->executedLines, (std::vector<int>{1, 2, 3}));
    QCOMPARE(result->executableLines, (std::vector<int>{1, 2, 3, 4}));
    QCOMPARE(result->variables.count("x") == 1, hasVariables);
    QVERIFY(!result->variables.count("y"));
}

void TestRunner::variables()
{
    QFETCH(QString, environment);
    const auto result = run(environment, "import torch\n"
                                         "import numpy as np\n"
                                         "t = torch.tensor([[1.5, float('nan')]])\n"
                                         "t.requires_grad_(True)\n"
                                         "a = np.arange(3, dtype=np.int64)\n"
                                         "n = 7\n"
                                         "s = 'text'\n"
                                         "d = {'k': [1, 2.5, None, t]}\n"
                                         "net = torch.nn.Linear(2, 1, bias=False)\n"
                                         "big = torch.ones(200000)\n"
                                         "loop = []\n"
                                         "loop.append(loop)\n"
                                         "def f(): pass\n"
                                         "class Odd:\n"
                                         "    def __getattr__(self, name): raise SystemExit\n"
                                         "odd = Odd()\n");
    QVERIFY(result);
    QVERIFY2(result->works(), described(*result).c_str());
    const auto &found = result->variables;
    for (const char *name : {"torch", "np", "f", "Odd", "__name__"}) {
        QVERIFY2(!found.count(name), name);
    }
    QCOMPARE(found.at("t").dtype, std::string("float32"));
    QCOMPARE(found.at("t").shape, (std::vector<long long>{1, 2}));
    QVERIFY(found.at("t").requiresGrad);
    QVERIFY(std::isnan(found.at("t").values.at(1)));
    QCOMPARE(found.at("a").dtype, std::string("int64"));
    QCOMPARE(found.at("a").values, (std::vector<double>{0, 1, 2}));
    QCOMPARE(found.at("n").values, (std::vector<double>{7}));
    QCOMPARE(found.at("s").text, std::string("text"));
    QCOMPARE(found.at("d").values.size(), std::size_t{4});
    QCOMPARE(found.at("net").values.size(), std::size_t{2});
    QVERIFY(found.at("net").text.find("weight") != std::string::npos);
    QVERIFY(!found.at("big").isComparable);
    QCOMPARE(found.at("big").digest.size(), std::size_t{64});
    QCOMPARE(found.at("big").statistics.at(0), 1.0);
    QVERIFY(!found.at("loop").isComparable);
    QVERIFY(!found.at("odd").isComparable);
}

void TestRunner::dtypesOfMasksDiffer()
{
    if (m_environments.size() < 2) {
        QSKIP("two environments are needed");
    }
    const std::string code = "import torch\nx = torch.arange(4)\nmask = x > 1\n";
    const QString oldOne = QString::fromStdString(m_environments.front().folder.string());
    const QString newOne = QString::fromStdString(m_environments.back().folder.string());
    const auto oldRun = run(oldOne, code);
    const auto newRun = run(newOne, code);
    QVERIFY(oldRun && newRun);
    const Verdict verdict = compareRuns(*oldRun, *newRun, {});
    QCOMPARE(verdict.kind, VerdictKind::Equal);
    QCOMPARE(verdict.differences.size(), std::size_t{1});
    QCOMPARE(verdict.differences[0].what, std::string("dtype"));
}

void TestRunner::seedsAgree()
{
    const std::string code = "import random\nimport numpy\nimport torch\n"
                             "print(random.random(), numpy.random.rand(), torch.rand(1).item())\n";
    std::vector<std::string> outputs;
    for (const Environment &environment : m_environments) {
        const auto result = run(QString::fromStdString(environment.folder.string()), code);
        QVERIFY(result);
        outputs.push_back(result->output);
    }
    for (const std::string &output : outputs) {
        QCOMPARE(output, outputs.front());
    }
}

void TestRunner::withoutSandbox()
{
    QFETCH(QString, environment);
    const auto inspected = inspectEnvironment(environment.toStdString());
    QVERIFY(inspected);
    RunRequest request;
    request.isSandboxed = false;
    request.code = "import os, time\nprint(os.path.basename(__file__))\n"
                   "if os.fork() == 0:\n    time.sleep(0.2)\n    os._exit(0)\n";
    const auto result = m_runner->run(*inspected, request, {});
    QVERIFY2(result, result ? "" : result.error().detail.c_str());
    QCOMPARE(result->outcome, Outcome::Ok);
    QVERIFY(!result->isSandboxed);
    QCOMPARE(result->output, std::string("main.py\n"));
}

void TestRunner::badRequests_data()
{
    QTest::addColumn<QByteArray>("fileName");
    QTest::addColumn<int>("wallSeconds");
    QTest::addColumn<QByteArray>("data");
    QTest::addRow("no name") << QByteArray("") << 1 << QByteArray();
    QTest::addRow("a folder in the name") << QByteArray("../main.py") << 1 << QByteArray();
    QTest::addRow("no text") << QByteArray("\xff.py") << 1 << QByteArray();
    QTest::addRow("no time") << QByteArray("main.py") << 0 << QByteArray();
    QTest::addRow("data that is not there")
        << QByteArray("main.py") << 1 << QByteArray("/nowhere/at/all");
    QTest::addRow("data that is a device") << QByteArray("main.py") << 1 << QByteArray("/dev/null");
}

void TestRunner::badRequests()
{
    QFETCH(QByteArray, fileName);
    QFETCH(int, wallSeconds);
    QFETCH(QByteArray, data);
    RunRequest request;
    request.code = "print(1)";
    request.fileName = fileName.toStdString();
    request.limits.wallSeconds = wallSeconds;
    if (!data.isEmpty()) {
        request.data = {data.toStdString()};
    }
    const auto result = m_runner->run(m_environments.front(), request, {});
    QVERIFY(!result);
    QCOMPARE(result.error().code,
             data.startsWith("/nowhere") ? Errc::NotFound : Errc::InvalidArgument);
}

QTEST_GUILESS_MAIN(TestRunner)
#include "tst_runner.moc"
