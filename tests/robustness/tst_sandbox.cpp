#include <QTest>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <thread>

#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attacks.h"
#include "settings/paths.h"
#include "validation/runner.h"

using namespace TorchLift;

namespace fs = std::filesystem;

namespace {

std::string replaced(std::string text, const std::string &what, const std::string &by)
{
    for (std::size_t at = text.find(what); at != std::string::npos;
         at = text.find(what, at + by.size())) {
        text.replace(at, what.size(), by);
    }
    return text;
}

// What our own process has left behind as children, directly or inherited.
std::string ownChildren()
{
    std::string all;
    for (const auto &task : fs::directory_iterator("/proc/self/task")) {
        std::ifstream file(task.path() / "children");
        std::ostringstream text;
        text << file.rdbuf();
        all += text.str();
    }
    return all;
}

std::size_t openDescriptors()
{
    const fs::directory_iterator all("/proc/self/fd");
    return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

} // namespace

/// The attacks of the list against the sandbox, in every environment that is there. Run a second
/// time as an ordinary user where the first was root.
class TestSandbox : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void cleanupTestCase();
    void attack_data();
    void attack();
    void ordinaryCode_data();
    void ordinaryCode();
    void limitsHold_data() { environments(); }
    void limitsHold();
    void cancelIsQuick_data() { environments(); }
    void cancelIsQuick();
    void largeScript45_data() { environments(); }
    void largeScript45();
    void dataIsReadOnly_data() { environments(); }
    void dataIsReadOnly();

private:
    void environments();
    Result<Run> run(const QString &environment, const std::string &code, RunLimits limits,
                    std::stop_token stop = {});

    std::vector<Environment> m_environments;
    std::unique_ptr<Runner> m_runner;
    int m_listener = -1;
    int m_abstract = -1;
    int m_leak = -1;
    pid_t m_sentinel = -1;
    int m_port = 0;
    std::string m_abstractName;
    std::string m_secret;
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
    m_runner = std::make_unique<Runner>(paths.worker());

    m_listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    QCOMPARE(::bind(m_listener, reinterpret_cast<sockaddr *>(&address), length), 0);
    QCOMPARE(::listen(m_listener, 8), 0);
    ::getsockname(m_listener, reinterpret_cast<sockaddr *>(&address), &length);
    m_port = ntohs(address.sin_port);

    m_abstract = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    m_abstractName = "torchlift-test-" + std::to_string(::getpid());
    sockaddr_un name = {};
    name.sun_family = AF_UNIX;
    std::copy(m_abstractName.begin(), m_abstractName.end(), name.sun_path + 1);
    const auto size = static_cast<socklen_t>(sizeof name.sun_family + 1 + m_abstractName.size());
    QCOMPARE(::bind(m_abstract, reinterpret_cast<sockaddr *>(&name), size), 0);
    QCOMPARE(::listen(m_abstract, 8), 0);

    m_secret =
        (fs::temp_directory_path() / ("torchlift-secret-" + std::to_string(::getpid()))).string();
    std::ofstream(m_secret) << "secret";
    m_leak = ::open(m_secret.c_str(), O_RDONLY); // on purpose without close-on-exec
    qputenv("TORCHLIFT_TEST_SECRET", "secret");
    qputenv("PYTHONPATH", "/tmp");
    m_sentinel = ::fork();
    if (m_sentinel == 0) {
        ::pause();
        ::_exit(0);
    }
}

void TestSandbox::cleanupTestCase()
{
    if (m_sentinel > 0) {
        int status = 0;
        QCOMPARE(::waitpid(m_sentinel, &status, WNOHANG), 0); // it outlived every attack
        ::kill(m_sentinel, SIGKILL);
        ::waitpid(m_sentinel, &status, 0);
        fs::remove(m_secret);
    }
}

void TestSandbox::environments()
{
    QTest::addColumn<QString>("environment");
    for (const Environment &environment : m_environments) {
        QTest::addRow("%s", environment.name.c_str())
            << QString::fromStdString(environment.folder.string());
    }
}

