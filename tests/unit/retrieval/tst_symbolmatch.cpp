#include <QtTest/QTest>

#include "retrieval/fusion.h"
#include "retrieval/symbolmatch.h"

using namespace TorchLift;

class TestSymbolMatch : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void match_data();
    void match();
    void strongestEvidenceWins();
    void codeCallsMembers();
    void operatorsWeighLess();
    void questionSpellsNamesOut();
    void sharedRanks();
    void overlap();
};

void TestSymbolMatch::match_data()
{
    QTest::addColumn<QString>("asked");
    QTest::addColumn<QString>("named");
    QTest::addColumn<double>("expected");
    QTest::addRow("same") << "torch.gesv"
                          << "torch.gesv" << 1.0;
    QTest::addRow("method of a function") << "torch.Tensor.gesv"
                                          << "torch.gesv" << 0.8;
    QTest::addRow("function of a method") << "torch.gesv"
                                          << "torch.Tensor.gesv" << 0.8;
    QTest::addRow("module") << "torch._six.inf"
                            << "torch._six" << 0.5;
    QTest::addRow("module that is everywhere") << "torch.nn.Linear"
                                               << "torch.nn" << 0.0;
    QTest::addRow("longer name") << "torch.gesv"
                                 << "torch.gesv_out" << 0.0;
    QTest::addRow("shorter name") << "torch.gesv_out"
                                  << "torch.gesv" << 0.0;
    QTest::addRow("same end elsewhere") << "torch.nn.functional.norm"
                                        << "torch.norm" << 0.0;
    QTest::addRow("operator") << "torch.Tensor.__gt__"
                              << "torch.gt" << 0.8;
    QTest::addRow("operator, reflected") << "torch.Tensor.__rsub__"
                                         << "torch.sub" << 0.8;
    QTest::addRow("operator by another name") << "torch.Tensor.__ifloordiv__"
                                              << "torch.floor_divide" << 0.8;
    QTest::addRow("operator that begins with i") << "torch.Tensor.__invert__"
                                                 << "torch.bitwise_not" << 0.8;
    QTest::addRow("guess by name") << "register_backward_hook"
                                   << "torch.nn.Module.register_backward_hook" << 0.8;
    QTest::addRow("other package") << "numpy.float"
                                   << "torch.float" << 0.0;
}

void TestSymbolMatch::match()
{
    QFETCH(QString, asked);
    QFETCH(QString, named);
    QFETCH(double, expected);
    const std::vector names = {std::string("torch.unrelated"), named.toStdString()};
    QCOMPARE(symbolMatch(asked.toStdString(), names), expected);
}

void TestSymbolMatch::strongestEvidenceWins()
{
    std::vector<Use> uses(4);
    uses[3].symbol = "torch"; // a package alone asks nothing
    uses[0].symbol = uses[1].symbol = "torch.Tensor.gesv";
    uses[0].evidence = Evidence::NameOnly;
    uses[1].evidence = Evidence::Inferred;
    uses[2].symbol = "torch.ones";
    const auto symbols = symbolsOfQuery(uses, "x.gesv(torch.ones(2)), no_name");
    QCOMPARE(symbols.size(), size_t(2));
    QCOMPARE(symbols[0].weight, 0.9);
    QVERIFY(symbols[0].isCertain);
    QCOMPARE(symbols[1].name, std::string("torch.ones"));
}

// Members and arguments of code whose owner is not known are guesses.
void TestSymbolMatch::codeCallsMembers()
{
    std::vector<Use> uses(1);
    uses[0].symbol = "torch.nn.Linear";
    const auto symbols =
        symbolsOfQuery(uses, "h = nn.Linear(2, bias=False).register_backward_hook(f)\n");
    QCOMPARE(symbols.size(), size_t(3));
    QCOMPARE(symbols[1].name, std::string("bias"));
    QCOMPARE(symbols[2].name, std::string("register_backward_hook"));
    QVERIFY(!symbols[1].isCertain && !symbols[2].isCertain);
}

void TestSymbolMatch::operatorsWeighLess()
{
    std::vector<Use> uses(2);
    uses[0].symbol = "torch.Tensor.__gt__";
    uses[1].symbol = "torch.gt";
    const auto symbols = symbolsOfQuery(uses, "");
    QVERIFY(symbols[0].weight < symbols[1].weight);
}

void TestSymbolMatch::questionSpellsNamesOut()
{
    const auto symbols = symbolsOfQuery({}, "What replaces torch.gesv and np.float?");
    QCOMPARE(symbols.size(), size_t(2));
    QCOMPARE(symbols[0].name, std::string("numpy.float"));
    QCOMPARE(symbols[1].name, std::string("torch.gesv"));
}

void TestSymbolMatch::sharedRanks()
{
    const std::vector scores = {0.0, 2.0, 1.0, 2.0, -1.0};
    QVERIFY(ranksByScore(scores, false) == (std::vector<size_t>{0, 1, 3, 1, 0}));
    QVERIFY(ranksByScore(scores, true) == (std::vector<size_t>{4, 1, 3, 1, 5}));
    QCOMPARE(reciprocalRank(0), 0.0);
    QCOMPARE(reciprocalRank(1), 1.0 / 61.0);
}

void TestSymbolMatch::overlap()
{
    const auto a = distinctWords("one two two, three");
    const auto b = distinctWords("three four one");
    QCOMPARE(wordOverlap(a, b), 0.5);
    QCOMPARE(wordOverlap({}, {}), 0.0);
}

QTEST_GUILESS_MAIN(TestSymbolMatch)
#include "tst_symbolmatch.moc"
