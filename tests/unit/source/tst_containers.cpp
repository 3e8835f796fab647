#include <QTest>

#include "source/semantics.h"

using namespace TorchLift;

/// What is known of things inside dicts, lists, tuples, records and loaders.
class TestContainers : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void holdsTensor_data();
    void holdsTensor();
};

void TestContainers::holdsTensor_data()
{
    QTest::addColumn<QString>("code"); // its last line is an expression
    QTest::addColumn<int>("rank");     // -2: no tensor, -1: one of unknown rank
    const auto row = [](const char *name, const QByteArray &code, int rank) {
        QTest::addRow("%s", name) << QString::fromUtf8(code) << rank;
    };
    row("a key of a literal", "d = {'a': torch.ones(2), 'b': 3}\nd['a']", 1);
    row("another key of it", "d = {'a': torch.ones(2), 'b': 3}\nd['b']", -2);
    row("a key that is not there", "d = {'a': torch.ones(2)}\nd['z']", -2);
    row("a key that cannot be read", "d = {'a': torch.ones(2), 'b': torch.ones(3)}\nd[k]", 1);
    row("keys that are no words", "d = {i: torch.ones(2, 2)}\nd[0]", 2);
    row("dict(a=...)", "d = dict(a=torch.ones(2, 3), b='x')\nd['a']", 2);
    row("stored by key", "d = {}\nd['a'] = torch.ones(2)\nd['a']", 1);
    row("stored twice, of two ranks",
        "d = {}\nd['a'] = torch.ones(2)\nd['a'] = torch.ones(2, 2)\nd['a']", -1);
    row("stored by a key that cannot be read", "d = {}\nd[k] = torch.ones(2)\nd['a']", 1);
    row("stored under a condition", "d = {}\nif k:\n    d[k] = torch.ones(2)\nd['a']", 1);
    row("get", "d = {'a': torch.ones(2)}\nd.get('a')", 1);
    row("values", "d = {'a': torch.ones(2)}\nfor v in d.values():\n    pass\nv", 1);
    row("items", "d = {'a': torch.ones(2)}\nfor k, v in d.items():\n    pass\nv", 1);
    row("keys", "d = {'a': torch.ones(2)}\nfor k in d.keys():\n    pass\nk", -2);
    row("iterating over a dict gives keys", "d = {'a': torch.ones(2)}\nfor k in d:\n    pass\nk",
        -2);
    row("copy", "d = {'a': torch.ones(2)}\ne = d.copy()\ne['a']", 1);
    row("appended", "l = []\nl.append(torch.ones(2))\nl[0]", 1);
    row("appended, of two ranks",
        "l = []\nl.append(torch.ones(2))\nl.append(torch.ones(1, 1))\nl[0]", -1);
    row("a comprehension", "l = [torch.ones(2, 2) for _ in range(3)]\nl[1]", 2);
    row("tuples unpack", "a, b = torch.ones(2), 3\na", 1);
    row("a named tuple's field",
        "from collections import namedtuple\nP = namedtuple('P', 'x y')\n"
        "p = P(torch.ones(2), 3)\np.x",
        1);
    row("its other field",
        "from collections import namedtuple\nP = namedtuple('P', ['x', 'y'])\n"
        "p = P(torch.ones(2), y=3)\np.y",
        -2);
    row("what a generator gives",
        "def batches():\n    yield torch.ones(2, 2)\nfor b in batches():\n    pass\nb", 2);
    row("spread as arguments", "for v, i in zip(*torch.ones(9).topk(3)):\n    pass\ni", 0);
    row("the best by a key", "l = [torch.ones(2, 2)]\nmax(l, key=len)", 2);
    const QByteArray net = "class Net(torch.nn.Module):\n"
                           "    def forward(self, x):\n        return torch.ones(2, 3)\n"
                           "net = Net()\n";
    row("what a module on a card gives", net + "net = net.cuda()\nnet(x)", 2);
    row("moved under a condition", net + "if k:\n    net = net.to(device)\nnet(x)", 2);
    row("wrapped", net + "net = torch.nn.DataParallel(net).cuda()\nnet.module(x)", 2);
    row("rows of a tensor", "for row in torch.ones(2, 3):\n    pass\nrow", 1);
    row("a registered buffer",
        "class Net(torch.nn.Module):\n"
        "    def __init__(self):\n        self.register_buffer('mask', torch.ones(2, 3))\n"
        "Net().mask",
        2);
    row("a loader's batch", "for x, y in torch.utils.data.DataLoader(data):\n    pass\nx", -1);
    row("a loader's batch of a TensorDataset",
        "data = torch.utils.data.TensorDataset(torch.ones(9, 2), torch.ones(9))\n"
        "for x, y in torch.utils.data.DataLoader(data, batch_size=3):\n    pass\ny",
        1);
    row("of a part of one",
        "data = torch.utils.data.TensorDataset(torch.ones(9, 2), torch.ones(9))\n"
        "train, test = torch.utils.data.random_split(data, [6, 3])\n"
        "for x, y in torch.utils.data.DataLoader(dataset=train):\n    pass\nx",
        2);
    row("an item of a TensorDataset",
        "x, y = torch.utils.data.TensorDataset(torch.ones(9, 2), torch.ones(9))[0]\nx", 1);
    row("a batch of an own Dataset's items",
        "class Data(torch.utils.data.Dataset):\n"
        "    def __init__(self):\n        self.x = torch.ones(9, 2)\n"
        "    def __getitem__(self, i):\n        return {'x': self.x[i], 'name': 'a'}\n"
        "batch = next(iter(torch.utils.data.DataLoader(Data())))\nbatch['x']",
        2);
    row("and what of it is no tensor there",
        "class Data(torch.utils.data.Dataset):\n"
        "    def __getitem__(self, i):\n        return {'x': i, 'name': 'a'}\n"
        "batch = next(iter(torch.utils.data.DataLoader(Data())))\nbatch['name']",
        -2);
    row("numbers of an own Dataset become a tensor",
        "class Data(torch.utils.data.Dataset):\n"
        "    def __getitem__(self, i):\n        return torch.ones(2), i\n"
        "for x, y in torch.utils.data.DataLoader(Data()):\n    pass\ny",
        1);
    row("what a loader's collate_fn makes",
        "def collate(batch):\n    return torch.ones(2, 2), [len(batch)]\n"
        "for x, n in torch.utils.data.DataLoader(data, collate_fn=collate):\n    pass\nx",
        2);
    row("and what of it is no tensor",
        "def collate(batch):\n    return torch.ones(2, 2), [len(batch)]\n"
        "for x, n in torch.utils.data.DataLoader(data, collate_fn=collate):\n    pass\nn",
        -2);
}

void TestContainers::holdsTensor()
{
    QFETCH(QString, code);
    QFETCH(int, rank);
    const std::string text = "import torch\n" + code.toStdString() + "\n";
    const auto semantics = Semantics::build(text);
    QVERIFY(semantics);
    const SyntaxTree &tree = (*semantics)->tree();
    NodeId last = kNoNode;
    for (const NodeId statement : tree.named(tree.root())) {
        last = statement;
    }
    const Type &type = (*semantics)->typeOf(tree.namedChild(last, 0));
    QCOMPARE(type.isTensor() ? type.rank : -2, rank);
}

QTEST_GUILESS_MAIN(TestContainers)
#include "tst_containers.moc"
