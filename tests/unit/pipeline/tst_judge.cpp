#include <QTest>

#include <algorithm>

#include "base/text.h"
#include "pipeline/linepairs.h"
#include "pipeline/pipeline.h"
#include "support/processor.h"

using namespace TorchLift;

/// Verdicts that need more than the three runs, on both real environments with waiting workers.
class TestJudge : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void verdicts_data();
    void verdicts();
    void uninitialisedMemoryIsLeftOut();
    void distributionsAreMeasured();
    void changesInsideTorchExplain_data();
    void changesInsideTorchExplain();
    void firstDivergenceIsFound();
    void cutOffRunsAreComparedAsFarAsTheyCame();
    void withoutACardItIsSaid();
    void cudaOnTheCpu();
    void conditionsAreNoted();
    void linesThroughEdits();

private:
    ResultRow validate(const std::string &oldCode, const std::string &newCode,
                       ValidateOptions options = {});
    ResultRow validate(const std::string &code) { return validate(code, code); }

    std::unique_ptr<Pipeline> m_pipeline;
};

void TestJudge::initTestCase()
{
    auto pipeline = Pipeline::open(Paths::standard());
    QVERIFY2(pipeline, pipeline ? "" : pipeline.error().detail.c_str());
    m_pipeline = std::move(*pipeline);
    const Readiness ready = m_pipeline->readiness({1, 0, 0}, {2, 7, 0});
    if (!ready.source || !ready.target || !ready.sandbox) {
        QSKIP("the environments or the sandbox are not installed here: whole test program");
    }
    m_pipeline->keepWarm({1, 0, 0}, {2, 7, 0});
}

ResultRow TestJudge::validate(const std::string &oldCode, const std::string &newCode,
                              ValidateOptions options)
{
    auto row = m_pipeline->validate("case.py", oldCode, newCode, nullptr, options, {}, {});
    if (!row) {
        qWarning("%s", row.error().detail.c_str());
        return {};
    }
    return *row;
}

void TestJudge::verdicts_data()
{
    QTest::addColumn<QByteArray>("code");
    QTest::addColumn<QByteArray>("newCode");
    QTest::addColumn<int>("verdict");
    const auto add = [](const char *title, const QByteArray &code, VerdictKind kind,
                        const QByteArray &newCode = {}) {
        QTest::addRow("%s", title)
            << "import torch\nimport torch.nn as nn\n" + code
            << "import torch\nimport torch.nn as nn\n" + (newCode.isEmpty() ? code : newCode)
            << static_cast<int>(kind);
    };
    const QByteArray training =
        "torch.manual_seed(0)\n"
        "net = nn.Sequential(nn.Linear(8, 32), nn.Tanh(), nn.Linear(32, 1))\n"
        "x = torch.randn(64, 8)\n"
        "t = x[:, :1] * x[:, 1:2]\n"
        "o = torch.optim.SGD(net.parameters(), lr=0.2, momentum=0.9)\n"
        "for i in range(400):\n"
        "    o.zero_grad()\n"
        "    loss = ((net(x) - t) ** 2).mean()\n"
        "    loss.backward()\n"
        "    o.step()\n"
        "final = loss.item()\n"
        "print('%.6f' % final)\n";
    add("400 steps of training", training, VerdictKind::Numerical);
    add("the same with another rate", training, VerdictKind::Differs,
        QByteArray(training).replace("lr=0.2", "lr=0.201"));
    add("a shuffled order", "p = torch.ones(30)\nd = torch.multinomial(p, 10)\nprint(int(d[0]))\n",
        VerdictKind::RandomStream);
    add("the same numbers times two", "x = torch.rand(600)\n", VerdictKind::Differs,
        "x = 2 * torch.rand(600)\n");
    add("a clock",
        "import time\nt = time.time() % 100\nprint('after %.3f' % t)\nx = torch.ones(2)\n",
        VerdictKind::Equal);
    add("printed times", "print('took 12.5ms')\nx = 1\n", VerdictKind::Equal,
        "print('took 99ms')\nx = 1\n");
    add("a profiler's table",
        "x = torch.ones(4, 4)\n"
        "with torch.autograd.profiler.profile() as prof:\n"
        "    y = x.mm(x)\n"
        "print(prof)\nprint(prof.key_averages().table(sort_by='cpu_time_total'))\nprint('end')\n",
        VerdictKind::Equal);
    add("integer division", "a = torch.tensor([5]) / 2\n", VerdictKind::Differs);
    // Neither drawn nor trained: what is written down is rounded otherwise on its way.
    const QByteArray inverse = "p = torch.linspace(0.1, 1, 7)\n"
                               "a = torch.stack([p ** i for i in range(7)])\n"
                               "b = a.inverse()\n";
    add("an ill-conditioned matrix", inverse, VerdictKind::Numerical);
    add("the same with another matrix", inverse, VerdictKind::Differs,
        QByteArray(inverse).replace("a.inverse()", "(a + 1e-4 * torch.eye(7)).inverse()"));
    add("a well-conditioned one", "b = (torch.eye(7) + 0.1).inverse()\n", VerdictKind::Differs,
        "b = (torch.eye(7) + 0.1001).inverse()\n");
    const QByteArray iteration = "x = torch.arange(1., 40).log()\n"
                                 "c, steps, last = x[0], 0, 0.\n"
                                 "while True:\n"
                                 "    w = torch.exp(-0.5 * (x - c) ** 2)\n"
                                 "    c = (w * x).sum() / w.sum()\n"
                                 "    total = w.sum().item()\n"
                                 "    steps += 1\n"
                                 "    if abs(total - last) < 1e-4:\n"
                                 "        break\n"
                                 "    last = total\n"
                                 "print('%.6f' % total)\n";
    add("an iteration with another end", iteration, VerdictKind::Differs,
        QByteArray(iteration).replace("1e-4", "1e-2"));
    add("a scripted module, saved and loaded",
        "import io\nclass N(torch.jit.ScriptModule):\n    def __init__(self):\n"
        "        super(N, self).__init__()\n        self.fc = nn.Linear(2, 2)\n"
        "    @torch.jit.script_method\n    def forward(self, x):\n        return self.fc(x)\n"
        "m = N()\nm.fc.weight.data.fill_(.5)\nm.fc.bias.data.fill_(1.)\nb = io.BytesIO()\n"
        "torch.jit.save(m, b)\nn = b.seek(0)\nagain = torch.jit.load(b)\n"
        "y = again(torch.ones(1, 2))\n",
        VerdictKind::Equal);
}

