#include "source/analysis.h"

#include <QTest>

using namespace TorchLift;

class TestAnalysis : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void uses_data();
    void uses();
    void operators_data();
    void operators();
    void guarded();
    void syntaxErrorsAndPython2();
};

void TestAnalysis::uses_data()
{
    QTest::addColumn<QString>("code");
    QTest::addColumn<QString>("symbol");
    QTest::addColumn<QString>("evidence");
    const auto row = [](const char *name, const char *code, const char *symbol,
                        const char *evidence) {
        QTest::newRow(name) << code << symbol << evidence;
    };
    row("module alias", "import torch as t\nt.gesv(a, b)", "torch.gesv", "resolved");
    row("from import with alias", "from torch.autograd import Variable as V\nV(x)",
        "torch.autograd.Variable", "resolved");
    row("submodule alias", "import torch.nn.functional as F\nF.upsample(x)",
        "torch.nn.functional.upsample", "resolved");
    row("star import", "from torch import *\ngesv(a, b)", "torch.gesv", "resolved");
    row("tuple of aliases", "import torch\ninverse, solve = torch.inverse, torch.gesv\nsolve(a, b)",
        "torch.gesv", "resolved");
    row("import inside a function", "def f():\n    import torch as t\n    return t.gesv(a, b)",
        "torch.gesv", "resolved");
    row("numpy", "import numpy as np\nx = np.float", "numpy.float", "resolved");
    row("factory gives a tensor", "import torch\nx = torch.zeros(2)\nx.gesv(y)",
        "torch.Tensor.gesv", "inferred");
    row("arithmetic keeps a tensor", "import torch\nx = 2 * torch.zeros(2) + 1\nx.gesv(y)",
        "torch.Tensor.gesv", "inferred");
    row("loader gives tensors", "def f(train_loader):\n  for x, y in train_loader:\n    x.fft(1)",
        "torch.Tensor.fft", "inferred");
    const QString collated = "import torch\nfrom torch.utils.data import DataLoader\n"
                             "def collate(batch):\n    return {'x': unknown(batch), 'n': 3}\n"
                             "loader = DataLoader(data, collate_fn=collate)\n";
    row("what a loader collates", qUtf8Printable(collated + "next(iter(loader))['x'].fft(1)"),
        "torch.Tensor.fft", "inferred");
    row("and what of it is no tensor", qUtf8Printable(collated + "next(iter(loader))['n'].fft(1)"),
        "torch.Tensor.fft", "");
    row("attribute of a module",
        "import torch.nn as nn\nclass N(nn.Module):\n    def __init__(self):\n        self.c = "
        "nn.Conv2d(1, 1, 1)\n    def forward(self, x):\n        return self.c(x).fft(1)",
        "torch.Tensor.fft", "inferred");
    row("argument of a local function",
        "import torch\ndef f(a):\n    return a.fft(1)\nf(torch.zeros(2))", "torch.Tensor.fft",
        "inferred");
    row("by name only", "def f(a):\n    return a.gesv(b)", "torch.Tensor.gesv", "name-only");
}

void TestAnalysis::uses()
{
    QFETCH(QString, code);
    QFETCH(QString, symbol);
    QFETCH(QString, evidence);
    const Analysis analysis = analyse(code.toStdString()).value();
    QString found;
    for (const Use &use : analysis.uses) {
        if (use.symbol == symbol.toStdString()) {
            found = evidenceName(use.evidence);
        }
    }
    QCOMPARE(found, evidence);
}

void TestAnalysis::operators_data()
{
    QTest::addColumn<QString>("line");
    QTest::addColumn<QString>("expected");
    QTest::addRow("comparison") << "t > 0"
                                << "torch.Tensor.__gt__";
    QTest::addRow("the tensor is on the right") << "1 - t"
                                                << "torch.Tensor.__rsub__";
    QTest::addRow("a comparison turns round") << "0 < t"
                                              << "torch.Tensor.__gt__";
    QTest::addRow("division") << "t // 2"
                              << "torch.Tensor.__floordiv__";
    QTest::addRow("in place") << "t /= 2"
                              << "torch.Tensor.__itruediv__";
    QTest::addRow("unary") << "~t"
                           << "torch.Tensor.__invert__";
    QTest::addRow("one inside the other") << "-(t @ t)"
                                          << "torch.Tensor.__neg__ torch.Tensor.__matmul__";
    QTest::addRow("numbers") << "1 > 0 - 2"
                             << "";
    QTest::addRow("nothing is known") << "u + v"
                                      << "";
    QTest::addRow("other words") << "t is None or not t in []"
                                 << "";
    QTest::addRow("unfinished") << "t +"
                                << "";
}

void TestAnalysis::operators()
{
    QFETCH(QString, line);
    const auto analysis =
        analyse(("import torch\nt = torch.ones(2)\n" + line + '\n').toStdString());
    QVERIFY(analysis);
    QStringList found;
    for (const Use &use : analysis->operators) {
        found << QString::fromStdString(use.symbol);
        QCOMPARE(use.line, 3);
        QCOMPARE(use.evidence, Evidence::Inferred);
    }
    QTEST(found.join(' '), "expected");
}

void TestAnalysis::guarded()
{
    const auto isGuarded = [](const char *code) {
        return analyse(code).value().uses.back().isGuarded;
    };
    QVERIFY(isGuarded("import torch\nif hasattr(torch, 'gesv'):\n    torch.gesv(a, b)"));
    QVERIFY(
        isGuarded("import torch\nOLD = torch.__version__ < '1'\nif OLD:\n    torch.gesv(a, b)"));
    QVERIFY(
        isGuarded("import torch\ntry:\n    torch.gesv(a, b)\nexcept AttributeError:\n    pass"));
    QVERIFY(!isGuarded("import torch\nif torch.cuda.is_available():\n    torch.gesv(a, b)"));
    QVERIFY(!isGuarded("import torch\ntry:\n    torch.gesv(a, b)\nexcept ValueError:\n    pass"));
}

void TestAnalysis::syntaxErrorsAndPython2()
{
    QVERIFY(analyse("x = 1\n").value().syntaxErrors.empty());
    QVERIFY(!analyse("x = = 1\n").value().syntaxErrors.empty());
    QVERIFY(analyse("print 'x'\n").value().isPython2);
    QVERIFY(!analyse("print('x')\n").value().isPython2);
    QVERIFY(analyse("").value().uses.empty());
}

QTEST_GUILESS_MAIN(TestAnalysis)
#include "tst_analysis.moc"
