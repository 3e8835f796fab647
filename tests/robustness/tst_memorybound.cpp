#include <QElapsedTimer>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>
#include <filesystem>
#include <fstream>

#include <sys/wait.h>
#include <unistd.h>

#include "leftovers.h"
#include "validation/memorybound.h"
#include "validation/process.h"

using namespace TorchLift;

namespace fs = std::filesystem;

namespace {

constexpr std::int64_t kBytes = 64LL * 1024 * 1024;

std::unique_ptr<Process> start(const MemoryBound &bound, std::vector<std::string> arguments)
{
    ProcessOptions options;
    options.arguments = std::move(arguments);
    options.cgroupProcesses = bound.groupProcesses();
    auto process = Process::start(std::move(options));
    return process ? std::move(*process) : nullptr;
}

} // namespace

/// The bound of memory by a control group of version 1 or 2, or by adding up: whatever this system
/// has. cgroup2.sh runs it on a kernel with version 2.
class TestMemoryBound : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void bombIsStopped();
    void littleIsNotTooMuch();
    void descendantsCount();
    void groupsOfTheDeadAreRemoved();
    void groupGoesWithItsLastProcess();

private:
    QTemporaryDir m_temporary;
};

void TestMemoryBound::initTestCase()
{
    qputenv("TMPDIR", m_temporary.path().toUtf8());
    adoptOrphans();
    const MemoryBound bound(kBytes);
    const auto groups = ownControlGroups();
    qInfo("%s", bound.hasGroup() ? groups.front().c_str() : "no control group to be had");
    QCOMPARE(groups.size(), std::size_t{bound.hasGroup() ? 1U : 0U});
    if (qEnvironmentVariableIsSet("TORCHLIFT_TEST_NEEDS_CGROUP2")) {
        QVERIFY(bound.hasGroup() && fs::exists(groups.front() / "memory.max"));
    }
}

void TestMemoryBound::bombIsStopped()
{
    const MemoryBound bound(kBytes);
    const auto bomb = start(bound, {"/usr/bin/tail", "/dev/zero"});
    QVERIFY(bomb);
    QTRY_VERIFY_WITH_TIMEOUT(bound.exceeded(bomb->pid()), 20'000);
    if (!bound.hasGroup()) {
        bomb->kill();
    }
    const int status = bomb->wait();
    QVERIFY(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

void TestMemoryBound::littleIsNotTooMuch()
{
    const MemoryBound bound(kBytes);
    const auto modest =
        start(bound, {"/bin/sh", "-c", "head -c 8000000 /dev/zero | tail > /dev/null"});
    QVERIFY(modest);
    QCOMPARE(modest->wait(), 0);
    QVERIFY(!bound.exceeded(modest->pid()));
}

void TestMemoryBound::descendantsCount()
{
    const MemoryBound bound(kBytes);
    const auto parent = start(
        bound, {"/bin/sh", "-c", "tail /dev/zero & sleep 1; tail /dev/zero & wait; sleep 20"});
    QVERIFY(parent);
    QTRY_VERIFY_WITH_TIMEOUT(bound.exceeded(parent->pid()), 20'000);
}

void TestMemoryBound::groupsOfTheDeadAreRemoved()
{
    const MemoryBound bound(kBytes);
    if (!bound.hasGroup()) {
        QSKIP("no control group to be had");
    }
    const fs::path stale = ownControlGroups().front().parent_path() / "torchlift-99999999-0";
    const fs::path foreign = ownControlGroups().front().parent_path() / "torchlift-1-0";
    fs::create_directory(stale);
    fs::create_directory(foreign);
    {
        const MemoryBound next(kBytes);
    }
    const bool isStaleLeft = fs::exists(stale);
    const bool isForeignLeft = fs::exists(foreign);
    ::rmdir(stale.c_str());
    ::rmdir(foreign.c_str());
    QVERIFY(!isStaleLeft);
    QVERIFY(isForeignLeft);
}

void TestMemoryBound::groupGoesWithItsLastProcess()
{
    const Leftovers before = Leftovers::now();
    QElapsedTimer timer;
    {
        const MemoryBound bound(kBytes);
        // Of another session, so that it survives the kill of its parent's group.
        const auto parent = start(bound, {"/usr/bin/setsid", "--fork", "/bin/sleep", "1"});
        QVERIFY(parent);
        parent->wait();
        timer.start();
    }
    QVERIFY(timer.elapsed() < 10'000);
    QVERIFY(ownControlGroups().empty());
    QTRY_COMPARE(QString::fromStdString(Leftovers::now().since(before)), QString());
}

QTEST_GUILESS_MAIN(TestMemoryBound)
#include "tst_memorybound.moc"
