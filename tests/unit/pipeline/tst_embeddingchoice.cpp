#include <QDir>
#include <QTemporaryDir>
#include <QTest>

#include "base/files.h"
#include "pipeline/chosenmodel.h"
#include "pipeline/pipeline.h"
#include "unit/embedding/tinymodel.h"

using namespace TorchLift;
using namespace TorchLift::Testing;

namespace fs = std::filesystem;

/// The pipeline with one model or another, and with none.
class TestEmbeddingChoice : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void eachChoiceHasItsVectors();
    void goingBackEmbedsNothing();
    void retrievalSaysWhatEmbedded();
    void namedModelsMustWork();
    void defaultMayBeMissing();
    void installedAgainIsOpenedAgain();
    void vectorsOfEarlierProgramsAreKept();
    void readinessIsOfTheChosenOne();
    void cancelKeepsNoHalf();

private:
    Result<EmbeddedCorpus> embed(const EmbeddingChoice &choice);
    Result<Retrieval> retrieve();
    [[nodiscard]] fs::path vectors() const { return m_paths.corpus() / "vectors"; }
    [[nodiscard]] std::size_t files() const
    {
        return static_cast<std::size_t>(
            std::distance(fs::directory_iterator(vectors()), fs::directory_iterator()));
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    Paths m_paths;
    std::unique_ptr<Pipeline> m_pipeline;
    std::size_t m_embedded = 0; // texts, as progress tells
};

void TestEmbeddingChoice::init()
{
    m_pipeline.reset();
    m_folder = std::make_unique<QTemporaryDir>();
    m_paths = Paths::standard();
    const fs::path libtorch = m_paths.libtorch();
    if (!fs::exists(libtorch / "torch/lib/libtorch_cpu.so")) {
        QSKIP("libtorch is not installed");
    }
    m_paths.data = m_folder->filePath("data").toStdString();
    m_paths.cache = m_folder->filePath("cache").toStdString();
    fs::create_directories(m_paths.libtorch().parent_path());
    fs::create_directory_symlink(libtorch, m_paths.libtorch());
    writeTinyModel(m_paths.models() / "tiny");
    writeTinyModel(m_paths.models() / "wide", 16);
    auto pipeline = Pipeline::open(m_paths);
    QVERIFY(pipeline);
    m_pipeline = std::move(*pipeline);
}

Result<EmbeddedCorpus> TestEmbeddingChoice::embed(const EmbeddingChoice &choice)
{
    m_embedded = 0;
    m_pipeline->useEmbedding(choice);
    return m_pipeline->embedCorpus(
        [this](const Progress &progress) {
            if (progress.stage == "embedding") {
                m_embedded = static_cast<std::size_t>(progress.total);
            }
        },
        {});
}

Result<Retrieval> TestEmbeddingChoice::retrieve()
{
    RetrieveOptions how;
    how.isQuestion = true;
    return m_pipeline->retrieve("what became of torch.gesv?", nullptr, how, {}, {});
}

void TestEmbeddingChoice::eachChoiceHasItsVectors()
{
    std::set<std::string> hashes;
    std::set<std::string> contents;
    const EmbeddingChoice choices[] = {
        {"tiny"}, {"wide"}, {"tiny", Precision::Bf16}, {"tiny", Precision::Int8}};
    for (const EmbeddingChoice &choice : choices) {
        const auto done = embed(choice);
        QVERIFY2(done, done ? "" : done.error().detail.c_str());
        QVERIFY(done->embedding == choice);
        QCOMPARE(m_embedded, done->chunks);
        QCOMPARE(done->dimension, std::size_t(choice.model == "wide" ? 16 : 8));
        hashes.insert(done->modelHash);
    }
    QCOMPARE(hashes.size(), std::size_t(4));
    for (const auto &file : fs::directory_iterator(vectors())) {
        contents.insert(*readFile(file.path()));
    }
    QCOMPARE(contents.size(), std::size_t(4));
}

void TestEmbeddingChoice::goingBackEmbedsNothing()
{
    const auto first = embed({"tiny"});
    QVERIFY(first && embed({"wide"}) && embed({"tiny", Precision::Bf16}));
    for (const EmbeddingChoice &choice : {EmbeddingChoice{"tiny"}, EmbeddingChoice{"wide"},
                                          EmbeddingChoice{"tiny", Precision::Bf16}}) {
        const auto again = embed(choice);
        QVERIFY(again);
        QCOMPARE(m_embedded, std::size_t(0));
    }
    QCOMPARE(files(), std::size_t(3));
    // Another start of the program finds them, too.
    auto pipeline = Pipeline::open(m_paths);
    QVERIFY(pipeline);
    m_pipeline = std::move(*pipeline);
    const auto later = embed({"tiny"});
    QVERIFY(later);
    QCOMPARE(later->modelHash, first->modelHash);
    QCOMPARE(m_embedded, std::size_t(0));
}

