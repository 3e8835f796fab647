#include <QtCore/QDir>
#include <QtCore/QTemporaryDir>
#include <QtTest/QTest>

#include "base/files.h"
#include "corpus/documents.h"
#include "corpus/htmltext.h"

using namespace TorchLift;

class TestDocumentImport : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }
    void html_data();
    void html();
    void brokenHtmlGivesText();
    void versionFromFolderFileAndOption();
    void questionsAndAnswers();
    void langChainPayloads();
    void badLinesAreNamed();
    void cancels();

private:
    std::filesystem::path write(const QString &name, const std::string &text) const
    {
        const QString file = m_folder->filePath(name);
        QDir().mkpath(QFileInfo(file).path());
        [[maybe_unused]] const auto written = writeFileAtomically(file.toStdString(), text);
        return file.toStdString();
    }
    Result<std::vector<Chunk>> read(const DocumentOptions &options = {})
    {
        m_skipped.clear();
        return chunksOfDocuments(m_folder->path().toStdString(), options, m_skipped, {}, {});
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    std::vector<std::string> m_skipped;
};

void TestDocumentImport::html_data()
{
    QTest::addColumn<QString>("html");
    QTest::addColumn<QString>("expected");
    QTest::addRow("heading and paragraph") << "<h2>solve</h2>\n<p>Use\n <b>it</b>.</p>"
                                           << "## solve\n\nUse it.";
    QTest::addRow("entities") << "a &lt; b &amp;&amp; c &#8594; d &#x1F600; &nosuch; &"
                              << u"a < b && c \u2192 d \U0001F600 &nosuch; &"_qs;
    QTest::addRow("code keeps its lines") << "<pre><span>x = 1\n</span>  y &gt; 2</pre>"
                                          << "```\nx = 1\n  y > 2\n```";
    QTest::addRow("inline code") << "<p>call <code>torch.gesv</code></p>"
                                 << "call `torch.gesv`";
    QTest::addRow("what is no content") << "<head><title>t</title></head><script>if (a<b) {}"
                                           "</script><nav><a>x</a></nav><style>p{}</style><p>y</p>"
                                        << "y";
    QTest::addRow("list") << "<ul><li>one</li><li>two</li></ul>"
                          << "- one\n\n- two";
}

void TestDocumentImport::html()
{
    QFETCH(QString, html);
    QFETCH(QString, expected);
    QCOMPARE(QString::fromStdString(markdownOfHtml(html.toStdString())).trimmed(), expected);
}

void TestDocumentImport::brokenHtmlGivesText()
{
    const std::string page = "<p>a<b>c &#xFFFFFFFF; <<>> <!-- <pre>x</p><script>never closed";
    for (std::size_t end = 0; end <= page.size(); ++end) {
        const std::string text = markdownOfHtml(std::string_view(page).substr(0, end));
        QVERIFY(QString::fromStdString(text).toStdString() == text);
    }
}

void TestDocumentImport::versionFromFolderFileAndOption()
{
    write("docs/2.7/linalg.html", "<h1>solve</h1><p>in folder of torch.linalg.solve</p>");
    write("v1.9.0.md", "# Notes\n\nin the file's name");
    write("other.md", "# Other\n\nnowhere");
    write("picture.png", "x");
    auto chunks = read();
    QVERIFY(chunks);
    QCOMPARE(chunks->size(), std::size_t{2});
    QCOMPARE(m_skipped.size(), std::size_t{2});
    for (const Chunk &chunk : *chunks) {
        const bool isDocs = chunk.text.find("folder") != std::string::npos;
        QCOMPARE(chunk.version, isDocs ? Version(2, 7, 0) : (Version{1, 9, 0}));
        QVERIFY(chunk.isOriginal);
        QCOMPARE(chunk.trust, 0.5);
    }
    DocumentOptions options;
    options.version = Version{2, 0, 0};
    options.trust = 0.8;
    options.source = "docs";
    chunks = read(options);
    QVERIFY(chunks);
    QCOMPARE(chunks->size(), std::size_t{3});
    QVERIFY(chunks->front().trust == 0.8 && chunks->front().source == "docs");
}

void TestDocumentImport::questionsAndAnswers()
{
    write("qa.jsonl", R"({"title": "gesv gone", "question": "<p>What now?</p>", )"
                      R"("answer": "Use torch.linalg.solve.", "version": "1.13"})"
                      "\n\n"
                      R"({"text": "no version here"})");
    const auto chunks = read();
    QVERIFY(chunks);
    QCOMPARE(chunks->size(), std::size_t{1});
    QCOMPARE(chunks->front().version, (Version{1, 13, 0}));
    QVERIFY(chunks->front().text.find("What now?") != std::string::npos);
    QVERIFY(chunks->front().symbols == std::vector<std::string>{"torch.linalg.solve"});
    QCOMPARE(m_skipped.size(), std::size_t{1});
}

void TestDocumentImport::langChainPayloads()
{
    const std::string payload =
        R"json({"page_content": "torch.symeig is deprecated (#57732)", "metadata": )json"
        R"json({"version": "1.9.0", "chunk_id": "v1.9.0-4", "release_name": "PyTorch 1.9"}})json";
    write("points.jsonl", "{\"id\": 7, \"payload\": " + payload + "}\n" + payload);
    const auto chunks = read();
    QVERIFY(chunks);
    QCOMPARE(chunks->size(), std::size_t{1}); // the same text twice is one chunk
    const Chunk &chunk = chunks->front();
    QCOMPARE(chunk.version, (Version{1, 9, 0}));
    QCOMPARE(chunk.chunkId, std::string("v1.9.0-4"));
    QVERIFY(chunk.pullRequests == std::vector<std::string>{"#57732"});
}

void TestDocumentImport::badLinesAreNamed()
{
    write("a.jsonl", "{\"text\": \"x\", \"version\": \"1.2\"}\nnot json\n");
    const auto chunks = read();
    QVERIFY(!chunks);
    QCOMPARE(chunks.error().code, Errc::InvalidInput);
    QVERIFY(chunks.error().subject.ends_with("line 2"));
    std::vector<std::string> skipped;
    const auto absent = chunksOfDocuments("/nonexistent/x", {}, skipped, {}, {});
    QVERIFY(!absent && absent.error().code == Errc::NotFound);
}

void TestDocumentImport::cancels()
{
    write("a.md", "x");
    std::stop_source stop;
    stop.request_stop();
    const auto chunks =
        chunksOfDocuments(m_folder->path().toStdString(), {}, m_skipped, {}, stop.get_token());
    QVERIFY(!chunks && chunks.error().code == Errc::Cancelled);
}

QTEST_GUILESS_MAIN(TestDocumentImport)
#include "tst_documentimport.moc"
