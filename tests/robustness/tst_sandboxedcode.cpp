#include <QTest>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include "settings/paths.h"
#include "validation/runner.h"

using namespace TorchLift;

namespace fs = std::filesystem;

/// What ordinary training code needs works inside the sandbox, in every environment, and limits
/// hold. Run a second time as an ordinary user where the first was root.
class TestSandboxedCode : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void ordinaryCode_data();
    void ordinaryCode();
    void limitsHold_data() { environments(); }
    void limitsHold();
    void cancelIsQuick_data() { environments(); }
    void cancelIsQuick();
    void dataIsReadOnly_data() { environments(); }
    void dataIsReadOnly();

private:
    void environments();
    Result<Run> run(const QString &environment, const std::string &code, RunLimits limits,
                    std::stop_token stop = {});

    std::vector<Environment> m_environments;
    std::unique_ptr<Runner> m_runner;
};

void TestSandboxedCode::initTestCase()
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

void TestSandboxedCode::environments()
{
    QTest::addColumn<QString>("environment");
    for (const Environment &environment : m_environments) {
        QTest::addRow("%s", environment.name.c_str())
            << QString::fromStdString(environment.folder.string());
    }
}

Result<Run> TestSandboxedCode::run(const QString &environment, const std::string &code,
                                   RunLimits limits, std::stop_token stop)
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

void TestSandboxedCode::ordinaryCode_data()
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

void TestSandboxedCode::ordinaryCode()
{
    QFETCH(QString, environment);
    QFETCH(QByteArray, code);
    const auto result = run(environment, code.toStdString(), {});
    QVERIFY2(result, result ? "" : result.error().detail.c_str());
    QVERIFY2(result->works(),
             (std::string(outcomeName(result->outcome)) + result->errorOutput).c_str());
}

void TestSandboxedCode::limitsHold()
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

void TestSandboxedCode::cancelIsQuick()
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

void TestSandboxedCode::dataIsReadOnly()
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

QTEST_GUILESS_MAIN(TestSandboxedCode)
#include "tst_sandboxedcode.moc"
