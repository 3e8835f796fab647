#include <QTest>

#include "models/linemap.h"

using namespace TorchLift;

class TestLineMap final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void singleChange_data();
    void singleChange();
    void carryOver_data();
    void carryOver();
    void linesAreFound();
};

void TestLineMap::singleChange_data()
{
    QTest::addColumn<QString>("current");
    QTest::addColumn<QString>("wanted");
    QTest::addRow("a word in the middle") << "a old b"
                                          << "a new b";
    QTest::addRow("from nothing") << ""
                                  << "text";
    QTest::addRow("to nothing") << "text"
                                << "";
    QTest::addRow("repeated letters") << "aaaa"
                                      << "aa";
    QTest::addRow("characters of several bytes")
        << QStringLiteral("даже") << QStringLiteral("дуже");
}

void TestLineMap::singleChange()
{
    QFETCH(QString, current);
    QFETCH(QString, wanted);
    const std::string before = current.toStdString();
    const auto change = TorchLift::singleChange(before, wanted.toStdString());
    QVERIFY(change.has_value());
    QVERIFY(isValidUtf8(change->text));
    QCOMPARE(QString::fromStdString(applyChanges(before, {*change})), wanted);
    QVERIFY(!TorchLift::singleChange(before, before).has_value());
}

void TestLineMap::carryOver_data()
{
    QTest::addColumn<QString>("base");
    QTest::addColumn<QString>("wanted");
    QTest::addColumn<QString>("current");
    QTest::addColumn<QString>("expected"); // empty: in conflict
    QTest::addRow("nothing typed") << "a\nb\nc\n"
                                   << "a\nB\nc\n"
                                   << "a\nb\nc\n"
                                   << "a\nB\nc\n";
    QTest::addRow("typed far below") << "a\nb\nc\nd\n"
                                     << "A\nb\nc\nd\n"
                                     << "a\nb\nc\nx\n"
                                     << "A\nb\nc\nx\n";
    QTest::addRow("line inserted above") << "a\nb\nc\n"
                                         << "a\nb\nC\n"
                                         << "new\na\nb\nc\n"
                                         << "new\na\nb\nC\n";
    QTest::addRow("line removed above") << "a\nb\nc\nd\n"
                                        << "a\nb\nc\nD\n"
                                        << "b\nc\nd\n"
                                        << "b\nc\nD\n";
    QTest::addRow("same line typed in") << "a\nb\nc\n"
                                        << "a\nB\nc\n"
                                        << "a\nbee\nc\n"
                                        << "";
    QTest::addRow("already done by hand") << "a\nb\nc\n"
                                          << "a\nB\nc\n"
                                          << "a\nB\nc\n"
                                          << "a\nB\nc\n";
}

void TestLineMap::carryOver()
{
    QFETCH(QString, base);
    QFETCH(QString, wanted);
    QFETCH(QString, current);
    QFETCH(QString, expected);
    const auto changes =
        TorchLift::carryOver(base.toStdString(), wanted.toStdString(), current.toStdString());
    QCOMPARE(changes.has_value(), !expected.isEmpty());
    if (changes) {
        QCOMPARE(QString::fromStdString(applyChanges(current.toStdString(), *changes)), expected);
    }
}

void TestLineMap::linesAreFound()
{
    const std::string before = "a\nb\nc\n";
    const std::string after = "a\nnew\nb\nc\n";
    const LineMap map(diffTexts(before, after), 3, 4);
    QCOMPARE(map.toNew(1), 1);
    QCOMPARE(map.toNew(2), 3);
    QCOMPARE(map.toOld(2), 0);
    QCOMPARE(map.toOld(4), 3);
    QCOMPARE(map.nearestNew(99), 4);
}

QTEST_GUILESS_MAIN(TestLineMap)
#include "tst_linemap.moc"
