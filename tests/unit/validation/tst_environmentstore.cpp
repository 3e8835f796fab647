#include <QTemporaryDir>
#include <QTest>

#include <fstream>
#include <sstream>
#include <thread>

#include "support/fakeinstaller.h"
#include "validation/environmentstore.h"
#include "validation/installedpackages.h"
#include "validation/missingpackage.h"

using namespace TorchLift;

namespace fs = std::filesystem;

namespace {

std::string readText(const fs::path &file)
{
    std::ostringstream text;
    text << std::ifstream(file).rdbuf();
    return text.str();
}

} // namespace

class TestEnvironmentStore : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void installs();
    void passesOnHowTheNetworkIsReached();
    void whatFailsLeavesNothing_data();
    void whatFailsLeavesNothing();
    void cancelLeavesNothing();
    void addsPackages();
    void aFailedAdditionLeavesTheOldOne();
    void findsDamage();
    void findsChangedContents();
    void repairs();
    void aDamagedCacheIsPassedBy();
    void lists();
    void removes();
    void refusesWhatCannotBe();
    void namesThatAreNoPackages();
    void missingPackages_data();
    void missingPackages();

private:
    Result<Environment> install(const std::vector<std::string> &packages = {},
                                std::stop_token stop = {});
    [[nodiscard]] std::vector<std::string> entries() const;

    std::unique_ptr<QTemporaryDir> m_root;
    fs::path m_environments;
    ProvisionOptions m_options;
};

void TestEnvironmentStore::init()
{
    m_root = std::make_unique<QTemporaryDir>();
    const fs::path root = m_root->path().toStdString();
    m_environments = root / "environments";
    writeFakeInstaller(root / "tools/uv");
    writeFakePython(root / "base");
    m_options = {};
    m_options.python = root / "base/bin/python3.6";
    qputenv("FAKE_LOG", (root / "log").c_str());
}

Result<Environment> TestEnvironmentStore::install(const std::vector<std::string> &packages,
                                                  std::stop_token stop)
{
    EnvironmentStore store(m_environments);
    auto plan = store.plan({1, 5, 0}, m_options, {});
    if (!plan) {
        return tl::unexpected(plan.error());
    }
    plan->freeMb = plan->release.diskMb; // whatever this machine has
    return store.install(*plan, packages, m_options, {}, std::move(stop));
}

std::vector<std::string> TestEnvironmentStore::entries() const
{
    std::vector<std::string> names;
    std::error_code ignored;
    for (const auto &entry : fs::directory_iterator(m_environments, ignored)) {
        names.push_back(entry.path().filename().string());
    }
    return names;
}

void TestEnvironmentStore::installs()
{
    writeText(m_environments / ".torch-1.4.0.partial/bin/python", ""); // one was killed at work
    const auto made = install();
    QVERIFY2(made, made ? "" : made.error().detail.c_str());
    QCOMPARE(made->torch, (Version{1, 5, 0}));
    QCOMPARE(made->numpy, std::string("1.19.5"));
    QCOMPARE(made->cuda, std::string("9.0.176"));
    QCOMPARE(readText(made->folder / ".torchlift-ready"), // what installer/setup.sh compares
             std::string("torch==1.5.0 numpy==1.19.5\n"));
    QCOMPARE(entries(), std::vector<std::string>{"torch-1.5.0"});
    QVERIFY(install()); // replaces it
    QCOMPARE(entries(), std::vector<std::string>{"torch-1.5.0"});
}

void TestEnvironmentStore::passesOnHowTheNetworkIsReached()
{
    m_options.index = "http://index.invalid/simple";
    m_options.proxy = "http://proxy.invalid:1";
    m_options.certificates = "/certificates.pem";
    QVERIFY(install());
    QCOMPARE(readText(m_root->filePath("log").toStdString()),
             std::string("http://index.invalid/simple|http://proxy.invalid:1|/certificates.pem|"));
}

void TestEnvironmentStore::whatFailsLeavesNothing_data()
{
    QTest::addColumn<std::string>("package");
    QTest::addColumn<int>("code");
    QTest::addRow("no such package") << std::string("absent") << int(Errc::InvalidArgument);
    QTest::addRow("it does not run") << std::string("broken") << int(Errc::Damaged);
}

void TestEnvironmentStore::whatFailsLeavesNothing()
{
    QFETCH(std::string, package);
    QFETCH(int, code);
    const auto made = install({package});
    QVERIFY(!made);
    QCOMPARE(int(made.error().code), code);
    QCOMPARE(entries(), std::vector<std::string>{});
}