void TestEmbeddingChoice::retrievalSaysWhatEmbedded()
{
    const EmbeddingChoice choice{"wide", Precision::Bf16};
    m_pipeline->useEmbedding(choice);
    const auto found = retrieve();
    QVERIFY2(found, found ? "" : found.error().detail.c_str());
    QVERIFY(found->hasDense && found->embedding == choice);
    // In the middle of a run another one.
    m_pipeline->useEmbedding(EmbeddingChoice{"tiny"});
    const auto other = retrieve();
    QVERIFY(other && other->embedding == EmbeddingChoice{"tiny"});
}

void TestEmbeddingChoice::namedModelsMustWork()
{
    m_pipeline->useEmbedding(EmbeddingChoice{"e5-large-v2"});
    const auto missing = retrieve();
    QVERIFY(!missing);
    QCOMPARE(missing.error().code, Errc::MissingPart);
    QCOMPARE(missing.error().remedy, std::string("torchlift-cli models install e5-large-v2"));
    QVERIFY(!m_pipeline->embedCorpus({}, {}));
    // Also the default one, once it is named with something that is not the default.
    m_pipeline->useEmbedding(EmbeddingChoice{std::string(kDefaultModel), Precision::Bf16});
    QVERIFY(!retrieve());
    m_pipeline->useEmbedding(EmbeddingChoice{"tiny"});
    QVERIFY(retrieve());
}

void TestEmbeddingChoice::defaultMayBeMissing()
{
    m_pipeline->useEmbedding(std::nullopt);
    const auto found = retrieve();
    QVERIFY(found);
    QVERIFY(!found->hasDense && !found->embedding && !found->ranked.empty());
    const auto embedded = m_pipeline->embedCorpus({}, {});
    QVERIFY(!embedded);
    QCOMPARE(embedded.error().code, Errc::MissingPart);
}

void TestEmbeddingChoice::installedAgainIsOpenedAgain()
{
    m_pipeline->useEmbedding(std::nullopt);
    QVERIFY(retrieve() && !retrieve()->hasDense);
    writeTinyModel(m_paths.models() / kDefaultModel);
    m_pipeline->useEmbedding(std::nullopt);
    const auto found = retrieve();
    QVERIFY(found && found->hasDense && found->embedding == EmbeddingChoice{});
}

void TestEmbeddingChoice::vectorsOfEarlierProgramsAreKept()
{
    writeTinyModel(m_paths.models() / kDefaultModel);
    QVERIFY(embed({}));
    QVERIFY(m_embedded > 0);
    const fs::path file = fs::directory_iterator(vectors())->path();
    const fs::path earlier = m_paths.corpus() / (std::string(kDefaultModel) + ".vectors");
    fs::rename(file, earlier);
    QVERIFY(embed({}));
    QCOMPARE(m_embedded, std::size_t(0));
    QVERIFY(fs::exists(file) && !fs::exists(earlier));
}

void TestEmbeddingChoice::readinessIsOfTheChosenOne()
{
    m_pipeline->useEmbedding(EmbeddingChoice{"wide", Precision::Int8});
    Readiness ready = m_pipeline->readiness({1, 0, 0}, {2, 7, 0});
    QVERIFY(ready.model && ready.libtorch);
    QVERIFY((ready.embedding == EmbeddingChoice{"wide", Precision::Int8}));
    QVERIFY((ready.models == std::vector<std::string>{"tiny", "wide"}));
    fs::remove(m_paths.models() / "wide/model.safetensors");
    ready = m_pipeline->readiness({1, 0, 0}, {2, 7, 0});
    QVERIFY(!ready.model);
    QVERIFY((ready.models == std::vector<std::string>{"tiny"}));
}

void TestEmbeddingChoice::cancelKeepsNoHalf()
{
    m_pipeline->useEmbedding(EmbeddingChoice{"tiny"});
    std::stop_source stop;
    const auto done = m_pipeline->embedCorpus(
        [&](const Progress &progress) {
            if (progress.stage == "embedding") {
                stop.request_stop();
            }
        },
        stop.get_token());
    QVERIFY(!done);
    QCOMPARE(done.error().code, Errc::Cancelled);
    QVERIFY(embed({"tiny"}));
    QVERIFY(retrieve());
}

QTEST_GUILESS_MAIN(TestEmbeddingChoice)
#include "tst_embeddingchoice.moc"
