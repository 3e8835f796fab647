#include <QTemporaryDir>
#include <QTest>

#include "base/files.h"
#include "validation/csv.h"
#include "validation/resultstable.h"

using namespace TorchLift;

namespace {

Run ended(Outcome outcome, const std::string &output, const std::string &errors)
{
    Run run;
    run.outcome = outcome;
    run.output = output;
    run.errorOutput = errors;
    return run;
}

// The layout of the tables that people already have.
constexpr const char *kRussian =
    "Unnamed: 0,API,Работает в 1.0.0,Out 1.0.0,Err 1.0.0,Работает в 2.7.0,Out 2.7.0,Err "
    "2.7.0,Работает в 2.7.0 (после RAG),RAG Out 2.7.0,RAG Err 2.7.0\n"
    "Test,torch._six,False,,\"File \"\"x.py\"\", line 2\nSyntaxError\",False,,bad,True,OK,\n";
constexpr const char *kEnglish =
    ",API,Is work in 1.0.0,Out 1.0.0,Err 1.0.0,Is work in 2.7.0,Out 2.7.0,Err 2.7.0,Is work in "
    "2.7.0 (после RAG),RAG Out 2.7.0,RAG Err 2.7.0\r\n"
    "0,torch.gesv,True,1.0,,False,,AttributeError,True,1.0,\r\n"
    "1,torch.symeig,,,,False,,,True,,\r\n";

} // namespace

class TestResultsTable : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void headingsAreStable();
    void roundTrip();
    void pinnedBytes();
    void russianHeadings();
    void englishHeadings();
    void otherOrderAndSemicolons();
    void folderOfModels();
    void badTables_data();
    void badTables();
};

void TestResultsTable::headingsAreStable()
{
    const std::vector<std::string> first(resultColumns().begin(), resultColumns().begin() + 11);
    const std::vector<std::string> expected{"API",
                                            "Is work in 1.0.0",
                                            "Out 1.0.0",
                                            "Err 1.0.0",
                                            "Is work in 2.7.0",
                                            "Out 2.7.0",
                                            "Err 2.7.0",
                                            "Is work in 2.7.0 (RAG)",
                                            "RAG Out 2.7.0",
                                            "RAG Err 2.7.0",
                                            "Verdict"};
    QCOMPARE(first, expected);
}

void TestResultsTable::roundTrip()
{
    ResultRow row;
    row.api = "torch.gesv";
    row.oldAtSource = ended(Outcome::Ok, "a, \"b\"\nc\n", "");
    row.oldAtTarget = ended(Outcome::Timeout, "", "");
    row.newAtTarget = ended(Outcome::Ok, "привет\r\n", "warning");
    row.verdict = Verdict{VerdictKind::Equal, {}, 3};
    const auto rows = resultsFromCsv(resultsToCsv({row, ResultRow{}}));
    QVERIFY2(rows, rows ? "" : rows.error().detail.c_str());
    QCOMPARE(rows->size(), std::size_t{2});
    const ImportedRow &read = rows->front();
    QCOMPARE(read.api, row.api);
    QCOMPARE(read.worksOldAtSource, std::optional(true));
    QCOMPARE(read.worksOldAtTarget, std::optional(false));
    QCOMPARE(read.outOldAtSource, row.oldAtSource->output);
    QCOMPARE(read.errOldAtTarget, std::string("timeout"));
    QCOMPARE(read.outNewAtTarget, row.newAtTarget->output);
    QCOMPARE(read.verdict, std::string("equal"));
    QVERIFY(!rows->at(1).worksNewAtTarget);
}

void TestResultsTable::pinnedBytes()
{
    QCOMPARE(csvLine({"a", "", "x,y", "say \"so\"", "two\nlines"}),
             std::string("a,,\"x,y\",\"say \"\"so\"\"\",\"two\nlines\"\r\n"));
}

void TestResultsTable::russianHeadings()
{
    const auto rows = resultsFromCsv(kRussian);
    QVERIFY2(rows, rows ? "" : rows.error().detail.c_str());
    QCOMPARE(rows->size(), std::size_t{1});
    const ImportedRow &row = rows->front();
    QCOMPARE(row.api, std::string("torch._six"));
    QCOMPARE(row.worksOldAtSource, std::optional(false));
    QCOMPARE(row.worksNewAtTarget, std::optional(true));
    QCOMPARE(row.errOldAtSource, std::string("File \"x.py\", line 2\nSyntaxError"));
    QCOMPARE(row.outNewAtTarget, std::string("OK"));
    QVERIFY(row.verdict.empty());
}