Result<Run> TestSandbox::run(const QString &environment, const std::string &code, RunLimits limits,
                             std::stop_token stop)
{
    const auto inspected = inspectEnvironment(environment.toStdString());
    if (!inspected) {
        return tl::unexpected(inspected.error());
    }
    RunRequest request;
    request.code = code;
    request.limits = limits;
    return m_runner->run(*inspected, request, stop);
}

void TestSandbox::attack_data()
{
    QTest::addColumn<QString>("environment");
    QTest::addColumn<QByteArray>("script");
    QTest::addColumn<QString>("outcomes");
    // The second run, as another user, is about the user: one interpreter is enough for it.
    const bool isShort = qEnvironmentVariableIsSet("TORCHLIFT_TEST_NEWEST_ONLY");
    for (const Environment &environment : m_environments) {
        if (isShort && environment.torch != m_environments.back().torch) {
            continue;
        }
        for (const Attack &attack : attacks()) {
            QTest::addRow("%s, %s", attack.name, environment.name.c_str())
                << QString::fromStdString(environment.folder.string()) << QByteArray(attack.script)
                << QString::fromLatin1(attack.outcomes);
        }
    }
}

void TestSandbox::attack()
{
    QFETCH(QString, environment);
    QFETCH(QByteArray, script);
    QFETCH(QString, outcomes);
    std::string code = kAttackPrelude + script.toStdString();
    code = replaced(code, "@PORT@", std::to_string(m_port));
    code = replaced(code, "@ABSTRACT@", "'" + m_abstractName + "'");
    code = replaced(code, "@SECRET@", "'" + m_secret + "'");
    code = replaced(code, "@HOME@", "'" + qgetenv("HOME").toStdString() + "'");
    RunLimits limits;
    limits.wallSeconds = 1;
    limits.memoryBytes = 384LL * 1024 * 1024;
    limits.diskBytes = 32LL * 1024 * 1024;
    limits.outputBytes = 100'000;
    const std::size_t before = openDescriptors();

    const auto result = run(environment, code, limits);

    QVERIFY2(result, result ? "" : result.error().detail.c_str());
    const std::string shown =
        std::string(outcomeName(result->outcome)) + ": " + result->output + result->errorOutput;
    QVERIFY2(outcomes.split(u'|').contains(QString::fromLatin1(outcomeName(result->outcome))),
             shown.substr(0, 3000).c_str());
    QVERIFY2(shown.find("BREACH") == std::string::npos, shown.substr(0, 3000).c_str());
    if (outcomes == u"ok"_qs) {
        QVERIFY2(result->output.find("done") != std::string::npos, shown.substr(0, 3000).c_str());
    }
    QVERIFY(result->output.size() <= 3 * static_cast<std::size_t>(limits.outputBytes));
    QVERIFY(result->wallMs < 1000.0 * limits.wallSeconds + 1000);
    QCOMPARE(QString::fromStdString(ownChildren()).trimmed(), QString::number(m_sentinel));
    QCOMPARE(openDescriptors(), before);
}

void TestSandbox::ordinaryCode_data()
{
    QTest::addColumn<QString>("environment");
    QTest::addColumn<QByteArray>("code");
    const std::pair<const char *, const char *> samples[] = {
        {"DataLoader with two workers", R"py(
import torch
from torch.utils.data import DataLoader, TensorDataset
if __name__ == '__main__':
    data = TensorDataset(torch.arange(12).float())
    print(sum(batch[0].sum().item() for batch in DataLoader(data, 3, num_workers=2)))
)py"},
        {"gloo with one process", R"py(
import torch, torch.distributed as dist
dist.init_process_group(backend='gloo', init_method='tcp://127.0.0.1:12345', world_size=1, rank=0)
print('OK')
)py"},
        {"gloo with two processes", R"py(
import os, torch, torch.distributed as dist
from torch.multiprocessing import Process
def work(rank):
    dist.init_process_group('gloo', init_method='tcp://127.0.0.1:12346', world_size=2, rank=rank)
    x = torch.ones(3) * (rank + 1)
    dist.all_reduce(x)
    assert x.sum().item() == 9.0
if __name__ == '__main__':
    processes = [Process(target=work, args=(rank,)) for rank in range(2)]
    for p in processes: p.start()
    for p in processes: p.join()
    assert [p.exitcode for p in processes] == [0, 0]
)py"},
        {"pickle of own classes and files", R"py(
import pickle, subprocess, sys, inspect
class Point:
    def __init__(self, x): self.x = x
with open('p.pkl', 'wb') as f: pickle.dump(Point(3), f)
with open('p.pkl', 'rb') as f: assert pickle.load(f).x == 3
assert 'self.x' in inspect.getsource(Point)
assert subprocess.check_output([sys.executable, '-c', 'print(7)']) == b'7\n'
)py"},
    };
    for (const Environment &environment : m_environments) {
        for (const auto &[name, code] : samples) {
            QTest::addRow("%s, %s", name, environment.name.c_str())
                << QString::fromStdString(environment.folder.string()) << QByteArray(code);
        }
    }
}

