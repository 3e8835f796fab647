#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <sstream>

#include <unistd.h>

#include "attackreport.h"
#include "attacks.h"
#include "hosttargets.h"
#include "leftovers.h"
#include "settings/paths.h"
#include "validation/runner.h"

using namespace TorchLift;

namespace fs = std::filesystem;

/// The attacks of the list, 1 to 45, against the sandbox in every environment that is there: each
/// ends as it should, leaves nothing, and the last test prints how. Run a second time as an
/// ordinary user where the first was root.
class TestSandbox : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void cleanup();
    void cleanupTestCase();
    void attack_data();
    void attack();
    void nothingReachesTheNextRun_data() { environments(); }
    void nothingReachesTheNextRun();
    void linksAreNotFollowed31_data() { environments(); }
    void linksAreNotFollowed31();
    void poisonedWorker42_data() { environments(); }
    void poisonedWorker42();
    void killedWorker42_data() { environments(); }
    void killedWorker42();
    void exhaustedPool42_data() { environments(); }
    void exhaustedPool42();
    void missingProgram43_data() { environments(); }
    void missingProgram43();
    void forbiddenNamespaces43_data() { environments(); }
    void forbiddenNamespaces43();
    void largeScript45_data() { environments(); }
    void largeScript45();
    void everyNumberIsThere();

private:
    void environments();
    /// The environment that this row's data name.
    [[nodiscard]] const Environment &environment() const;
    Run run(Runner &runner, const std::string &code, const RunLimits &limits = {});
    void note(const std::string &attack, const Run &run);
    void note(const std::string &attack, const std::string &outcome);

    QTemporaryDir m_temporary;
    std::vector<Environment> m_environments;
    std::unique_ptr<HostTargets> m_targets;
    std::unique_ptr<Runner> m_runner;
    Leftovers m_before;
    AttackReport m_report;
};

void TestSandbox::initTestCase()
{
    const Paths paths = Paths::standard();
    m_environments = listEnvironments(paths.environments());
    if (m_environments.empty()) {
        QSKIP("no environment is installed: whole test program");
    }
    if (const auto available = Runner::sandboxAvailable(); !available) {
        QSKIP(("no sandbox: " + available.error().detail + ": whole test program").c_str());
    }
    qputenv("TMPDIR", m_temporary.path().toUtf8());
    adoptOrphans();
    m_targets = std::make_unique<HostTargets>();
    m_runner = std::make_unique<Runner>(paths.worker());
    m_before = Leftovers::now();
}

// After every attack: nothing of it is left, and nothing of ours was hurt.
void TestSandbox::cleanup()
{
    if (m_targets) {
        constexpr int patienceMs = 5000; // a killed process with much memory takes its time
        QTRY_COMPARE_WITH_TIMEOUT(QString::fromStdString(Leftovers::now().since(m_before)),
                                  QString(), patienceMs);
        QVERIFY(m_targets->areUnharmed());
    }
}

void TestSandbox::cleanupTestCase()
{
    m_targets.reset();
}

void TestSandbox::environments()
{
    QTest::addColumn<QString>("environment");
    for (const Environment &environment : m_environments) {
        QTest::addRow("%s", environment.name.c_str()) << QString::fromStdString(environment.name);
    }
}

const Environment &TestSandbox::environment() const
{
    QFETCH(QString, environment);
    const std::string name = environment.toStdString();
    return *std::find_if(m_environments.begin(), m_environments.end(),
                         [&](const Environment &known) { return known.name == name; });
}

Run TestSandbox::run(Runner &runner, const std::string &code, const RunLimits &limits)
{
    RunRequest request;
    request.code = code;
    request.limits = limits;
    auto result = runner.run(environment(), request, {});
    if (!result) {
        qWarning("%s", result.error().detail.c_str());
        return {};
    }
    return std::move(*result);
}

void TestSandbox::note(const std::string &attack, const std::string &outcome)
{
    m_report.add(attack, environment().name, outcome);
}

void TestSandbox::note(const std::string &attack, const Run &run)
{
    note(attack, outcomeName(run.outcome));
}

void TestSandbox::attack_data()
{
    QTest::addColumn<QString>("environment");
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<QByteArray>("script");
    QTest::addColumn<QString>("outcomes");
    QTest::addColumn<int>("seconds");
    for (const Environment &environment : m_environments) {
        for (const Attack &attack : attacks()) {
            QTest::addRow("%s, %s", attack.name, environment.name.c_str())
                << QString::fromStdString(environment.name) << QByteArray(attack.name)
                << QByteArray(attack.script) << QString::fromLatin1(attack.outcomes)
                << attack.seconds;
        }
    }
}

