#include "migration/migrate.h"

#include <QElapsedTimer>
#include <QTest>

using namespace TorchLift;

/// Huge sources: no crash, no hang.
class TestRobustness : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void hugeInputs_data();
    void hugeInputs();

private:
    std::shared_ptr<const RuleSet> m_rules;
};

void TestRobustness::initTestCase()
{
    const auto rules = RuleSet::load(TORCHLIFT_SOURCE_DIR "/resources/rules");
    QVERIFY2(rules, rules ? "" : rules.error().detail.c_str());
    m_rules = *rules;
}

void TestRobustness::hugeInputs_data()
{
    QTest::addColumn<QByteArray>("code");
    QTest::newRow("deep nesting") << QByteArray(200'000, '(');
    QTest::newRow("balanced nesting") << QByteArray(100'000, '[') + QByteArray(100'000, ']');
    QTest::newRow("one line of a million characters") << "x = '" + QByteArray(1'000'000, 'a') + "'";
    QTest::newRow("long chain") << "x = 1" + QByteArray(" + 1").repeated(50'000);
    QTest::newRow("no Python") << QByteArray("<html> \x01 }{ ").repeated(20'000);
    QTest::newRow("no Python, in lines")
        << QByteArray("<a href=\"x\"> }{ ) ( <b>\n").repeated(40'000);
    QTest::newRow("one syntax error before much code")
        << "x = (\n" + QByteArray("import torch\ny = torch.gesv(b, A)[0]\n").repeated(4'000);
    QTest::newRow("many lines")
        << QByteArray("import torch\nx = torch.gesv(b, A)[0]\n").repeated(2'000);
}

void TestRobustness::hugeInputs()
{
    QFETCH(QByteArray, code);
    QElapsedTimer timer;
    timer.start();
    const auto migration = migrate(code.toStdString(), *m_rules, {});
    QVERIFY2(timer.elapsed() < 10'000, qPrintable(QString::number(timer.elapsed())));
    if (!migration) {
        QVERIFY(migration.error().code == Errc::TooLarge);
    }
}

QTEST_GUILESS_MAIN(TestRobustness)
#include "tst_robustness.moc"
