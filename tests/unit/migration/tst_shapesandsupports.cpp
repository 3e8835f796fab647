#include <QTest>

#include "migration/migrate.h"

using namespace TorchLift;

/// Rules about checks that 1.0 did not make: distribution-validate and bce-shape.
class TestShapesAndSupports : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void rewrites_data();
    void rewrites();
    void leaves_data();
    void leaves();

private:
    Migration migrated(const QString &code) const;

    std::shared_ptr<const RuleSet> m_rules;
};

namespace {

const QString kStart = "import torch\n"
                       "import torch.nn as nn\n"
                       "from torch.distributions import Bernoulli, Normal, Uniform\n";

} // namespace

void TestShapesAndSupports::initTestCase()
{
    auto rules = RuleSet::load(std::filesystem::path(TORCHLIFT_SOURCE_DIR) / "resources/rules");
    QVERIFY2(rules, rules ? "" : rules.error().detail.c_str());
    m_rules = std::move(*rules);
}

Migration TestShapesAndSupports::migrated(const QString &code) const
{
    MigrationOptions options;
    options.from = Version{1, 0, 0};
    options.only = {"distribution-validate", "bce-shape"};
    auto migration = migrate((kStart + code).toStdString(), *m_rules, options);
    return migration ? std::move(*migration) : Migration{};
}

void TestShapesAndSupports::rewrites_data()
{
    QTest::addColumn<QString>("before");
    QTest::addColumn<QString>("after");
    QTest::addRow("asked at once") << "a = Bernoulli(p).log_prob(x)\n"
                                   << "a = Bernoulli(p, validate_args=False).log_prob(x)\n";
    QTest::addRow("by keyword") << "a = Bernoulli(logits=p).log_prob(x)\n"
                                << "a = Bernoulli(logits=p, validate_args=False).log_prob(x)\n";
    QTest::addRow("asked under a name")
        << "box = Uniform(a, b)\nlp = box.log_prob(x.clamp(0, 1))\n"
        << "box = Uniform(a, b, validate_args=False)\nlp = box.log_prob(x.clamp(0, 1))\n";
    QTest::addRow("returned by a function")
        << "def prior():\n    return Uniform(a, b)\nlp = prior().cdf(x)\n"
        << "def prior():\n    return Uniform(a, b, validate_args=False)\nlp = prior().cdf(x)\n";
    QTest::addRow("a sample of another")
        << "d = Uniform(0, 2)\nx = d.sample()\na = Uniform(0, 1).log_prob(x)\n"
        << "d = Uniform(0, 2, validate_args=False)\nx = d.sample()\n"
           "a = Uniform(0, 1, validate_args=False).log_prob(x)\n";
    QTest::addRow("an attribute")
        << "class N(nn.Module):\n    def __init__(self):\n        self.d = Uniform(a, b)\n"
           "    def forward(self, x):\n        return self.d.log_prob(x)\n"
        << "class N(nn.Module):\n    def __init__(self):\n"
           "        self.d = Uniform(a, b, validate_args=False)\n"
           "    def forward(self, x):\n        return self.d.log_prob(x)\n";
    QTest::addRow("a target of another rank")
        << "loss = nn.BCELoss()\np = torch.rand(4, 1)\nl = loss(p, torch.ones(4))\n"
        << "loss = nn.BCELoss()\np = torch.rand(4, 1)\nl = loss(p, torch.ones(4).view_as(p))\n";
    QTest::addRow("a target that is a sum")
        << "p = torch.rand(4, 1)\nt = torch.ones(4)\nl = nn.BCELoss()(p, t - 0.1)\n"
        << "p = torch.rand(4, 1)\nt = torch.ones(4)\nl = nn.BCELoss()(p, (t - 0.1).view_as(p))\n";
}

void TestShapesAndSupports::rewrites()
{
    QFETCH(QString, before);
    QFETCH(QString, after);
    QCOMPARE(QString::fromStdString(migrated(before).newCode), kStart + after);
}

void TestShapesAndSupports::leaves_data()
{
    QTest::addColumn<QString>("code");
    QTest::addColumn<int>("offered");
    QTest::addRow("no bounds") << "a = Normal(m, s).log_prob(x)\n" << 0;
    QTest::addRow("its own sample") << "d = Bernoulli(p)\nx = d.sample()\na = d.log_prob(x)\n" << 0;
    QTest::addRow("sampled on the spot") << "d = Bernoulli(p)\na = d.log_prob(d.sample())\n" << 0;
    QTest::addRow("never asked") << "x = Uniform(a, b).sample()\n" << 0;
    QTest::addRow("somebody is asked") << "d = Uniform(a, b)\nlp = model(d).log_prob(x)\n" << 1;
    QTest::addRow("told already") << "a = Bernoulli(p, validate_args=True).log_prob(x)\n" << 0;
    QTest::addRow("equal ranks") << "p = torch.rand(4)\nl = nn.BCELoss()(p, torch.ones(4))\n" << 0;
    QTest::addRow("nothing is known") << "p = model(x)\nl = nn.BCELoss()(p, y)\n" << 0;
    QTest::addRow("one rank is known") << "p = model(x)\nl = nn.BCELoss()(p, torch.ones(4))\n" << 1;
    QTest::addRow("shaped already")
        << "p = model(x)\nl = nn.BCELoss()(p, torch.ones(4).view_as(p))\n"
        << 0;
}

void TestShapesAndSupports::leaves()
{
    QFETCH(QString, code);
    QFETCH(int, offered);
    const Migration migration = migrated(code);
    QCOMPARE(QString::fromStdString(migration.newCode), kStart + code);
    QCOMPARE(int(migration.edits.size()), offered);
}

QTEST_GUILESS_MAIN(TestShapesAndSupports)
#include "tst_shapesandsupports.moc"
