#include <QtTest/QTest>

#include "corpus/terms.h"

using namespace TorchLift;

namespace {

QString joined(const std::vector<std::string> &words)
{
    QStringList list;
    for (const std::string &word : words) {
        list << QString::fromStdString(word);
    }
    return list.join(' ');
}

} // namespace

class TestTerms : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void terms_data();
    void terms();
    void members();
    void symbols_data();
    void symbols();
    void pullRequests_data();
    void pullRequests();
};

void TestTerms::terms_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("expected");
    QTest::addRow("dotted name") << "torch.nn.functional.softmax"
                                 << "torch.nn.functional.softmax torch nn functional softmax";
    QTest::addRow("snake case") << "cross_entropy"
                                << "cross_entropy cross entropy";
    QTest::addRow("camel case") << "DataParallel"
                                << "dataparallel data parallel";
    QTest::addRow("acronym") << "HTTPServer"
                             << "httpserver http server";
    QTest::addRow("sentence end is no name") << "Use it. Then"
                                             << "use it then";
    QTest::addRow("private module") << "torch._six"
                                    << "torch._six torch _six";
    QTest::addRow("quotes vanish") << "a\"b"
                                   << "a b";
    QTest::addRow("russian") << QString::fromUtf8("удалён gesv")
                             << QString::fromUtf8("удалён удал gesv");
    QTest::addRow("a russian word's forms share a stem")
        << QString::fromUtf8("Деление деления ВЕЩЕСТВЕННОЙ")
        << QString::fromUtf8("Деление делен деления делен ВЕЩЕСТВЕННОЙ веществен");
    QTest::addRow("ё is е in a stem")
        << QString::fromUtf8("Ёлка расчётов") << QString::fromUtf8("Ёлка елк расчётов расчет");
    QTest::addRow("neither language")
        << QString::fromUtf8("naïve 日本") << QString::fromUtf8("naïve 日本");
    QTest::addRow("only signs") << "(*) -> [];"
                                << "";
}

void TestTerms::terms()
{
    QFETCH(QString, text);
    QFETCH(QString, expected);
    QCOMPARE(joined(lexicalTerms(text.toStdString())), expected);
}

void TestTerms::members()
{
    const auto found = memberNamesOf("x = f(a.weight, dim=1, b == 2)\ny.zero_grad()\nz=1.5\nF(");
    QCOMPARE(joined(found), QString("dim weight zero_grad"));
}

void TestTerms::symbols_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("expected");
    QTest::addRow("qualified") << "`torch.gesv` and torch.solve()"
                               << "torch.gesv torch.solve";
    QTest::addRow("short forms") << "nn.Linear, F.softmax, np.float, Tensor.view"
                                 << "numpy.float torch.Tensor.view torch.nn.Linear "
                                    "torch.nn.functional.softmax";
    QTest::addRow("once") << "torch.gesv torch.gesv"
                          << "torch.gesv";
    QTest::addRow("end of sentence") << "Removed torch.gesv."
                                     << "torch.gesv";
    QTest::addRow("other packages") << "os.path.join"
                                    << "";
}

void TestTerms::symbols()
{
    QFETCH(QString, text);
    QFETCH(QString, expected);
    QCOMPARE(joined(symbolsOf(text.toStdString())), expected);
}

void TestTerms::pullRequests_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("expected");
    QTest::addRow("list") << "removed (#148895, #93155)"
                          << "#93155 #148895";
    QTest::addRow("link") << "see https://github.com/pytorch/pytorch/pull/56589."
                          << "#56589";
    QTest::addRow("both once") << "[#123](https://github.com/x/y/pull/123)"
                               << "#123";
    QTest::addRow("no number") << "# heading, #1 and #12abc"
                               << "";
}

void TestTerms::pullRequests()
{
    QFETCH(QString, text);
    QFETCH(QString, expected);
    QCOMPARE(joined(pullRequestsOf(text.toStdString())), expected);
}

QTEST_GUILESS_MAIN(TestTerms)
#include "tst_terms.moc"
