#include <QtCore/QTemporaryDir>
#include <QtTest/QTest>

#include <fstream>

#include "corpus/change.h"
#include "corpus/store.h"

using namespace TorchLift;

namespace {

const std::string kGesv = R"(schema: 1
changes:
  - slug: gesv-removed
    symbols: [torch.gesv, torch.Tensor.gesv]
    kind: removed
    version: "1.2.0"
    section: Removed functions
    statement: {en: "Use solve instead.", ru: "Вместо этого solve."}
    before: |
      x, lu = torch.gesv(b, A)
    after: |
      x, lu = torch.solve(b, A)
    pull_request: "#18153"
)";

const std::string kTwo = R"(schema: 1
changes:
  - slug: b-change
    symbols: [torch.b]
    kind: deprecated
    version: "1.10"
    section: Deprecations
    statement: {en: "B.", ru: "Б."}
  - slug: a-change
    symbols: [torch.a]
    kind: default
    version: "1.10"
    section: Deprecations
    statement: {en: "A.", ru: "А."}
)";

} // namespace

class TestCatalogue : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init();
    void readsEveryField();
    void sortsByVersionThenSlug();
    void chunks();
    void refuses_data();
    void refuses();
    void newerSchema();
    void duplicateAcrossFiles();
    void absentFolder();
    void shippedCatalogue();

private:
    void write(const char *name, const std::string &text) const;
    [[nodiscard]] std::filesystem::path path() const { return m_folder->path().toStdString(); }

    std::unique_ptr<QTemporaryDir> m_folder;
};

void TestCatalogue::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
}

void TestCatalogue::write(const char *name, const std::string &text) const
{
    std::ofstream(path() / name) << text;
}

void TestCatalogue::readsEveryField()
{
    write("linalg.yaml", kGesv);
    const auto changes = loadCatalogue(path());
    QVERIFY(changes);
    QCOMPARE(changes->size(), size_t(1));
    const Change &change = changes->front();
    QCOMPARE(change.slug, std::string("gesv-removed"));
    QVERIFY(change.symbols == (std::vector<std::string>{"torch.gesv", "torch.Tensor.gesv"}));
    QCOMPARE(change.kind, std::string("removed"));
    QVERIFY(change.version == (Version{1, 2, 0}));
    QCOMPARE(change.section, std::string("Removed functions"));
    QCOMPARE(change.statement.en, std::string("Use solve instead."));
    QCOMPARE(change.statement.ru, std::string("Вместо этого solve."));
    QCOMPARE(change.before, std::string("x, lu = torch.gesv(b, A)\n"));
    QCOMPARE(change.pullRequest, std::string("#18153"));
}

void TestCatalogue::sortsByVersionThenSlug()
{
    write("z.yaml", kGesv);
    write("a.yaml", kTwo);
    const auto changes = loadCatalogue(path());
    QVERIFY(changes);
    QCOMPARE((*changes)[0].slug, std::string("gesv-removed")); // 1.2 is before 1.10
    QCOMPARE((*changes)[1].slug, std::string("a-change"));
    QCOMPARE((*changes)[2].slug, std::string("b-change"));
}

void TestCatalogue::chunks()
{
    write("z.yaml", kGesv);
    write("a.yaml", kTwo);
    const auto chunks = chunksOfCatalogue(path());
    QVERIFY(chunks);
    QCOMPARE(chunks->size(), size_t(3));
    const Chunk &gesv = (*chunks)[0];
    QCOMPARE(gesv.chunkId, std::string("v1.2.0-1"));
    QCOMPARE((*chunks)[2].chunkId, std::string("v1.10.0-2"));
    QCOMPARE(gesv.releaseName, std::string("PyTorch 1.2"));
    QCOMPARE(gesv.source, std::string("catalogue"));
    QCOMPARE(gesv.changeSlug, std::string("gesv-removed"));
    QVERIFY(!gesv.isOriginal);
    QCOMPARE(gesv.text, std::string("`torch.gesv`, `torch.Tensor.gesv` (1.2.0)\n\n"
                                    "Use solve instead.\n\n"
                                    "Before:\n```python\nx, lu = torch.gesv(b, A)\n```\n\n"
                                    "After:\n```python\nx, lu = torch.solve(b, A)\n```"));
    QVERIFY(gesv.textRu.find("Вместо этого solve.") != std::string::npos);
    QVERIFY(gesv.key.starts_with("catalogue:"));
    QCOMPARE(gesv.key, chunkKey(gesv));
    QVERIFY(gesv.pullRequests == std::vector<std::string>{"#18153"});
}