void TestSandbox::attack()
{
    QFETCH(QByteArray, name);
    QFETCH(QByteArray, script);
    QFETCH(QString, outcomes);
    QFETCH(int, seconds);
    RunLimits limits;
    // The machine of cgroup2.sh is emulated.
    const int patience = qEnvironmentVariableIsSet("TORCHLIFT_TEST_NEEDS_CGROUP2") ? 10 : 1;
    limits.wallSeconds = outcomes == u"timeout"_qs ? 1 : seconds * patience;
    limits.memoryBytes = 384LL * 1024 * 1024;
    limits.diskBytes = 32LL * 1024 * 1024;
    limits.outputBytes = 100'000;

    const Run result =
        run(*m_runner, m_targets->aim(kAttackPrelude + script.toStdString()), limits);

    note(name.toStdString(), result);
    const std::string outcome = outcomeName(result.outcome);
    const std::string shown = (outcome + ": " + result.output + result.errorOutput).substr(0, 3000);
    QVERIFY2(outcomes.split(u'|').contains(QString::fromStdString(outcome)), shown.c_str());
    QVERIFY2(shown.find("BREACH") == std::string::npos, shown.c_str());
    if (outcomes == u"ok"_qs) {
        QVERIFY2(result.output.find("done") != std::string::npos, shown.c_str());
    }
    QVERIFY(result.output.size() <= 3 * static_cast<std::size_t>(limits.outputBytes));
    QVERIFY(result.wallMs < 1000.0 * limits.wallSeconds + 1000);
}

void TestSandbox::nothingReachesTheNextRun()
{
    const std::string leave = std::string(kAttackPrelude) + R"py(
import builtins, site
packages = [p for p in sys.path if p.endswith('site-packages')][0]
for path in ('/tmp/left', '/work/left', '/dev/shm/left', '/work/sitecustomize.py', '/tmp/left.pth',
             packages + '/left.pth', packages + '/sitecustomize.py', '/env/left', '/python/left'):
    try:
        with open(path, 'w') as file:
            file.write('import builtins; builtins.left = 1')
    except OSError:
        pass
builtins.left = 1
print('added', call(248, b'user', b'left', b'x', 1, -4), call(29, 77, 4096, 0o1600))
)py";
    const std::string look = std::string(kAttackPrelude) + R"py(
import builtins
packages = [p for p in sys.path if p.endswith('site-packages')][0]
left = [path for folder in ('/tmp', '/work', '/dev/shm', '/env', '/python', packages)
        for path in os.listdir(folder) if 'left' in path or 'sitecustomize' in path]
found = call(249, b'user', b'left', 0, -4) == 0 or call(29, 77, 4096, 0) == 0
print('BREACH' if left or found or hasattr(builtins, 'left') else 'clean', left)
)py";
    QCOMPARE(run(*m_runner, leave).outcome, Outcome::Ok);
    const Run second = run(*m_runner, look);
    QCOMPARE(second.output, std::string("clean []\n"));
    note("28 keys of one run in the next", second);
    note("38 files of one run in the next", second);
}

// Without a sandbox, the only time that a folder of the host is written.
void TestSandbox::linksAreNotFollowed31()
{
    const fs::path kept = fs::path(m_temporary.path().toStdString()) / "kept";
    fs::create_directories(kept / "folder");
    std::ofstream(kept / "file") << "kept";
    RunRequest request;
    request.isSandboxed = false;
    request.code = "import os\nos.unlink('main.py')\n"
                   "os.symlink('"
                   + kept.string()
                   + "', 'main.py')\n"
                     "os.symlink('"
                   + kept.string()
                   + "', 'other')\n"
                     "os.symlink('/proc/self/fd', 'descriptors')\n";
    const auto result = m_runner->run(environment(), request, {});
    QVERIFY(result);
    QCOMPARE(result->outcome, Outcome::Ok);
    QVERIFY(fs::exists(kept / "file") && fs::exists(kept / "folder"));
    note("31 links in a work folder without a sandbox", *result);
    fs::remove_all(kept);
}

