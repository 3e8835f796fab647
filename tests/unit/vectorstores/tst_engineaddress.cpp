#include <QtTest>

#include "vectorstores/engineaddress.h"
#include "vectorstores/vectorstores.h"

using namespace TorchLift;

class TestEngineAddress : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void good_data();
    void good();
    void bad_data();
    void bad();
    void namesAreNeverAPartOfMessages();
    void keysOnlyOverTls();
};

void TestEngineAddress::good_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("base");
    QTest::addColumn<QString>("whole");
    QTest::addRow("qdrant") << "qdrant://10.0.0.1:7000/notes"
                            << "http://10.0.0.1:7000"
                            << "qdrant://10.0.0.1:7000/notes";
    QTest::addRow("usual port") << "qdrant://engine/torch-notes"
                                << "http://engine:6333"
                                << "qdrant://engine:6333/torch-notes";
    QTest::addRow("tls") << "qdrant+https://engine/notes"
                         << "https://engine:6333"
                         << "qdrant+https://engine:6333/notes";
    QTest::addRow("milvus") << "milvus://engine/notes"
                            << "http://engine:19530"
                            << "milvus://engine:19530/notes";
    QTest::addRow("milvus, other port beside") << "milvus+https://engine/notes?admin=9092"
                                               << "https://engine:19530"
                                               << "milvus+https://engine:19530/notes?admin=9092";
    QTest::addRow("ipv6") << "milvus://[::1]:1234/notes"
                          << "http://[::1]:1234"
                          << "milvus://[::1]:1234/notes";
}

void TestEngineAddress::good()
{
    QFETCH(QString, text);
    const auto address = EngineAddress::parse(text.toStdString());
    QVERIFY2(address, address ? "" : address.error().detail.c_str());
    QTEST(QString::fromStdString(address->baseUrl()), "base");
    QTEST(QString::fromStdString(address->toString()), "whole");
    const auto again = EngineAddress::parse(address->toString());
    QVERIFY(again && again->toString() == address->toString());
}

void TestEngineAddress::bad_data()
{
    QTest::addColumn<QString>("text");
    for (const char *text : {"",
                             "notes",
                             "qdrant://",
                             "qdrant://engine",
                             "qdrant://engine/",
                             "http://engine/notes",
                             "chroma://engine/notes",
                             "qdrant://engine:0/notes",
                             "qdrant://engine:99999/notes",
                             "qdrant://engine/a/b",
                             "qdrant://engine/a b",
                             "qdrant://engine/..",
                             "qdrant://engine/a%2Fb",
                             "qdrant://engine/1a",
                             "milvus://engine/a-b",
                             "milvus://engine/a?admin=x",
                             "milvus://engine/a?admin=0",
                             "qdrant://engine/a?admin=5",
                             "milvus://engine/a?key=5",
                             "milvus://engine/a#b",
                             "qdrant://engine/\xD0\xBD",
                             "script.py"}) {
        QTest::addRow("%s", text) << QString::fromUtf8(text);
    }
}

void TestEngineAddress::bad()
{
    QFETCH(QString, text);
    const auto address = EngineAddress::parse(text.toStdString());
    QVERIFY(!address);
    QCOMPARE(address.error().code, Errc::InvalidArgument);
    QVERIFY(!address.error().remedy.empty());
}

void TestEngineAddress::namesAreNeverAPartOfMessages()
{
    for (const char *text :
         {"qdrant://hunter2@engine/notes", "milvus://root:hunter2@engine/notes"}) {
        const auto address = EngineAddress::parse(text);
        QVERIFY(!address);
        const Error &error = address.error();
        QVERIFY((error.detail + error.subject + error.remedy).find("hunter2") == std::string::npos);
    }
}

void TestEngineAddress::keysOnlyOverTls()
{
    EngineOptions options;
    options.address = "qdrant://engine.invalid/notes";
    options.key = "secret";
    QCOMPARE(openCollection(options, {}).error().code, Errc::Refused);
    options.address = "qdrant+https://engine.invalid/notes";
    options.key = "two\nlines";
    QCOMPARE(openCollection(options, {}).error().code, Errc::InvalidArgument);
}

QTEST_GUILESS_MAIN(TestEngineAddress)
#include "tst_engineaddress.moc"
