#include <QTest>

#include "migration/migrate.h"

using namespace TorchLift;

/// Rules that read the order of what a training loop does (scheduler-order, zero-grad-read), and
/// those about the optimizers and buffers it uses.
class TestTrainingLoops : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void schedulerMoves_data();
    void schedulerMoves();
    void schedulerStays_data();
    void schedulerStays();
    void zeroGrad_data();
    void zeroGrad();
    void classes_data();
    void classes();

private:
    Migration migrated(const std::string &code, const char *rule) const;

    std::shared_ptr<const RuleSet> m_rules;
};

namespace {

const QString kStart = "import torch\n"
                       "from torch.optim.lr_scheduler import StepLR\n"
                       "opt = torch.optim.SGD(model.parameters(), lr=0.1)\n"
                       "sched = StepLR(opt, 3)\n";

} // namespace

void TestTrainingLoops::initTestCase()
{
    auto rules = RuleSet::load(std::filesystem::path(TORCHLIFT_SOURCE_DIR) / "resources/rules");
    QVERIFY2(rules, rules ? "" : rules.error().detail.c_str());
    m_rules = std::move(*rules);
}

Migration TestTrainingLoops::migrated(const std::string &code, const char *rule) const
{
    MigrationOptions options;
    options.from = Version{1, 0, 0};
    options.only = {rule};
    auto migration = migrate(code, *m_rules, options);
    return migration ? std::move(*migration) : Migration{};
}

void TestTrainingLoops::schedulerMoves_data()
{
    QTest::addColumn<QString>("before");
    QTest::addColumn<QString>("after");
    QTest::addRow("to the end of the loop")
        << "for e in range(9):\n    sched.step()\n    loss(e).backward()\n    opt.step()\n"
        << "for e in range(9):\n    loss(e).backward()\n    opt.step()\n    sched.step()\n";
    QTest::addRow("behind a loop over batches")
        << "for e in range(9):\n    sched.step()\n    for b in data:\n        opt.step()\n"
        << "for e in range(9):\n    for b in data:\n        opt.step()\n    sched.step()\n";
    QTest::addRow("behind the call that trains")
        << "def train():\n    opt.step()\nfor e in range(9):\n    sched.step()\n    train()\n"
        << "def train():\n    opt.step()\nfor e in range(9):\n    train()\n    sched.step()\n";
    QTest::addRow("before the return of a function")
        << "def epoch(n):\n    sched.step()\n    opt.step()\n    return n\n"
        << "def epoch(n):\n    opt.step()\n    sched.step()\n    return n\n";
    QTest::addRow("of a while loop")
        << "while going():\n    sched.step()\n    opt.step()\n    print(1)  # done\n"
        << "while going():\n    opt.step()\n    print(1)  # done\n    sched.step()\n";
    QTest::addRow("by its name alone, an attribute")
        << "class T:\n    def run(self):\n        self.scheduler.step()\n        self.opt.step()\n"
        << "class T:\n    def run(self):\n        self.opt.step()\n        self.scheduler.step()\n";
}

void TestTrainingLoops::schedulerMoves()
{
    QFETCH(QString, before);
    QFETCH(QString, after);
    const Migration migration = migrated((kStart + before).toStdString(), "scheduler-order");
    QCOMPARE(QString::fromStdString(migration.newCode), kStart + after);
}

void TestTrainingLoops::schedulerStays_data()
{
    QTest::addColumn<QString>("code");
    QTest::addColumn<int>("residues"); // 1: said, since the first rates are others
    QTest::addRow("at the end already") << "for e in range(9):\n    opt.step()\n    sched.step()\n"
                                        << 1;
    QTest::addRow("the epoch is given") << "for e in range(9):\n    sched.step(e)\n    opt.step()\n"
                                        << 0;
    QTest::addRow("the loop may go on early")
        << "for e in range(9):\n    sched.step()\n    if e:\n        continue\n    opt.step()\n"
        << 1;
    QTest::addRow("the function may return early")
        << "def f(e):\n    sched.step()\n    if e:\n        return\n    opt.step()\n"
        << 1;
    QTest::addRow("nothing trains") << "for e in range(9):\n    sched.step()\n    print(e)\n" << 1;
    QTest::addRow("below a condition")
        << "for e in range(9):\n    if e:\n        sched.step()\n    opt.step()\n"
        << 1;
    QTest::addRow("another object") << "for e in range(9):\n    game.step()\n    opt.step()\n" << 0;
}

void TestTrainingLoops::schedulerStays()
{
    QFETCH(QString, code);
    QFETCH(int, residues);
    const Migration migration = migrated((kStart + code).toStdString(), "scheduler-order");
    QCOMPARE(QString::fromStdString(migration.newCode), kStart + code);
    QCOMPARE(int(migration.residues.size()), residues);
}