void TestSandbox::poisonedWorker42()
{
    const std::string poison = "import torch, builtins, os\n"
                               "builtins.print = None\n"
                               "torch.ones = None\n"
                               "open('/tmp/left', 'w').write('x')\n"
                               "os.environ['LEFT'] = '1'\n";
    const std::string look = "import os, torch\n"
                             "print(torch.ones(1).item(), os.path.exists('/tmp/left'),"
                             " 'LEFT' in os.environ)\n";
    Runner runner(Paths::standard().worker());
    runner.keepWarm(environment(), 1);
    constexpr int startMs = 60'000;
    QTRY_COMPARE_WITH_TIMEOUT(runner.warmCount(environment()), 1, startMs);
    QCOMPARE(run(runner, poison).outcome, Outcome::Ok);
    QTRY_COMPARE_WITH_TIMEOUT(runner.warmCount(environment()), 1, startMs);
    const Run second = run(runner, look);
    note("42 poisoned worker", second);
    QCOMPARE(second.output, std::string("1.0 False False\n"));
}

void TestSandbox::killedWorker42()
{
    Runner runner(Paths::standard().worker());
    runner.keepWarm(environment(), 1);
    QTRY_COMPARE_WITH_TIMEOUT(runner.warmCount(environment()), 1, 60'000);
    std::size_t killed = 0;
    for (const std::string &process : Leftovers::now().processes) {
        if (m_before.processes.count(process) == 0) {
            ::kill(std::stoi(process), SIGKILL);
            ++killed;
        }
    }
    QVERIFY(killed >= 1);
    QTest::qWait(200);
    const Run result = run(runner, "print(1)");
    note("42 killed worker", result);
    QCOMPARE(result.output, std::string("1\n"));
}

void TestSandbox::exhaustedPool42()
{
    Runner runner(Paths::standard().worker());
    runner.keepWarm(environment(), 1);
    QTRY_COMPARE_WITH_TIMEOUT(runner.warmCount(environment()), 1, 60'000);
    for (int round = 0; round < 4; ++round) { // the pool is not filled between runs in a row
        const Run result = run(runner, "import torch\nprint(torch.ones(2).sum().item())");
        QCOMPARE(result.output, std::string("2.0\n"));
        note("42 exhausted pool", result);
    }
}

void TestSandbox::missingProgram43()
{
    const QByteArray path = qgetenv("PATH");
    qputenv("PATH", m_temporary.path().toUtf8());
    RunRequest request;
    request.code = "print(1)";
    const auto result = m_runner->run(environment(), request, {});
    qputenv("PATH", path);
    QVERIFY(!result);
    QCOMPARE(result.error().code, Errc::MissingPart);
    QCOMPARE(result.error().remedy, std::string("apt-get install bubblewrap"));
    note("43 no bubblewrap", "refused");
}

// The whole program where the system forbids namespaces.
void TestSandbox::forbiddenNamespaces43()
{
    const QString script = m_temporary.filePath(QStringLiteral("script.py"));
    QFile file(script);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("print(1)\n");
    file.close();
    const QStringList restricted =
        ::getuid() == 0
            ? QStringList{"setpriv", "--bounding-set", "-sys_admin", "--inh-caps", "-sys_admin"}
            : QStringList{"bwrap", "--unshare-user", "--disable-userns", "--dev-bind", "/", "/"};
    QProcess program;
    program.start(QStringLiteral("env"),
                  restricted
                      + QStringList{TORCHLIFT_CLI, "validate", script, script, "--from",
                                    QString::fromStdString(environment().torch.toString()), "--to",
                                    QString::fromStdString(environment().torch.toString())});
    QVERIFY(program.waitForFinished(30'000));
    const QByteArray said = program.readAllStandardError();
    QVERIFY2(program.exitCode() == 3, said.constData());
    QVERIFY2(said.contains("sandbox") && said.contains("What helps"), said.constData());
    QCOMPARE(program.readAllStandardOutput(), QByteArray());
    note("43 namespaces are forbidden", "refused");
    QFile::remove(script);
}

void TestSandbox::largeScript45()
{
    std::string code = "x = 1\n";
    while (code.size() < 10'000'000) {
        code += "# nothing but a comment that makes the script as long as no person would\n";
    }
    code += "print('done')\n";
    const Run result = run(*m_runner, code);
    note("45 a script of 10 MB", result);
    QCOMPARE(result.outcome, Outcome::Ok);
    QCOMPARE(result.output, std::string("done\n"));
}

void TestSandbox::everyNumberIsThere()
{
    if (m_report.isEmpty()) {
        QSKIP("no attack was run");
    }
    std::cout << m_report.text() << std::flush;
    QCOMPARE(QString::fromStdString(m_report.missing()), QString());
}

QTEST_GUILESS_MAIN(TestSandbox)
#include "tst_sandbox.moc"
