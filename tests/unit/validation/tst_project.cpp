#include <QTemporaryDir>
#include <QTest>

#include "base/files.h"
#include "validation/project.h"
#include "validation/projectfiles.h"

using namespace TorchLift;

namespace {

TestRun test(const char *id, TestStatus status, const char *error = "")
{
    TestRun made;
    made.id = id;
    made.status = status;
    made.run.outcome = status == TestStatus::Passed ? Outcome::Ok : Outcome::Exception;
    made.run.errorType = error;
    return made;
}

TestRun group(const char *id, const char *message)
{
    TestRun made = test(id, TestStatus::Failed, "ModuleNotFoundError");
    made.isGroup = true;
    made.run.errorMessage = message;
    return made;
}

Run runOf(std::vector<TestRun> tests, const Version &torch)
{
    Run run;
    run.outcome = Outcome::Ok;
    run.torch = torch;
    run.tests = std::move(tests);
    return run;
}

const Version kOld{1, 0, 0};
const Version kNew{2, 7, 0};

} // namespace

/// What a project's tests came to in three runs, and what a run gets to see of its folder.
class TestProject : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void findings_data();
    void findings();
    void testsArePairedByName();
    void groupStandsForItsTests_data();
    void groupStandsForItsTests();
    void crashedTestTellsHow();
    void missingImportsAreCounted();
    void nothingBrokenIsAsGood();
    void folderIsReadAndPacked();
    void dataInsideIsLeftOut();
};

void TestProject::findings_data()
{
    QTest::addColumn<int>("before");
    QTest::addColumn<int>("between");
    QTest::addColumn<int>("after");
    QTest::addColumn<QByteArray>("finding");
    constexpr auto P = int(TestStatus::Passed), F = int(TestStatus::Failed),
                   S = int(TestStatus::Skipped), A = int(TestStatus::Absent);
    QTest::addRow("passes") << P << P << P << QByteArray("passes");
    QTest::addRow("repaired") << P << F << P << QByteArray("repaired");
    QTest::addRow("repaired though not loaded") << P << A << P << QByteArray("repaired");
    QTest::addRow("by release") << P << F << F << QByteArray("broken by the release");
    QTest::addRow("by migration") << P << P << F << QByteArray("broken by the migration");
    QTest::addRow("vanished") << P << P << A << QByteArray("broken by the migration");
    QTest::addRow("both") << F << F << F << QByteArray("fails in both");
    QTest::addRow("only now") << F << F << P << QByteArray("passes only now");
    QTest::addRow("new one") << A << A << P << QByteArray("passes only now");
    QTest::addRow("skipped") << S << S << S << QByteArray("not run");
    QTest::addRow("skipped now") << P << P << S << QByteArray("not run");
}

void TestProject::findings()
{
    QFETCH(int, before);
    QFETCH(int, between);
    QFETCH(int, after);
    QFETCH(QByteArray, finding);
    QCOMPARE(QByteArray(testFindingName(
                 findingOf(TestStatus(before), TestStatus(between), TestStatus(after)))),
             finding);
}

void TestProject::testsArePairedByName()
{
    const auto tests = pairTests(
        runOf({test("t.py::a", TestStatus::Passed), test("t.py::b", TestStatus::Passed)}, kOld),
        runOf({test("t.py::b", TestStatus::Failed), test("t.py::a", TestStatus::Passed)}, kNew),
        runOf({test("t.py::a", TestStatus::Passed), test("t.py::b", TestStatus::Passed),
               test("t.py::c", TestStatus::Passed)},
              kNew));
    QCOMPARE(tests.size(), 3U);
    QCOMPARE(tests[0].row.api, std::string("t.py::a"));
    QCOMPARE(tests[0].row.file, std::string("t.py"));
    QVERIFY(tests[0].finding == TestFinding::Passes);
    QVERIFY(tests[1].finding == TestFinding::Repaired);
    QVERIFY(tests[2].finding == TestFinding::PassesOnlyNow);
    QVERIFY(tests[1].row.oldAtTarget->torch == kNew);
    QVERIFY(!tests[2].row.oldAtSource->works());
}

void TestProject::groupStandsForItsTests_data()
{
    QTest::addColumn<QByteArray>("group");
    QTest::addColumn<QByteArray>("id");
    QTest::addColumn<bool>("holds");
    QTest::addRow("file") << QByteArray("tests/t.py") << QByteArray("tests/t.py::a") << true;
    QTest::addRow("folder") << QByteArray("tests") << QByteArray("tests/t.py::a") << true;
    QTest::addRow("module") << QByteArray("tests.t") << QByteArray("tests.t.Net.test_a") << true;
    QTest::addRow("other file") << QByteArray("tests/t") << QByteArray("tests/t2.py::a") << false;
    QTest::addRow("other module") << QByteArray("tests.t") << QByteArray("tests.t2.A.b") << false;
}