void TestSandbox::ordinaryCode()
{
    QFETCH(QString, environment);
    QFETCH(QByteArray, code);
    const auto result = run(environment, code.toStdString(), {});
    QVERIFY2(result, result ? "" : result.error().detail.c_str());
    QVERIFY2(result->works(),
             (std::string(outcomeName(result->outcome)) + result->errorOutput).c_str());
}

void TestSandbox::limitsHold()
{
    QFETCH(QString, environment);
    RunLimits limits;
    limits.wallSeconds = 1;
    const auto start = std::chrono::steady_clock::now();
    const auto result = run(environment, "print('before', flush=True)\nwhile True: pass", limits);
    const auto took = std::chrono::steady_clock::now() - start;
    QVERIFY(result);
    QCOMPARE(result->outcome, Outcome::Timeout);
    QCOMPARE(QString::fromStdString(result->output), u"before\n"_qs);
    QVERIFY(took < std::chrono::seconds(10));
}

void TestSandbox::cancelIsQuick()
{
    QFETCH(QString, environment);
    std::stop_source source;
    std::chrono::steady_clock::time_point asked;
    std::jthread canceller([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(700));
        asked = std::chrono::steady_clock::now();
        source.request_stop();
    });
    const auto result = run(environment, "while True: pass", {}, source.get_token());
    const auto took = std::chrono::steady_clock::now() - asked;
    QVERIFY(result);
    QCOMPARE(result->outcome, Outcome::Cancelled);
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(took).count();
    QVERIFY2(ms < 100, std::to_string(ms).c_str());
}

void TestSandbox::largeScript45()
{
    QFETCH(QString, environment);
    std::string code = "x = 1\n";
    while (code.size() < 10'000'000) {
        code += "# nothing but a comment that makes the script as long as no person would\n";
    }
    code += "print('done')\n";
    const auto result = run(environment, code, {});
    QVERIFY(result);
    QCOMPARE(result->outcome, Outcome::Ok);
    QCOMPARE(QString::fromStdString(result->output), u"done\n"_qs);
}

void TestSandbox::dataIsReadOnly()
{
    QFETCH(QString, environment);
    QTemporaryDir folder;
    const fs::path file = fs::path(folder.path().toStdString()) / "numbers.txt";
    std::ofstream(file) << "1 2 3";
    fs::permissions(file, fs::perms::others_read, fs::perm_options::add);
    const auto inspected = inspectEnvironment(environment.toStdString());
    QVERIFY(inspected);
    RunRequest request;
    request.data = {file};
    request.code = "print(open('numbers.txt').read())\n"
                   "try:\n    open('numbers.txt', 'w')\nexcept OSError:\n    print('read-only')\n";
    const auto result = m_runner->run(*inspected, request, {});
    QVERIFY2(result, result ? "" : result.error().detail.c_str());
    QCOMPARE(QString::fromStdString(result->output), u"1 2 3\nread-only\n"_qs);
}

QTEST_GUILESS_MAIN(TestSandbox)
#include "tst_sandbox.moc"
