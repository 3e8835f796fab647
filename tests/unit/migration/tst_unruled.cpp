#include "migration/migrate.h"
#include "migration/timelinecheck.h"
#include "source/analysis.h"

#include <QElapsedTimer>
#include <QTest>

using namespace TorchLift;

/// What the timeline adds to the rules.
class TestUnruled : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void residues_data();
    void residues();
    void noResidue_data();
    void noResidue();
    void findsTheSource_data();
    void findsTheSource();
    void writesNothingThatTheTargetLacks();
    void rulesNameNothingThatTheTargetLacks();
    void loadsFast();

private:
    Migration run(const QString &code, const MigrationOptions &options = {})
    {
        return migrate(code.toStdString(), *m_rules, options, {}, m_timeline.get()).value();
    }
    std::shared_ptr<const RuleSet> m_rules;
    std::shared_ptr<const Timeline> m_timeline;
};

void TestUnruled::initTestCase()
{
    const auto rules = RuleSet::load(TORCHLIFT_SOURCE_DIR "/resources/rules");
    const auto timeline = Timeline::load(TORCHLIFT_SOURCE_DIR "/resources/timeline");
    QVERIFY(rules && timeline);
    m_rules = *rules;
    m_timeline = *timeline;
}

void TestUnruled::residues_data()
{
    QTest::addColumn<QString>("code");
    QTest::addColumn<QString>("symbol");
    QTest::addColumn<QString>("since");
    QTest::newRow("NumPy") << "import numpy as np\nx = np.compare_chararrays(a, b, '==', True)\n"
                           << "numpy.compare_chararrays"
                           << "NumPy 2.0";
    QTest::newRow("Python") << "import cgi\nt = cgi.escape('<')\n"
                            << "cgi.escape"
                            << "Python 3.8";
}

void TestUnruled::residues()
{
    QFETCH(QString, code);
    QFETCH(QString, symbol);
    QFETCH(QString, since);
    const Migration migration = run(code);
    QCOMPARE(migration.residues.size(), std::size_t(1));
    const Residue &residue = migration.residues[0];
    QVERIFY(residue.reason == ResidueReason::NotInCatalogue);
    QCOMPARE(QString::fromStdString(residue.symbol), symbol);
    QVERIFY2(residue.detail.en.find(since.toStdString()) != std::string::npos,
             residue.detail.en.c_str());
    QVERIFY2(residue.detail.ru.find(since.toStdString()) != std::string::npos,
             residue.detail.ru.c_str());
    QVERIFY(residue.isBreaking && residue.ruleId.empty());
    QCOMPARE(QString::fromStdString(migration.newCode), code);
}

void TestUnruled::noResidue_data()
{
    QTest::addColumn<QString>("code");
    QTest::newRow("modern code") << "import torch\nx = torch.linalg.solve(a, b).to('cpu')\n";
    QTest::newRow("guarded") << "import time\ntry:\n    t = time.clock()\n"
                                "except AttributeError:\n    t = time.perf_counter()\n";
    QTest::newRow("put there by the text") << "import torch\ntorch.my_own = 3\nx = torch.my_own\n";
    QTest::newRow("an object in a module's place")
        << "import torch\ntorch.backends.cudnn.benchmark = True\n"
           "x = torch.backends.cudnn.is_available()\n";
    QTest::newRow("a module that is not ours") << "import scipy.misc\nscipy.misc.imread('a')\n";
    QTest::newRow("import that moves")
        << "import torch\nfrom torch._six import inf\nx = min(inf, 3.)\n";
    QTest::newRow("alias of what was rewritten")
        << "import numpy as np\nbest = np.Inf\nx = min(best, 3.)\n";
    QTest::newRow("not run in this text") << "import torch\nx = torch.Tensor.__repr__\n";
}

void TestUnruled::noResidue()
{
    QFETCH(QString, code);
    const Migration migration = run(code);
    for (const Residue &residue : migration.residues) {
        QVERIFY2(residue.reason != ResidueReason::NotInCatalogue, residue.detail.en.c_str());
    }
}

void TestUnruled::findsTheSource_data()
{
    QTest::addColumn<QString>("code");
    QTest::addColumn<QString>("from");
    QTest::newRow("nothing used") << "x = 1\n"
                                  << "1.0.0";
    QTest::newRow("in all releases") << "import torch\nx = torch.ones(3)\n"
                                     << "1.0.0";
    QTest::newRow("since 1.8") << "import torch\nx = torch.linalg.solve(a, b)\n"
                               << "1.8.0";
    QTest::newRow("newer names under a guard")
        << "import torch\nif hasattr(torch, 'linalg'):\n    x = torch.linalg.solve(a, b)\n"
        << "1.0.0";
}

void TestUnruled::findsTheSource()
{
    QFETCH(QString, code);
    QFETCH(QString, from);
    const Migration migration = run(code);
    QCOMPARE(QString::fromStdString(migration.from.toString()), from);
    QVERIFY(migration.isFromDetected);
    MigrationOptions options;
    options.from = Version{1, 3, 0};
    QCOMPARE(run(code, options).from, (Version{1, 3, 0}));
}

void TestUnruled::writesNothingThatTheTargetLacks()
{
    const QString code = "import torch\nx = torch.gesv(b, A)[0]\n";
    MigrationOptions options;
    QVERIFY(run(code, options).newCode.find("torch.linalg.solve") != std::string::npos);
    options.to = Version{1, 5, 0}; // gesv is gone there, and linalg is not there yet
    const Migration migration = run(code, options);
    QCOMPARE(QString::fromStdString(migration.newCode), code);
    QCOMPARE(migration.residues.size(), std::size_t(1));
    QVERIFY(migration.residues[0].isBreaking);
}

void TestUnruled::rulesNameNothingThatTheTargetLacks()
{
    const Version target{2, 7, 0};
    int names = 0;
    for (const RuleInfo &rule : m_rules->rules()) {
        for (const RuleExample &example : rule.examples) {
            const auto before = analyse(example.oldCode);
            const auto after = analyse(example.newCode);
            QVERIFY(before && after);
            for (const Use &use : after->uses) {
                const bool isNew =
                    std::none_of(before->uses.begin(), before->uses.end(),
                                 [&](const Use &old) { return old.symbol == use.symbol; });
                if (isNew && use.evidence == Evidence::Resolved) {
                    QVERIFY2(mayName(*m_timeline, use.symbol, target),
                             (rule.id + ": " + use.symbol).c_str());
                    ++names;
                }
            }
        }
    }
    QVERIFY(names > 50);
    QVERIFY(!mayName(*m_timeline, "torch.no_such_function", target));
    QVERIFY(!mayName(*m_timeline, "torch.gesv", target));
}

void TestUnruled::loadsFast()
{
    QElapsedTimer timer;
    qint64 best = 1'000;
    for (int i = 0; i < 5; ++i) {
        timer.restart();
        QVERIFY(Timeline::load(TORCHLIFT_SOURCE_DIR "/resources/timeline"));
        best = std::min(best, timer.elapsed());
    }
    QVERIFY2(best < 30, qPrintable(QString::number(best)));
}

QTEST_GUILESS_MAIN(TestUnruled)
#include "tst_unruled.moc"
