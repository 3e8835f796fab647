#include <QtCore/QTemporaryDir>
#include <QtTest/QTest>

#include <set>

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
    void handmadeSetIsAsItWasAgreed();
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
    auto timeline = Timeline::load(m_paths.timeline());
    QVERIFY(timeline);
    auto retriever = Retriever::open(*m_store, std::shared_ptr<EmbeddingModel>(std::move(*model)),
                                     m_folder.filePath("vectors").toStdString(), {}, {}, nullptr,
                                     std::move(*timeline));
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

// At least 150 queries, code and questions in both languages, a third without the symbol's name.
void TestRetrievalQuality::handmadeSetIsAsItWasAgreed()
{
    const auto asked = set("handmade");
    QVERIFY(asked);
    std::set<std::pair<bool, std::string>> kinds;
    std::size_t unnamed = 0;
    for (const EvaluationQuery &query : asked->queries) {
        kinds.emplace(query.isCode, query.language);
        unnamed += query.namesSymbol ? 0 : 1;
    }
    QVERIFY(asked->queries.size() >= 150);
    QCOMPARE(asked->qrels.size(), asked->queries.size());
    QCOMPARE(kinds.size(), std::size_t(4));
    QVERIFY(3 * unnamed >= asked->queries.size());
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
    qInfo("%zu queries, recall@6: hybrid %.3f, dense %.3f, p = %.5f", hybrid.size(), meanOf(hybrid),
          meanOf(dense), randomisationTest(hybrid, dense));
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