void TestTrainingLoops::zeroGrad_data()
{
    QTest::addColumn<QString>("code"); // ZERO: zero_grad() that has to keep zeros
    QTest::addColumn<bool>("isKept");
    QTest::addRow("read at once") << "opt.zero_grad()\nprint(w.grad.sum())\n" << true;
    QTest::addRow("read in a loop behind it")
        << "model.zero_grad()\nfor p in model.parameters():\n    total += p.grad.norm()\n"
        << true;
    QTest::addRow("in place") << "opt.zero_grad()\nw.grad.add_(1)\n" << true;
    QTest::addRow("made anew before") << "opt.zero_grad()\nloss.backward()\nprint(w.grad)\n"
                                      << false;
    QTest::addRow("stored before") << "opt.zero_grad()\nw.grad = g\nprint(w.grad)\n" << false;
    QTest::addRow("asked whether it is there")
        << "opt.zero_grad()\nif w.grad is not None:\n    print(w.grad)\n"
        << false;
    QTest::addRow("torch.autograd.grad is none")
        << "opt.zero_grad()\ng = torch.autograd.grad(y, x)\nprint(w.grad)\n"
        << false;
    QTest::addRow("another optimizer's step ends it")
        << "opt.zero_grad()\nopt.step()\nprint(w.grad)\n"
        << false;
    QTest::addRow("read before alone") << "print(w.grad)\nopt.zero_grad()\n" << false;
}

void TestTrainingLoops::zeroGrad()
{
    QFETCH(QString, code);
    QFETCH(bool, isKept);
    const Migration migration = migrated((kStart + code).toStdString(), "zero-grad-read");
    QString expected = code;
    if (isKept) {
        expected.replace("zero_grad()", "zero_grad(set_to_none=False)");
    }
    QCOMPARE(QString::fromStdString(migration.newCode), kStart + expected);
}

void TestTrainingLoops::classes_data()
{
    QTest::addColumn<QByteArray>("rule");
    QTest::addColumn<QString>("before");
    QTest::addColumn<QString>("after");
    const auto add = [](const char *title, const char *rule, const QString &before,
                        const QString &after = {}) {
        const QString start = "import torch\nfrom torch.autograd import Variable\n";
        QTest::addRow("%s", title)
            << QByteArray(rule) << start + before << start + (after.isEmpty() ? before : after);
    };
    const char *init = "optimizer-init";
    add("behind the docstring", init,
        "class A(torch.optim.Optimizer):\n\tdef __init__(me, o):\n\t\t'Doc.'\n\t\tme.o = o\n",
        "class A(torch.optim.Optimizer):\n\tdef __init__(me, o):\n\t\t'Doc.'\n"
        "\t\ttorch.optim.Optimizer.__setstate__(me, {'defaults': {}})\n\t\tme.o = o\n");
    add("in one line", init,
        "class A(torch.optim.Optimizer):\n    def __init__(self, o): self.o = o\n",
        "class A(torch.optim.Optimizer):\n    def __init__(self, o): "
        "torch.optim.Optimizer.__setstate__(self, {'defaults': {}}); self.o = o\n");
    add("the base is called", init,
        "class A(torch.optim.Optimizer):\n    def __init__(self, p):\n"
        "        super(A, self).__init__(p, {})\n");
    add("no __init__ of its own", init, "class A(torch.optim.Optimizer):\n    x = 1\n");
    add("another base", init,
        "class A(Optimizer):\n    def __init__(self, o):\n        self.o = o\n");
    add("a docstring and nothing else", init,
        "class A(torch.optim.Optimizer):\n    def __init__(self):\n        'Doc.'\n");
    const char *alias = "variable-alias";
    add("written by a method", alias, "self.e.normal_()\ny = w * Variable(self.e)\n",
        "self.e.normal_()\ny = w * self.e.data\n");
    add("given as out", alias, "torch.randn(3, out=self.e)\ny = w * Variable(self.e)\n",
        "torch.randn(3, out=self.e)\ny = w * self.e.data\n");
    add("another is written", alias, "torch.randn(3, out=self.f)\ny = w * Variable(self.e)\n");
    add("only its gradient is asked for", alias,
        "self.e.requires_grad_()\ny = w * Variable(self.e)\n");
    add("trained", alias, "self.e.normal_()\ny = w * Variable(self.e, requires_grad=True)\n");
    add("a local name", alias, "e.normal_()\ny = w * Variable(e)\n");
}

void TestTrainingLoops::classes()
{
    QFETCH(QByteArray, rule);
    QFETCH(QString, before);
    QFETCH(QString, after);
    const Migration migration = migrated(before.toStdString(), rule.constData());
    QCOMPARE(QString::fromStdString(migration.newCode), after);
    QCOMPARE(migrated(migration.newCode, rule.constData()).newCode, migration.newCode);
}

QTEST_GUILESS_MAIN(TestTrainingLoops)
#include "tst_trainingloops.moc"