void TestJudge::verdicts()
{
    QFETCH(QByteArray, code);
    QFETCH(QByteArray, newCode);
    QFETCH(int, verdict);
    const ResultRow row = validate(code.toStdString(), newCode.toStdString());
    QVERIFY(row.verdict);
    std::string told = verdictName(row.verdict->kind);
    for (const Difference &difference : row.verdict->differences) {
        told += "; " + difference.what + " " + difference.name + " " + difference.oldValue + " / "
                + difference.newValue;
    }
    QVERIFY2(static_cast<int>(row.verdict->kind) == verdict, told.c_str());
}

void TestJudge::uninitialisedMemoryIsLeftOut()
{
    const ResultRow row = validate("import torch\n"
                                   "x = torch.empty(5000)\n"
                                   "y = torch.ones(3)\n");
    QVERIFY(row.verdict);
    QCOMPARE(verdictName(row.verdict->kind), "equal");
}

void TestJudge::distributionsAreMeasured()
{
    const std::string start = "import torch\n"
                              "i = torch.multinomial(torch.ones(9), 3)\n";
    const ResultRow same = validate(start + "x = torch.randn(4000)\n");
    QVERIFY(same.verdict);
    QCOMPARE(verdictName(same.verdict->kind), "random stream");
    const auto shiftOf = [](const ResultRow &row) -> std::optional<DistributionShift> {
        for (const Difference &difference : row.verdict->differences) {
            if (difference.name == "x") {
                return difference.distribution;
            }
        }
        return std::nullopt;
    };
    QVERIFY(shiftOf(same));
    QVERIFY(shiftOf(same)->psi < kModerateShift);
    const ResultRow other =
        validate(start + "x = torch.randn(4000)\n", start + "x = 1 + torch.randn(4000)\n");
    QVERIFY(other.verdict && shiftOf(other));
    QVERIFY(shiftOf(other)->psi > kMajorShift);
    QVERIFY(shiftOf(other)->kl > 0);
}