void TestCatalogue::refuses_data()
{
    QTest::addColumn<QString>("from");
    QTest::addColumn<QString>("to");
    QTest::addColumn<QString>("named"); // what the message must name
    QTest::addRow("no Russian") << ", ru: \"Вместо этого solve.\""
                                << ""
                                << "ru";
    QTest::addRow("no version") << "version: \"1.2.0\""
                                << "version: soon"
                                << "version";
    QTest::addRow("unknown kind") << "kind: removed"
                                  << "kind: vanished"
                                  << "kind";
    QTest::addRow("misspelt field") << "before:"
                                    << "befor:"
                                    << "befor";
    QTest::addRow("no symbols") << "[torch.gesv, torch.Tensor.gesv]"
                                << "[]"
                                << "symbols";
    QTest::addRow("statement is text")
        << "{en: \"Use solve instead.\", ru: \"Вместо этого solve.\"}"
        << "text"
        << "statement";
    QTest::addRow("broken YAML") << "symbols: ["
                                 << "symbols: [["
                                 << "gesv";
}

void TestCatalogue::refuses()
{
    QFETCH(QString, from);
    QFETCH(QString, to);
    QFETCH(QString, named);
    const QString text = QString::fromStdString(kGesv).replace(from, to);
    QVERIFY(text != QString::fromStdString(kGesv));
    write("bad.yaml", text.toStdString());
    const auto changes = loadCatalogue(path());
    QVERIFY(!changes);
    QCOMPARE(changes.error().code, Errc::InvalidInput);
    QVERIFY(changes.error().subject.ends_with("bad.yaml"));
    const bool isBroken = QString(QTest::currentDataTag()) == "broken YAML";
    QVERIFY2(isBroken || QString::fromStdString(changes.error().detail).contains(named),
             changes.error().detail.c_str());
}

void TestCatalogue::newerSchema()
{
    write("new.yaml", "schema: 2\nchanges: []\n");
    QCOMPARE(loadCatalogue(path()).error().code, Errc::Incompatible);
}

void TestCatalogue::duplicateAcrossFiles()
{
    write("one.yaml", kGesv);
    write("two.yaml", kGesv);
    const auto changes = loadCatalogue(path());
    QVERIFY(!changes);
    QCOMPARE(changes.error().code, Errc::InvalidInput);
    QVERIFY(changes.error().detail.find("one.yaml") != std::string::npos);
}

void TestCatalogue::absentFolder()
{
    QCOMPARE(loadCatalogue(path() / "absent").error().code, Errc::NotFound);
    QCOMPARE(loadCatalogue(path()).error().code, Errc::NotFound); // nothing in it
}

void TestCatalogue::shippedCatalogue()
{
    const std::filesystem::path shipped =
        std::filesystem::path(TORCHLIFT_SOURCE_DIR) / "resources/catalogue";
    if (!std::filesystem::exists(shipped)) {
        QSKIP("resources/catalogue is not there");
    }
    const auto chunks = chunksOfCatalogue(shipped);
    QVERIFY2(chunks, chunks ? "" : chunks.error().detail.c_str());
    QVERIFY(chunks->size() >= 60);
}

QTEST_GUILESS_MAIN(TestCatalogue)
#include "tst_catalogue.moc"
