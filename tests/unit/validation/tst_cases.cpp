#include <QTemporaryDir>
#include <QTest>

#include "base/files.h"
#include "validation/cases.h"

using namespace TorchLift;

/// Batches of cases: every layout gives the same, and one bad case spoils no other.
class TestCases : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void layouts_data();
    void layouts();
    void badCases_data();
    void badCases();
    void badFiles_data();
    void badFiles();

private:
    void write(const char *name, const std::string &text) const;
    [[nodiscard]] std::filesystem::path path(const char *name) const
    {
        return std::filesystem::path(m_folder->path().toStdString()) / name;
    }

    std::unique_ptr<QTemporaryDir> m_folder;
};

void TestCases::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    write("code/a_old.py", "x = 1\n");
    write("code/a_new.py", "x = 2\n");
    write("code/b/old.py", "y = 1\n");
    write("code/b/new.py", "y = 2\n");
}

void TestCases::write(const char *name, const std::string &text) const
{
    std::filesystem::create_directories(path(name).parent_path());
    QVERIFY(writeFileAtomically(path(name), text));
}

void TestCases::layouts_data()
{
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<QByteArray>("text");
    QTest::addRow("array") << QByteArray("c.json")
                           << QByteArray(R"([{"name": "a", "old": "x = 1\n", "new": "x = 2\n"},
                               {"name": "b", "old": "code/b/old.py", "new": "code/b/new.py"}])");
    QTest::addRow("object") << QByteArray("c.json") << QByteArray(R"({"cases": [
        {"name": "a", "old": "code/a_old.py", "new": "x = 2\n", "note": 1},
        {"name": "b", "old": "code/b/old.py", "new": "code/b/new.py"}]})");
    QTest::addRow("lines") << QByteArray("c.jsonl")
                           << QByteArray("{\"name\": \"a\", \"old\": \"code/a_old.py\", \"new\": "
                                         "\"code/a_new.py\"}\r\n\n{\"name\": \"b\", \"old\": \"y = "
                                         "1\\n\", \"new\": \"y = 2\\n\"}");
    QTest::addRow("table") << QByteArray("c.csv")
                           << QByteArray("new,name,old\r\n\"x = 2\n\",a,code/a_old.py\r\n"
                                         "code/b/new.py,b,\"y = 1\n\"\r\n");
    QTest::addRow("folder") << QByteArray("code") << QByteArray();
}

void TestCases::layouts()
{
    QFETCH(QByteArray, name);
    QFETCH(QByteArray, text);
    if (!text.isEmpty()) {
        write(name.constData(), text.toStdString());
    }
    const auto cases = readCases(path(name.constData()));
    QVERIFY2(cases, cases ? "" : cases.error().detail.c_str());
    QCOMPARE(cases->size(), 2U);
    const std::vector<std::vector<std::string>> wanted{{"a", "x = 1\n", "x = 2\n", ""},
                                                       {"b", "y = 1\n", "y = 2\n", ""}};
    for (std::size_t i = 0; i < 2; ++i) {
        const BatchCase &one = (*cases)[i];
        QVERIFY((std::vector{one.name, one.oldCode, one.newCode, one.fault}) == wanted[i]);
    }
}

void TestCases::badCases_data()
{
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("fault"); // of the first of two
    const QByteArray good = R"({"name": "g", "old": "x = 1", "new": "x = 2"})";
    const auto row = [&](const char *label, const QByteArray &bad, const char *fault) {
        QTest::addRow("%s", label)
            << QByteArray("c.jsonl") << bad + "\n" + good << QByteArray(fault);
    };
    row("no JSON", "{nonsense", "line 1: no JSON object with \"name\", \"old\" and \"new\"");
    row("no new code", R"({"name": "a", "old": "x"})", "line 1: \"new\" is missing");
    row("empty code", R"({"name": "a", "old": "", "new": "x"})", "line 1: \"old\" is missing");
    row("a number", R"({"name": 1, "old": "x", "new": "y"})", "line 1: \"name\" is no string");
    row("no file", R"({"name": "a", "old": "x", "new": "none.py"})", "none.py: No such file");
    QTest::addRow("short record") << QByteArray("c.csv") << QByteArray("name,old,new\na,x\ng,x,y\n")
                                  << QByteArray("line 2: \"new\" is missing");
}

void TestCases::badCases()
{
    QFETCH(QByteArray, name);
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, fault);
    write(name.constData(), text.toStdString());
    const auto cases = readCases(path(name.constData()));
    QVERIFY2(cases, cases ? "" : cases.error().detail.c_str());
    QCOMPARE(cases->size(), 2U);
    QVERIFY2(cases->front().fault.find(fault.toStdString()) != std::string::npos,
             cases->front().fault.c_str());
    QVERIFY(!cases->front().name.empty());
    QCOMPARE(cases->back().name, std::string("g"));
    QVERIFY(cases->back().fault.empty());
}

void TestCases::badFiles_data()
{
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("detail");
    QTest::addRow("another ending")
        << QByteArray("c.txt") << QByteArray("x") << QByteArray(".jsonl");
    QTest::addRow("no array") << QByteArray("c.json") << QByteArray("3") << QByteArray("array");
    QTest::addRow("no JSON") << QByteArray("c.json") << QByteArray("[") << QByteArray("array");
    QTest::addRow("no case") << QByteArray("c.jsonl") << QByteArray("\n \n")
                             << QByteArray("no case");
    QTest::addRow("no column") << QByteArray("c.csv") << QByteArray("name,new\na,b\n")
                               << QByteArray("\"old\"");
    QTest::addRow("open quote") << QByteArray("c.csv") << QByteArray("old,new\n\"a,b\n")
                                << QByteArray("line 2");
    QTest::addRow("folder without")
        << QByteArray("code/b") << QByteArray() << QByteArray("neither");
}

void TestCases::badFiles()
{
    QFETCH(QByteArray, name);
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, detail);
    if (!text.isEmpty()) {
        write(name.constData(), text.toStdString());
    }
    const auto cases = readCases(path(name.constData()));
    QVERIFY(!cases);
    QVERIFY2(cases.error().detail.find(detail.toStdString()) != std::string::npos,
             cases.error().detail.c_str());
    QVERIFY(cases.error().subject.find(name.toStdString()) != std::string::npos);
}

QTEST_GUILESS_MAIN(TestCases)
#include "tst_cases.moc"
