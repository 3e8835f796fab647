#include <QtTest>

#include "migration/prompt.h"

using namespace TorchLift;

namespace {

const std::string kCode = "import torch\nx = torch.ones(2)\n";

} // namespace

class TestModelAnswer : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void splits_data();
    void splits();
    void survivesEveryPrefix();
};

void TestModelAnswer::splits_data()
{
    QTest::addColumn<std::string>("answer");
    QTest::addColumn<std::string>("code");
    QTest::addColumn<std::string>("explanation");
    QTest::addColumn<bool>("isCutOff");
    const auto row = [](const char *name, const std::string &answer, const std::string &code,
                        const std::string &explanation, bool isCutOff = false) {
        QTest::newRow(name) << answer << code << explanation << isCutOff;
    };
    const std::string block = "```python\n" + kCode + "```\n";

    row("as asked for", block + "\nIt changed.", kCode, "It changed.");
    row("explanation before and after", "Here:\n" + block + "Done.\n", kCode, "Here:\n\nDone.");
    row("code only", block, kCode, "");
    row("empty", "", "", "");
    row("white space", " \n\n", "", "");
    row("carriage returns", "```python\r\nimport torch\r\nx = torch.ones(2)\r\n```\r\nDone.\r\n",
        kCode, "Done.");
    row("short label", "```py\n" + kCode + "```", kCode, "");
    row("label in capitals", "``` Python title=\"a.py\"\n" + kCode + "```", kCode, "");
    row("no label", "```\n" + kCode + "```\nDone.", kCode, "Done.");
    row("tildes", "~~~python\n" + kCode + "~~~\nDone.", kCode, "Done.");
    row("tildes around backticks", "~~~python\ns = '''\n```\n'''\n~~~", "s = '''\n```\n'''\n", "");
    row("longer fence around a shorter one", "````python\ns = '''\n```\n'''\n````",
        "s = '''\n```\n'''\n", "");
    row("indented fence", "1. Code:\n   ```python\n   import torch\n     # deep\n   ```\n2. Done.",
        "import torch\n  # deep\n", "1. Code:\n\n2. Done.");
    row("fence deep inside code", "```python\ndef f():\n    '''\n    ```\n    '''\n```\nDone.",
        "def f():\n    '''\n    ```\n    '''\n", "Done.");
    row("blank lines stay", "```python\n\nimport torch\n\n\nx = 1\n\n```",
        "\nimport torch\n\n\nx = 1\n\n", "");
    row("several blocks: the longest wins",
        "Before:\n```python\nx = 1\n```\nAfter:\n" + block + "Done.", kCode,
        "Before:\n```python\nx = 1\n```\nAfter:\n\nDone.");
    row("a longer block of another language",
        block + "```bash\npip install torch==2.7.0 --index-url nowhere --upgrade --verbose\n```",
        kCode, "```bash\npip install torch==2.7.0 --index-url nowhere --upgrade --verbose\n```");
    row("a longer unlabelled block of output",
        "```\n" + kCode + "```\n```\ntensor of ones, as it would be seen on the screen\n```", kCode,
        "```\ntensor of ones, as it would be seen on the screen\n```");
    row("only a shell command", "```bash\nls\n```", "", "```bash\nls\n```");
    row("wrapped in markdown", "```markdown\n" + block + "Done.\n```", kCode, "Done.");
    row("reasoning first", "<think>\nMaybe\n```python\nx = 0\n```\n</think>\n" + block + "Done.",
        kCode, "Done.");
    row("reasoning whose start was swallowed", "Maybe\n</think>\n\n" + block + "Done.", kCode,
        "Done.");
    row("other reasoning tags", "\n<thinking>Maybe</thinking>\n" + block, kCode, "");
    row("the tag inside code", "```python\ns = '<think>'  # </think>\n```\nDone.",
        "s = '<think>'  # </think>\n", "Done.");
    row("cut off inside reasoning", "<think>\nMaybe", "", "", true);
    row("cut off inside code", "Here:\n```python\nimport torch\nx = torch.o",
        "import torch\nx = torch.o\n", "Here:", true);
    row("cut off inside a second block", block + "Run:\n```bash\npython m", kCode,
        "Run:\n```bash\npython m", true);
    row("no fence", kCode, kCode, "");
    row("no fence, explained",
        "Here is the code.\n\n" + kCode + "\nx was a Variable, so it changed.", kCode,
        "Here is the code.\n\nx was a Variable, so it changed.");
    row("no fence, no blank lines", "Here is the code:\n" + kCode + "That is all of it, done.",
        kCode, "Here is the code:\n\nThat is all of it, done.");
    row("no fence, a class",
        "class Net(nn.Module):\n    def forward(self, x):\n        return x\n\n\nnet = Net()\nIt "
        "is done.",
        "class Net(nn.Module):\n    def forward(self, x):\n        return x\n\n\nnet = Net()\n",
        "It is done.");
    row("prose only", "I cannot do that. The function f(x) is gone, and x = 1 is not enough.", "",
        "I cannot do that. The function f(x) is gone, and x = 1 is not enough.");
    row("code in a sentence", "```x``` is gone.", "", "```x``` is gone.");
    row("Russian", block + "Заменён вызов.", kCode, "Заменён вызов.");
}

void TestModelAnswer::splits()
{
    QFETCH(std::string, answer);
    QFETCH(std::string, code);
    QFETCH(std::string, explanation);
    QFETCH(bool, isCutOff);
    const ModelAnswer parts = splitAnswer(answer);
    QCOMPARE(parts.code, code);
    QCOMPARE(parts.explanation, explanation);
    QCOMPARE(parts.isCutOff, isCutOff);
}

void TestModelAnswer::survivesEveryPrefix()
{
    const std::string answer =
        "<think>a</think>\nHere:\n~~~\n```py\n~~~\n```python\r\nx = 1\n```\n\tif x:\n(\n";
    for (std::size_t length = 0; length <= answer.size(); ++length) {
        const ModelAnswer parts = splitAnswer(std::string_view(answer).substr(0, length));
        QVERIFY(parts.code.size() + parts.explanation.size() <= 2 * answer.size());
    }
    QVERIFY(splitAnswer(std::string_view("\0```\0", 5)).code.empty());
}

QTEST_GUILESS_MAIN(TestModelAnswer)
#include "tst_modelanswer.moc"
