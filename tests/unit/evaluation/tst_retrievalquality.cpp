#include <QtCore/QTemporaryDir>
#include <QtTest/QTest>

#include "corpus/store.h"
#include "evaluation/calibration.h"
#include "evaluation/queries.h"
#include "evaluation/retrievalruns.h"
#include "evaluation/statistics.h"
#include "models/registry.h"
#include "settings/paths.h"

using namespace TorchLift;

/// What retrieval finds of both judgement sets, with the real model; skipped where set-up has not
/// installed it. TORCHLIFT_NOTES names a folder of original notes to mix in.
class TestRetrievalQuality : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void recall_data();
    void recall();
    void calibratedDepthCoversAsPromised_data() { recall_data(); }
    void calibratedDepthCoversAsPromised();

private:
    Result<JudgementSet> set(const QString &name) const;
    std::vector<double> recallsAt6(const JudgementSet &asked, bool isDenseOnly,
                                   Rankings *run = nullptr);

    const Paths m_paths = Paths::standard();
    QTemporaryDir m_folder;
    std::unique_ptr<CorpusStore> m_store;
    std::unique_ptr<Retriever> m_retriever;
};

void TestRetrievalQuality::initTestCase()
{
    auto model = openModel(kDefaultModel, m_paths.models(),
                           {m_paths.libtorch(), m_paths.encoderModule(), {}, m_paths.cache}, {});
    if (!model) {
        QSKIP("libtorch or all-MiniLM-L6-v2 is not installed: whole test program");
    }
    auto store = CorpusStore::open(m_folder.filePath("corpus.sqlite").toStdString());
    QVERIFY(store);
    m_store = std::move(*store);
    const auto catalogue = chunksOfCatalogue(m_paths.catalogue());
    QVERIFY(catalogue);
    QVERIFY(m_store->replaceSource("catalogue", *catalogue));
    if (const QByteArray notes = qgetenv("TORCHLIFT_NOTES"); !notes.isEmpty()) {
        std::vector<std::string> skipped;
        const auto originals = chunksOfMarkdownFolder(notes.toStdString(), skipped, {}, {});
        QVERIFY(originals && !originals->empty());
        QVERIFY(m_store->replaceSource(originals->front().source, *originals));
    }
    auto retriever = Retriever::open(*m_store, std::shared_ptr<EmbeddingModel>(std::move(*model)),
                                     m_folder.filePath("vectors").toStdString(), {}, {});
    QVERIFY(retriever);
    m_retriever = std::move(*retriever);
}

Result<JudgementSet> TestRetrievalQuality::set(const QString &name) const
{
    if (name == "handmade") {
        const auto folder = m_paths.judgements() / "handmade";
        return readJudgementSet(folder / "queries.jsonl", folder / "qrels.txt");
    }
    const auto rules = RuleSet::load(m_paths.rules());
    return rules ? judgementsOfRules(**rules, m_paths.catalogue()) : tl::unexpected(rules.error());
}

std::vector<double> TestRetrievalQuality::recallsAt6(const JudgementSet &asked, bool isDenseOnly,
                                                     Rankings *run)
{
    const auto found = runQueries(*m_retriever, asked.queries, isDenseOnly, 100, {}, {});
    if (!found || found->outsideWindow != 0) {
        return {};
    }
    if (run != nullptr) {
        *run = found->run;
    }
    return measureEach(Measure::Recall, found->run, asked.qrels, 6);
}

void TestRetrievalQuality::recall_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<double>("least");
    QTest::addRow("cited changes of the rules") << "rules" << 0.95;
    QTest::addRow("hand-made") << "handmade" << 0.85;
}

void TestRetrievalQuality::recall()
{
    QFETCH(QString, name);
    QFETCH(double, least);
    const auto asked = set(name);
    QVERIFY(asked);
    const auto hybrid = recallsAt6(*asked, false);
    const auto dense = recallsAt6(*asked, true);
    QVERIFY2(!hybrid.empty() && !dense.empty(), "an error, or a chunk outside the window");
    qInfo("recall@6: hybrid %.3f, dense %.3f, p = %.5f", meanOf(hybrid), meanOf(dense),
          randomisationTest(hybrid, dense));
    QEXPECT_FAIL("cited changes of the rules", "0.95 is the goal; 0.92 is reached so far",
                 Continue);
    QVERIFY(meanOf(hybrid) >= least);
    QVERIFY(meanOf(hybrid) > meanOf(dense));
    QVERIFY(randomisationTest(hybrid, dense) < 0.01);
}

void TestRetrievalQuality::calibratedDepthCoversAsPromised()
{
    QFETCH(QString, name);
    const auto asked = set(name);
    QVERIFY(asked);
    Rankings run;
    QVERIFY(!recallsAt6(*asked, false, &run).empty());
    constexpr double coverage = 0.9;
    const Calibration calibration =
        calibrate(depthsNeeded(run, asked->qrels, Covered::First), coverage);
    QVERIFY(calibration.k);
    qInfo("k = %zu covers %.3f of held-out halves", *calibration.k, calibration.measured);
    QVERIFY(calibration.measured >= coverage - 0.01);
    QVERIFY(*calibration.k <= 10);
}

QTEST_GUILESS_MAIN(TestRetrievalQuality)
#include "tst_retrievalquality.moc"