void TestEnvironmentStore::cancelLeavesNothing()
{
    std::stop_source stop;
    const fs::path begun = m_environments / ".torch-1.5.0.partial/slow";
    const std::jthread canceller([&](const std::stop_token &isOver) {
        while (!fs::exists(begun) && !isOver.stop_requested()) {
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
        stop.request_stop();
    });
    const auto made = install({"slow"}, stop.get_token());
    QVERIFY(!made);
    QCOMPARE(made.error().code, Errc::Cancelled);
    QCOMPARE(entries(), std::vector<std::string>{});
}

void TestEnvironmentStore::addsPackages()
{
    QVERIFY(install({"six"}));
    EnvironmentStore store(m_environments);
    const auto made = store.add({1, 5, 0}, {"torchvision", "six"}, m_options, {}, {});
    QVERIFY2(made, made ? "" : made.error().detail.c_str());
    QCOMPARE(addedPackages(made->folder), (std::vector<std::string>{"six", "torchvision"}));
    const fs::path packages = sitePackagesOf(made->folder);
    QVERIFY(fs::exists(packages / "torchvision-0.6.0.dist-info")); // the matching version
    QCOMPARE(entries(), std::vector<std::string>{"torch-1.5.0"});
}

void TestEnvironmentStore::aFailedAdditionLeavesTheOldOne()
{
    QVERIFY(install());
    EnvironmentStore store(m_environments);
    QVERIFY(!store.add({1, 5, 0}, {"absent"}, m_options, {}, {}));
    QCOMPARE(entries(), std::vector<std::string>{"torch-1.5.0"});
    const auto damage = store.damageOf({1, 5, 0}, {});
    QVERIFY(damage);
    QVERIFY(!*damage);
}

void TestEnvironmentStore::findsDamage()
{
    QVERIFY(install());
    const EnvironmentStore store(m_environments);
    const fs::path folder = store.folderOf({1, 5, 0});
    const fs::path file = sitePackagesOf(folder) / "torch/__init__.py";
    writeText(file, "changed");
    QCOMPARE(store.damageOf({1, 5, 0}, {})->value_or(""),
             std::string("torch/__init__.py has 7 bytes instead of 0"));
    fs::remove(file);
    QVERIFY(store.damageOf({1, 5, 0}, {})->has_value());
    QVERIFY(install());
    writeText(folder / "broken", "");
    QVERIFY(store.damageOf({1, 5, 0}, {})->value_or("").starts_with("torch does not run"));
}

// Of the same size, so that only its hash tells.
void TestEnvironmentStore::findsChangedContents()
{
    const fs::path packages = m_root->path().toStdString();
    writeText(packages / "torch/a.py", "abc");
    writeText(packages / "torch-1.5.0.dist-info/RECORD",
              "torch/a.py,sha256=ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0,3\n"
              "torch-1.5.0.dist-info/RECORD,,\n");
    double told = 0;
    const auto whole =
        firstChange(packages, [&](const Progress &progress) { told = progress.done; }, {});
    QVERIFY(whole && !*whole);
    QCOMPARE(told, 3.0);
    writeText(packages / "torch/a.py", "abd");
    QVERIFY(!firstDamage(packages));
    const auto changed = firstChange(packages, {}, {});
    QVERIFY(changed);
    QCOMPARE((*changed).value_or(""),
             std::string("torch/a.py has other contents than its package brought"));
    std::stop_source stop;
    stop.request_stop();
    QCOMPARE(firstChange(packages, {}, stop.get_token()).error().code, Errc::Cancelled);
}

void TestEnvironmentStore::repairs()
{
    QVERIFY(install({"six"}));
    EnvironmentStore store(m_environments);
    const auto whole = store.repair({1, 5, 0}, m_options, {}, {});
    QVERIFY(whole);
    QVERIFY(!*whole);
    const fs::path folder = store.folderOf({1, 5, 0});
    fs::remove(folder / "pyvenv.cfg");
    auto plan = store.plan({1, 5, 0}, m_options, {});
    if (!plan || plan->freeMb < plan->release.diskMb) {
        QSKIP("this disk has no room for an environment");
    }
    const auto repaired = store.repair({1, 5, 0}, m_options, {}, {});
    QVERIFY2(repaired, repaired ? "" : repaired.error().detail.c_str());
    QVERIFY((*repaired).value_or("").find("pyvenv.cfg") != std::string::npos);
    QCOMPARE(addedPackages(folder), std::vector<std::string>{"six"});
    QVERIFY(!*store.damageOf({1, 5, 0}, {}));
}

void TestEnvironmentStore::aDamagedCacheIsPassedBy()
{
    qunsetenv("UV_CACHE_DIR");
    writeText(m_root->filePath("log.damage").toStdString(), "");
    const auto made = install();
    QVERIFY2(made, made ? "" : made.error().detail.c_str());
    QVERIFY(!*EnvironmentStore(m_environments).damageOf({1, 5, 0}, {}));
    QCOMPARE(entries(), std::vector<std::string>{"torch-1.5.0"});
}

void TestEnvironmentStore::lists()
{
    QVERIFY(install());
    writeText(m_environments / "torch-1.4.0/pyvenv.cfg", "");
    const auto states = EnvironmentStore(m_environments).list();
    QVERIFY(states);
    QCOMPARE(states->size(), std::size_t(2));
    QVERIFY(!states->front().environment);
    QCOMPARE(states->back().name, std::string("torch-1.5.0"));
    QVERIFY(states->back().environment);
    QVERIFY(states->back().bytes > 0);
    writeText(sitePackagesOf(m_environments / "torch-1.5.0") / "torch/__init__.py", "changed");
    QVERIFY(!EnvironmentStore(m_environments).list()->back().environment);
}

void TestEnvironmentStore::removes()
{
    QVERIFY(install());
    EnvironmentStore store(m_environments);
    QVERIFY(store.remove({1, 5, 0}, {}));
    QCOMPARE(entries(), std::vector<std::string>{});
    QCOMPARE(store.remove({1, 5, 0}, {}).error().code, Errc::NotFound);
}

void TestEnvironmentStore::refusesWhatCannotBe()
{
    const EnvironmentStore store(m_environments);
    QCOMPARE(store.plan({0, 4, 0}, m_options, {}).error().code, Errc::InvalidArgument);
    QCOMPARE(store.plan({2, 7, 0}, m_options, {}).error().code, Errc::InvalidArgument); // on 3.6
    auto plan = store.plan({1, 5, 0}, m_options, {});
    QVERIFY(plan);
    plan->freeMb = plan->release.diskMb - 1;
    QCOMPARE(EnvironmentStore(m_environments).install(*plan, {}, m_options, {}, {}).error().code,
             Errc::Refused);
}

void TestEnvironmentStore::namesThatAreNoPackages()
{
    const auto release = torchRelease({1, 13, 1});
    QVERIFY(release);
    QCOMPARE(packageRequirement("torchvision", *release).value(),
             std::string("torchvision==0.14.1"));
    QCOMPARE(packageRequirement("scipy<1.5", *release).value(), std::string("scipy<1.5"));
    for (const char *name :
         {"--index-url", "torch==1.0", "numpy", "../x", "a b", "x @ file:///y", ""}) {
        QVERIFY2(!packageRequirement(name, *release), name);
    }
}

void TestEnvironmentStore::missingPackages_data()
{
    QTest::addColumn<std::string>("message");
    QTest::addColumn<std::string>("distribution");
    QTest::addRow("another name") << std::string("No module named 'PIL'") << std::string("Pillow");
    QTest::addRow("below it") << std::string("No module named 'scipy.misc'")
                              << std::string("scipy");
    QTest::addRow("of torch") << std::string("No module named 'torch._six'") << std::string();
    QTest::addRow("of Python 2") << std::string("No module named 'urllib2'") << std::string();
    QTest::addRow("a name") << std::string("cannot import name 'imread'") << std::string();
}

void TestEnvironmentStore::missingPackages()
{
    QFETCH(std::string, message);
    QFETCH(std::string, distribution);
    Run run;
    run.outcome = Outcome::Exception;
    run.errorType = "ModuleNotFoundError";
    run.errorMessage = message;
    const auto missing = missingPackage(run, {});
    QCOMPARE(missing ? missing->distribution : std::string(), distribution);

    writeText(m_environments / "PIL.py", ""); // a file of the user's own, not shown to the run
    run.errorMessage = "No module named 'PIL'";
    const auto own = missingPackage(run, m_environments / "main.py");
    QVERIFY(own);
    QCOMPARE(remedyOf(*own, m_environments / "main.py"),
             "--data " + (m_environments / "PIL.py").string());
}

QTEST_GUILESS_MAIN(TestEnvironmentStore)
#include "tst_environmentstore.moc"
