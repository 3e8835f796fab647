#include <QTest>

#include <algorithm>

#include "settings/paths.h"
#include "validation/divergence.h"
#include "validation/runner.h"

using namespace TorchLift;

namespace {

using Lines = std::vector<std::string>;

constexpr const char *kHeader = "import warnings\n"
                                "import numpy as np\n"
                                "import torch\n"
                                "import torch.nn as nn\n"
                                "import torch.nn.functional as F\n";
constexpr int kHeaderLines = 5;

/// A piece of a script, independent of the others; `differs` replaces its line `edited` (from 1)
/// in the new code, 0: the same code.
struct Section
{
    const char *title;
    Lines lines;
    int divergesAt = 0; ///< line within it, 0: nowhere
    const char *what = "";
    const char *name = "";
    int edited = 0;
    const char *newLine = "";
    int begin = 0; ///< its first line in the script
};

std::vector<Section> divergingSections()
{
    return {
        {"integer division", {"a = torch.tensor([5, 7])", "b = a / 2"}, 2, "dtype", "b"},
        {"a scalar promotes", {"a = torch.tensor([1, 2])", "b = a * 1.5"}, 2, "dtype", "b"},
        {"initial weight of batch norm", {"n = nn.BatchNorm1d(3)"}, 1, "value", "n"},
        {"sum of masks", {"m = torch.tensor([1, 2, 3]) > 1", "n = m + m"}, 2, "value", "n"},
        {"grid_sample without align_corners",
         {"p = torch.arange(16.).view(1, 1, 4, 4)", "g = torch.rand(1, 3, 3, 2)",
          "s = F.grid_sample(p, g)"},
         3,
         "value",
         "s"},
        {"affine_grid without align_corners",
         {"t = torch.tensor([[[1., 0, 0], [0, 1, 0]]])", "g = F.affine_grid(t, (1, 1, 3, 3))"},
         2,
         "value",
         "g"},
        {"scheduler before optimizer",
         {"w = nn.Parameter(torch.ones(1))", "o = torch.optim.SGD([w], lr=0.1)",
          "s = torch.optim.lr_scheduler.StepLR(o, 1, gamma=0.1)", "s.step()",
          "rate = o.param_groups[0]['lr']"},
         5,
         "value",
         "rate"},
        {"full of an integer", {"n = 3", "f = torch.full((2,), n)"}, 2, "dtype", "f"},
        {"floor division below zero", {"a = torch.tensor([-7.])", "b = a // 2"}, 2, "value", "b"},
        {"random stream of multinomial",
         {"p = torch.ones(50)", "d = torch.multinomial(p, 20)"},
         2,
         "value",
         "d"},
        {"a copy in place of a view",
         {"x = torch.arange(4.)", "y = x.view(4)", "y.add_(1)", "z = x * 2"},
         4,
         "value",
         "z",
         2,
         "y = x.clone()"},
        {"a dimension kept",
         {"x = torch.ones(2, 3)", "y = x.sum(0)"},
         2,
         "shape",
         "y",
         2,
         "y = x.sum(0, keepdim=True)"},
        {"the other branch",
         {"if int((torch.tensor(3) / 2) > 1):", "    b = 1", "else:", "    b = 2", "c = 3"},
         4,
         "order",
         "b"},
        {"returned by a function",
         {"def half(a):", "    return a / 2", "r = half(torch.tensor([3]))"},
         2,
         "dtype",
         "return"},
        {"in the third step of a loop",
         {"x = torch.ones(2)", "for i in range(5):", "    k = i * 2", "    x += 0"},
         4,
         "value",
         "x",
         4,
         "    x += 1.0 if i == 2 else 0"},
        {"a warning only",
         {"a = 1", "b = 2"},
         1,
         "warning",
         "UserWarning",
         1,
         "a = 1; warnings.warn('look')"},
    };
}

std::vector<Section> equalSections()
{
    return {
        {"a mask", {"m = torch.arange(4) > 1", "s = int(m.sum())"}},
        {"not of a mask", {"m = torch.tensor([1, 2, 3]) > 1", "n = ~m"}},
        {"a mask as index", {"x = torch.arange(4.)", "y = x[x > 1]"}},
        {"masked_fill", {"x = torch.ones(3)", "x.masked_fill_(x > 0, 5)"}},
        {"truth values", {"t = torch.tensor([True, False])"}},
        {"matrix product", {"a = torch.randn(8, 8)", "b = a.mm(a.t())"}},
        {"random numbers", {"a = torch.randn(5)", "b = torch.rand(3)", "c = torch.randperm(7)"}},
        {"random integers", {"a = torch.randint(0, 10, (20,))"}},
        {"bernoulli", {"a = torch.bernoulli(torch.full((9,), 0.5))"}},
        {"dropout", {"a = F.dropout(torch.ones(20), 0.5, True)"}},
        {"linear layer",
         {"n = nn.Linear(3, 2)", "n.weight.data.fill_(0.5)", "n.bias.data.zero_()",
          "y = n(torch.ones(1, 3))"}},
        {"convolution", {"x = torch.randn(1, 2, 6, 6)", "y = F.conv2d(x, torch.ones(3, 2, 3, 3))"}},
        {"pooling", {"x = torch.randn(1, 1, 6, 6)", "y = F.max_pool2d(x, 2)"}},
        {"batch norm", {"n = nn.BatchNorm1d(3, affine=False)", "y = n(torch.randn(5, 3))"}},
        {"softmax", {"y = F.softmax(torch.randn(2, 5), dim=1)"}},
        {"cross entropy", {"l = F.cross_entropy(torch.randn(4, 3), torch.tensor([0, 1, 2, 0]))"}},
        {"gradients",
         {"w = torch.ones(3, requires_grad=True)", "l = (w * w).sum()", "l.backward()",
          "g = w.grad"}},
        {"SGD with momentum",
         {"w = nn.Parameter(torch.ones(3))", "o = torch.optim.SGD([w], lr=0.1, momentum=0.9)",
          "for i in range(30):", "    o.zero_grad()", "    l = (w * w).sum()", "    l.backward()",
          "    o.step()", "v = w.detach()"}},
        {"Adam",
         {"w = nn.Parameter(torch.ones(3))", "o = torch.optim.Adam([w], lr=0.01)",
          "for i in range(30):", "    o.zero_grad()", "    l = (w * w).sum()", "    l.backward()",
          "    o.step()", "v = w.detach()"}},
        {"400 steps of training",
         {"x = torch.randn(64, 4)", "t = (x[:, :1] * 2).tanh()",
          "a = torch.randn(4, 16).mul_(0.3).requires_grad_()",
          "b = torch.randn(16, 1).mul_(0.3).requires_grad_()", "for i in range(400):",
          "    l = ((x.mm(a).tanh().mm(b) - t) ** 2).mean()", "    l.backward()",
          "    with torch.no_grad():", "        a -= 0.05 * a.grad", "        b -= 0.05 * b.grad",
          "    a.grad.zero_()", "    b.grad.zero_()", "final = l.item()"}},
        {"embedding",
         {"e = nn.Embedding(5, 2)", "e.weight.data.fill_(1)", "y = e(torch.tensor([1, 2]))"}},
        {"an LSTM",
         {"n = nn.LSTM(2, 3)", "for p in n.parameters():", "    p.data.fill_(0.1)",
          "y, h = n(torch.ones(4, 1, 2))"}},
        {"sorting", {"v, i = torch.tensor([3., 1., 2.]).sort()"}},
        {"top k", {"v, i = torch.tensor([3., 1., 2.]).topk(2)"}},
        {"unique", {"u = torch.unique(torch.tensor([2, 1, 2]), sorted=True)"}},
        {"NumPy arrays", {"a = np.arange(6).reshape(2, 3)", "b = a.mean()", "c = a.sum(0)"}},
        {"from and to NumPy", {"a = torch.from_numpy(np.ones(3))", "b = (a * 2).numpy()"}},
        {"nested containers", {"d = {'a': [1, torch.ones(2)], 'b': (None, 'x')}", "d['c'] = 2.5"}},
        {"a class with attributes",
         {"class C(object):", "    def __init__(self):", "        self.__own = 1",
          "        self.w = torch.ones(2)", "    def run(self, x):", "        self.w += x",
          "        return self.w.sum()", "r = C().run(2)"}},
        {"a generator",
         {"def g():", "    for i in range(3):", "        yield i * 2", "s = sum(g())"}},
        {"recursion", {"def f(n):", "    return 1 if n < 2 else n * f(n - 1)", "r = f(6)"}},
        {"exceptions",
         {"try:", "    q = 1 / 0", "except ZeroDivisionError as e:", "    q = 0",
          "finally:", "    z = 1"}},
        {"a large tensor", {"b = torch.arange(200000.)", "b.mul_(2)"}},
        {"not a number", {"n = torch.tensor([float('nan'), float('inf')])"}},
        {"strings", {"s = 'a,b'.split(',')", "t = ' '.join(s)"}},
        {"one number", {"x = torch.ones(1)", "y = x.std(unbiased=False)"}},
        {"an edit that keeps the value",
         {"x = torch.ones(2, 2)", "y = torch.addmm(x, x, x)"},
         0,
         "",
         "",
         2,
         "y = x + x.mm(x)"},
    };
}

std::string scriptOf(std::vector<Section> &sections, bool isNew)
{
    std::string script = kHeader;
    int line = kHeaderLines + 1;
    for (Section &section : sections) {
        script += "torch.manual_seed(1)\n";
        section.begin = ++line;
        for (std::size_t i = 0; i < section.lines.size(); ++i) {
            const bool isEdited = isNew && static_cast<int>(i) + 1 == section.edited;
            script += (isEdited ? section.newLine : section.lines[i]) + "\n";
            ++line;
        }
    }
    return script;
}

} // namespace

