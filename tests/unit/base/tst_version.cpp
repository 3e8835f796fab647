#include <QTest> // first: moc 6.4 cannot read a <compare> that comes before other headers

#include "base/version.h"

using namespace TorchLift;

class TestVersion : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void parse_data();
    void parse();
    void comparesNumerically();
    void isWrittenInFullAndShort();
};

void TestVersion::parse_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("expected"); // empty: not a version

    QTest::addRow("two numbers") << "1.0"
                                 << "1.0.0";
    QTest::addRow("three numbers") << "1.13.1"
                                   << "1.13.1";
    QTest::addRow("four numbers") << "1.2.3.4"
                                  << "1.2.3";
    QTest::addRow("tag") << "v2.7.0"
                         << "2.7.0";
    QTest::addRow("local build") << "2.7.0+cu126"
                                 << "2.7.0";
    QTest::addRow("alpha") << "1.0.0a1"
                           << "1.0.0";
    QTest::addRow("release candidate") << "2.0rc2"
                                       << "2.0.0";
    QTest::addRow("development") << "1.5.dev20200101"
                                 << "1.5.0";
    QTest::addRow("post") << "0.4.1.post2"
                          << "0.4.1";
    QTest::addRow("greatest number") << "1.9999"
                                     << "1.9999.0";

    QTest::addRow("empty") << ""
                           << "";
    QTest::addRow("a letter") << "v"
                              << "";
    QTest::addRow("one number") << "2"
                                << "";
    QTest::addRow("word") << "latest"
                          << "";
    QTest::addRow("wildcard") << "1.x"
                              << "";
    QTest::addRow("wildcard at the third") << "1.2.x"
                                           << "";
    QTest::addRow("dot at the end") << "1.2."
                                    << "";
    QTest::addRow("sign at the end") << "1.2+"
                                     << "";
    QTest::addRow("blank before") << " 1.0"
                                  << "";
    QTest::addRow("blank after") << "1.0 "
                                 << "";
    QTest::addRow("negative") << "-1.0"
                              << "";
    QTest::addRow("negative minor") << "1.-2"
                                    << "";
    QTest::addRow("too great") << "1.10000"
                               << "";
    QTest::addRow("greater than int") << "99999999999999999999.0"
                                      << "";
}

void TestVersion::parse()
{
    QFETCH(QString, text);
    QFETCH(QString, expected);
    const std::optional<Version> version = Version::parse(text.toStdString());
    QCOMPARE(version ? QString::fromStdString(version->toString()) : QString(), expected);
}

void TestVersion::comparesNumerically()
{
    QVERIFY(*Version::parse("1.10") > *Version::parse("1.9.1"));
    QVERIFY(*Version::parse("0.4.1") < *Version::parse("1.0"));
    QVERIFY(*Version::parse("2.7") == *Version::parse("v2.7.0+cpu"));
}

void TestVersion::isWrittenInFullAndShort()
{
    const Version version{1, 13, 0};
    QCOMPARE(version.toString(), std::string("1.13.0"));
    QCOMPARE(version.toShortString(), std::string("1.13"));
}

QTEST_GUILESS_MAIN(TestVersion)
#include "tst_version.moc"