void TestResultsTable::englishHeadings()
{
    const auto rows = resultsFromCsv(std::string("\xEF\xBB\xBF") + kEnglish);
    QVERIFY2(rows, rows ? "" : rows.error().detail.c_str());
    QCOMPARE(rows->size(), std::size_t{2});
    QCOMPARE(rows->at(0).errOldAtTarget, std::string("AttributeError"));
    QVERIFY(!rows->at(1).worksOldAtSource);
}

void TestResultsTable::otherOrderAndSemicolons()
{
    const auto rows = resultsFromCsv(
        "RAG Err 2.7.0;RAG Out 2.7.0;Is work in 2.7.0 (RAG);Err 2.7.0;Out 2.7.0;Is work in 2.7.0;"
        "Err 1.0.0;Out 1.0.0;Is work in 1.0.0;API;Extra\ne;o;True;;;False;;;True;torch.x;1\n");
    QVERIFY2(rows, rows ? "" : rows.error().detail.c_str());
    QCOMPARE(rows->front().api, std::string("torch.x"));
    QCOMPARE(rows->front().outNewAtTarget, std::string("o"));
}

void TestResultsTable::folderOfModels()
{
    const QTemporaryDir folder;
    const std::filesystem::path path = folder.path().toStdString();
    QVERIFY(!importResults(path));
    QVERIFY(writeFileAtomically(path / "e5-large.csv", kRussian));
    QVERIFY(writeFileAtomically(path / "MiniLM.csv", kEnglish));
    QVERIFY(writeFileAtomically(path / "notes.txt", "no table"));
    const auto rows = importResults(path);
    QVERIFY2(rows, rows ? "" : rows.error().detail.c_str());
    QCOMPARE(rows->size(), std::size_t{3});
    QCOMPARE(rows->at(0).model, std::string("MiniLM"));
    QCOMPARE(rows->at(0).api, std::string("torch.gesv"));
    QCOMPARE(rows->at(2).model, std::string("e5-large"));
    QVERIFY(importResults(path / "MiniLM.csv")->front().model.empty());
    QVERIFY(writeFileAtomically(path / "bad.csv", "API\n1\n"));
    const auto bad = importResults(path);
    QVERIFY(!bad);
    QVERIFY(bad.error().subject.find("bad.csv") != std::string::npos);
}

void TestResultsTable::badTables_data()
{
    QTest::addColumn<QByteArray>("csv");
    QTest::addColumn<QString>("said");
    const std::string header = csvLine(resultColumns());
    QTest::addRow("empty") << QByteArray() << u"empty"_qs;
    QTest::addRow("no such column") << QByteArray("API,Other\na,b\n") << u"Is work in 1.0.0"_qs;
    QTest::addRow("open quote") << QByteArray((header + "\"never closed").c_str())
                                << u"line 2: a quote"_qs;
    QTest::addRow("text behind a quote")
        << QByteArray((header + "\"a\"b,c\n").c_str()) << u"line 2: text behind"_qs;
    QTest::addRow("too few fields") << QByteArray((header + "a,b\n").c_str()) << u"line 2: 2"_qs;
    QTest::addRow("no truth value")
        << QByteArray((std::string(kRussian) + "T,x,perhaps,,,,,,,,\n").c_str()) << u"perhaps"_qs;
    QTest::addRow("binary") << QByteArray("\x00\x01\x02,\xff", 5) << u"Is work"_qs;
}

void TestResultsTable::badTables()
{
    QFETCH(QByteArray, csv);
    QFETCH(QString, said);
    const auto rows = resultsFromCsv(csv.toStdString());
    QVERIFY(!rows);
    QCOMPARE(rows.error().code, Errc::InvalidInput);
    const QString detail = QString::fromStdString(rows.error().detail);
    QVERIFY2(detail.contains(said) || csv.startsWith('\0'), qPrintable(detail));
}

QTEST_GUILESS_MAIN(TestResultsTable)
#include "tst_resultstable.moc"
