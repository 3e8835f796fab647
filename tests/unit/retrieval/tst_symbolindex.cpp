#include <QtTest/QTest>

#include "retrieval/symbolindex.h"

using namespace TorchLift;

class TestSymbolIndex : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void match_data();
    void match();
    void eachChunkOnce();
};

void TestSymbolIndex::match_data()
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

void TestSymbolIndex::match()
{
    QFETCH(QString, asked);
    QFETCH(QString, named);
    QFETCH(double, expected);
    SymbolIndex index;
    index.add({});
    index.add(std::vector{std::string("torch.unrelated"), named.toStdString()});
    const auto found = index.find(asked.toStdString());
    QCOMPARE(found.empty() ? 0.0 : found.front().strength, expected);
    QVERIFY(found.empty() || (found.size() == 1 && found.front().chunk == 1));
}

// What names a symbol in several ways counts once, by the best of them.
void TestSymbolIndex::eachChunkOnce()
{
    SymbolIndex index;
    index.add(std::vector<std::string>{"torch.Tensor.gesv", "torch.gesv", "torch.gesv.out"});
    index.add(std::vector<std::string>{"torch.solve"});
    index.add(std::vector<std::string>{"torch.Tensor.gesv"});
    const auto found = index.find("torch.gesv");
    QCOMPARE(found.size(), size_t(2));
    QCOMPARE(found[0].chunk, size_t(0));
    QCOMPARE(found[0].strength, SymbolIndex::kSame);
    QCOMPARE(found[1].chunk, size_t(2));
    QCOMPARE(found[1].strength, SymbolIndex::kSibling);
    QVERIFY(index.find("").empty() && index.find(".").empty() && index.find("..x").empty());
}

QTEST_GUILESS_MAIN(TestSymbolIndex)
#include "tst_symbolindex.moc"
