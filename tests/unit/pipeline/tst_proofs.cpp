#include <QTest>

#include <numeric>

#include "pipeline/pipeline.h"
#include "pipeline/projectvalidation.h"

using namespace TorchLift;

namespace {

// Six lines; line 2 is a call over two lines, lines 4 and 5 are a function that may never run.
constexpr const char *kOld = "import torch\n"
                             "x = torch.old(a,\n"
                             "              b)\n"
                             "def f(c):\n"
                             "    return torch.old(c)\n"
                             "print(x)\n";

Edit replace(std::string_view text, std::string_view what, std::string_view with, std::size_t nth)
{
    std::size_t at = text.find(what);
    for (; nth > 0; --nth) {
        at = text.find(what, at + 1);
    }
    Edit edit;
    edit.id = "edit@" + std::to_string(at);
    edit.isAccepted = true;
    edit.replacements.push_back({{at, at + what.size()}, {{std::string(with), {}, false}}});
    return edit;
}

Run okRun(std::vector<int> executed)
{
    Run run;
    run.outcome = Outcome::Ok;
    run.executableLines = {1, 2, 4, 5, 6};
    run.executedLines = std::move(executed);
    return run;
}

} // namespace

class TestProofs : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void proofOfOneEdit_data();
    void proofOfOneEdit();
    void withoutReferenceNothingIsProven();
    void rejectedEditStaysUnproven();
    void testsProveEditsOfAProject_data();
    void testsProveEditsOfAProject();
};

void TestProofs::proofOfOneEdit_data()
{
    QTest::addColumn<QByteArray>("what");
    QTest::addColumn<int>("nth");
    QTest::addColumn<QList<int>>("executed");
    QTest::addColumn<int>("verdict");
    QTest::addColumn<QByteArray>("expected");

    const QList<int> all{1, 2, 4, 5, 6};
    const QList<int> neverCalled{1, 2, 4, 6};
    QTest::addRow("line ran, values equal")
        << QByteArray("torch.old") << 0 << all << int(VerdictKind::Equal) << QByteArray("proven");
    QTest::addRow("numerical noise is still agreement")
        << QByteArray("torch.old") << 0 << all << int(VerdictKind::Numerical)
        << QByteArray("proven");
    QTest::addRow("values differ") << QByteArray("torch.old") << 0 << all
                                   << int(VerdictKind::Differs) << QByteArray("refuted");
    QTest::addRow("nothing was comparable")
        << QByteArray("torch.old") << 0 << all << int(VerdictKind::NotCompared)
        << QByteArray("not-compared");
    QTest::addRow("body of a function that was never called")
        << QByteArray("torch.old") << 1 << neverCalled << int(VerdictKind::Equal)
        << QByteArray("not-executed");
    QTest::addRow("head of a function that was never called")
        << QByteArray("def f(c)") << 0 << neverCalled << int(VerdictKind::Equal)
        << QByteArray("not-executed");
    QTest::addRow("head of a function that was called")
        << QByteArray("def f(c)") << 0 << all << int(VerdictKind::Equal) << QByteArray("proven");
    QTest::addRow("second line of a call counts for the call")
        << QByteArray("b)") << 0 << all << int(VerdictKind::Equal) << QByteArray("proven");
    QTest::addRow("second line of a call that never ran")
        << QByteArray("b)") << 0 << QList<int>{1} << int(VerdictKind::Equal)
        << QByteArray("not-executed");
}

void TestProofs::proofOfOneEdit()
{
    QFETCH(QByteArray, what);
    QFETCH(int, nth);
    QFETCH(QList<int>, executed);
    QFETCH(int, verdict);
    QFETCH(QByteArray, expected);

    Migration migration;
    migration.oldCode = kOld;
    migration.edits = {
        replace(kOld, what.toStdString(), what.toStdString(), static_cast<std::size_t>(nth))};
    migration.newCode = render(migration.oldCode, migration.edits).newCode;
    QCOMPARE(migration.newCode, std::string(kOld));

    ResultRow row;
    row.oldAtSource = okRun({executed.begin(), executed.end()});
    row.newAtTarget = row.oldAtSource;
    row.verdict = Verdict{static_cast<VerdictKind>(verdict), {}, 1};
    proveEdits(migration, row);
    QCOMPARE(QByteArray(editProofName(migration.edits.front().proof)), expected);
}

