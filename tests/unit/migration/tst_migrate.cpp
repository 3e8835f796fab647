#include "migration/migrate.h"

#include <fstream>

#include <QTemporaryDir>
#include <QTest>

using namespace TorchLift;

namespace {

const char *const kRules = R"yaml(
schema: 1
rules:
  - id: gesv
    changes: [gesv-removed]
    symbols: [torch.gesv, torch.Tensor.gesv]
    broken: "1.2"
    effect: breaks
    safety: review
    title: {en: "gesv", ru: "gesv"}
    reason: {en: "Gone.", ru: "Нет."}
    signatures:
      torch.gesv: [input, A, out]
      torch.Tensor.gesv: [A, out]
    cases:
      - match: "$X, $LU = torch.gesv($B, $A)"
        where: {LU: unused}
        replace: "$X = torch.linalg.solve($A, $B)"
      - match: "torch.gesv($B, $A)[0]"
        replace: "torch.linalg.solve($A, $B)"
      - match: "$B.gesv($A)[0]"
        where: {B: tensor}
        replace: "torch.linalg.solve($A, $B)"
    residue: {reason: needs-decision, detail: {en: "By hand.", ru: "Вручную."}}
  - id: stft
    changes: []
    symbols: [torch.stft]
    broken: "2.0"
    effect: breaks
    safety: review
    title: {en: "stft", ru: "stft"}
    reason: {en: "Complex.", ru: "Комплексно."}
    cases:
      - match: "torch.stft($$$ARGS)"
        where: {ARGS: {without: [return_complex]}}
        replace: "torch.view_as_real(torch.stft($$$ARGS, return_complex=True))"
    residue: {reason: needs-decision, detail: {en: "By hand.", ru: "Вручную."}}
  - id: export
    changes: []
    symbols: [torch.onnx.export]
    broken: "2.0"
    effect: differs
    safety: review
    title: {en: "export", ru: "export"}
    reason: {en: "By keyword.", ru: "По имени."}
    cases:
      - match: "torch.onnx.export($M, $A, $F, $P, $$$REST)"
        replace: "torch.onnx.export($M, $A, $F, export_params=$P, $$$REST)"
    residue: {reason: needs-decision, detail: {en: "By hand.", ru: "Вручную."}}
  - id: ger
    changes: []
    symbols: [torch.ger]
    broken: "1.8"
    effect: warns
    safety: review
    title: {en: "ger", ru: "ger"}
    reason: {en: "Renamed.", ru: "Переименовано."}
    cases:
      - match: "torch.ger($$$REST)"
        replace: "torch.outer($$$REST)"
    residue: {reason: needs-decision, detail: {en: "By hand.", ru: "Вручную."}}
  - id: upsample
    changes: []
    symbols: [torch.nn.functional.upsample]
    broken: "1.1"
    effect: warns
    safety: review
    title: {en: "upsample", ru: "upsample"}
    reason: {en: "Renamed.", ru: "Переименовано."}
    cases:
      - match: "torch.nn.functional.upsample"
        replace: "torch.nn.functional.interpolate"
    residue: {reason: needs-decision, detail: {en: "By hand.", ru: "Вручную."}}
  - id: six
    changes: []
    symbols: [torch._six, torch._six.string_classes, torch._six.container_abcs]
    broken: "1.13"
    effect: breaks
    safety: review
    title: {en: "six", ru: "six"}
    reason: {en: "Gone.", ru: "Нет."}
    cases:
      - match: "torch._six.string_classes"
        replace: "(str, bytes)"
      - match: "torch._six.container_abcs"
        replace: "collections.abc"
    residue: {reason: needs-decision, detail: {en: "By hand.", ru: "Вручную."}}
  - id: square
    changes: []
    symbols: [torch.square_it]
    broken: "1.2"
    effect: breaks
    safety: behaviour
    title: {en: "square", ru: "square"}
    reason: {en: "Gone.", ru: "Нет."}
    cases:
      - match: "torch.square_it($X)"
        replace: "$X ** 2"
    residue: {reason: needs-decision, detail: {en: "By hand.", ru: "Вручную."}}
  - id: btrisolve
    changes: []
    symbols: [torch.btrisolve]
    broken: "1.2"
    effect: breaks
    safety: review
    title: {en: "btrisolve", ru: "btrisolve"}
    reason: {en: "Gone.", ru: "Нет."}
    cases:
      - match: "torch.btrisolve($B, *$PAIR)"
        replace: "torch.linalg.lu_solve(*$PAIR, $B)"
    residue: {reason: needs-decision, detail: {en: "By hand.", ru: "Вручную."}}
  - id: legacy
    changes: []
    symbols: [torch.autograd.Function]
    broken: "1.5"
    effect: breaks
    safety: review
    title: {en: "static", ru: "static"}
    reason: {en: "Gone.", ru: "Нет."}
    transform: legacy-function
    residue: {reason: needs-decision, detail: {en: "By hand.", ru: "Вручную."}}
  - id: data-index
    changes: []
    symbols: [torch.Tensor.data]
    broken: "0.4"
    effect: breaks
    safety: review
    title: {en: "item", ru: "item"}
    reason: {en: "Scalars.", ru: "Скаляры."}
    transform: data-index-zero
    residue: {reason: needs-decision, detail: {en: "By hand.", ru: "Вручную."}}
)yaml";