void TestJudge::changesInsideTorchExplain_data()
{
    QTest::addColumn<QByteArray>("code");
    QTest::addColumn<QByteArray>("newCode");
    QTest::addColumn<QByteArray>("slugs");
    const auto add = [](const char *title, const QByteArray &code, const QByteArray &slugs,
                        const QByteArray &newCode = {}) {
        const QByteArray start = "import torch\nimport torch.nn as nn\ntorch.manual_seed(1)\n";
        QTest::addRow("%s", title)
            << start + code << start + (newCode.isEmpty() ? code : newCode) << slugs;
    };
    const QByteArray adam = "w = nn.Parameter(torch.linspace(-1, 1, 9))\n"
                            "o = torch.optim.Adam([w], lr=0.1, weight_decay=0.01, amsgrad=True)\n"
                            "for i in range(20):\n"
                            "    o.zero_grad()\n"
                            "    (1e-6 * w ** 2).sum().backward()\n"
                            "    o.step()\n";
    const QByteArray norm = "b = nn.BatchNorm1d(7)\ny = b(torch.randn(5, 7))\n";
    add("Adam", adam, "adam-epsilon-after-correction");
    add("Adam beside a compiled function",
        "@torch.jit.script\ndef best(x):\n    values, places = torch.max(x, 1)\n"
        "    return values\ntop = best(torch.tensor([[1., 2.], [4., 3.]]))\n"
            + adam,
        "adam-epsilon-after-correction");
    add("both", adam + norm, "adam-epsilon-after-correction norm-layers-start-at-one");
    add("dropout",
        "y = nn.Dropout(0.3)(torch.ones(50))\nz = nn.Dropout2d()(torch.ones(4, 9, 2, 2))\n"
        "a = nn.AlphaDropout(0.4)(torch.randn(30))\n"
        "n = nn.LSTM(4, 5, 2, dropout=0.4, bidirectional=True)\nr, h = n(torch.randn(6, 3, 4))\n",
        "random-seed-streams");
    add("draws",
        "p = torch.rand(5, 4)\ni = torch.multinomial(p, 1)\nj = p.multinomial(3)\n"
        "k = torch.distributions.Categorical(p).sample((3,))\n"
        "s = nn.functional.gumbel_softmax(p, tau=0.5)\nw = 1 + torch.arange(480).float() % 3\n"
        "d = torch.stack([torch.multinomial(w / 160, 256, True) for i in range(100)])\n"
        "from torch.utils.data import DataLoader, TensorDataset\n"
        "l = DataLoader(TensorDataset(torch.arange(20)), 6, shuffle=True)\n"
        "seen = torch.cat([b[0] for b in l])\n",
        "random-seed-streams");
    add("what a check of gradients draws",
        "from torch.autograd import gradgradcheck\n"
        "x = torch.ones(5, 3).double().requires_grad_()\n"
        "ok = gradgradcheck(torch.tanh, (x,))\ny = torch.randn(3)\n",
        "random-seed-streams");
    add("a scheduler's step at the end of the epoch",
        "w = nn.Parameter(torch.ones(2))\no = torch.optim.SGD([w], lr=1.)\n"
        "s = torch.optim.lr_scheduler.StepLR(o, 2, 0.1)\nrates = []\n"
        "for i in range(6):\n"
        "    rates.append(o.param_groups[0]['lr'])\n    o.step()\n    s.step()\n",
        "scheduler-step-order");
    const QByteArray start = "n = nn.BatchNorm1d(2)\nw = nn.Parameter(torch.ones(2))\nrates = []\n"
                             "o = torch.optim.SGD([w], lr=1.)\n"
                             "s = torch.optim.lr_scheduler.StepLR(o, 2, 0.1)\n";
    const QByteArray stepFirst = "for i in range(6):\n    s.step()\n"
                                 "    rates.append(o.param_groups[0]['lr'])\n    o.step()\n";
    const QByteArray stepLast = "for i in range(6):\n"
                                "    rates.append(o.param_groups[0]['lr'])\n    o.step()\n"
                                "    s.step()\n";
    add("a scheduler's step that was moved", start + stepFirst, "norm-layers-start-at-one",
        start + stepLast);
    add("one that was moved and one that was not", start + stepFirst + start + stepFirst,
        "norm-layers-start-at-one scheduler-step-order", start + stepLast + start + stepFirst);
    add("several schedulers on one optimizer",
        "w = nn.Parameter(torch.ones(2))\no = torch.optim.SGD([w], lr=1.)\nrates = []\n"
        "for s in (torch.optim.lr_scheduler.MultiStepLR(o, [2, 4], gamma=0.1),\n"
        "          torch.optim.lr_scheduler.ExponentialLR(o, 0.5)):\n"
        "    for i in range(5):\n        o.step()\n        s.step()\n"
        "        rates.append(round(o.param_groups[0]['lr'], 5))\n",
        "scheduler-chainable scheduler-step-order");
    const QByteArray plateau = "w = nn.Parameter(torch.ones(2))\no = torch.optim.SGD([w], lr=1.)\n"
                               "s = torch.optim.lr_scheduler.ReduceLROnPlateau(o, patience=0";
    const QByteArray plateauSteps = ")\nfor i in range(3):\n    s.step(1.)\n"
                                    "m = nn.BatchNorm1d(2).weight.sum().item()\n";
    add("gradients with weight decay",
        "w = nn.Parameter(torch.ones(2))\no = torch.optim.SGD([w], lr=0.1, weight_decay=0.1)\n"
        "w.sum().backward()\no.step()\nlast = w.grad.norm().item()\n",
        "optimizers-keep-gradients");
    add("weight decay that nothing reads",
        "w = nn.Parameter(torch.ones(2))\no = torch.optim.SGD([w], lr=0.1, weight_decay=0.1)\n"
        "w.sum().backward()\no.step()\nw.grad = None\nm = nn.BatchNorm1d(2).weight.sum().item()\n",
        "norm-layers-start-at-one");
    add("messages of a scheduler", plateau + ", verbose=True" + plateauSteps,
        "norm-layers-start-at-one scheduler-verbose-removed", plateau + plateauSteps);
    add("no messages of a scheduler", plateau + plateauSteps, "norm-layers-start-at-one");
    add("gradients that are held, and steps without one",
        "w, v = nn.Parameter(torch.ones(2)), nn.Parameter(torch.ones(2))\n"
        "o = torch.optim.SGD([w, v], lr=0.1, momentum=0.9)\nheld = []\n"
        "for i in range(4):\n"
        "    o.zero_grad()\n    (w * (v if i == 0 else 1)).pow(2).sum().backward()\n"
        "    held.append(w.grad)\n    o.step()\n"
        "at = v.tolist()\n",
        "zero-grad-sets-none");
    add("ties", "x = torch.tensor([[1., 3, 3], [2, 2, 0]])\nv, i = x.max(1)\nj = x.argmin(0)\n",
        "argmax-ties-first");
    add("signs of singular vectors",
        "x = torch.randn(30, 10).double()\nu, s, v = torch.svd(x)\nfirst = u[:, 0].tolist()\n"
        "e, w = torch.symeig(x.t().mm(x), eigenvectors=True)\n",
        "singular-vector-signs",
        "x = torch.randn(30, 10).double()\nu, s, v = torch.svd(x)\nfirst = u[:, 0].tolist()\n"
        "e, w = torch.linalg.eigh(x.t().mm(x), UPLO='U')\n");
    add("the order of unique values",
        "x = (torch.randn(60) * 4).round()\nu = torch.unique(x)\nn, at = "
        "x.unique(return_inverse=True)\n",
        "unique-sorted-default");
    add("the same with other values", "x = (torch.arange(9) * 2) % 7\nu = torch.unique(x)\n", "",
        "x = (torch.arange(9) * 3) % 5\nu = torch.unique(x)\n");
    add("a state that is loaded in part",
        "n = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4, affine=False))\n"
        "y = n(torch.randn(5, 3))\n"
        "missing = n.load_state_dict({'0.bias': torch.ones(4)}, strict=False)\n",
        "load-state-dict-returns num-batches-tracked-kept");
    add("sorted and selected lengths, places of a grid",
        "n = (torch.rand(40) * 6).long()\nv, order = n.sort(0, descending=True)\n"
        "best = n.topk(7)[1]\nleast = n.topk(7, largest=False, sorted=False)[1]\n"
        "middle, usual, third = n.median(0)[1], n.mode(0)[1], n.kthvalue(3)[1]\n"
        "inside = torch.linspace(-1, 1, 8)[4].item() > 1 / 7. + 4e-8\n",
        "linspace-from-both-ends median-mode-ties");
    const QByteArray pixels = "x = torch.zeros(8, 3, 128, 128)\ny = (x[:, 0] > 0).long()\n"
                              "w = torch.tensor([0.9, 1.7, 2.3])\n"
                              "l = nn.functional.cross_entropy(x, y, w, reduction='sum').item()\n";
    add("a sum over pixels", pixels, "nll-loss-accumulation");
    add("the same with another weight", pixels, "", QByteArray(pixels).replace("0.9", "0.901"));
    const QByteArray masks = "x = torch.randn(5)\nprint(x > 0, (x > 0)[1], (x > 0).tolist())\n"
                             "print('mean %.4f' % x.mean())\n";
    add("printed masks", masks, "comparisons-return-bool");
    add("printed masks beside Adam", adam + masks,
        "adam-epsilon-after-correction comparisons-return-bool");
    add("printed modules",
        "print(nn.Sequential(nn.Linear(2, 2), nn.ReLU(inplace=True), nn.Dropout(0.2)))\n"
        "print(nn.ModuleList([nn.Softmax(dim=1), nn.LayerNorm(3)] * 2))\n"
        "print(torch.optim.SGD([nn.Parameter(torch.ones(1))], lr=0.1))\n",
        "module-repr-arguments");
    add("printed arguments", "import argparse\nprint(argparse.Namespace(lr=0.5, epochs=3))\n",
        "argparse-namespace-order");
    add("printed scalars of NumPy",
        "import numpy as np\nprint([np.ones(2).sum(), np.float32(3)])\n", "numpy-scalar-repr");
    add("another module", "print(nn.Dropout(0.2))\n", "", "print(nn.Dropout(0.25))\n");
    add("another argument", "import argparse\nprint(argparse.Namespace(lr=0.5, epochs=3))\n", "",
        "import argparse\nprint(argparse.Namespace(lr=0.5, epochs=4))\n");
    // A mask of other values, or whole numbers of another type, are more than another print.
    add("printed masks that differ", masks, "", QByteArray(masks).replace("> 0", "> 0.1"));
    add("counted masks", "m = torch.arange(3) > 0\nprint(m + m)\n", "");
    add("numbers that were bytes", "print(torch.tensor([0, 1]).byte())\n", "",
        "print(torch.tensor([0, 1]))\n");
    // What the code itself does otherwise is nobody else's doing, whatever else there is.
    add("another rate", adam, "", QByteArray(adam).replace("lr=0.1", "lr=0.11"));
    add("integer division", norm + "q = torch.tensor([5]) / 2\n", "");
}

