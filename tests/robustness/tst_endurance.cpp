#include <QElapsedTimer>
#include <QTemporaryDir>
#include <QTest>

#include <array>
#include <map>
#include <memory>

#include "leftovers.h"
#include "settings/paths.h"
#include "validation/runner.h"

using namespace TorchLift;

namespace {

/// One sort of run; @N@ is the run's number, so that no answer passes for another's.
struct Sort
{
    const char *code;
    Outcome outcome;
    const char *output;
};

const std::array<Sort, 10> kSorts{{
    {"print('run @N@')", Outcome::Ok, "run @N@\n"},
    {"import torch\nprint('run', int(torch.ones(@N@ + 1).sum().item()) - 1)", Outcome::Ok,
     "run @N@\n"},
    {"print('run @N@', flush=True)\nraise ValueError(@N@)", Outcome::Exception, "run @N@\n"},
    {"print('run @N@', flush=True)\nwhile True: pass", Outcome::Timeout, "run @N@\n"},
    {"print('run @N@', flush=True)\nx = []\nwhile True: x.append(bytearray(16 << 20))",
     Outcome::Memory, "run @N@\n"},
    {"import os\nif os.fork() == 0:\n    os.setsid()\n    while True: pass\nprint('run @N@')",
     Outcome::Ok, "run @N@\n"},
    {"import torch\nx = torch.randn(3)\nprint('run @N@')\nx.nothing()", Outcome::Exception,
     "run @N@\n"},
    {"import ctypes\nprint('run @N@', flush=True)\nctypes.string_at(0)", Outcome::Signal,
     "run @N@\n"},
    {"import os\nfor i in range(2000): open('/tmp/%d' % i, 'w').close()\nprint('run @N@')",
     Outcome::Ok, "run @N@\n"},
    {"import os\nprint('run @N@', flush=True)\nos._exit(0)", Outcome::Exit, "run @N@\n"},
}};

std::string numbered(const char *text, int number)
{
    return QByteArray(text).replace("@N@", QByteArray::number(number)).toStdString();
}

} // namespace

/// Many runs in a row, good and bad ones by turns, beside workers that wait: nothing is left
/// behind and no result is lost. TORCHLIFT_ENDURANCE says how many; few when it does not.
class TestEndurance : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void manyRuns();

private:
    Result<Run> run(int number);

    QTemporaryDir m_temporary;
    std::vector<Environment> m_environments;
    std::unique_ptr<Runner> m_runner;
};

void TestEndurance::initTestCase()
{
    m_environments = listEnvironments(Paths::standard().environments());
    if (m_environments.empty()) {
        QSKIP("no environment is installed: whole test program");
    }
    if (const auto available = Runner::sandboxAvailable(); !available) {
        QSKIP(("no sandbox: " + available.error().detail + ": whole test program").c_str());
    }
    qputenv("TMPDIR", m_temporary.path().toUtf8());
    adoptOrphans();
}

Result<Run> TestEndurance::run(int number)
{
    const auto index = static_cast<std::size_t>(number);
    const Sort &sort = kSorts[index % kSorts.size()];
    RunRequest request;
    request.code = numbered(sort.code, number);
    request.limits.wallSeconds = sort.outcome == Outcome::Timeout ? 1 : 60;
    if (sort.outcome == Outcome::Memory) {
        request.limits.memoryBytes = 384LL * 1024 * 1024;
    }
    return m_runner->run(m_environments[index / kSorts.size() % m_environments.size()], request,
                         {});
}

void TestEndurance::manyRuns()
{
    const int asked = qEnvironmentVariableIntValue("TORCHLIFT_ENDURANCE");
    const int count = asked > 0 ? asked : 60;
    const Leftovers before = Leftovers::now();
    m_runner = std::make_unique<Runner>(Paths::standard().worker());
    m_runner->keepWarm(m_environments.front(), 1);
    m_runner->keepWarm(m_environments.back(), 2);
    QElapsedTimer timer;
    timer.start();
    std::map<std::string, int> outcomes;
    for (int number = 0; number < count; ++number) {
        const Sort &sort = kSorts[static_cast<std::size_t>(number) % kSorts.size()];
        const auto result = run(number);
        QVERIFY2(result, result ? "" : result.error().detail.c_str());
        ++outcomes[outcomeName(result->outcome)];
        const std::string said =
            "run " + std::to_string(number) + ": " + result->output + result->errorOutput;
        QVERIFY2(result->outcome == sort.outcome, said.c_str());
        QVERIFY2(result->output == numbered(sort.output, number), said.c_str());
        // Pipes of three workers that wait and of some that are being ended, no more.
        const std::size_t open = Leftovers::now().descriptors;
        QVERIFY2(open < before.descriptors + 100, std::to_string(open).c_str());
    }
    m_runner.reset();
    QTRY_COMPARE_WITH_TIMEOUT(QString::fromStdString(Leftovers::now().since(before)), QString(),
                              5000);
    for (const auto &[outcome, runs] : outcomes) {
        qInfo("%5d %s", runs, outcome.c_str());
    }
    qInfo("%d runs in %lld s", count, timer.elapsed() / 1000);
}

QTEST_GUILESS_MAIN(TestEndurance)
#include "tst_endurance.moc"
