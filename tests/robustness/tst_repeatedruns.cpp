#include <QTemporaryDir>
#include <QTest>

#include "leftovers.h"
#include "settings/paths.h"
#include "validation/runner.h"

using namespace TorchLift;

/// Further runs of one script in the worker that ran it first: what they find of earlier ones.
class TestRepeatedRuns : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void sameScriptSameWorker();
    void nothingIsFound_data();
    void nothingIsFound();
    void endingsAreSeenAgain_data();
    void endingsAreSeenAgain();
    void workersGoAtTheEnd();

private:
    Run run(const std::string &code, int wallSeconds = 30);

    QTemporaryDir m_temporary;
    Environment m_environment;
    std::unique_ptr<Runner> m_runner;
};

void TestRepeatedRuns::initTestCase()
{
    const Paths paths = Paths::standard();
    const auto environments = listEnvironments(paths.environments());
    qputenv("TMPDIR", m_temporary.path().toUtf8());
    adoptOrphans();
    if (environments.empty()) {
        QSKIP("no environment is installed: whole test program");
    }
    if (const auto available = Runner::sandboxAvailable(); !available) {
        QSKIP(("no sandbox: " + available.error().detail + ": whole test program").c_str());
    }
    m_environment = environments.front();
    m_runner = std::make_unique<Runner>(paths.worker());
}

Run TestRepeatedRuns::run(const std::string &code, int wallSeconds)
{
    RunRequest request;
    request.code = code;
    request.limits.wallSeconds = wallSeconds;
    auto result = m_runner->run(m_environment, request, {});
    return result ? *result : Run{};
}

// A process number is new in each run of one worker, and the same in the first of each.
void TestRepeatedRuns::sameScriptSameWorker()
{
    const std::string code = "import os\nprint(os.getpid())\n";
    const std::string other = code + "# another one\n";
    const std::string first = run(code).output;
    QVERIFY(!first.empty());
    QCOMPARE(run(code).output, first);
    const RepeatedRuns repeated(*m_runner);
    QCOMPARE(run(code).output, first);
    const std::string second = run(code).output;
    QVERIFY(second != first);
    QCOMPARE(run(other).output, first);
    const std::string third = run(code).output;
    QVERIFY(third != first && third != second);
}

void TestRepeatedRuns::nothingIsFound_data()
{
    QTest::addColumn<QByteArray>("code");
    QTest::newRow("files") << QByteArray("import os\n"
                                         "for place in ('/work', '/tmp', '/dev/shm'):\n"
                                         "    print(sorted(os.listdir(place)))\n"
                                         "    os.makedirs(place + '/a/b')\n"
                                         "    os.symlink('/env', place + '/a/link')\n"
                                         "    os.symlink('/env', place + '/link')\n"
                                         "    open(place + '/.hidden', 'w').close()\n");
    QTest::newRow("a folder that cannot be read")
        << QByteArray("import os\n"
                      "print(sorted(os.listdir('/tmp')))\n"
                      "os.makedirs('/tmp/a/b')\n"
                      "os.chmod('/tmp/a', 0)\n");
    QTest::newRow("another work folder")
        << QByteArray("import os\n"
                      "print(os.getcwd(), os.path.exists('/tmp/there'))\n"
                      "os.mkdir('/tmp/there')\n"
                      "os.chdir('/tmp/there')\n");
    QTest::newRow("processes") << QByteArray(
        "import os, signal, sys, time\n"
        "print(len([name for name in os.listdir('/proc') if name.isdigit()]))\n"
        "sys.stdout.flush()\n"
        "if os.fork() == 0:\n"
        "    os.setsid()\n"
        "    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):\n"
        "        signal.signal(number, signal.SIG_IGN)\n"
        "    if os.fork() == 0:\n"
        "        time.sleep(0.001)\n"
        "    while True:\n"
        "        time.sleep(60)\n"
        "time.sleep(0.3)\n");
    QTest::newRow("a worker that was stopped")
        << QByteArray("import os, signal\n"
                      "status = open('/proc/%d/stat' % os.getppid()).read()\n"
                      "print(os.path.exists('/tmp/there'))\n"
                      "os.mkdir('/tmp/there')\n"
                      "os.kill(int(status.rsplit(')', 1)[1].split()[1]), signal.SIGSTOP)\n");
    QTest::newRow("state of modules") << QByteArray(
        "import json, os, random, sys\n"
        "print(hasattr(json, 'mark'), os.environ.get('MARK'), random.random(), len(sys.path))\n"
        "json.mark = True\n"
        "os.environ['MARK'] = '1'\n"
        "sys.path.append('/tmp')\n");
    QTest::newRow("torch") << QByteArray(
        "import torch\n"
        "print(torch.rand(1), torch.get_default_dtype(), torch.initial_seed())\n"
        "torch.manual_seed(7)\n"
        "torch.set_default_dtype(torch.float64)\n"
        "torch.randn(300, 300).mm(torch.randn(300, 300))\n");
}

