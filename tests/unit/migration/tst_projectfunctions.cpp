#include <QTest>

#include "migration/migrate.h"

using namespace TorchLift;

namespace {

const std::string kDefinition = "from torch.autograd import Function\n"
                                "EPS = 1e-5\n"
                                "class Scale(Function):\n"
                                "    def __init__(self, factor, shift=0.5, eps=EPS):\n"
                                "        self.factor = factor\n"
                                "        self.shift = shift\n"
                                "        self.eps = eps\n"
                                "    def forward(self, x):\n"
                                "        return x * self.factor + self.shift\n"
                                "    def backward(self, grad):\n"
                                "        return grad * self.factor\n";

} // namespace

/// Functions with state that one file of a project defines and another one calls.
class TestProjectFunctions : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void callsFollow_data();
    void callsFollow();
    void whatCannotBeToldIsSaid();
    void classOfTheSameNameElsewhereStays();

private:
    Migration migrated(const std::string &path, const std::string &code);

    std::shared_ptr<const RuleSet> m_rules;
};

void TestProjectFunctions::initTestCase()
{
    auto rules = RuleSet::load(std::filesystem::path(TORCHLIFT_SOURCE_DIR) / "resources/rules");
    QVERIFY2(rules, rules ? "" : rules.error().detail.c_str());
    m_rules = std::move(*rules);
}

Migration TestProjectFunctions::migrated(const std::string &path, const std::string &code)
{
    const std::vector<ProjectFile> files{
        {"functions/__init__.py", ""}, {"functions/scale.py", kDefinition}, {path, code}};
    const ProjectFacts facts = readProject(files, *m_rules);
    MigrationOptions options;
    options.place = {&facts, path};
    auto migration = migrate(code, *m_rules, options);
    return migration ? std::move(*migration) : Migration{};
}

void TestProjectFunctions::callsFollow_data()
{
    QTest::addColumn<QString>("path");
    QTest::addColumn<QString>("before");
    QTest::addColumn<QString>("after");
    QTest::addRow("called at once") << "net.py"
                                    << "from functions.scale import Scale\ny = Scale(2, 1, 0)(x)\n"
                                    << "from functions.scale import Scale\n"
                                       "y = Scale.apply(x, 2, 1, 0)\n";
    QTest::addRow("by a module's name")
        << "net.py"
        << "import functions.scale as fs\ny = fs.Scale(2, 1, 0)(x)\n"
        << "import functions.scale as fs\ny = fs.Scale.apply(x, 2, 1, 0)\n";
    QTest::addRow("relative import, kept")
        << "functions/layer.py"
        << "from .scale import Scale\nscale = Scale(factor, 1, 0)\ny = scale(x)\n"
        << "from .scale import Scale\n"
           "scale = (lambda *inputs, factor=factor: Scale.apply(*inputs, factor, 1, 0))\n"
           "y = scale(x)\n";
    QTest::addRow("under another name")
        << "net.py"
        << "from functions.scale import Scale as S\ny = S(2, eps=0)(x)\n"
        << "from functions.scale import Scale as S\ny = S.apply(x, 2, 0.5, 0)\n";
}

void TestProjectFunctions::callsFollow()
{
    QFETCH(QString, path);
    QFETCH(QString, before);
    QFETCH(QString, after);
    const Migration migration = migrated(path.toStdString(), before.toStdString());
    QCOMPARE(QString::fromStdString(migration.newCode), after);
}

void TestProjectFunctions::whatCannotBeToldIsSaid()
{
    const Migration migration =
        migrated("net.py", "from functions.scale import Scale\ny = Scale(*options)(x)\n");
    QCOMPARE(migration.newCode, migration.oldCode);
    QCOMPARE(migration.residues.size(), std::size_t{1});
    QVERIFY(migration.residues.front().reason == ResidueReason::NeedsDecision);
    QCOMPARE(migration.residues.front().line, 2);
}

void TestProjectFunctions::classOfTheSameNameElsewhereStays()
{
    const std::string code = "from other import Scale\ny = Scale(2)(x)\n";
    QCOMPARE(migrated("net.py", code).newCode, code);
}

QTEST_GUILESS_MAIN(TestProjectFunctions)
#include "tst_projectfunctions.moc"