QString quoted(const std::string &text)
{
    return QString::fromStdString(text);
}

} // namespace

class TestMigrate : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void rewrites_data();
    void rewrites();
    void leavesAlone_data();
    void leavesAlone();
    void residues_data();
    void residues();
    void acceptance();
    void keepsLineEnds();
    void renderFollowsAcceptance();

private:
    Migration run(const std::string &code, const MigrationOptions &options = {})
    {
        return migrate(code, *m_rules, options).value();
    }
    std::shared_ptr<const RuleSet> m_rules;
};

void TestMigrate::initTestCase()
{
    const QTemporaryDir folder;
    std::ofstream(folder.filePath("rules.yaml").toStdString()) << kRules;
    const auto rules = RuleSet::load(folder.path().toStdString());
    QVERIFY2(rules, rules ? "" : rules.error().detail.c_str());
    m_rules = *rules;
}

void TestMigrate::rewrites_data()
{
    QTest::addColumn<QString>("before");
    QTest::addColumn<QString>("after");
    const auto row = [](const char *name, const char *before, const char *after) {
        QTest::newRow(name) << before << after;
    };
    row("call with index", "import torch\nx = torch.gesv(b, A)[0]\n",
        "import torch\nx = torch.linalg.solve(A, b)\n");
    row("piece of code without its imports", "x = torch.gesv(b, A)[0]\n",
        "x = torch.linalg.solve(A, b)\n");
    row("unused second result", "import torch\nx, lu = torch.gesv(b, A)\nprint(x)\n",
        "import torch\nx = torch.linalg.solve(A, b)\nprint(x)\n");
    row("keywords in any order", "import torch\nx = torch.gesv(A=m, input=v)[0]\n",
        "import torch\nx = torch.linalg.solve(m, v)\n");
    row("module alias", "import torch as t\nx = t.gesv(b, A)[0]\n",
        "import torch as t\nx = t.linalg.solve(A, b)\n");
    row("function imported and no longer needed", "from torch import gesv\nx = gesv(b, A)[0]\n",
        "import torch\nx = torch.linalg.solve(A, b)\n");
    row("one of several imported names", "from torch import gesv, mm\nx = gesv(b, A)[0]\n",
        "from torch import mm\nimport torch\nx = torch.linalg.solve(A, b)\n");
    row("imported name that the new text needs", "from torch import stft\nx = stft(y, 16)\n",
        "from torch import stft\nimport torch\n"
        "x = torch.view_as_real(stft(y, 16, return_complex=True))\n");
    row("keywords before keywords", "import torch\ntorch.onnx.export(m, a, f, True, verbose=1)\n",
        "import torch\ntorch.onnx.export(m, a, f, export_params=True, verbose=1)\n");
    row("no positional argument behind a keyword",
        "import torch\ntorch.onnx.export(m, a, f, p, q)\n",
        "import torch\ntorch.onnx.export(m, a, f, p, q)\n");
    row("alias by assignment", "import torch\nsolve = torch.gesv\nx = solve(b, A)[0]\n",
        "import torch\nx = torch.linalg.solve(A, b)\n");
    row("method of an inferred tensor",
        "import torch\nb = torch.randn(3, 1)\nx = b.gesv(torch.eye(3))[0]\n",
        "import torch\nb = torch.randn(3, 1)\nx = torch.linalg.solve(torch.eye(3), b)\n");
    row("nested uses", "import torch\nx = torch.gesv(torch.gesv(a, B)[0], C)[0]\n",
        "import torch\nx = torch.linalg.solve(C, torch.linalg.solve(B, a))\n");
    row("renamed function keeps arguments and comments",
        "import torch.nn.functional as F\ny = F.upsample(x,  # here\n               size=2)\n",
        "import torch.nn.functional as F\ny = F.interpolate(x,  # here\n               size=2)\n");
    row("imported name that moved", "from torch.nn.functional import upsample\ny = upsample(x)\n",
        "from torch.nn.functional import interpolate as upsample\ny = upsample(x)\n");
    row("module that moved",
        "from torch._six import container_abcs\nisinstance(x, container_abcs.Mapping)\n",
        "from collections import abc as container_abcs\nisinstance(x, container_abcs.Mapping)\n");
    row("name replaced by an expression",
        "from torch._six import string_classes\nisinstance(x, string_classes)\n",
        "isinstance(x, (str, bytes))\n");
    row("docstring and __future__ stay first",
        "\"\"\"Doc.\"\"\"\nfrom __future__ import print_function\nfrom torch import gesv\n\nx = "
        "gesv(b, A)[0]\n",
        "\"\"\"Doc.\"\"\"\nfrom __future__ import print_function\nimport torch\n\nx = "
        "torch.linalg.solve(A, b)\n");
    row("scalar loss",
        "import torch\nimport torch.nn as nn\ncriterion = nn.MSELoss()\nloss = criterion(a, "
        "b)\nprint(loss.data[0])\n",
        "import torch\nimport torch.nn as nn\ncriterion = nn.MSELoss()\nloss = criterion(a, "
        "b)\nprint(loss.item())\n");
    row("rest arguments", "import torch\ntorch.ger(a, vec2=b)\n",
        "import torch\ntorch.outer(a, vec2=b)\n");
    row("star argument", "import torch\nx = torch.btrisolve(b, *pair)\n",
        "import torch\nx = torch.linalg.lu_solve(*pair, b)\n");
    row("package bound twice", "import torch\nimport torch._six\nf(torch._six.string_classes)\n",
        "import torch\nf((str, bytes))\n");
    row("package bound in a function alone",
        "import torch._six\n\ndef f():\n    import torch\n\nf(torch._six.string_classes)\n",
        "import torch\n\ndef f():\n    import torch\n\nf((str, bytes))\n");
    row("all names of an import go",
        "import torch\nfrom torch._six import string_classes, string_classes as s\n"
        "f(string_classes, s)\n",
        "import torch\nf((str, bytes), (str, bytes))\n");
    row("stored instance",
        "from torch.autograd import Function\n\nclass S(Function):\n"
        "    def __init__(self, k):\n        self.k = k\n"
        "    def forward(self, x):\n        return x * self.k\n"
        "    def backward(self, g):\n        return g * self.k\n\n"
        "f = S(3)\nfs = [S(i) for i in range(3)]\n",
        "from torch.autograd import Function\n\nclass S(Function):\n"
        "    @staticmethod\n    def forward(ctx, x, k):\n        ctx.k = k\n"
        "        return x * ctx.k\n"
        "    @staticmethod\n    def backward(ctx, g):\n        return g * ctx.k, None\n\n"
        "f = (lambda *inputs: S.apply(*inputs, 3))\n"
        "fs = [(lambda *inputs, k=i: S.apply(*inputs, k)) for i in range(3)]\n");
    row("class that inherits forward",
        "from torch.autograd import Function\n\nclass A(Function):\n"
        "    def forward(self, x):\n        return x\n\n"
        "class B(A):\n    def backward(self, g):\n        return g\n\ny = B()(A()(x))\n",
        "from torch.autograd import Function\n\nclass A(Function):\n"
        "    @staticmethod\n    def forward(ctx, x):\n        return x\n\n"
        "class B(A):\n    @staticmethod\n    def backward(ctx, g):\n        return g\n\n"
        "y = B.apply(A.apply(x))\n");
}

