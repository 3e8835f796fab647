#include <QTest>

#include "smalltimeline.h"
#include "timeline/platformfacts.h"

using namespace TorchLift;

class TestPlatformFacts : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void breaks_data();
    void breaks();
    void nameThatCameBack();
    void damaged_data();
    void damaged();
};

void TestPlatformFacts::breaks_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("from");
    QTest::addColumn<QString>("to");
    QTest::addColumn<QString>("expected");
    QTest::addRow("still there") << "time.clock"
                                 << "2.7"
                                 << "3.2"
                                 << "";
    QTest::addRow("warns") << "time.clock"
                           << "3.6"
                           << "3.7"
                           << "deprecated 3.3";
    QTest::addRow("gone") << "time.clock"
                          << "3.6"
                          << "3.11"
                          << "gone 3.8";
    QTest::addRow("3.10 is after 3.8") << "time.clock"
                                       << "3.6"
                                       << "3.10"
                                       << "gone 3.8";
    QTest::addRow("gone for a while") << "numpy.bool"
                                      << "1.19"
                                      << "1.26"
                                      << "gone 1.24";
    QTest::addRow("back as something else") << "numpy.bool"
                                            << "1.19"
                                            << "2.1"
                                            << "behaviour-changed 2.0";
    QTest::addRow("written for the new one") << "numpy.bool"
                                             << "2.0"
                                             << "2.1"
                                             << "";
    QTest::addRow("changed") << "python.integer-division"
                             << "2.7"
                             << "3.6"
                             << "behaviour-changed 3.0";
    QTest::addRow("changed before") << "python.integer-division"
                                    << "3.5"
                                    << "3.6"
                                    << "";
}

void TestPlatformFacts::breaks()
{
    QFETCH(QString, name);
    QFETCH(QString, from);
    QFETCH(QString, to);
    QFETCH(QString, expected);
    const auto facts = PlatformFacts::parse(SmallTimeline().python.toStdString(), "python.json");
    QVERIFY(facts);
    const PlatformFact *fact = (*facts)->find(name.toStdString());
    QVERIFY(fact != nullptr);
    const auto breaks =
        fact->breaksBetween(*Version::parse(from.toStdString()), *Version::parse(to.toStdString()));
    QStringList found;
    for (const SymbolBreak &change : breaks) {
        found << QString::fromLatin1(breakKindName(change.kind)) + QLatin1Char(' ')
                     + QString::fromStdString(change.since.toShortString());
    }
    QCOMPARE(found.join(QLatin1Char(' ')), expected);
}

void TestPlatformFacts::nameThatCameBack()
{
    const auto facts = PlatformFacts::parse(SmallTimeline().python.toStdString(), "python.json");
    QVERIFY(facts);
    const SymbolLife life = (*facts)->find("numpy.bool")->life();
    QVERIFY(!life.gone);
    QCOMPARE(life.presence.size(), std::size_t(2));
    QVERIFY(life.presence[0].gone == (Version{1, 24, 0}));
    QVERIFY(life.presence[1].first == (Version{2, 0, 0}));
    QVERIFY(life.package == Package::Numpy);
    QCOMPARE(life.replacement, std::string("bool"));
}

void TestPlatformFacts::damaged_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<bool>("isNewer");
    QTest::addRow("empty") << QByteArray() << false;
    QTest::addRow("cut off") << QByteArray("{\"schema\": 1, \"facts\": [") << false;
    QTest::addRow("no schema") << QByteArray("{\"facts\": []}") << false;
    QTest::addRow("newer") << QByteArray("{\"schema\": 2, \"facts\": []}") << true;
    QTest::addRow("not a list of objects")
        << QByteArray("{\"schema\": 1, \"facts\": [1]}") << false;
    QTest::addRow("version is no number")
        << QByteArray("{\"schema\": 1, \"facts\": [{\"name\": \"a\", \"kind\": \"module\","
                      " \"gone\": \"soon\"}]}")
        << false;
    QTest::addRow("unknown kind") << QByteArray(
        "{\"schema\": 1, \"facts\": [{\"name\": \"a\", \"kind\": \"x\","
        " \"gone\": \"3.8\"}]}") << false;
    QTest::addRow("says nothing") << QByteArray(
        "{\"schema\": 1, \"facts\": [{\"name\": \"a\", \"kind\": \"module\"}]}")
                                  << false;
}

void TestPlatformFacts::damaged()
{
    QFETCH(QByteArray, json);
    QFETCH(bool, isNewer);
    const auto facts = PlatformFacts::parse(json.toStdString(), "python.json");
    QVERIFY(!facts);
    QVERIFY(facts.error().code == (isNewer ? Errc::Incompatible : Errc::Damaged));
}

QTEST_GUILESS_MAIN(TestPlatformFacts)
#include "tst_platformfacts.moc"
