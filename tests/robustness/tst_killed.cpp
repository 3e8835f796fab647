#include <QElapsedTimer>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <filesystem>
#include <random>
#include <thread>

#include <csignal>
#include <sys/wait.h>
#include <unistd.h>

#include "leftovers.h"
#include "session/session.h"
#include "settings/paths.h"
#include "validation/runner.h"

using namespace TorchLift;

/// The command line killed at random moments of a migration with validation: no process survives
/// it, and the session file holds every run that was reported. TORCHLIFT_KILLS says how often.
class TestKilled : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void atRandomMoments();
    void whileSandboxesStart();

private:
    QStringList arguments() const;
    /// Starts the program, kills it after `ms`; what it had said on stderr.
    QByteArray killAfter(int ms);
    void verifyNothingRuns();

    QTemporaryDir m_temporary;
    QString m_session;
    Leftovers m_before;
    int m_wholeMs = 0;
    int m_kills = 0;
};

void TestKilled::initTestCase()
{
    const auto environments = listEnvironments(Paths::standard().environments());
    if (environments.size() < 2) {
        QSKIP("the environments are not installed: whole test program");
    }
    if (const auto available = Runner::sandboxAvailable(); !available) {
        QSKIP(("no sandbox: " + available.error().detail + ": whole test program").c_str());
    }
    qputenv("TMPDIR", m_temporary.path().toUtf8());
    m_session = m_temporary.filePath(QStringLiteral("all.torchlift"));
    m_kills = qEnvironmentVariableIntValue("TORCHLIFT_KILLS");
    m_kills = m_kills > 0 ? m_kills : 5;
    adoptOrphans();
    m_before = Leftovers::now();

    QElapsedTimer timer;
    timer.start();
    QCOMPARE(QProcess::execute(QStringLiteral(TORCHLIFT_CLI), arguments()), 0);
    m_wholeMs = static_cast<int>(timer.elapsed());
    const auto session = loadSession(m_session.toStdString());
    QVERIFY(session && session->result && session->result->verdict);
}

QStringList TestKilled::arguments() const
{
    return {QStringLiteral("migrate"),
            QStringLiteral(TORCHLIFT_SOURCE_DIR "/resources/demos/legacy_training.py"),
            QStringLiteral("--validate"),
            QStringLiteral("--timeout"), // a machine that is busy must not decide
            QStringLiteral("600"),
            QStringLiteral("--session"),
            m_session,
            QStringLiteral("--out"),
            m_temporary.filePath(QStringLiteral("new.py"))};
}

QByteArray TestKilled::killAfter(int ms)
{
    QFile::remove(m_session);
    QProcess program;
    program.setProcessChannelMode(QProcess::ForwardedOutputChannel);
    program.start(QStringLiteral(TORCHLIFT_CLI), arguments());
    program.waitForFinished(ms);
    program.kill();
    program.waitForFinished();
    return program.readAllStandardError();
}

void TestKilled::verifyNothingRuns()
{
    const auto survivors = [this] {
        Leftovers now = Leftovers::now();
        now.files = m_before.files; // files that were being written may be there
        return QString::fromStdString(now.since(m_before));
    };
    constexpr int deathMs = 2000; // the kernel's time to take down a namespace
    QTRY_COMPARE_WITH_TIMEOUT(survivors(), QString(), deathMs);
}

void TestKilled::atRandomMoments()
{
    std::mt19937 random(5);
    std::uniform_int_distribution<int> moment(0, m_wholeMs);
    int runs = 0;
    for (int round = 0; round < m_kills; ++round) {
        const int ms = moment(random);
        const QByteArray said = killAfter(ms);
        verifyNothingRuns();
        const auto reported = static_cast<int>(said.count("code in "));
        const auto session = loadSession(m_session.toStdString());
        if (!session) {
            QCOMPARE(session.error().code, Errc::NotFound);
            QVERIFY2(reported == 0, said.constData());
            qInfo("killed after %d ms: before there was anything to keep", ms);
            continue;
        }
        QVERIFY(!session->migration.edits.empty());
        const ResultRow row = session->result.value_or(ResultRow());
        const int kept = int(row.oldAtSource.has_value()) + int(row.oldAtTarget.has_value())
                         + int(row.newAtTarget.has_value());
        qInfo("killed after %d ms: %d runs reported, %d kept", ms, std::min(reported, 3), kept);
        QVERIFY2(kept >= std::min(reported, 3), said.constData());
        runs += kept;
    }
    qInfo("killed %d times, %d runs kept", m_kills, runs);
}

// bubblewrap waits for itself while it starts: killed in those milliseconds it would stay.
void TestKilled::whileSandboxesStart()
{
    const auto environment = listEnvironments(Paths::standard().environments()).back();
    std::mt19937 random(7);
    std::uniform_int_distribution<int> moment(500, 20'000);
    for (int round = 0; round < 20 * m_kills; ++round) {
        const int us = moment(random);
        const pid_t victim = ::fork();
        if (victim == 0) {
            Runner runner(Paths::standard().worker());
            RunRequest request;
            request.code = "while True: pass";
            [[maybe_unused]] const auto never = runner.run(environment, request, {});
            ::_exit(0);
        }
        std::this_thread::sleep_for(std::chrono::microseconds(us));
        ::kill(victim, SIGKILL);
        ::waitpid(victim, nullptr, 0);
    }
    verifyNothingRuns();
}

QTEST_GUILESS_MAIN(TestKilled)
#include "tst_killed.moc"