void TestMigrate::rewrites()
{
    QFETCH(QString, before);
    QFETCH(QString, after);
    const Migration migration = run(before.toStdString());
    QCOMPARE(quoted(migration.newCode), after);
    const Migration again = run(migration.newCode);
    QVERIFY2(again.edits.empty(), again.newCode.c_str());
    QCOMPARE(quoted(again.newCode), after);
}

void TestMigrate::leavesAlone_data()
{
    QTest::addColumn<QString>("code");
    QTest::newRow("empty") << "";
    QTest::newRow("no torch") << "x = 1\r\n\tif\n";
    QTest::newRow("another function of that name") << "def gesv(a, b): pass\nx = gesv(b, A)[0]\n";
    QTest::newRow("rebound alias")
        << "import torch\nimport numpy\ntorch = numpy\nx = torch.gesv(b, A)[0]\n";
    QTest::newRow("vector element") << "import torch\nx = torch.randn(3)\nprint(x.data[0])\n";
    QTest::newRow("number") << "b = 3\nx = b.gesv(A)[0]\n";
    QTest::newRow("second result is read") << "import torch\nx, lu = torch.gesv(b, A)\nprint(lu)\n";
    QTest::newRow("guarded by version")
        << "import torch\nif torch.__version__ < '1':\n    x = torch.gesv(b, A)[0]\n";
    QTest::newRow("guarded by hasattr")
        << "import torch\nif hasattr(torch, 'gesv'):\n    x = torch.gesv(b, A)[0]\n";
    QTest::newRow("guarded by except")
        << "try:\n    from torch._six import container_abcs\nexcept ImportError:\n    import "
           "collections.abc as container_abcs\n";
    QTest::newRow("skip comment") << "import torch\nx = torch.gesv(b, A)[0]  # torchlift: skip\n";
    QTest::newRow("alias that other modules may read") << "import torch\nsolve = torch.gesv\n";
    QTest::newRow("family whose methods override each other")
        << "from torch.autograd import Function\n\nclass A(Function):\n"
           "    def forward(self, x):\n        return self.f(x)\n"
           "    def f(self, x):\n        return x\n\n"
           "class B(A):\n    def f(self, x):\n        return 2 * x\n\ny = A()(B()(x))\n";
}

