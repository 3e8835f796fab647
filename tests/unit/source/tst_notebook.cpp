#include "source/notebook.h"

#include <QTest>

using namespace TorchLift;

namespace {

QByteArray notebook(const QByteArray &cells, const QByteArray &language = "python")
{
    return "{\n \"cells\": [\n" + cells + "\n ],\n \"metadata\": {\"language_info\": {\"name\": \""
           + language + "\"}},\n \"nbformat\": 4, \"nbformat_minor\": 2\n}\n";
}

QByteArray codeCell(const QByteArray &source)
{
    return "  {\"cell_type\": \"code\", \"metadata\": {\"a\": [\"}\", 1.50e3]}, \"outputs\": "
           "[{\"text\": [\"source \\u00e9\\n\"]}],\n   \"source\": "
           + source + "}";
}

} // namespace

class TestNotebook : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void untouchedCodeGivesTheSameBytes_data();
    void untouchedCodeGivesTheSameBytes();
    void codeIsPythonOfAllCells();
    void magicsOnlyWhereStatementsBegin_data();
    void magicsOnlyWhereStatementsBegin();
    void changedMagics();
    void separatorsStay_data();
    void separatorsStay();
    void lostMagics();
    void changedCellsAlone();
    void cellsThatLostTheirMarks();
    void refuses_data();
    void refuses();
};

void TestNotebook::untouchedCodeGivesTheSameBytes_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::newRow("no cells") << notebook("");
    QTest::newRow("lines") << notebook(codeCell("[\"x = 1\\n\", \"y = 2\"]"));
    QTest::newRow("one string") << notebook(codeCell("\"x = 'caf\\u00e9 \\\\'\\ny\""));
    QTest::newRow("empty sources") << notebook(codeCell("[]") + "," + codeCell("\"\""));
    QTest::newRow("magics") << notebook(codeCell("[\"%matplotlib inline\\n\", \"!ls \\\\\\n\", "
                                                 "\"  -l\\n\", \"if a:\\n\", \"    %time f()\\n\","
                                                 " \"x = !ls\\n\", \"f?\"]"));
    QTest::newRow("cell magic") << notebook(codeCell("[\"%%bash\\n\", \"ls (\"]"));
    QTest::newRow("magics and Windows line ends")
        << notebook(codeCell(R"j(["!pip install \\\r\n", "  x\r\n", "y = 1\r\n"])j"));
    QTest::newRow("a cell magic with blank lines")
        << notebook(codeCell(R"j(["%%writefile a.py\n", "\n", "  if x:\n", "\tprint(1)"])j"));
    QTest::newRow("text between") << notebook(
        codeCell("\"a\"") + ", {\"cell_type\": \"markdown\", \"source\": [\"# torchlift\"]}, "
        + codeCell("\"b\""));
}

void TestNotebook::untouchedCodeGivesTheSameBytes()
{
    QFETCH(QByteArray, json);
    const auto read = Notebook::parse(json.toStdString());
    QVERIFY2(read, read ? "" : read.error().detail.c_str());
    const auto written = read->withCode(read->code());
    QVERIFY(written);
    QCOMPARE(QByteArray::fromStdString(*written), json);
}

void TestNotebook::codeIsPythonOfAllCells()
{
    const auto read =
        Notebook::parse(notebook(codeCell("[\"%matplotlib inline\\n\", \"import torch\"]") + ",\n"
                                 + "{\"cell_type\": \"markdown\", \"source\": \"text\"},\n"
                                 + codeCell("[\"%%time\\n\", \"if x:\\n\", \"    !ls\"]") + ","
                                 + codeCell("\"%%bash\\nls\""))
                            .toStdString());
    QVERIFY(read);
    const QByteArray code = QByteArray::fromStdString(read->code());
    QVERIFY(code.contains("\nimport torch\n"));
    QVERIFY(code.contains("if x:\n    pass  # torchlift:     !ls\n"));
    QVERIFY(code.contains("\npass  # torchlift: %%bash\npass  # torchlift: ls\n"));
    const auto line = static_cast<int>(code.left(code.indexOf("if x")).count('\n')) + 1;
    QCOMPARE(read->placeOf(line).cell, 3);
    QCOMPARE(read->placeOf(line).line, 2);
}

