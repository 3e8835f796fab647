#include <QTemporaryDir>
#include <QTest>

#include <filesystem>
#include <fstream>
#include <functional>

#include "validation/environment.h"
#include "validation/sandbox.h"

using namespace TorchLift;

namespace fs = std::filesystem;

namespace {

void writeText(const fs::path &file, const std::string &text)
{
    fs::create_directories(file.parent_path());
    std::ofstream(file) << text;
}

// Looks like an environment; nothing in it could be run.
fs::path makeEnvironment(const fs::path &root, const std::string &torch)
{
    const fs::path folder = root / ("torch-" + torch);
    const fs::path base = root / "base";
    const fs::path packages = folder / "lib/python3.6/site-packages";
    writeText(base / "bin/python3.6", "");
    fs::create_directories(base / "lib");
    fs::permissions(base / "bin/python3.6", fs::perms::owner_all);
    writeText(folder / "pyvenv.cfg",
              "home = " + (base / "bin").string() + "\nversion_info = 3.6.15\n");
    fs::create_directories(folder / "bin");
    if (!fs::exists(folder / "bin/python")) {
        fs::create_symlink(base / "bin/python3.6", folder / "bin/python");
    }
    writeText(packages / "torch/version.py", "raise SystemExit\n__version__ = '" + torch + "'\n");
    writeText(packages / "torch/__init__.py", "");
    fs::create_directories(packages / "torch/lib");
    fs::create_directories(packages / "numpy-1.19.5.dist-info");
    return folder;
}

using Damage = std::function<void(const fs::path &)>;

} // namespace

Q_DECLARE_METATYPE(Damage)

class TestEnvironment : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void inspects();
    void broken_data();
    void broken();
    void findsByVersion();
    void listsByVersion();
    void refusalNamesTheRemedy_data();
    void refusalNamesTheRemedy();
    void missingBubblewrap();
};

void TestEnvironment::inspects()
{
    const QTemporaryDir root;
    const fs::path folder = makeEnvironment(root.path().toStdString(), "1.0.0");
    const auto environment = inspectEnvironment(folder.string() + "/");
    QVERIFY2(environment, environment ? "" : environment.error().detail.c_str());
    QCOMPARE(environment->name, std::string("torch-1.0.0"));
    QCOMPARE(environment->torch, (Version{1, 0, 0}));
    QCOMPARE(environment->python, (Version{3, 6, 15}));
    QCOMPARE(environment->numpy, std::string("1.19.5"));
    QCOMPARE(environment->interpreter, folder / "bin/python");
    QCOMPARE(environment->base, fs::path(root.path().toStdString()) / "base");
}

void TestEnvironment::broken_data()
{
    QTest::addColumn<Damage>("damage");
    const char *packages = "lib/python3.6/site-packages";
    const auto row = [](const char *name, Damage damage) { QTest::addRow("%s", name) << damage; };
    row("no folder", [](const fs::path &f) { fs::remove_all(f); });
    row("no settings", [](const fs::path &f) { fs::remove(f / "pyvenv.cfg"); });
    row("damaged settings", [](const fs::path &f) { writeText(f / "pyvenv.cfg", "\x01\x02"); });
    row("no interpreter", [](const fs::path &f) { fs::remove(f / "bin/python"); });
    row("base gone", [](const fs::path &f) { fs::remove_all(f.parent_path() / "base/lib"); });
    row("no packages", [](const fs::path &f) { fs::remove_all(f / "lib"); });
    row("no torch", [=](const fs::path &f) { fs::remove_all(f / packages / "torch"); });
    row("half of torch", [=](const fs::path &f) { fs::remove_all(f / packages / "torch/lib"); });
    row("torch without a version",
        [=](const fs::path &f) { writeText(f / packages / "torch/version.py", "x = 1"); });
}