class TestDivergence : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void sections_data();
    void sections();
    void linesMoveWithEdits();
    void whatVariesByItselfIsLeftOut();

private:
    std::vector<Section> m_sections;
    Run m_oldRun;
    Run m_newRun;
};

// All sections run in one script in each version: each is judged by its own lines.
void TestDivergence::initTestCase()
{
    m_sections = divergingSections();
    for (Section &section : equalSections()) {
        m_sections.push_back(std::move(section));
    }
    const Paths paths = Paths::standard();
    const auto environments = listEnvironments(paths.environments());
    if (environments.size() < 2 || !Runner::sandboxAvailable()) {
        return; // the rows that need them are skipped
    }
    Runner runner(paths.worker());
    for (const bool isNew : {false, true}) {
        RunRequest request;
        request.trace = true;
        request.limits.wallSeconds = 300; // tracing on a busy machine
        request.code = scriptOf(m_sections, isNew);
        const auto run =
            runner.run(isNew ? environments.back() : environments.front(), request, {});
        QVERIFY2(run, run ? "" : run.error().detail.c_str());
        QVERIFY2(run->works(), (run->errorOutput + outcomeName(run->outcome)).c_str());
        (isNew ? m_newRun : m_oldRun) = *run;
    }
}

void TestDivergence::sections_data()
{
    QTest::addColumn<int>("index");
    for (std::size_t i = 0; i < m_sections.size(); ++i) {
        QTest::addRow("%s", m_sections[i].title) << static_cast<int>(i);
    }
}

