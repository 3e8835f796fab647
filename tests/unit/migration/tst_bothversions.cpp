#include <QTest>

#include "migration/migrate.h"

using namespace TorchLift;

/// Code that is to go on working in the source version (MigrationOptions::keepsSource).
class TestBothVersions : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void formOfBothIsApplied();
    void formOfTheTargetAloneIsLeft();
    void laterSourceAllowsMore();

private:
    Migration migrated(const std::string &code, const Version &from);

    std::shared_ptr<const RuleSet> m_rules;
};

void TestBothVersions::initTestCase()
{
    auto rules = RuleSet::load(std::filesystem::path(TORCHLIFT_SOURCE_DIR) / "resources/rules");
    QVERIFY2(rules, rules ? "" : rules.error().detail.c_str());
    m_rules = std::move(*rules);
}

Migration TestBothVersions::migrated(const std::string &code, const Version &from)
{
    MigrationOptions options;
    options.from = from;
    options.keepsSource = true;
    auto migration = migrate(code, *m_rules, options);
    return migration ? std::move(*migration) : Migration{};
}

void TestBothVersions::formOfBothIsApplied()
{
    const Migration migration =
        migrated("import torch.nn as nn\nloss = nn.MSELoss(size_average=False)\n", {1, 0, 0});
    QCOMPARE(migration.newCode,
             std::string("import torch.nn as nn\nloss = nn.MSELoss(reduction='sum')\n"));
    QVERIFY(migration.residues.empty());
}

void TestBothVersions::formOfTheTargetAloneIsLeft()
{
    const Migration migration =
        migrated("import torch\nx, lu = torch.gesv(b, torch.eye(2))\n", {1, 0, 0});
    QCOMPARE(migration.newCode, migration.oldCode);
    QVERIFY(!migration.residues.empty());
    QVERIFY(migration.residues.front().reason == ResidueReason::TargetOnly);
    QVERIFY(migration.residues.front().isBreaking);
    QVERIFY(!migration.residues.front().detail.en.empty());
    QVERIFY(!migration.residues.front().detail.ru.empty());
}

// A rule whose `since` is the source or before is applied, whatever the release.
void TestBothVersions::laterSourceAllowsMore()
{
    const Version target{2, 7, 0};
    for (const RuleInfo &rule : m_rules->rules()) {
        QVERIFY2(!rule.worksSince || *rule.worksSince <= target, rule.id.c_str());
    }
    const Migration migration =
        migrated("import torch.nn as nn\nloss = nn.MSELoss(size_average=False)\n", {1, 5, 0});
    QVERIFY(migration.newCode != migration.oldCode);
}

QTEST_GUILESS_MAIN(TestBothVersions)
#include "tst_bothversions.moc"