void TestEnvironment::broken()
{
    QFETCH(Damage, damage);
    const QTemporaryDir root;
    const fs::path folder = makeEnvironment(root.path().toStdString(), "1.0.0");
    damage(folder);
    const auto environment = inspectEnvironment(folder);
    QVERIFY(!environment);
    QCOMPARE(environment.error().code, Errc::MissingPart);
    QCOMPARE(environment.error().remedy, std::string("installer/setup.sh"));
    QVERIFY(!environment.error().detail.empty());
}

void TestEnvironment::findsByVersion()
{
    const QTemporaryDir root;
    const fs::path folder = makeEnvironment(root.path().toStdString(), "1.0.0");
    QVERIFY(findEnvironment(folder.parent_path(), {1, 0, 0}));
    const auto missing = findEnvironment(folder.parent_path(), {2, 7, 0});
    QVERIFY(!missing);
    QCOMPARE(missing.error().code, Errc::MissingPart);
    writeText(folder / "lib/python3.6/site-packages/torch/version.py", "__version__ = '1.1.0'");
    QVERIFY(!findEnvironment(folder.parent_path(), {1, 0, 0}));
}

void TestEnvironment::listsByVersion()
{
    const QTemporaryDir root;
    const fs::path folder = root.path().toStdString();
    for (const char *torch : {"2.10.0", "1.0.0", "2.7.0+cu126"}) {
        makeEnvironment(folder, torch);
    }
    const auto all = listEnvironments(folder);
    QCOMPARE(all.size(), std::size_t{3});
    QCOMPARE(all[1].torch, (Version{2, 7, 0}));
    QCOMPARE(all[2].torch, (Version{2, 10, 0}));
    QVERIFY(listEnvironments(folder / "nowhere").empty());
}

void TestEnvironment::refusalNamesTheRemedy_data()
{
    QTest::addColumn<QByteArray>("file");
    QTest::addColumn<QByteArray>("content");
    QTest::addColumn<QString>("remedy");
    QTest::addRow("Ubuntu 24.04") << QByteArray(
        "proc/sys/kernel/apparmor_restrict_unprivileged_userns")
                                  << QByteArray("1\n")
                                  << u"kernel.apparmor_restrict_unprivileged_userns=0"_qs;
    QTest::addRow("old Debian") << QByteArray("proc/sys/kernel/unprivileged_userns_clone")
                                << QByteArray("0\n") << u"unprivileged_userns_clone=1"_qs;
    QTest::addRow("no namespaces") << QByteArray("proc/sys/user/max_user_namespaces")
                                   << QByteArray("0\n") << u"max_user_namespaces"_qs;
    QTest::addRow("Docker") << QByteArray(".dockerenv") << QByteArray() << u"docker run"_qs;
    QTest::addRow("unknown") << QByteArray("nothing") << QByteArray() << u"bwrap"_qs;
}

void TestEnvironment::refusalNamesTheRemedy()
{
    QFETCH(QByteArray, file);
    QFETCH(QByteArray, content);
    QFETCH(QString, remedy);
    const QTemporaryDir root;
    const fs::path folder = root.path().toStdString();
    writeText(folder / file.toStdString(), content.toStdString());
    const Error error = explainRefusal("bwrap: setting up uid map: Permission denied\n", folder);
    QCOMPARE(error.code, Errc::Refused);
    QVERIFY2(QString::fromStdString(error.remedy).contains(remedy), error.remedy.c_str());
    QVERIFY(error.detail.find("uid map") != std::string::npos);
}

void TestEnvironment::missingBubblewrap()
{
    const QTemporaryDir empty;
    const QByteArray path = qgetenv("PATH");
    qputenv("PATH", empty.path().toUtf8());
    const auto available = findSandbox();
    qputenv("PATH", path);
    QVERIFY(!available);
    QCOMPARE(available.error().code, Errc::MissingPart);
    QCOMPARE(available.error().remedy, std::string("apt-get install bubblewrap"));
}

QTEST_GUILESS_MAIN(TestEnvironment)
#include "tst_environment.moc"
