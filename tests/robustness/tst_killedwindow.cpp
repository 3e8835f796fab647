#include <QApplication>
#include <QDir>
#include <QElapsedTimer>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>
#include <QTextStream>

#include <filesystem>
#include <random>

#include "leftovers.h"
#include "session/session.h"
#include "validation/runner.h"
#include "views/mainwindow.h"

using namespace TorchLift;

namespace fs = std::filesystem;

namespace {

constexpr const char *kRole = "TORCHLIFT_TEST_KILLED_WINDOW";
const QStringList kScripts{QStringLiteral("resources/demos/legacy_training.py"),
                           QStringLiteral("tests/data/gloo.py"),
                           QStringLiteral("tests/data/linear_function.py")};

int runsIn(const std::optional<ResultRow> &row)
{
    return !row ? 0
                : int(row->oldAtSource.has_value()) + int(row->oldAtTarget.has_value())
                      + int(row->newAtTarget.has_value());
}

/// The window, offscreen, that takes one script after the other from file to verdict and says on
/// stdout what it has done, and when. It never ends.
class EndlessBatch final : public QObject
{
public:
    explicit EndlessBatch(const Paths &paths)
        : m_window(paths)
    {
        Workbench *bench = m_window.workbench();
        connect(bench, &Workbench::retrieved, this, [this] { m_window.validate(); });
        connect(bench, &Workbench::rowChanged, this, [this, bench] {
            for (const ResultRow &row : bench->results()->rows()) {
                if (row.file == bench->fileName().toStdString()) {
                    say("runs", runsIn(row));
                }
            }
        });
        connect(bench, &Workbench::validated, this,
                [this] { QTimer::singleShot(0, this, [this] { next(); }); });
        m_clock.start();
        m_window.show();
        next();
    }

private:
    void next()
    {
        const int at = m_count++ % static_cast<int>(kScripts.size());
        say("opens", at);
        m_window.openFile(QStringLiteral(TORCHLIFT_SOURCE_DIR "/") + kScripts[at]);
    }

    void say(const char *what, int number)
    {
        m_out << m_clock.elapsed() << ' ' << what << ' ' << number << Qt::endl;
    }

    MainWindow m_window;
    QTextStream m_out{stdout};
    QElapsedTimer m_clock;
    int m_count = 0;
};

} // namespace

/// The window killed at random moments of a batch: no process survives it, and what it kept for
/// the next start opens again with the runs that were done. TORCHLIFT_KILLS says how often.
class TestKilledWindow : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void atRandomMoments();

private:
    void verifyNothingRuns();
    void verifyKept(const QByteArray &said, const fs::path &folder, int ms);

    QTemporaryDir m_temporary;
    Leftovers m_before;
    Paths m_paths;
};

void TestKilledWindow::initTestCase()
{
    m_paths = Paths::standard();
    if (listEnvironments(m_paths.environments()).size() < 2) {
        QSKIP("the environments are not installed: whole test program");
    }
    if (const auto available = Runner::sandboxAvailable(); !available) {
        QSKIP(("no sandbox: " + available.error().detail + ": whole test program").c_str());
    }
    qputenv("TMPDIR", m_temporary.path().toUtf8());
    adoptOrphans();
}

void TestKilledWindow::atRandomMoments()
{
    const int asked = qEnvironmentVariableIntValue("TORCHLIFT_KILLS");
    const int kills = asked > 0 ? asked : 3;
    std::mt19937 random(9);
    const int longestMs = asked > 0 ? 24'000 : 8'000;
    std::uniform_int_distribution<int> moment(500, longestMs);
    m_before = Leftovers::now();
    for (int round = 0; round < kills; ++round) {
        const QTemporaryDir home;
        const fs::path data = fs::path(home.path().toStdString()) / "data";
        fs::create_directories(data);
        for (const char *part : {"environments", "models", "libtorch"}) {
            fs::create_directory_symlink(m_paths.data / part, data / part);
        }
        QProcess window;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(QString::fromLatin1(kRole), home.path());
        window.setProcessEnvironment(environment);
        window.start(QApplication::applicationFilePath(), {});
        const int ms = moment(random);
        window.waitForFinished(ms);
        window.kill();
        window.waitForFinished();
        verifyNothingRuns();
        verifyKept(window.readAllStandardOutput(), data / "sessions", ms);
    }
}

void TestKilledWindow::verifyNothingRuns()
{
    const auto survivors = [this] {
        Leftovers now = Leftovers::now();
        now.files = m_before.files;
        return QString::fromStdString(now.since(m_before));
    };
    constexpr int deathMs = 2000; // the kernel's time to take down a namespace
    QTRY_COMPARE_WITH_TIMEOUT(survivors(), QString(), deathMs);
}

// What the window has said at least `kSavingMs` before its end is on disk.
void TestKilledWindow::verifyKept(const QByteArray &said, const fs::path &folder, int ms)
{
    constexpr qint64 kSavingMs = 500;
    const QList<QByteArray> lines = said.split('\n');
    const qint64 last =
        lines.size() > 1 ? lines[lines.size() - 2].split(' ').first().toLongLong() : 0;
    int script = -1;
    int runs = 0;
    for (const QByteArray &line : lines) {
        const QList<QByteArray> words = line.split(' ');
        if (words.size() == 3 && words[1] == "opens") {
            script = words[2].toInt();
            runs = 0;
        } else if (words.size() == 3 && words[0].toLongLong() + kSavingMs <= last) {
            runs = words[2].toInt();
        }
    }
    const QStringList kept = QDir(QString::fromStdString(folder.string()))
                                 .entryList({QStringLiteral("autosave-*.torchlift")}, QDir::Files);
    qInfo("killed after %d ms with script %d, %d runs: %lld sessions", ms, script, runs,
          static_cast<long long>(kept.size()));
    QVERIFY(!kept.isEmpty() || runs == 0);
    for (const QString &name : kept) {
        const auto session = loadSession(folder / name.toStdString());
        QVERIFY2(session, session ? "" : session.error().detail.c_str());
        QVERIFY(!session->migration.oldCode.empty());
        if (runs > 0) {
            QVERIFY(runsIn(session->result) >= runs);
        }
    }
}

int main(int argc, char **argv)
{
    QApplication application(argc, argv);
    if (const QString home = qEnvironmentVariable(kRole); !home.isEmpty()) {
        Paths paths = Paths::standard();
        const fs::path root = home.toStdString();
        paths.config = root / "config";
        paths.data = root / "data";
        paths.cache = root / "cache";
        const EndlessBatch batch(paths);
        return QApplication::exec();
    }
    TestKilledWindow test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_killedwindow.moc"
