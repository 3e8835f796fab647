#include <QtTest/QTest>

#include "retrieval/fusion.h"
#include "retrieval/querysymbols.h"

using namespace TorchLift;

class TestQuerySymbols : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void strongestEvidenceWins();
    void codeCallsMembers();
    void operatorsWeighLess();
    void questionSpellsNamesOut();
    void sharedRanks();
    void overlap();
};

void TestQuerySymbols::strongestEvidenceWins()
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
void TestQuerySymbols::codeCallsMembers()
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

void TestQuerySymbols::operatorsWeighLess()
{
    std::vector<Use> uses(2);
    uses[0].symbol = "torch.Tensor.__gt__";
    uses[1].symbol = "torch.gt";
    const auto symbols = symbolsOfQuery(uses, "");
    QVERIFY(symbols[0].weight < symbols[1].weight);
}

void TestQuerySymbols::questionSpellsNamesOut()
{
    const auto symbols = symbolsOfQuery({}, "What replaces torch.gesv and np.float?");
    QCOMPARE(symbols.size(), size_t(2));
    QCOMPARE(symbols[0].name, std::string("numpy.float"));
    QCOMPARE(symbols[1].name, std::string("torch.gesv"));
}

void TestQuerySymbols::sharedRanks()
{
    const std::vector scores = {0.0, 2.0, 1.0, 2.0, -1.0};
    QVERIFY(ranksByScore(scores, false) == (std::vector<size_t>{0, 1, 3, 1, 0}));
    QVERIFY(ranksByScore(scores, true) == (std::vector<size_t>{4, 1, 3, 1, 5}));
    QCOMPARE(reciprocalRank(0), 0.0);
    QCOMPARE(reciprocalRank(1), 1.0 / 61.0);
}

void TestQuerySymbols::overlap()
{
    const auto a = distinctWords("one two two, three");
    const auto b = distinctWords("three four one");
    QCOMPARE(wordOverlap(a, b), 0.5);
    QCOMPARE(wordOverlap({}, {}), 0.0);
}

QTEST_GUILESS_MAIN(TestQuerySymbols)
#include "tst_querysymbols.moc"
