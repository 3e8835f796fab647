#include <QTest>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <thread>

#include "settings/paths.h"
#include "validation/runner.h"
#include "validation/workerpool.h"

using namespace TorchLift;

namespace fs = std::filesystem;

/// Item 42 of the list of attacks: workers that wait, and what may happen to them.
class TestWorkerPool : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void threeRunsAreQuick();
    void poison42();
    void killedSpare42();
    void idleSparesAreReleased();

private:
    Run run(Runner &runner, const Environment &environment, const std::string &code);

    std::vector<Environment> m_environments;
    fs::path m_worker;
};

void TestWorkerPool::initTestCase()
{
    const Paths paths = Paths::standard();
    m_environments = listEnvironments(paths.environments());
    m_worker = paths.worker();
    if (m_environments.empty()) {
        QSKIP("no environment is installed: whole test program");
    }
    if (const auto available = Runner::sandboxAvailable(); !available) {
        QSKIP(("no sandbox: " + available.error().detail + ": whole test program").c_str());
    }
}

Run TestWorkerPool::run(Runner &runner, const Environment &environment, const std::string &code)
{
    RunRequest request;
    request.code = code;
    auto result = runner.run(environment, request, {});
    return result ? *result : Run{};
}

void TestWorkerPool::threeRunsAreQuick()
{
    const std::string code = "import torch\n"
                             "x = torch.arange(6.).view(2, 3)\n"
                             "w = torch.randn(3, 3)\n"
                             "for i in range(20):\n"
                             "    x = torch.relu(x.mm(w)) * 0.1 + 1\n"
                             "print(x)\n";
    const Environment &source = m_environments.front();
    const Environment &target = m_environments.back();
    Runner runner(m_worker);
    runner.keepWarm(source, 1);
    runner.keepWarm(target, 2);
    std::vector<double> took;
    for (int round = 0; round < 5; ++round) {
        QTRY_COMPARE_WITH_TIMEOUT(runner.warmCount(source) + runner.warmCount(target),
                                  &source == &target ? 2 : 3, 60'000);
        const auto start = std::chrono::steady_clock::now();
        for (const Environment *environment : {&source, &target, &target}) {
            QCOMPARE(run(runner, *environment, code).outcome, Outcome::Ok);
        }
        const std::chrono::duration<double, std::milli> ms =
            std::chrono::steady_clock::now() - start;
        took.push_back(ms.count());
    }
    std::sort(took.begin(), took.end());
    qInfo("three warm runs: median %.0f ms, fastest %.0f, slowest %.0f", took[2], took[0], took[4]);
    QVERIFY(took[0] < 1000); // the goal has a benchmark; this only tells warm from cold
}

void TestWorkerPool::poison42()
{
    const Environment &target = m_environments.back();
    Runner runner(m_worker);
    runner.keepWarm(target, 1);
    const char *const poison = "import torch, builtins, os\n"
                               "builtins.print = None\n"
                               "torch.ones = None\n"
                               "open('/tmp/left', 'w').write('x')\n"
                               "os.environ['LEFT'] = '1'\n";
    const char *const look = "import os, torch\n"
                             "print(torch.ones(1).item(), os.path.exists('/tmp/left'),"
                             " 'LEFT' in os.environ)\n";
    for (const char *code : {poison, look}) {
        QTRY_COMPARE_WITH_TIMEOUT(runner.warmCount(target), 1, 60'000);
        const Run result = run(runner, target, code);
        QCOMPARE(result.outcome, Outcome::Ok);
        if (code == look) {
            QCOMPARE(result.output, std::string("1.0 False False\n"));
        }
    }
}

void TestWorkerPool::killedSpare42()
{
    const Environment &target = m_environments.front();
    Runner runner(m_worker);
    runner.keepWarm(target, 1);
    QTRY_COMPARE_WITH_TIMEOUT(runner.warmCount(target), 1, 60'000);
    std::size_t killed = 0;
    for (const auto &task : fs::directory_iterator("/proc/self/task")) {
        std::ifstream children(task.path() / "children");
        for (int child = 0; children >> child; ++killed) {
            ::kill(child, SIGKILL);
        }
    }
    QCOMPARE(killed, std::size_t{1});
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    QCOMPARE(run(runner, target, "print(1)").output, std::string("1\n"));
}

void TestWorkerPool::idleSparesAreReleased()
{
    const Environment &source = m_environments.front();
    WorkerPool pool(m_worker, std::chrono::seconds(6));
    pool.keep(source, 1);
    QTRY_COMPARE_WITH_TIMEOUT(pool.spareCount(source), std::size_t{1}, 30'000);
    QTRY_COMPARE_WITH_TIMEOUT(pool.spareCount(source), std::size_t{0}, 30'000);
    QTest::qWait(500);
    QCOMPARE(pool.spareCount(source), std::size_t{0}); // not made again before the next run
    pool.keep(source, 0);
}

QTEST_GUILESS_MAIN(TestWorkerPool)
#include "tst_workerpool.moc"
