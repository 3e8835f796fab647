#include "settings/paths.h"

#include <QDir>
#include <QTemporaryDir>
#include <QTest>

#include <array>

#include <pwd.h>
#include <unistd.h>

using namespace TorchLift;
using Path = std::filesystem::path;

namespace {

constexpr std::array kVariables = {"HOME",           "TORCHLIFT_HOME",  "TORCHLIFT_RESOURCES",
                                   "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"};

} // namespace

class TestPaths : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanupTestCase();
    void belowHome();
    void xdg();
    void relativeValuesAreIgnored();
    void torchliftHomeWins();
    void withoutHome_data();
    void withoutHome();
    void resources();
    void encoderModuleIsBesideTheProgram();
    void createsNothing();

private:
    QList<QByteArray> m_before;
};

void TestPaths::initTestCase()
{
    for (const char *name : kVariables) {
        m_before.append(qEnvironmentVariableIsSet(name) ? qgetenv(name) : QByteArray());
    }
}

void TestPaths::init()
{
    for (const char *name : kVariables) {
        qunsetenv(name);
    }
    qputenv("HOME", "/home/ada");
}

void TestPaths::cleanupTestCase()
{
    for (std::size_t i = 0; i < kVariables.size(); ++i) {
        qputenv(kVariables[i], m_before[static_cast<int>(i)]);
    }
}

void TestPaths::belowHome()
{
    const Paths paths = Paths::standard();
    QCOMPARE(paths.config, Path("/home/ada/.config/torchlift"));
    QCOMPARE(paths.data, Path("/home/ada/.local/share/torchlift"));
    QCOMPARE(paths.cache, Path("/home/ada/.cache/torchlift"));
    QCOMPARE(paths.environments(), paths.data / "environments");
    QCOMPARE(paths.models(), paths.data / "models");
    QCOMPARE(paths.libtorch(), paths.data / "libtorch/2.7.0");
    QCOMPARE(paths.corpus(), paths.data / "corpus");
}

void TestPaths::xdg()
{
    qputenv("XDG_CONFIG_HOME", "/c");
    qputenv("XDG_DATA_HOME", "/d");
    qputenv("XDG_CACHE_HOME", "/k");
    const Paths paths = Paths::standard();
    QCOMPARE(paths.config, Path("/c/torchlift"));
    QCOMPARE(paths.data, Path("/d/torchlift"));
    QCOMPARE(paths.cache, Path("/k/torchlift"));
}

void TestPaths::relativeValuesAreIgnored()
{
    qputenv("XDG_DATA_HOME", "data");
    qputenv("TORCHLIFT_HOME", "here");
    QCOMPARE(Paths::standard().data, Path("/home/ada/.local/share/torchlift"));
}

void TestPaths::torchliftHomeWins()
{
    qputenv("XDG_DATA_HOME", "/d");
    qputenv("TORCHLIFT_HOME", "/opt/lift");
    const Paths paths = Paths::standard();
    QCOMPARE(paths.config, Path("/opt/lift/config"));
    QCOMPARE(paths.data, Path("/opt/lift/data"));
    QCOMPARE(paths.cache, Path("/opt/lift/cache"));
}

void TestPaths::withoutHome_data()
{
    QTest::addColumn<bool>("isSet");
    QTest::addRow("unset") << false;
    QTest::addRow("empty") << true;
}

void TestPaths::withoutHome()
{
    QFETCH(bool, isSet);
    qunsetenv("HOME");
    if (isSet) {
        qputenv("HOME", "");
    }
    const passwd *user = ::getpwuid(::getuid());
    if (user == nullptr) {
        QSKIP("this user has no entry in the user database");
    }
    QCOMPARE(Paths::standard().data, Path(user->pw_dir) / ".local/share/torchlift");
}

void TestPaths::resources()
{
    // Not installed, so those of the sources.
    QCOMPARE(Paths::standard().resources, Path(TORCHLIFT_SOURCE_DIR) / "resources");
    qputenv("TORCHLIFT_RESOURCES", "/elsewhere");
    const Paths paths = Paths::standard();
    QCOMPARE(paths.resources, Path("/elsewhere"));
    QCOMPARE(paths.rules(), Path("/elsewhere/rules"));
    QCOMPARE(paths.catalogue(), Path("/elsewhere/catalogue"));
    QCOMPARE(paths.worker(), Path("/elsewhere/worker/worker.py"));
}

void TestPaths::encoderModuleIsBesideTheProgram()
{
    const Path module = Paths::standard().encoderModule();
    QVERIFY(module.is_absolute());
    QCOMPARE(module.filename(), Path("libtorchlift-encoder.so"));
    const Path folder = module.parent_path();
    QVERIFY(folder == Path(TORCHLIFT_BINARY_DIR) / "bin"
            || folder == Path(TORCHLIFT_BINARY_DIR) / "bin/tests");
}

void TestPaths::createsNothing()
{
    const QTemporaryDir folder;
    qputenv("TORCHLIFT_HOME", folder.path().toUtf8());
    (void)Paths::standard();
    QVERIFY(QDir(folder.path()).isEmpty());
}

QTEST_GUILESS_MAIN(TestPaths)
#include "tst_paths.moc"
