#include <QTest>

#include "source/tensorclues.h"

using namespace TorchLift;

/// What code shows of its names by the way it uses them.
class TestTensorClues : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void found_data();
    void found();
};

namespace {

QString sorted(const NameSet &names)
{
    QStringList list;
    for (const std::string_view name : names) {
        list << QString::fromUtf8(name.data(), static_cast<qsizetype>(name.size()));
    }
    list.sort();
    return list.join(' ');
}

} // namespace

void TestTensorClues::found_data()
{
    QTest::addColumn<QString>("code"); // of one function
    QTest::addColumn<QString>("parameters");
    QTest::addColumn<QString>("locals");
    const auto row = [](const char *name, const char *code, const char *parameters,
                        const char *locals = "") {
        QTest::addRow("%s", name) << code << parameters << locals;
    };
    row("a method of tensors alone", "def f(x): return x.unsqueeze(0)", "x");
    row("size() is called, a Module has none", "def f(x, m): return x.size(0), m.size", "x");
    row("what NumPy's arrays have, too", "def f(x): return x.reshape(2).sum().copy().view('f4')",
        "");
    row("a view of a shape", "def f(x): return x.view(-1, 2)", "x");
    row("a view by a number", "def f(x): return x.view(6)", "x");
    row("what modules have, too", "def f(net): return net.cuda().float().train()", "");
    row("a method that takes no arguments, with some", "def f(log): log.exp(3)", "");
    row("an argument of a function of torch", "def f(x, y): return torch.exp(x) + torch.cat(y)",
        "x");
    row("a loss has two", "def f(x, y, w): return F.mse_loss(x, y, w)", "x y");
    row("before the name means something else",
        "def f(x, y):\n    x = x.squeeze(0).unsqueeze(1)\n    y = load(y)\n    y.unsqueeze(0)\n",
        "x", "y");
    row("bound once", "def f():\n    a = load()\n    a.unsqueeze(0)\n", "", "a");
    row("bound twice", "def f():\n    a = load()\n    a = 3\n    a.unsqueeze(0)\n", "", "");
    row("bound by a loop", "def f():\n    for a, b in load():\n        a.size()\n", "", "a");
    row("at the end of a chain", "def f(x, m): x.float().t(); m.weight.float().t()", "x");
    row("a gradient", "def f(p): p.grad.mul_(2)", "p");
    row("bound by a comprehension", "def f(xs): return [x.size() for x in xs]", "", "x");
    row("another function's", "def f(x):\n    def g(x):\n        x.size()\n    return g\n", "");
    row("a module's", "def f():\n    import numpy as x\n    x.size()\n", "");
    row("a global's", "def f():\n    global x\n    x = load()\n    x.size()\n", "");
}

void TestTensorClues::found()
{
    QFETCH(QString, code);
    const std::string text = code.toStdString();
    const auto tree = SyntaxTree::parse(text);
    QVERIFY(tree);
    NodeId function = kNoNode;
    for (const NodeId statement : tree->named(tree->root())) {
        function = statement;
    }
    const TensorClues clues = findTensorClues(*tree, function);
    QTEST(sorted(clues.parameters), "parameters");
    QTEST(sorted(clues.locals), "locals");
}

QTEST_GUILESS_MAIN(TestTensorClues)
#include "tst_tensorclues.moc"
