#include <cerrno>
#include <cstring>
#include <filesystem>

#include <QTemporaryDir>
#include <QTest>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include "settings/paths.h"
#include "validation/environmentstore.h"

using namespace TorchLift;

namespace fs = std::filesystem;

/// Environments made with the real installer where the network or the disk fails: an error that
/// says so, and nothing left behind.
class TestInstallFaults : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void withoutNetwork_data();
    void withoutNetwork();
    void onAFullDisk();

private:
    Result<Environment> install(const fs::path &environments, const ProvisionOptions &options);

    std::unique_ptr<QTemporaryDir> m_root;
    fs::path m_tools;
    ProvisionPlan m_plan;
};

void TestInstallFaults::initTestCase()
{
    const Paths paths = Paths::standard();
    m_tools = paths.environments().parent_path() / "tools";
    if (!fs::exists(m_tools / "uv")) {
        QSKIP("the installer is not here: whole test program");
    }
    // Version 1.0.0 is in the installer's cache wherever installer/setup.sh ran.
    const auto plan = EnvironmentStore(paths.environments()).plan({1, 0, 0}, {}, {});
    if (!plan) {
        QSKIP("no interpreter suits torch 1.0.0: whole test program");
    }
    m_plan = *plan;
    m_plan.freeMb = m_plan.release.diskMb; // it is told that there is room
}

void TestInstallFaults::init()
{
    m_root = std::make_unique<QTemporaryDir>();
    const fs::path root = m_root->path().toStdString();
    fs::create_directory_symlink(m_tools, root / "tools");
}

Result<Environment> TestInstallFaults::install(const fs::path &environments,
                                               const ProvisionOptions &options)
{
    m_plan.folder = environments / "torch-1.0.0";
    return EnvironmentStore(environments).install(m_plan, {}, options, {}, {});
}

void TestInstallFaults::withoutNetwork_data()
{
    QTest::addColumn<std::string>("index");
    QTest::addColumn<std::string>("proxy");
    QTest::addRow("nobody listens") << std::string("http://127.0.0.1:1/simple") << std::string();
    QTest::addRow("no such host") << std::string("http://index.invalid/simple") << std::string();
    QTest::addRow("dead proxy") << std::string("http://index.invalid/simple")
                                << std::string("http://127.0.0.1:1");
}

void TestInstallFaults::withoutNetwork()
{
    QFETCH(std::string, index);
    QFETCH(std::string, proxy);
    const fs::path root = m_root->path().toStdString();
    qputenv("UV_CACHE_DIR", (root / "cache").c_str()); // nothing is in it
    qputenv("UV_HTTP_RETRIES", "0");
    ProvisionOptions options;
    options.index = index;
    options.proxy = proxy;
    const auto made = install(root / "environments", options);
    qunsetenv("UV_CACHE_DIR");
    QVERIFY(!made);
    QVERIFY2(made.error().code == Errc::Network, made.error().detail.c_str());
    QVERIFY(!made.error().detail.empty());
    QVERIFY(fs::is_empty(root / "environments"));
}

// A disk of 64 MB in memory, in a mount namespace of this process alone.
void TestInstallFaults::onAFullDisk()
{
    const fs::path environments = fs::path(m_root->path().toStdString()) / "environments";
    fs::create_directories(environments);
    if (::unshare(CLONE_NEWNS) != 0
        || ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0
        || ::mount("tmpfs", environments.c_str(), "tmpfs", 0, "size=64m") != 0) {
        QSKIP((std::string("a small disk cannot be mounted: ") + std::strerror(errno)).c_str());
    }
    qputenv("UV_OFFLINE", "1"); // from the cache, or not at all
    const auto made = install(environments, {});
    qunsetenv("UV_OFFLINE");
    const bool isEmpty = fs::is_empty(environments);
    ::umount2(environments.c_str(), MNT_DETACH);
    QVERIFY(!made);
    if (made.error().code == Errc::Network) {
        QSKIP("torch 1.0.0 is not in the installer's cache");
    }
    QVERIFY2(made.error().code == Errc::Io, made.error().detail.c_str());
    QVERIFY2(made.error().detail.find("No space left") != std::string::npos,
             made.error().detail.c_str());
    QVERIFY(!made.error().remedy.empty());
    QVERIFY(isEmpty);
}

QTEST_GUILESS_MAIN(TestInstallFaults)
#include "tst_installfaults.moc"