void TestJudge::changesInsideTorchExplain()
{
    QFETCH(QByteArray, code);
    QFETCH(QByteArray, newCode);
    QFETCH(QByteArray, slugs);
    const ResultRow row = validate(code.toStdString(), newCode.toStdString());
    QVERIFY(row.verdict);
    const bool isOther =
        row.verdict->kind == VerdictKind::Differs || row.verdict->kind == VerdictKind::RandomStream;
    if (QByteArray(QTest::currentDataTag()) == "dropout" && !isOfIntel()) {
        QVERIFY(!isOther); // torch 1.0 drew by MKL on processors of Intel alone
        return;
    }
    QVERIFY(isOther);
    QCOMPARE(QByteArray::fromStdString(joined(row.verdict->explainedBy, " ")), slugs);
}

void TestJudge::firstDivergenceIsFound()
{
    ValidateOptions options;
    options.trace = true;
    const ResultRow row =
        validate("import torch\nx = torch.arange(4)\ny = x / 3\nz = y + 1\n",
                 "import torch\n\nx = torch.arange(4)\ny = x / 3\nz = y + 1\n", options);
    QVERIFY(row.isTraced);
    QVERIFY(row.divergence);
    QCOMPARE(row.divergence->what, std::string("dtype"));
    QCOMPARE(row.divergence->oldLine, 3);
    QCOMPARE(row.divergence->newLine, 4);
    QCOMPARE(row.divergence->oldValue, std::string("int64"));
    QCOMPARE(row.divergence->newValue, std::string("float32"));

    const ResultRow equal = validate("import torch\nx = torch.arange(4.)\n",
                                     "import torch\nx = torch.arange(4.)\n", options);
    QVERIFY(equal.isTraced);
    QVERIFY(!equal.divergence);
}