void TestDivergence::sections()
{
    if (!m_newRun.works()) {
        QSKIP("two environments and a sandbox are needed");
    }
    QFETCH(int, index);
    const Section &section = m_sections[static_cast<std::size_t>(index)];
    std::vector<std::pair<int, int>> lines;
    for (int i = 0; i < static_cast<int>(section.lines.size()); ++i) {
        lines.emplace_back(section.begin + i, section.begin + i);
    }
    const auto observed =
        std::count_if(m_oldRun.trace.begin(), m_oldRun.trace.end(), [&](const TraceEvent &event) {
            return event.line >= section.begin && event.line <= lines.back().first;
        });
    QVERIFY(observed > 0);
    const auto found = firstDivergence(m_oldRun, m_newRun, lines);
    const std::string told = found ? found->what + " of " + found->name + " at "
                                         + std::to_string(found->oldLine - section.begin + 1) + ": "
                                         + found->oldValue + ", " + found->newValue
                                   : "none";
    QVERIFY2(found.has_value() == (section.divergesAt > 0), told.c_str());
    if (found) {
        QVERIFY2(found->oldLine - section.begin + 1 == section.divergesAt, told.c_str());
        QVERIFY2(found->what == section.what, told.c_str());
        QVERIFY2(found->name == section.name, told.c_str());
    }
}

namespace {

TraceEvent assigned(int line, double value, int visit = 0)
{
    Variable variable;
    variable.type = "float";
    variable.isComparable = true;
    variable.values = {value};
    variable.digest = std::to_string(value);
    return {line, visit, "x", variable};
}

Run traced(std::vector<TraceEvent> events)
{
    Run run;
    run.outcome = Outcome::Ok;
    run.trace = std::move(events);
    return run;
}

} // namespace

void TestDivergence::linesMoveWithEdits()
{
    const Run oldRun = traced({assigned(1, 1), assigned(2, 2), assigned(4, 3)});
    const Run newRun = traced({assigned(1, 1), assigned(9, 7), assigned(5, 4)});
    const auto found = firstDivergence(oldRun, newRun, {{1, 1}, {4, 5}});
    QVERIFY(found);
    QCOMPARE(found->oldLine, 4);
    QCOMPARE(found->newLine, 5);
    QCOMPARE(found->oldValue, std::string("3"));
    QCOMPARE(found->newValue, std::string("4"));
    QVERIFY(!firstDivergence(oldRun, newRun, {{1, 1}}));
}

void TestDivergence::whatVariesByItselfIsLeftOut()
{
    const Run oldRun = traced({assigned(1, 1), assigned(2, 2)});
    const Run again = traced({assigned(1, 5), assigned(2, 2)});
    const Run newRun = traced({assigned(1, 9), assigned(2, 3)});
    const std::vector<std::pair<int, int>> lines{{1, 1}, {2, 2}};
    QCOMPARE(firstDivergence(oldRun, newRun, lines)->oldLine, 1);
    QCOMPARE(firstDivergence(oldRun, newRun, lines, kTraceTolerance, &again)->oldLine, 2);
}

QTEST_GUILESS_MAIN(TestDivergence)
#include "tst_divergence.moc"