void TestProject::groupStandsForItsTests()
{
    QFETCH(QByteArray, group);
    QFETCH(QByteArray, id);
    QFETCH(bool, holds);
    const Run run = runOf({::group(group.constData(), "No module named 'x'")}, kNew);
    const TestRun found = testOf(run, id.constData());
    QCOMPARE(found.status == TestStatus::Failed, holds);
    QCOMPARE(found.run.errorType.empty(), !holds);
    QCOMPARE(found.id, id.toStdString());
}

void TestProject::crashedTestTellsHow()
{
    TestRun open = test("t.py::a", TestStatus::Failed);
    open.run.outcome = Outcome::Incomplete;
    Run run = runOf({open}, kNew);
    run.outcome = Outcome::Signal;
    run.signal = 11;
    const TestRun found = testOf(run, "t.py::a");
    QVERIFY(found.run.outcome == Outcome::Signal);
    QCOMPARE(found.run.signal, 11);
    const TestRun after = testOf(run, "t.py::b");
    QVERIFY(after.status == TestStatus::Absent);
    QVERIFY(!after.run.errorOutput.empty());
}

void TestProject::missingImportsAreCounted()
{
    ProjectResult result;
    const auto failing = group("t.py", "No module named 'torchvision.models'");
    result.tests = pairTests(
        runOf({test("t.py::a", TestStatus::Passed), test("t.py::b", TestStatus::Passed)}, kOld),
        runOf({failing}, kNew), runOf({failing}, kNew));
    const auto missing = missingImports(result);
    QCOMPARE(missing.size(), 1U);
    QVERIFY((missing.front() == MissingImport{kNew, "torchvision", 2}));
}

void TestProject::nothingBrokenIsAsGood()
{
    const auto resultOf = [](TestStatus before, TestStatus after) {
        ProjectResult result;
        result.tests = pairTests(runOf({test("a", before)}, kOld), runOf({test("a", before)}, kNew),
                                 runOf({test("a", after)}, kNew));
        return result;
    };
    QVERIFY(isAsGoodAsBefore(resultOf(TestStatus::Passed, TestStatus::Passed)));
    QVERIFY(isAsGoodAsBefore(resultOf(TestStatus::Failed, TestStatus::Failed)));
    QVERIFY(!isAsGoodAsBefore(resultOf(TestStatus::Passed, TestStatus::Failed)));
    ProjectResult differing = resultOf(TestStatus::Passed, TestStatus::Passed);
    differing.tests.front().row.verdict = Verdict{VerdictKind::Differs, {}, 1};
    QVERIFY(!isAsGoodAsBefore(differing));
    QVERIFY(!isAsGoodAsBefore(ProjectResult{})); // nothing ran
}

void TestProject::folderIsReadAndPacked()
{
    const QTemporaryDir folder;
    const std::filesystem::path root = folder.path().toStdString();
    for (const char *name : {"a.py", "pkg/b.txt", ".git/config", "__pycache__/a.pyc"}) {
        std::filesystem::create_directories((root / name).parent_path());
        QVERIFY(writeFileAtomically(root / name, std::string("x\0y", 3)));
    }
    std::filesystem::permissions(root / "a.py", std::filesystem::perms::owner_all);
    const auto project = readProjectFolder(root, {}, {});
    QVERIFY(project);
    QCOMPARE(project->files.size(), 2U);
    QCOMPARE(project->skipped.size(), 2U);
    const std::string expected = std::string("\4\0\0\0\3\0\0\0\0\0\0\0\1a.pyx\0y", 20)
                                 + std::string("\x9\0\0\0\3\0\0\0\0\0\0\0\0pkg/b.txtx\0y", 25);
    QCOMPARE(packProject(*project, {}), expected);
}

void TestProject::dataInsideIsLeftOut()
{
    const QTemporaryDir folder;
    const std::filesystem::path root = folder.path().toStdString();
    for (const char *name : {"a.py", "data/mnist/x", "data/other", "mnist.py"}) {
        std::filesystem::create_directories((root / name).parent_path());
        QVERIFY(writeFileAtomically(root / name, "x"));
    }
    const auto project = readProjectFolder(root, {root / "data/mnist/"}, {});
    QVERIFY(project);
    QCOMPARE(project->files.size(), 3U);
    QCOMPARE(project->dataPlaces.size(), 1U);
    QCOMPARE(project->dataPlaces.front().first, std::string("data/mnist"));
    QCOMPARE(project->dataPlaces.front().second, std::string("mnist"));
    // What the sandbox shows in the work folder is not written over.
    const std::string packed = packProject(*project, {"/elsewhere/a.py"});
    QVERIFY(packed.find("a.py") == std::string::npos);
}

QTEST_GUILESS_MAIN(TestProject)
#include "tst_project.moc"