void TestJudge::cutOffRunsAreComparedAsFarAsTheyCame()
{
    const std::string code = "import time\nprint('step', 1)\nwhile True:\n    time.sleep(1)\n";
    ValidateOptions options;
    options.limits.wallSeconds = 2;
    const ResultRow same = validate(code, code, options);
    QVERIFY(same.verdict && same.newAtTarget->outcome == Outcome::Timeout);
    QCOMPARE(verdictName(same.verdict->kind), "no reference");
    QVERIFY(same.verdict->compared > 0);
    const ResultRow other =
        validate(code, "import time\nprint('step', 2)\nwhile True:\n    time.sleep(1)\n", options);
    QCOMPARE(verdictName(other.verdict->kind), "differs");
}

namespace {

const std::string kCuda = "import io\n"
                          "import torch\n"
                          "import torch.nn as nn\n"
                          "device = torch.device('cuda' if torch.cuda.is_available() else 'cpu')\n"
                          "net = nn.DataParallel(nn.Linear(3, 2).cuda())\n"
                          "x = torch.ones(4, 3).cuda()\n"
                          "w = torch.zeros(2, device='cuda')\n"
                          "v = torch.ones(2).to(device).type(torch.cuda.FloatTensor)\n"
                          "u = torch.cuda.FloatTensor([1, 2]) + v + w\n"
                          "net.module.weight.data.fill_(0.5)\n"
                          "y = net(x).sum(1)\n"
                          "torch.cuda.synchronize()\n"
                          "f = io.BytesIO()\n"
                          "torch.save(u, f)\n"
                          "p = f.seek(0)\n"
                          "t = torch.load(f, map_location='cuda:0')\n"
                          "print(torch.cuda.device_count(), t)\n";

} // namespace

