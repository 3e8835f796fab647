#include <QtCore/QTemporaryDir>
#include <QtTest/QTest>

#include "embedding/encoderloader.h"
#include "retrieval/retriever.h"
#include "settings/paths.h"

using namespace TorchLift;

/// The whole way with the real model; skipped where set-up has not installed it.
class TestRetrievalWithModel : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void findsByMeaning();
};

void TestRetrievalWithModel::findsByMeaning()
{
    const Paths paths = Paths::standard();
    auto model = loadEncoder({paths.libtorch(), paths.encoderModule(),
                              paths.models() / "all-MiniLM-L6-v2", paths.cache});
    if (!model && model.error().code == Errc::MissingPart) {
        QSKIP("libtorch or all-MiniLM-L6-v2 is not installed");
    }
    QVERIFY2(model, model ? "" : model.error().detail.c_str());
    const QTemporaryDir folder;
    auto store = CorpusStore::open(folder.filePath("corpus.sqlite").toStdString());
    QVERIFY(store);
    const auto add = [](const char *slug, const char *text) {
        Chunk chunk;
        chunk.version = {1, 9, 0};
        chunk.source = "catalogue";
        chunk.changeSlug = slug;
        chunk.text = text;
        chunk.key = chunkKey(chunk);
        return chunk;
    };
    const std::vector chunks = {
        add("solve", "Solving systems of linear equations moved to the linalg module."),
        add("rng", "Random permutations are drawn on the device of the generator."),
        add("loader", "Worker processes of the data loader can stay alive between epochs."),
        add("onnx", "Exporting a model to ONNX uses another opset by default.")};
    QVERIFY((*store)->replaceSource("catalogue", chunks));
    const auto retriever =
        Retriever::open(**store, std::shared_ptr<EmbeddingModel>(std::move(*model)),
                        folder.filePath("vectors.tlv").toStdString(), {}, {});
    QVERIFY(retriever);
    RetrievalQuery query; // shares no telling word with the chunk it wants
    query.text = "Which function do I call to find x in A x = b?";
    query.isDenseOnly = true;
    query.k = 1;
    const auto found = (*retriever)->retrieve(query, {});
    QVERIFY(found);
    QCOMPARE(found->ranked.front().chunk.changeSlug, std::string("solve"));
    QVERIFY(found->ranked.front().denseScore > 0.1 && found->ranked.front().denseScore < 1.0);
}

QTEST_GUILESS_MAIN(TestRetrievalWithModel)
#include "tst_retrievalwithmodel.moc"
