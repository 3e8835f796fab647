#include <QTest>

#include "pipeline/repair.h"

using namespace TorchLift;

/// What a failing run leads to; and the whole way in both real versions.
class TestRepair : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void errorNamesReceiver();
    void errorElsewhereNamesNothing();
    void errorLeadsToHeldBackEdit();
    void subtractionOfMasks();
    void unknownReceiversAreRepaired();
    void heldBackEditsNeedToBeAsked();
    void typesAreObserved();

private:
    [[nodiscard]] Migration migrated(const std::string &code, const MigrationOptions &options = {});
    [[nodiscard]] bool canRun() const;
    Result<RepairedRow> repaired(Migration &migration, const MigrationOptions &options,
                                 bool triesHeldBack);

    std::unique_ptr<Pipeline> m_pipeline;
};

namespace {

Run failedAt(int line, const char *type, const char *message)
{
    Run run;
    run.outcome = Outcome::Exception;
    run.errorLine = line;
    run.errorType = type;
    run.errorMessage = message;
    return run;
}

// No name and no import tells that `pair[1]` is a tensor, and `add` is a method of much.
constexpr const char *kUnknown = "import torch\n"
                                 "import json\n"
                                 "\n"
                                 "box = {}\n"
                                 "setattr(torch, 'box', box)\n"
                                 "box['a'] = torch.eye(2)\n"
                                 "made = getattr(torch, 'box')['a'].gesv(torch.eye(2))[0]\n";

constexpr const char *kStateful = "import torch\n"
                                  "from torch.autograd import Function\n"
                                  "class Twice(Function):\n"
                                  "    def forward(self, x):\n"
                                  "        return x * 2\n"
                                  "    def backward(self, g):\n"
                                  "        return g * 2\n"
                                  "y = Twice()(torch.ones(2))\n";

} // namespace

void TestRepair::initTestCase()
{
    auto pipeline = Pipeline::open(Paths::standard());
    QVERIFY2(pipeline, pipeline ? "" : pipeline.error().detail.c_str());
    m_pipeline = std::move(*pipeline);
}

Migration TestRepair::migrated(const std::string &code, const MigrationOptions &options)
{
    auto migration = m_pipeline->migrate(code, options, {});
    return migration ? std::move(*migration) : Migration{};
}

bool TestRepair::canRun() const
{
    const Readiness ready = m_pipeline->readiness({1, 0, 0}, {2, 7, 0});
    return ready.source && ready.target && ready.sandbox;
}

Result<RepairedRow> TestRepair::repaired(Migration &migration, const MigrationOptions &options,
                                         bool triesHeldBack)
{
    const std::string code = migration.oldCode;
    return validateAndRepair(
        *m_pipeline, "case.py", migration, {options, {}, triesHeldBack},
        [&](const MigrationOptions &now) { return m_pipeline->migrate(code, now, {}); }, {}, {});
}

void TestRepair::errorNamesReceiver()
{
    Migration migration;
    migration.oldCode = migration.newCode = "a = 1\nb = load(a).gesv(a)\n";
    Residue residue;
    residue.symbol = "torch.Tensor.gesv";
    residue.reason = ResidueReason::ReceiverUnknown;
    residue.span = {10, 22}; // load(a).gesv
    migration.residues.push_back(residue);
    const RepairHints hints = repairHints(
        migration, failedAt(2, "AttributeError", "'Tensor' object has no attribute 'gesv'"));
    QCOMPARE(hints.observed.size(), std::size_t{1});
    QVERIFY((hints.observed.begin()->first == ByteSpan{10, 17}));
}

void TestRepair::errorElsewhereNamesNothing()
{
    Migration migration;
    migration.oldCode = migration.newCode = "a = 1\nb = load(a).gesv(a)\nfail()\n";
    Residue residue;
    residue.symbol = "torch.Tensor.gesv";
    residue.reason = ResidueReason::ReceiverUnknown;
    residue.span = {10, 22};
    migration.residues.push_back(residue);
    QVERIFY(repairHints(migration, failedAt(3, "ValueError", "no more")).isEmpty());
}

void TestRepair::errorLeadsToHeldBackEdit()
{
    MigrationOptions options;
    options.accept = Acceptance::Safe;
    const Migration migration = migrated(kStateful, options);
    QVERIFY(std::any_of(migration.edits.begin(), migration.edits.end(),
                        [](const Edit &edit) { return !edit.isAccepted; }));
    const RepairHints hints = repairHints(
        migration, failedAt(8, "RuntimeError",
                            "Legacy autograd function with non-static forward method is gone."));
    QVERIFY(!hints.edits.empty());
}

void TestRepair::subtractionOfMasks()
{
    Migration migration;
    migration.oldCode = migration.newCode = "import torch\nkeep = 1 - load()\n";
    const RepairHints hints = repairHints(
        migration,
        failedAt(2, "RuntimeError",
                 "Subtraction, the `-` operator, with a bool tensor is not supported. If you are "
                 "trying to invert a mask, use the `~` or `logical_not()` operator instead."));
    QCOMPARE(hints.observed.size(), std::size_t{1});
    const ByteSpan span = hints.observed.begin()->first;
    QCOMPARE(migration.oldCode.substr(span.begin, span.size()), std::string("load()"));
}

void TestRepair::unknownReceiversAreRepaired()
{
    if (!canRun()) {
        QSKIP("the environments or the sandbox are not installed here");
    }
    Migration migration = migrated(kUnknown);
    const auto row = repaired(migration, {}, false);
    QVERIFY2(row, row ? "" : row.error().detail.c_str());
    QVERIFY2(row->row.newAtTarget->works(), row->row.newAtTarget->errorMessage.c_str());
    QVERIFY(row->row.verdict->kind == VerdictKind::Equal
            || row->row.verdict->kind == VerdictKind::Numerical);
}

void TestRepair::heldBackEditsNeedToBeAsked()
{
    if (!canRun()) {
        QSKIP("the environments or the sandbox are not installed here");
    }
    MigrationOptions options;
    options.accept = Acceptance::Safe;
    Migration unasked = migrated(kStateful, options);
    const auto without = repaired(unasked, options, false);
    QVERIFY(without);
    QVERIFY(!without->row.newAtTarget->works());
    Migration asked = migrated(kStateful, options);
    const auto with = repaired(asked, options, true);
    QVERIFY(with);
    QVERIFY2(with->row.newAtTarget->works(), with->row.newAtTarget->errorMessage.c_str());
    QVERIFY(!with->edits.empty());
}

void TestRepair::typesAreObserved()
{
    if (!canRun()) {
        QSKIP("the environments or the sandbox are not installed here");
    }
    const std::string code = kUnknown;
    const auto seen = m_pipeline->observe("case.py", code, {}, {});
    QVERIFY2(seen, seen ? "" : seen.error().detail.c_str());
    const std::string_view object = "getattr(torch, 'box')['a']";
    const std::size_t at = code.find(object);
    const auto site = seen->find({at, at + object.size()});
    QVERIFY(site != seen->end());
    QCOMPARE(site->second, std::vector<std::string>{"tensor:float32:2"});

    MigrationOptions options;
    options.observed = std::make_shared<const Observations>(*seen);
    const Migration migration = migrated(code, options);
    const auto edit = std::find_if(migration.edits.begin(), migration.edits.end(),
                                   [](const Edit &e) { return e.symbol.ends_with(".gesv"); });
    QVERIFY(edit != migration.edits.end());
    QVERIFY(edit->evidence == Evidence::Observed);
}

QTEST_GUILESS_MAIN(TestRepair)
#include "tst_repair.moc"