void TestRepeatedRuns::nothingIsFound()
{
    QFETCH(QByteArray, code);
    const std::string script = code.toStdString();
    const Run usual = run(script);
    QCOMPARE(outcomeName(usual.outcome), std::string_view("ok"));
    const RepeatedRuns repeated(*m_runner);
    for (int i = 0; i < 3; ++i) {
        const Run again = run(script);
        QCOMPARE(outcomeName(again.outcome), std::string_view("ok"));
        QCOMPARE(again.output, usual.output);
        QCOMPARE(again.errorOutput, usual.errorOutput);
        QCOMPARE(again.executedLines, usual.executedLines);
    }
}

void TestRepeatedRuns::endingsAreSeenAgain_data()
{
    QTest::addColumn<QByteArray>("code");
    QTest::addColumn<int>("seconds");
    QTest::newRow("an error") << QByteArray("x = 1\nraise ValueError(x)\n") << 30;
    QTest::newRow("exit") << QByteArray("import os\nos._exit(0)\n") << 30;
    QTest::newRow("a signal") << QByteArray("import os\nos.kill(os.getpid(), 11)\n") << 30;
    QTest::newRow("kills its supervisor")
        << QByteArray("import os, time\nos.kill(os.getppid(), 9)\ntime.sleep(5)\n") << 30;
    QTest::newRow("kills whom it can")
        << QByteArray("import os, time\nos.kill(-1, 9)\ntime.sleep(5)\n") << 30;
    QTest::newRow("stops whom it can")
        << QByteArray("import os, time\nos.kill(-1, 19)\ntime.sleep(5)\n") << 2;
    QTest::newRow("goes on") << QByteArray("while True:\n    pass\n") << 1;
    QTest::newRow("prints without end") << QByteArray("while True:\n    print('x' * 1000)\n") << 30;
}

// The same as in a worker of its own, each time, and the next script is not harmed.
void TestRepeatedRuns::endingsAreSeenAgain()
{
    QFETCH(QByteArray, code);
    QFETCH(int, seconds);
    const std::string script = code.toStdString();
    const Run usual = run(script, seconds);
    QVERIFY(usual.outcome != Outcome::Ok);
    const RepeatedRuns repeated(*m_runner);
    for (int i = 0; i < 2; ++i) {
        const Run again = run(script, seconds);
        QCOMPARE(outcomeName(again.outcome), outcomeName(usual.outcome));
        QCOMPARE(again.signal, usual.signal);
        QCOMPARE(again.exitStatus, usual.exitStatus);
        QCOMPARE(run("print(1)\n").output, std::string("1\n"));
    }
}

void TestRepeatedRuns::workersGoAtTheEnd()
{
    QTRY_COMPARE_WITH_TIMEOUT(Leftovers::now().processes.size(), std::size_t{0}, 5000);
    {
        const RepeatedRuns repeated(*m_runner);
        for (const char *code : {"print(1)\n", "print(2)\n", "print(3)\n", "print(4)\n"}) {
            QCOMPARE(run(code).outcome, Outcome::Ok);
        }
        QTRY_COMPARE_WITH_TIMEOUT(Leftovers::now().processes.size(), std::size_t{3}, 5000);
    }
    QTRY_COMPARE_WITH_TIMEOUT(Leftovers::now().processes.size(), std::size_t{0}, 5000);
}

QTEST_GUILESS_MAIN(TestRepeatedRuns)
#include "tst_repeatedruns.moc"
