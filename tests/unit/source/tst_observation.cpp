#include <QtTest>

#include "source/analysis.h"
#include "source/observation.h"

using namespace TorchLift;

namespace {

// The text that each recorder stands around, in order.
std::vector<std::string> sitesOf(std::string_view code)
{
    std::vector<std::string> out;
    if (const Result<ObservationPlan> plan = planObservation(code)) {
        for (const ByteSpan &site : plan->sites) {
            out.emplace_back(code.substr(site.begin, site.size()));
        }
    }
    return out;
}

std::string planned(std::string_view code)
{
    const Result<ObservationPlan> plan = planObservation(code);
    return plan ? plan->code : "error: " + plan.error().detail;
}

ByteSpan spanOf(std::string_view code, std::string_view part)
{
    const std::size_t at = code.find(part);
    return {at, at + part.size()};
}

} // namespace

class TestObservation : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void recorders_data();
    void recorders();
    void whatIsKnownIsNotAsked();
    void linesStay();
    void brokenCodeIsRefused();
    void seenTypes_data();
    void seenTypes();
    void evidenceIsObserved();
    void nonsenseSaysNothing();
};

void TestObservation::recorders_data()
{
    QTest::addColumn<QString>("code");
    QTest::addColumn<QString>("expected");
    const QString f = QStringLiteral("__torchlift_observe__");
    QTest::addRow("argument") << "y = f(x)\n"
                              << "y = " + f + "(0, " + f + "(1, f)(" + f + "(2, x)))\n";
    QTest::addRow("method's object, not the method")
        << "y = x.foo(1)\n"
        << "y = " + f + "(0, " + f + "(1, x).foo(1))\n";
    QTest::addRow("target is no value, its parts are")
        << "x.data[m] = 0\n"
        << f + "(0, " + f + "(1, x).data)[" + f + "(2, m)] = 0\n";
    QTest::addRow("names that are bound") << "for a, b in c:\n    pass\n"
                                          << "for a, b in " + f + "(0, c):\n    pass\n";
    QTest::addRow("default, not the parameter") << "def g(a, b=c):\n    pass\n"
                                                << "def g(a, b=" + f + "(0, c)):\n    pass\n";
    QTest::addRow("value of a keyword") << "f(a=b)\n" << f + "(0, f)(a=" + f + "(1, b))\n";
    QTest::addRow("decorators, imports and texts stay")
        << "@d.e\ndef g():\n    global h\n    import i\n    return f'{j}'\n"
        << "@d.e\ndef g():\n    global h\n    import i\n    return f'{j}'\n";
    QTest::addRow("what looks at its caller") << "super().f()\n"
                                              << "super().f()\n";
    QTest::addRow("deleted") << "del a, b[c]\n"
                             << "del a, " + f + "(0, b)[" + f + "(1, c)]\n";
}

void TestObservation::recorders()
{
    QFETCH(QString, code);
    QFETCH(QString, expected);
    QCOMPARE(QString::fromStdString(planned(code.toStdString())), expected);
}

void TestObservation::whatIsKnownIsNotAsked()
{
    const std::vector<std::string> sites =
        sitesOf("import torch\nx = torch.zeros(2, 3)\ny = x\nz = torch.load('f')\nw = z\n");
    QVERIFY(std::find(sites.begin(), sites.end(), "x") == sites.end());
    QVERIFY(std::find(sites.begin(), sites.end(), "z") != sites.end());
}

void TestObservation::linesStay()
{
    const std::string code = "a = f(\n    x,\n    y.z,\n)\r\nb = a\n";
    QCOMPARE(LineIndex(planned(code)).lineCount(), LineIndex(code).lineCount());
}

void TestObservation::brokenCodeIsRefused()
{
    const Result<ObservationPlan> plan = planObservation("f(x\n");
    QVERIFY(!plan);
    QVERIFY(plan.error().code == Errc::InvalidInput);
}

void TestObservation::seenTypes_data()
{
    QTest::addColumn<QStringList>("words");
    QTest::addColumn<int>("kind");
    QTest::addColumn<int>("rank");
    QTest::addRow("tensor") << QStringList{"tensor:float32:2"} << int(TypeKind::Tensor) << 2;
    QTest::addRow("tensors of two ranks")
        << QStringList{"tensor:float32:2", "tensor:float32:1"} << int(TypeKind::Tensor) << -1;
    QTest::addRow("a tensor or nothing")
        << QStringList{"none", "tensor:int64:1"} << int(TypeKind::Tensor) << 1;
    QTest::addRow("two kinds") << QStringList{"number", "tensor:int64:1"} << int(TypeKind::Unknown)
                               << -1;
    QTest::addRow("array") << QStringList{"array"} << int(TypeKind::Array) << -1;
    QTest::addRow("object") << QStringList{"object:torch.nn.Linear"} << int(TypeKind::Instance)
                            << -1;
    QTest::addRow("own class") << QStringList{"own:Net"} << int(TypeKind::LocalInstance) << -1;
    QTest::addRow("tuple") << QStringList{"(tensor:float32:1,[number])"} << int(TypeKind::Tuple)
                           << -1;
}

void TestObservation::seenTypes()
{
    QFETCH(QStringList, words);
    QFETCH(int, kind);
    QFETCH(int, rank);
    const std::string code = "class Net:\n    pass\n\ny = wanted\n";
    Observations observed;
    for (const QString &word : words) {
        observed[spanOf(code, "wanted")].push_back(word.toStdString());
    }
    const auto semantics = Semantics::build(code, {}, &observed);
    QVERIFY(semantics);
    const NodeId node = (*semantics)->tree().nodeAt(spanOf(code, "wanted"));
    QCOMPARE(int((*semantics)->typeOf(node).kind), kind);
    QCOMPARE((*semantics)->typeOf(node).rank, rank);
    QCOMPARE((*semantics)->typeOf(node).isObserved, kind != int(TypeKind::Unknown));
}

void TestObservation::evidenceIsObserved()
{
    const std::string code = "y = load().potrf()\n";
    const Observations observed{{spanOf(code, "load()"), {"tensor:float32:2"}}};
    const auto semantics = Semantics::build(code, {}, &observed);
    QVERIFY(semantics);
    const std::vector<Use> uses = usesOf(**semantics);
    const auto use = std::find_if(uses.begin(), uses.end(), [](const Use &found) {
        return found.symbol == "torch.Tensor.potrf";
    });
    QVERIFY(use != uses.end());
    QVERIFY(use->evidence == Evidence::Observed);
}

void TestObservation::nonsenseSaysNothing()
{
    const std::string code = "y = wanted\n";
    for (const char *word :
         {"", "tensor", "tensor::", "((((", "]", "object:", "own:", "\xff", "?"}) {
        const Observations observed{{spanOf(code, "wanted"), {word}}};
        QVERIFY(Semantics::build(code, {}, &observed));
    }
}

QTEST_GUILESS_MAIN(TestObservation)
#include "tst_observation.moc"