void TestJudge::withoutACardItIsSaid()
{
    const ResultRow row = validate(kCuda);
    QVERIFY(row.oldAtSource && row.newAtTarget);
    if (row.oldAtSource->works()) {
        QSKIP("there is a CUDA card here");
    }
    QVERIFY(row.oldAtSource->lacksCuda());
    QVERIFY(row.newAtTarget->lacksCuda());
    QVERIFY(row.verdict->kind == VerdictKind::NoReference);
}

void TestJudge::cudaOnTheCpu()
{
    ValidateOptions options;
    options.isCudaOnCpu = true;
    const ResultRow row = validate(kCuda, kCuda, options);
    QVERIFY2(row.oldAtSource->works(), row.oldAtSource->errorOutput.c_str());
    QVERIFY2(row.newAtTarget->works(), row.newAtTarget->errorOutput.c_str());
    QVERIFY(row.oldAtSource->conditions.isCudaOnCpu);
    QVERIFY(row.newAtTarget->conditions.isCudaOnCpu);
    QVERIFY(row.verdict->kind == VerdictKind::Equal || row.verdict->kind == VerdictKind::Numerical);
    const std::string csv = resultsToCsv({row});
    QVERIFY(csv.find("CUDA as CPU") != std::string::npos);
}

void TestJudge::conditionsAreNoted()
{
    const ResultRow row = validate("import torch\n"
                                   "torch.backends.cudnn.deterministic = True\n"
                                   "x = torch.ones(2)\n");
    for (const std::optional<Run> &run : {row.oldAtSource, row.newAtTarget}) {
        QVERIFY(run && run->works());
        QCOMPARE(run->conditions.threads, 1);
        QVERIFY(run->conditions.deterministicCudnn);
        QVERIFY(!run->conditions.deterministicAlgorithms);
        QVERIFY(!run->randomState.empty());
        QVERIFY(run->peakMemoryBytes > 0);
        QVERIFY(run->wallMs > 0);
    }
    QCOMPARE(row.oldAtSource->randomState, row.newAtTarget->randomState);
}

void TestJudge::linesThroughEdits()
{
    const std::string code = "import torch\n"
                             "a = torch.eye(2)\n"
                             "x, lu = torch.gesv(torch.ones(2, 1),\n"
                             "                   a)\n"
                             "print(x)\n";
    const auto migration = m_pipeline->migrate(code, {}, {});
    QVERIFY(migration && migration->newCode != code);
    const auto pairs = linePairs(code, migration->newCode, &*migration);
    const auto newLineOf = [&](int oldLine) {
        const auto found = std::find_if(pairs.begin(), pairs.end(),
                                        [&](const auto &pair) { return pair.first == oldLine; });
        return found == pairs.end() ? 0 : found->second;
    };
    const LineIndex lines(migration->newCode);
    const auto lineWith = [&](const char *text) {
        return lines.lineOf(migration->newCode.find(text));
    };
    QCOMPARE(newLineOf(2), lineWith("a = torch.eye"));
    QCOMPARE(newLineOf(3), lineWith("solve"));
    QCOMPARE(newLineOf(5), lineWith("print(x)"));
}

QTEST_GUILESS_MAIN(TestJudge)
#include "tst_judge.moc"
