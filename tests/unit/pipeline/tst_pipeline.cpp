#include <QTest>

#include "base/files.h"
#include "pipeline/pipeline.h"

using namespace TorchLift;

/// The whole way on the real parts: rules, both interpreters, sandbox, embedding model.
class TestPipeline : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void sampleIsMigratedAndProven();
    void scriptBrokenInSourceHasNoReference();
    void seedCases_data();
    void seedCases();
    void nothingRanIsNeverProven_data();
    void nothingRanIsNeverProven();
    void retrievalShowsWhatTheEditsCite();
    void cancelledBeforeItStarts();

private:
    [[nodiscard]] std::string read(const char *file) const;
    Result<ResultRow> validate(const std::string &code, Migration &migration);

    std::unique_ptr<Pipeline> m_pipeline;
    Readiness m_ready;
};

void TestPipeline::initTestCase()
{
    auto pipeline = Pipeline::open(Paths::standard());
    QVERIFY2(pipeline, pipeline ? "" : pipeline.error().detail.c_str());
    m_pipeline = std::move(*pipeline);
    m_ready = m_pipeline->readiness({1, 0, 0}, {2, 7, 0});
    QVERIFY(m_ready.rules >= 40);
    if (!m_ready.source || !m_ready.target || !m_ready.sandbox) {
        QSKIP("the environments or the sandbox are not installed here: whole test program");
    }
}

std::string TestPipeline::read(const char *file) const
{
    auto bytes = readFile(std::filesystem::path(TORCHLIFT_SOURCE_DIR) / file);
    return bytes ? *bytes : std::string("raise SystemExit('no such test file')");
}

Result<ResultRow> TestPipeline::validate(const std::string &code, Migration &migration)
{
    auto migrated = m_pipeline->migrate(code, {}, {});
    if (!migrated) {
        return tl::unexpected(migrated.error());
    }
    migration = std::move(*migrated);
    return m_pipeline->validate("case.py", code, migration.newCode, &migration, {}, {}, {});
}

void TestPipeline::sampleIsMigratedAndProven()
{
    Migration migration;
    const auto row = validate(read("resources/demos/legacy_training.py"), migration);
    QVERIFY2(row, row ? "" : row.error().detail.c_str());
    QVERIFY(row->oldAtSource->works());
    QVERIFY(!row->oldAtTarget->works());
    QVERIFY2(row->newAtTarget->works(), row->newAtTarget->errorMessage.c_str());
    QCOMPARE(QByteArray(verdictName(row->verdict->kind)), QByteArray("equal"));
    QVERIFY(row->verdict->compared > 0);
    QVERIFY(migration.edits.size() >= 5);
    for (const Edit &edit : migration.edits) {
        QVERIFY2(!edit.isAccepted || edit.proof == EditProof::Proven, edit.id.c_str());
    }
}

void TestPipeline::scriptBrokenInSourceHasNoReference()
{
    Migration migration;
    const auto row = validate(read("tests/data/training_0_3.py"), migration);
    QVERIFY2(row, row ? "" : row.error().detail.c_str());
    QVERIFY(!row->oldAtSource->works());
    QVERIFY(!row->oldAtTarget->works());
    QVERIFY2(row->newAtTarget->works(), row->newAtTarget->errorMessage.c_str());
    QCOMPARE(QByteArray(verdictName(row->verdict->kind)), QByteArray("no reference"));
}

void TestPipeline::seedCases_data()
{
    QTest::addColumn<QByteArray>("file");
    QTest::addColumn<bool>("worksAtSource");
    QTest::addColumn<bool>("worksAtTarget");
    QTest::addColumn<QByteArray>("sourceError");
    QTest::addRow("Function without static methods under gradcheck")
        << QByteArray("tests/data/linear_function.py") << false << true
        << QByteArray("NotImplementedError");
    QTest::addRow("process group with gloo")
        << QByteArray("tests/data/gloo.py") << true << true << QByteArray();
    QTest::addRow("broken cell") << QByteArray("tests/data/broken_cell.py") << false << false
                                 << QByteArray("SyntaxError");
}

void TestPipeline::seedCases()
{
    QFETCH(QByteArray, file);
    QFETCH(bool, worksAtSource);
    QFETCH(bool, worksAtTarget);
    QFETCH(QByteArray, sourceError);
    Migration migration;
    const auto row = validate(read(file.constData()), migration);
    QVERIFY2(row, row ? "" : row.error().detail.c_str());
    QCOMPARE(row->oldAtSource->works(), worksAtSource);
    QCOMPARE(row->oldAtTarget->works(), worksAtTarget);
    QCOMPARE(QByteArray::fromStdString(row->oldAtSource->errorType), sourceError);
    QVERIFY(row->verdict);
}

void TestPipeline::nothingRanIsNeverProven_data()
{
    QTest::addColumn<QByteArray>("code");
    QTest::addRow("leaves in the first line")
        << QByteArray("import os; os._exit(0)\nimport torch\nx = torch.gesv(torch.ones(2, 1), "
                      "torch.eye(2))[0]\n");
    QTest::addRow("only defines functions") << QByteArray(
        "import torch\ndef f():\n    return torch.gesv(torch.ones(2, 1), torch.eye(2))[0]\n");
}

void TestPipeline::nothingRanIsNeverProven()
{
    QFETCH(QByteArray, code);
    Migration migration;
    const auto row = validate(code.toStdString(), migration);
    QVERIFY2(row, row ? "" : row.error().detail.c_str());
    QVERIFY(!migration.edits.empty());
    for (const Edit &edit : migration.edits) {
        QVERIFY2(edit.proof != EditProof::Proven, edit.id.c_str());
    }
}

void TestPipeline::retrievalShowsWhatTheEditsCite()
{
    if (!m_ready.libtorch || !m_ready.model) {
        QSKIP("libtorch or the embedding model is not installed here");
    }
    const std::string code = "import torch\nx, lu = torch.gesv(torch.ones(2, 1), torch.eye(2))\n";
    const auto migration = m_pipeline->migrate(code, {}, {});
    QVERIFY(migration && !migration->edits.empty());
    const auto found = m_pipeline->retrieve(code, &*migration, {}, {}, {});
    QVERIFY2(found, found ? "" : found.error().detail.c_str());
    QVERIFY(found->hasDense);
    QVERIFY(found->ranked.size() <= 6);
    QVERIFY(!found->ranked.empty());
    bool isCitedShown = false;
    for (const auto *list : {&found->ranked, &found->citedOnly}) {
        for (const RankedChunk &chunk : *list) {
            isCitedShown =
                isCitedShown
                || (chunk.isCited
                    && chunk.chunk.changeSlug == migration->edits.front().changes.front());
        }
    }
    QVERIFY(isCitedShown);
    for (const RankedChunk &chunk : found->ranked) {
        QVERIFY(chunk.chunk.version > migration->from && chunk.chunk.version <= migration->to);
    }
}

void TestPipeline::cancelledBeforeItStarts()
{
    std::stop_source source;
    source.request_stop();
    const auto row =
        m_pipeline->validate("case.py", "x = 1\n", "x = 1\n", nullptr, {}, {}, source.get_token());
    QVERIFY(!row);
    QCOMPARE(row.error().code, Errc::Cancelled);
}

QTEST_GUILESS_MAIN(TestPipeline)
#include "tst_pipeline.moc"