void TestMigrate::leavesAlone()
{
    QFETCH(QString, code);
    QCOMPARE(quoted(run(code.toStdString()).newCode), code);
}

void TestMigrate::residues_data()
{
    QTest::addColumn<QString>("code");
    QTest::addColumn<QString>("reason");
    QTest::newRow("no case fits") << "import torch\nx, lu = torch.gesv(b, A)\nprint(lu)\n"
                                  << "needs-decision";
    QTest::newRow("guarded")
        << "import torch\nif torch.__version__ < '1':\n    x = torch.gesv(b, A)[0]\n"
        << "guarded";
    QTest::newRow("skipped") << "import torch\nx = torch.gesv(b, A)[0]  # torchlift: skip\n"
                             << "skipped";
    QTest::newRow("not accepted") << "import torch\nx = torch.square_it(b)\n"
                                  << "not-accepted";
    QTest::newRow("passed on as a value") << "import torch\nf(torch.gesv)\n"
                                          << "needs-decision";
}

void TestMigrate::residues()
{
    QFETCH(QString, code);
    QFETCH(QString, reason);
    const Migration migration = run(code.toStdString());
    QCOMPARE(migration.residues.size(), std::size_t(1));
    QCOMPARE(QString(residueReasonName(migration.residues[0].reason)), reason);
    QVERIFY(migration.residues[0].isBreaking);
    QVERIFY(!migration.residues[0].detail.ru.empty());
}

void TestMigrate::acceptance()
{
    const std::string code = "import torch\nx = -torch.square_it(a + b)\ny = torch.ger(a, b)\n";
    MigrationOptions options;
    options.accept = Acceptance::Safe;
    QCOMPARE(quoted(run(code, options).newCode), quoted(code));
    options.accept = Acceptance::All;
    QCOMPARE(quoted(run(code, options).newCode),
             QString("import torch\nx = -(a + b) ** 2\ny = torch.outer(a, b)\n"));
    options.only = {"ger"};
    QCOMPARE(quoted(run(code, options).newCode),
             QString("import torch\nx = -torch.square_it(a + b)\ny = torch.outer(a, b)\n"));
    options.only.clear();
    options.to = Version{1, 7, 0};
    QCOMPARE(quoted(run(code, options).newCode),
             QString("import torch\nx = -(a + b) ** 2\ny = torch.ger(a, b)\n"));
}

void TestMigrate::keepsLineEnds()
{
    const Migration migration =
        run("# -*- coding: utf-8 -*-\r\nfrom torch import gesv\r\n\r\nx = gesv(b, A)[0]\r\n");
    QCOMPARE(
        quoted(migration.newCode),
        QString("# -*- coding: utf-8 -*-\r\nimport torch\r\n\r\nx = torch.linalg.solve(A, b)\r\n"));
}

void TestMigrate::renderFollowsAcceptance()
{
    Migration migration = run("import torch\nx = torch.gesv(b, A)[0]\ny = torch.ger(a, b)\n");
    QCOMPARE(migration.edits.size(), std::size_t(2));
    migration.edits[0].isAccepted = false;
    const Rendering rendering = render(migration.oldCode, migration.edits);
    QCOMPARE(quoted(rendering.newCode),
             QString("import torch\nx = torch.gesv(b, A)[0]\ny = torch.outer(a, b)\n"));
    QCOMPARE(rendering.edits.size(), std::size_t(1));
    QCOMPARE(rendering.edits[0].editId, migration.edits[1].id);
    const ByteSpan span = rendering.edits[0].spans.at(0);
    QCOMPARE(rendering.newCode.substr(span.begin, span.size()), std::string("torch.outer(a, b)"));
}

QTEST_GUILESS_MAIN(TestMigrate)
#include "tst_migrate.moc"
