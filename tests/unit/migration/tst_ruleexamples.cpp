#include "migration/migrate.h"

#include <QTest>

using namespace TorchLift;

/// Every example of the shipped rules: all rules together turn its old code into its new code,
/// and leave the new code alone.
class TestRuleExamples : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void migratesToNew_data();
    void migratesToNew();

private:
    std::shared_ptr<const RuleSet> m_rules;
};

void TestRuleExamples::initTestCase()
{
    const auto rules = RuleSet::load(TORCHLIFT_SOURCE_DIR "/resources/rules");
    QVERIFY2(rules, rules ? "" : rules.error().detail.c_str());
    QVERIFY((*rules)->rules().size() >= 40);
    m_rules = *rules;
}

void TestRuleExamples::migratesToNew_data()
{
    QTest::addColumn<QString>("before");
    QTest::addColumn<QString>("after");
    if (m_rules == nullptr) {
        return;
    }
    for (const RuleInfo &rule : m_rules->rules()) {
        int number = 0;
        for (const RuleExample &example : rule.examples) {
            QTest::addRow("%s %d", rule.id.c_str(), ++number)
                << QString::fromStdString(example.oldCode)
                << QString::fromStdString(example.newCode.empty() || !rule.hasRewrite
                                              ? example.oldCode
                                              : example.newCode);
        }
    }
}

void TestRuleExamples::migratesToNew()
{
    QFETCH(QString, before);
    QFETCH(QString, after);
    MigrationOptions options;
    options.accept = Acceptance::All;
    const auto migration = migrate(before.toStdString(), *m_rules, options);
    QVERIFY(migration);
    QCOMPARE(QString::fromStdString(migration->newCode), after);
    const auto again = migrate(migration->newCode, *m_rules, options);
    QVERIFY(again);
    QCOMPARE(QString::fromStdString(again->newCode), after);
}

QTEST_GUILESS_MAIN(TestRuleExamples)
#include "tst_ruleexamples.moc"
