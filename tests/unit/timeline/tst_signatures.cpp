#include <QTest>

#include <string>

#include "timeline/signatures.h"
#include "timeline/similarnames.h"

using namespace TorchLift;

namespace {

QString joined(const std::vector<std::string> &names)
{
    QStringList list;
    for (const std::string &name : names) {
        list << QString::fromStdString(name);
    }
    return list.join(QLatin1Char(' '));
}

} // namespace

class TestSignatures : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void names_data();
    void names();
    void lost_data();
    void lost();
    void opaque();
    void distance_data();
    void distance();
};

void TestSignatures::names_data()
{
    QTest::addColumn<QString>("parameters");
    QTest::addColumn<QString>("expected");
    QTest::addRow("none") << "()"
                          << "";
    QTest::addRow("not known") << ""
                               << "";
    QTest::addRow("defaults") << "(input, dim=None)"
                              << "input dim";
    QTest::addRow("marks are no names") << "(a, /, b, *, c=1)"
                                        << "a b c";
    QTest::addRow("stars stay") << "(*size, **options)"
                                << "*size **options";
    QTest::addRow("default in brackets") << "(betas=(0.9, 0.999), eps=1e-08)"
                                         << "betas eps";
    QTest::addRow("default with bracket and comma in quotes") << "(mode='),(', n=2)"
                                                              << "mode n";
    QTest::addRow("overloads together, each once") << "(input) | (input, dim=0) | (input, other)"
                                                   << "input dim other";
    QTest::addRow("cut off") << "(input, dim"
                             << "input";
}

void TestSignatures::names()
{
    QFETCH(QString, parameters);
    QFETCH(QString, expected);
    QCOMPARE(joined(parameterNames(parameters.toStdString())), expected);
}

void TestSignatures::lost_data()
{
    QTest::addColumn<QString>("before");
    QTest::addColumn<QString>("after");
    QTest::addColumn<QString>("expected");
    QTest::addRow("renamed") << "(a, async=False)"
                             << "(a, non_blocking=False)"
                             << "async";
    QTest::addRow("only added") << "(a)"
                                << "(a, b=1)"
                                << "";
    QTest::addRow("moved") << "(a, b)"
                           << "(b, a)"
                           << "";
    QTest::addRow("taken by another overload") << "(a, b)"
                                               << "(a) | (a, b)"
                                               << "";
    QTest::addRow("any keyword is taken") << "(a, b)"
                                          << "(*args, **kwargs)"
                                          << "";
    QTest::addRow("all went") << "(a, b)"
                              << "()"
                              << "a b";
}

void TestSignatures::lost()
{
    QFETCH(QString, before);
    QFETCH(QString, after);
    QFETCH(QString, expected);
    QCOMPARE(joined(lostParameters(before.toStdString(), after.toStdString())), expected);
}

void TestSignatures::opaque()
{
    QVERIFY(isOpaque(""));
    QVERIFY(isOpaque("(*args, **kwargs)"));
    QVERIFY(!isOpaque("()"));
    QVERIFY(!isOpaque("(input, **kwargs)"));
}

void TestSignatures::distance_data()
{
    QTest::addColumn<QString>("left");
    QTest::addColumn<QString>("right");
    QTest::addColumn<int>("expected");
    QTest::addRow("same") << "solve"
                          << "solve" << 0;
    QTest::addRow("one left out") << "solve"
                                  << "slve" << 1;
    QTest::addRow("one put in") << "solve"
                                << "sollve" << 1;
    QTest::addRow("one changed") << "solve"
                                 << "solbe" << 1;
    QTest::addRow("two swapped") << "solve"
                                 << "sovle" << 1;
    QTest::addRow("two") << "solve"
                         << "olv" << 2;
    QTest::addRow("more than the limit") << "solve"
                                         << "cross" << 3;
    QTest::addRow("much longer") << "a"
                                 << "abcdef" << 3;
    QTest::addRow("empty") << ""
                           << "ab" << 2;
}

void TestSignatures::distance()
{
    QFETCH(QString, left);
    QFETCH(QString, right);
    QFETCH(int, expected);
    const auto steps = editDistance(left.toStdString(), right.toStdString(), 2);
    QCOMPARE(static_cast<int>(steps), expected);
}

QTEST_GUILESS_MAIN(TestSignatures)
#include "tst_signatures.moc"