void TestNotebook::magicsOnlyWhereStatementsBegin_data()
{
    QTest::addColumn<QByteArray>("source"); // of a cell, as JSON
    QTest::addColumn<int>("magics");
    QTest::newRow("in a string") << QByteArray(R"j("s = '''\n!ls\n%time x\n'''\n!pwd")j") << 1;
    QTest::newRow("in brackets") << QByteArray(R"j("x = (a\n%b)\n%time y")j") << 1;
    QTest::newRow("a continued line") << QByteArray(R"j("x = a \\\n%b\n")j") << 0;
    QTest::newRow("a bracket in a comment") << QByteArray(R"j("x = 1 # (\n%time y")j") << 1;
    QTest::newRow("a bracket in a string") << QByteArray(R"j("x = '(\"'\n%time y")j") << 1;
    QTest::newRow("a string that is never closed") << QByteArray(R"j("x = '(\n%time y")j") << 1;
    QTest::newRow("brackets of a magic") << QByteArray(R"j("!echo (\n%time y")j") << 2;
    QTest::newRow("operators") << QByteArray(R"j("x != 1\nx = a %b\nf'{x!r}'")j") << 0;
}

void TestNotebook::magicsOnlyWhereStatementsBegin()
{
    QFETCH(QByteArray, source);
    const QByteArray json = notebook(codeCell(source));
    const auto read = Notebook::parse(json.toStdString());
    QVERIFY2(read, read ? "" : read.error().detail.c_str());
    QTEST(int(QByteArray::fromStdString(read->code())
                  .count(QByteArray::fromStdString(read->magicPrefix()))),
          "magics");
    QCOMPARE(QByteArray::fromStdString(*read->withCode(read->code())), json);
}

void TestNotebook::changedMagics()
{
    const QByteArray before = R"j(["if x:\n", "    !pip install torch==1.0\n", "y = 1"])j";
    const auto read = Notebook::parse(notebook(codeCell(before)).toStdString());
    QVERIFY(read);
    QByteArray code = QByteArray::fromStdString(read->code());
    code.replace("torch==1.0", "torch==2.7.0");
    const auto written = read->withCode(code.toStdString());
    QVERIFY(written);
    QByteArray after = before;
    after.replace("torch==1.0", "torch==2.7.0");
    QCOMPARE(QByteArray::fromStdString(*written), notebook(codeCell(after)));
}

void TestNotebook::separatorsStay_data()
{
    QTest::addColumn<QByteArray>("before");
    QTest::addColumn<QByteArray>("after");
    QTest::newRow("compact") << QByteArray(R"j(["x = 1\n","y"])j")
                             << QByteArray(R"j(["x = 2\n","y"])j");
    QTest::newRow("blanks") << QByteArray(R"j([ "x = 1\n" , "y" ])j")
                            << QByteArray(R"j([ "x = 2\n" , "y" ])j");
    QTest::newRow("one line grows") << QByteArray(R"j(["x = 1"])j") << QByteArray(R"j(["x = 2"])j");
    QTest::newRow("quotes") << QByteArray(R"j(["x = 1 # \"\n","y"])j")
                            << QByteArray(R"j(["x = 2 # \"\n","y"])j");
}

void TestNotebook::separatorsStay()
{
    QFETCH(QByteArray, before);
    QFETCH(QByteArray, after);
    const auto read = Notebook::parse(notebook(codeCell(before)).toStdString());
    QVERIFY(read);
    QByteArray code = QByteArray::fromStdString(read->code());
    const auto written = read->withCode(code.replace("= 1", "= 2").toStdString());
    QVERIFY(written);
    QCOMPARE(QByteArray::fromStdString(*written), notebook(codeCell(after)));
}

void TestNotebook::lostMagics()
{
    const auto read = Notebook::parse(notebook(codeCell(R"j("!ls\nx = 1")j")).toStdString());
    QVERIFY(read);
    QByteArray code = QByteArray::fromStdString(read->code());
    code.replace(QByteArray::fromStdString(read->magicPrefix()) + "!ls\n", "");
    QVERIFY(!read->withCode(code.toStdString()));
}

void TestNotebook::changedCellsAlone()
{
    const QByteArray first = codeCell("[\n    \"%pylab\\n\",\n    \"x = 'é'\"\n   ]");
    const QByteArray second = codeCell("\"y = 2\"");
    const auto read = Notebook::parse(notebook(first + ",\n" + second).toStdString());
    QVERIFY(read);
    QByteArray code = QByteArray::fromStdString(read->code());
    code.replace("x = 'é'", "import math\nx = 'ü'");
    const auto written = read->withCode(code.toStdString());
    QVERIFY(written);
    const QByteArray changed =
        codeCell("[\n    \"%pylab\\n\",\n    \"import math\\n\",\n    \"x = 'ü'\"\n   ]");
    QCOMPARE(QByteArray::fromStdString(*written), notebook(changed + ",\n" + second));
}

void TestNotebook::cellsThatLostTheirMarks()
{
    const auto read = Notebook::parse(notebook(codeCell("\"x\"")).toStdString());
    QVERIFY(read);
    const auto written = read->withCode("x = 1\n");
    QVERIFY(!written);
    QVERIFY(written.error().code == Errc::InvalidInput);
}

void TestNotebook::refuses_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::newRow("nothing") << QByteArray();
    QTest::newRow("cut off") << notebook(codeCell("\"x\"")).left(60);
    QTest::newRow("a list") << QByteArray("[1, 2]");
    QTest::newRow("format 3") << QByteArray("{\"nbformat\": 3, \"worksheets\": []}");
    QTest::newRow("another language") << notebook(codeCell("\"x <- 1\""), "R");
    QTest::newRow("cells of another kind") << notebook("1, 2");
    QTest::newRow("source is a number") << notebook(codeCell("1"));
    QTest::newRow("cells is a number")
        << QByteArray("{\"nbformat\": 4, \"metadata\": {}, \"cells\": 3}");
    QTest::newRow("deep") << QByteArray(100'000, '[');
    QTest::newRow("invalid UTF-8") << notebook(codeCell("\"\xff\""));
}

void TestNotebook::refuses()
{
    QFETCH(QByteArray, json);
    const auto read = Notebook::parse(json.toStdString());
    QVERIFY(!read);
    QVERIFY(read.error().code == Errc::InvalidInput);
    QVERIFY(read.error().detail.find("notebook") != std::string::npos);
}

QTEST_GUILESS_MAIN(TestNotebook)
#include "tst_notebook.moc"
