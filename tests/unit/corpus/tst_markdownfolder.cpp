#include <QtCore/QTemporaryDir>
#include <QtTest/QTest>

#include <algorithm>
#include <fstream>
#include <set>

#include "base/text.h"
#include "corpus/store.h"

using namespace TorchLift;

namespace {

const std::string kNotes = R"(# Release Notes
- [Deprecations](#deprecations)

<!-- a comment -->

## Deprecations

### `torch.gesv` is deprecated (#12345)

Use `torch.solve`.

```python
# no heading: this is code
torch.solve(b, A)
```

## Improvements

- First point about nn.Linear
- Second point
)";

} // namespace

class TestMarkdownFolder : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init();
    void sectionsBecomeChunks();
    void longSectionRepeatsItsHeading();
    void codeStaysWhole();
    void badInput_data();
    void badInput();
    void sameTextOnce();
    void cancels();
    void absentFolder();
    void realNotes();

private:
    void write(const char *name, const std::string &text) const;
    [[nodiscard]] Result<std::vector<Chunk>> import();

    std::unique_ptr<QTemporaryDir> m_folder;
    std::vector<std::string> m_skipped;
};

void TestMarkdownFolder::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    m_skipped.clear();
}

void TestMarkdownFolder::write(const char *name, const std::string &text) const
{
    std::ofstream(m_folder->filePath(name).toStdString(), std::ios::binary) << text;
}

Result<std::vector<Chunk>> TestMarkdownFolder::import()
{
    return chunksOfMarkdownFolder(m_folder->path().toStdString(), m_skipped, {}, {});
}

void TestMarkdownFolder::sectionsBecomeChunks()
{
    write("v1.1.0.md", kNotes);
    write("README.md", "no version");
    write("other.txt", "not Markdown");
    const auto chunks = import();
    QVERIFY(chunks);
    QCOMPARE(chunks->size(), size_t(2));
    QVERIFY(m_skipped == std::vector<std::string>{"README.md"});
    const Chunk &first = (*chunks)[0];
    QCOMPARE(first.section, std::string("Deprecations"));
    QCOMPARE(first.text, std::string("### `torch.gesv` is deprecated (#12345)\n\n"
                                     "Use `torch.solve`.\n\n```python\n# no heading: this is "
                                     "code\ntorch.solve(b, A)\n```"));
    QVERIFY(first.symbols == (std::vector<std::string>{"torch.gesv", "torch.solve"}));
    QVERIFY(first.pullRequests == std::vector<std::string>{"#12345"});
    QVERIFY(first.isOriginal);
    QVERIFY(first.version == (Version{1, 1, 0}));
    QCOMPARE(first.chunkId, std::string("v1.1.0-1"));
    QCOMPARE(first.source, m_folder->path().section('/', -1).toStdString());
    const Chunk &second = (*chunks)[1];
    QCOMPARE(second.section, std::string("Improvements"));
    QCOMPARE(second.text, std::string("## Improvements\n\n- First point about nn.Linear\n"
                                      "- Second point"));
    QVERIFY(second.symbols == std::vector<std::string>{"torch.nn.Linear"});
}

void TestMarkdownFolder::longSectionRepeatsItsHeading()
{
    std::string text = "# Fixes\n\n";
    for (int i = 0; i < 60; ++i) {
        text += "- point " + std::to_string(i) + " says something of forty characters\n";
    }
    write("v2.0.0.md", text);
    const auto chunks = import();
    QVERIFY(chunks);
    QVERIFY(chunks->size() > 2);
    std::string all;
    for (const Chunk &chunk : *chunks) {
        QVERIFY(chunk.text.starts_with("# Fixes\n\n- point"));
        QVERIFY(chunk.text.size() <= 1000);
        all += chunk.text;
    }
    for (int i = 0; i < 60; ++i) {
        QVERIFY(all.find("point " + std::to_string(i) + " says") != std::string::npos);
    }
}

void TestMarkdownFolder::codeStaysWhole()
{
    std::string code = "```python\n";
    for (int i = 0; i < 20; ++i) {
        code += "line_" + std::to_string(i) + " = torch.ones(3)\n\n";
    }
    code += "```";
    write("v2.0.0.md", "# A\n\n" + std::string(700, 'x') + "\n\n" + code + "\n\nafter\n");
    const auto chunks = import();
    QVERIFY(chunks);
    QVERIFY(std::any_of(chunks->begin(), chunks->end(), [&](const Chunk &chunk) {
        return chunk.text.find(code) != std::string::npos;
    }));
}

void TestMarkdownFolder::badInput_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addRow("empty") << QByteArray();
    QTest::addRow("nul bytes") << QByteArray("# A\n\n\0\0 text\0", 14);
    QTest::addRow("latin-1") << QByteArray("# caf\xe9\n\nna\xefve");
    QTest::addRow("one long line") << QByteArray(300000, 'a');
    QTest::addRow("deep nesting") << QByteArray(20000, '>') + " x\n" + QByteArray(20000, '[');
    QTest::addRow("open fence") << QByteArray("# A\n\n```\nnever closed");
    QTest::addRow("crlf and cr") << QByteArray("# A\r\n\r\ntext\r\r## B\rmore");
}

void TestMarkdownFolder::badInput()
{
    QFETCH(QByteArray, bytes);
    write("v1.0.0.md", bytes.toStdString());
    const auto chunks = import();
    QVERIFY(chunks);
    for (const Chunk &chunk : *chunks) {
        QVERIFY(isValidUtf8(chunk.text));
        QVERIFY(!chunk.text.empty());
    }
}

void TestMarkdownFolder::sameTextOnce()
{
    write("v1.0.0.md", "# A\n\nsame\n\n# A\n\nsame\n");
    const auto chunks = import();
    QVERIFY(chunks);
    QCOMPARE(chunks->size(), size_t(1));
}

void TestMarkdownFolder::cancels()
{
    write("v1.0.0.md", kNotes);
    std::stop_source source;
    source.request_stop();
    const auto chunks =
        chunksOfMarkdownFolder(m_folder->path().toStdString(), m_skipped, {}, source.get_token());
    QCOMPARE(chunks.error().code, Errc::Cancelled);
}

void TestMarkdownFolder::absentFolder()
{
    const auto chunks =
        chunksOfMarkdownFolder(m_folder->filePath("absent").toStdString(), m_skipped, {}, {});
    QCOMPARE(chunks.error().code, Errc::NotFound);
}

void TestMarkdownFolder::realNotes()
{
    const std::filesystem::path notes =
        std::filesystem::path(TORCHLIFT_SOURCE_DIR) / "../shared/corpus";
    if (!std::filesystem::exists(notes)) {
        QSKIP("../shared/corpus is not there");
    }
    const auto chunks = chunksOfMarkdownFolder(notes, m_skipped, {}, {});
    QVERIFY(chunks);
    QVERIFY(chunks->size() > 300);
    std::set<std::string> sections;
    for (const Chunk &chunk : *chunks) {
        QVERIFY(chunk.version >= (Version{2, 0, 0}));
        sections.insert(chunk.section);
    }
    QVERIFY(sections.contains("Deprecations"));
    QVERIFY(std::any_of(chunks->begin(), chunks->end(), [](const Chunk &chunk) {
        return chunk.version == Version{2, 7, 0}
               && std::find(chunk.symbols.begin(), chunk.symbols.end(), "torch.Tensor.new_tensor")
                      != chunk.symbols.end();
    }));
}

QTEST_GUILESS_MAIN(TestMarkdownFolder)
#include "tst_markdownfolder.moc"