void TestProofs::withoutReferenceNothingIsProven()
{
    Migration migration;
    migration.oldCode = kOld;
    migration.edits = {replace(kOld, "torch.old", "torch.new", 0)};
    ResultRow row;
    row.oldAtSource = okRun({1});
    row.oldAtSource->outcome = Outcome::Exception;
    row.newAtTarget = okRun({1, 2, 4, 5, 6});
    row.verdict = Verdict{VerdictKind::NoReference, {}, 0};
    proveEdits(migration, row);
    QCOMPARE(migration.edits.front().proof, EditProof::NotCompared);
}

void TestProofs::rejectedEditStaysUnproven()
{
    Migration migration;
    migration.oldCode = kOld;
    migration.edits = {replace(kOld, "torch.old", "torch.new", 0)};
    migration.edits.front().isAccepted = false;
    ResultRow row;
    row.oldAtSource = okRun({1, 2, 4, 5, 6});
    row.newAtTarget = row.oldAtSource;
    row.verdict = Verdict{VerdictKind::Equal, {}, 1};
    proveEdits(migration, row);
    QCOMPARE(migration.edits.front().proof, EditProof::NotRun);
}

// Two tests; the file's lines 1, 2, 4 and 6 run when it is imported.
void TestProofs::testsProveEditsOfAProject_data()
{
    QTest::addColumn<int>("nth");
    QTest::addColumn<QList<QList<int>>>("executed"); // in each test
    QTest::addColumn<QList<int>>("verdicts");
    QTest::addColumn<QByteArray>("expected");

    const int equal = int(VerdictKind::Equal);
    const int differs = int(VerdictKind::Differs);
    const int unknown = int(VerdictKind::NoReference);
    using Lines = QList<QList<int>>;
    QTest::addRow("one test ran it")
        << 1 << Lines{{5}, {}} << QList<int>{equal, differs} << QByteArray("proven");
    QTest::addRow("the test that ran it differs")
        << 1 << Lines{{5}, {}} << QList<int>{differs, equal} << QByteArray("refuted");
    QTest::addRow("one of those that ran it differs")
        << 1 << Lines{{5}, {5}} << QList<int>{equal, differs} << QByteArray("refuted");
    QTest::addRow("no test ran it")
        << 1 << Lines{{}, {}} << QList<int>{equal, equal} << QByteArray("not-executed");
    QTest::addRow("its test cannot be compared")
        << 1 << Lines{{5}, {}} << QList<int>{unknown, equal} << QByteArray("not-compared");
    QTest::addRow("ran on import, a test agrees")
        << 0 << Lines{{}, {}} << QList<int>{equal, differs} << QByteArray("proven");
    QTest::addRow("ran on import, all tests differ")
        << 0 << Lines{{}, {}} << QList<int>{differs, differs} << QByteArray("refuted");
}

void TestProofs::testsProveEditsOfAProject()
{
    QFETCH(int, nth);
    QFETCH(QList<QList<int>>, executed);
    QFETCH(QList<int>, verdicts);
    QFETCH(QByteArray, expected);

    FolderMigration folder;
    MigratedFile &file = folder.files.emplace_back();
    file.path = "net/layer.py";
    file.migration.oldCode = kOld;
    file.migration.edits = {replace(kOld, "torch.old", "torch.new", static_cast<std::size_t>(nth))};
    file.migration.newCode = render(kOld, file.migration.edits).newCode;
    QCOMPARE(editedFiles(folder), std::vector<std::string>{"net/layer.py"});

    ProjectResult result;
    result.whole.oldAtSource = okRun({});
    result.whole.oldAtSource->files["net/layer.py"] = {{1, 2, 4, 5, 6}, {1, 2, 4, 6}};
    result.whole.newAtTarget = result.whole.oldAtSource;
    for (qsizetype i = 0; i < executed.size(); ++i) {
        ResultRow &row = result.tests.emplace_back().row;
        row.oldAtSource = okRun({});
        row.oldAtSource->files["net/layer.py"].executed = {executed[i].begin(), executed[i].end()};
        row.newAtTarget = row.oldAtSource;
        row.verdict = Verdict{static_cast<VerdictKind>(verdicts[i]), {}, 1};
    }
    proveEdits(folder, result);
    QCOMPARE(QByteArray(editProofName(file.migration.edits.front().proof)), expected);
}

QTEST_GUILESS_MAIN(TestProofs)
#include "tst_proofs.moc"
