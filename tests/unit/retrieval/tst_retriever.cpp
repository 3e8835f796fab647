#include <QtCore/QTemporaryDir>
#include <QtTest/QTest>

#include <algorithm>
#include <fstream>

#include "base/files.h"
#include "retrieval/retriever.h"
#include "support/hashingmodel.h"

using namespace TorchLift;
using Testing::HashingModel;

namespace {

Chunk chunk(const std::string &slug, Version version, const std::string &text,
            std::vector<std::string> symbols)
{
    Chunk made;
    made.version = version;
    made.chunkId = 'v' + version.toString() + '-' + slug;
    made.section = "Deprecations";
    made.source = "catalogue";
    made.changeSlug = slug;
    made.text = text;
    made.symbols = std::move(symbols);
    made.key = chunkKey(made);
    return made;
}

std::vector<Chunk> corpus()
{
    return {
        chunk("volatile", {0, 4, 0}, "volatile is gone, use no_grad", {"torch.autograd.Variable"}),
        chunk("gesv", {1, 2, 0}, "gesv was removed, use solve", {"torch.gesv"}),
        chunk("gesv-more", {1, 1, 0}, "gesv of batches is deprecated", {"torch.gesv"}),
        chunk("six", {1, 11, 0}, "the private six module was removed", {"torch._six"}),
        chunk("symeig", {1, 9, 0}, "symeig is replaced by linalg eigh", {"torch.symeig"}),
        chunk("new-tensor", {2, 7, 0}, "new_tensor keeps the device", {"torch.Tensor.new_tensor"}),
        chunk("future", {2, 8, 0}, "gesv is mentioned in the future", {"torch.gesv"}),
    };
}

Use use(const std::string &symbol, Evidence evidence = Evidence::Resolved)
{
    Use made;
    made.symbol = symbol;
    made.evidence = evidence;
    return made;
}

std::vector<std::string> slugs(const std::vector<RankedChunk> &ranked)
{
    std::vector<std::string> names;
    for (const RankedChunk &one : ranked) {
        names.push_back(one.chunk.changeSlug);
    }
    return names;
}

} // namespace

class TestRetriever : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init();
    void findsExactSymbols_data() { models(); }
    void findsExactSymbols();
    void staysInsideTheWindow_data() { models(); }
    void staysInsideTheWindow();
    void citedOnesKeepTheirTrueRank();
    void citedOutsideTheWindow();
    void everyBreakingUseGetsAChunkFirst();
    void breakingUsesComeFirst();
    void goneNamesBreakByThemselves();
    void followsReplacements();
    void rareNamesTellMore();
    void trustWeighsGently();
    void warnsOfWeakMatches();
    void guessesByNameGuaranteeNothing();
    void foldsNearDuplicates();
    void saysWhy();
    void denseOnly();
    void denseOnlyNeedsAModel();
    void worksOnNothing();
    void embedsOnlyWhatIsNew();
    void expectedTextIsEmbeddedOnce();
    void rebuildsVectors_data();
    void rebuildsVectors();
    void unwritableVectorFile();
    void cancels();
    void deterministic();
    void manyChunks_data() { models(); }
    void manyChunks();

private:
    static void models();
    void fill(const std::vector<Chunk> &chunks);
    std::unique_ptr<Retriever> open(const std::shared_ptr<EmbeddingModel> &model = nullptr);

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<CorpusStore> m_store;
    std::filesystem::path m_vectors;
};

void TestRetriever::models()
{
    QTest::addColumn<bool>("hasModel");
    QTest::addRow("with a model") << true;
    QTest::addRow("without a model") << false;
}

void TestRetriever::init()
{
    m_store.reset();
    m_folder = std::make_unique<QTemporaryDir>();
    m_vectors = m_folder->filePath("vectors.tlv").toStdString();
    fill(corpus());
}

void TestRetriever::fill(const std::vector<Chunk> &chunks)
{
    if (!m_store) {
        auto store = CorpusStore::open(m_folder->filePath("corpus.sqlite").toStdString());
        QVERIFY(store);
        m_store = std::move(*store);
    }
    QVERIFY(m_store->replaceSource("catalogue", chunks));
}

std::unique_ptr<Retriever> TestRetriever::open(const std::shared_ptr<EmbeddingModel> &model)
{
    auto retriever = Retriever::open(*m_store, model, m_vectors, {}, {});
    return retriever ? std::move(*retriever) : nullptr;
}

void TestRetriever::findsExactSymbols()
{
    QFETCH(bool, hasModel);
    const auto retriever = open(hasModel ? std::make_shared<HashingModel>() : nullptr);
    RetrievalQuery query;
    query.text = "x, lu = torch.gesv(b, A)";
    query.uses = {use("torch.gesv")};
    const auto found = retriever->retrieve(query, {});
    QVERIFY(found);
    QCOMPARE(found->hasDense, hasModel);
    const RankedChunk &first = found->ranked.front();
    QVERIFY(first.chunk.symbols == std::vector<std::string>{"torch.gesv"});
    QCOMPARE(first.rank, size_t(1));
    QCOMPARE(first.symbolRank, size_t(1));
    QVERIFY(first.lexicalRank >= 1);
    QVERIFY(first.symbolsFound == std::vector<std::string>{"torch.gesv"});
    QCOMPARE(first.denseRank > 0, hasModel);
    QVERIFY(first.score > 0);
}

void TestRetriever::staysInsideTheWindow()
{
    QFETCH(bool, hasModel);
    const auto retriever = open(hasModel ? std::make_shared<HashingModel>() : nullptr);
    RetrievalQuery query;
    query.text = "gesv volatile";
    query.k = 100;
    query.from = {1, 1, 0};
    query.to = {2, 7, 0};
    const auto found = retriever->retrieve(query, {});
    QVERIFY(found);
    QCOMPARE(found->candidates, size_t(4)); // 1.1 itself is not after 1.1
    QCOMPARE(found->ranked.size(), size_t(4));
    for (const RankedChunk &one : found->ranked) {
        QVERIFY(one.chunk.version > query.from && one.chunk.version <= query.to);
    }
}

void TestRetriever::citedOnesKeepTheirTrueRank()
{
    const auto retriever = open();
    RetrievalQuery query;
    query.text = "torch.gesv";
    query.uses = {use("torch.gesv")};
    query.k = 2;
    query.citedSlugs = {"gesv", "symeig"};
    const auto found = retriever->retrieve(query, {});
    QVERIFY(found);
    QCOMPARE(found->ranked.size(), size_t(2));
    QVERIFY(std::any_of(found->ranked.begin(), found->ranked.end(), [](const RankedChunk &one) {
        return one.isCited && one.chunk.changeSlug == "gesv";
    }));
    QCOMPARE(slugs(found->citedOnly), std::vector<std::string>{"symeig"});
    query.k = 100;
    const auto all = retriever->retrieve(query, {});
    QVERIFY(all->citedOnly.empty());
    const size_t rank = found->citedOnly.front().rank;
    QVERIFY(rank > 2);
    QCOMPARE(all->ranked[rank - 1].chunk.changeSlug, std::string("symeig"));
}

void TestRetriever::citedOutsideTheWindow()
{
    const auto retriever = open();
    RetrievalQuery query;
    query.text = "Variable(x, volatile=True)";
    query.citedSlugs = {"volatile"};
    const auto found = retriever->retrieve(query, {});
    QVERIFY(found);
    QCOMPARE(slugs(found->citedOnly), std::vector<std::string>{"volatile"});
    QCOMPARE(found->citedOnly.front().rank, size_t(0));
    QVERIFY(found->citedOnly.front().isCited);
}

void TestRetriever::everyBreakingUseGetsAChunkFirst()
{
    auto chunks = corpus();
    for (int i = 0; i < 10; ++i) { // many that speak of gesv alone
        chunks.push_back(chunk("gesv-" + std::to_string(i), {1, 3, 0},
                               "gesv gesv gesv number " + std::to_string(i * 7919) + " of "
                                   + std::string(size_t(i + 1), char('a' + i)),
                               {"torch.gesv"}));
    }
    fill(chunks);
    const auto retriever = open(std::make_shared<HashingModel>());
    RetrievalQuery query;
    query.text = "torch.gesv torch.gesv torch.gesv torch._six torch.symeig";
    query.uses = {use("torch.gesv"), use("torch.gesv"), use("torch._six.inf"), use("torch.symeig")};
    query.breakingSymbols = {"torch.gesv", "torch._six", "torch.symeig"};
    query.k = 3;
    const auto found = retriever->retrieve(query, {});
    QVERIFY(found);
    const auto names = slugs(found->ranked);
    QVERIFY(std::count(names.begin(), names.end(), "six") == 1);
    QVERIFY(std::count(names.begin(), names.end(), "symeig") == 1);
    QVERIFY(std::any_of(names.begin(), names.end(),
                        [](const std::string &name) { return name.starts_with("gesv"); }));
}

void TestRetriever::breakingUsesComeFirst()
{
    fill(corpus());
    const auto retriever = open(std::make_shared<HashingModel>());
    RetrievalQuery query;
    query.text = "torch.gesv torch.gesv torch._six torch.symeig";
    query.uses = {use("torch.gesv"), use("torch._six"), use("torch.symeig")};
    query.k = 1;
    for (const char *symbol : {"torch.gesv", "torch._six", "torch.symeig"}) {
        query.breakingSymbols = {symbol};
        const auto found = retriever->retrieve(query, {});
        QVERIFY(found);
        QVERIFY(found->ranked.front().chunk.symbols == std::vector<std::string>{symbol});
    }
}

// Without a migration: the timeline knows what is gone.
void TestRetriever::goneNamesBreakByThemselves()
{
    auto chunks = corpus();
    for (int i = 0; i < 5; ++i) {
        chunks.push_back(chunk("ones-" + std::to_string(i), {1, 3, 0},
                               "ones is in each of " + std::string(size_t(i + 1), char('a' + i)),
                               {"torch.ones"}));
    }
    fill(chunks);
    auto timeline =
        Timeline::load(std::filesystem::path(TORCHLIFT_SOURCE_DIR) / "resources/timeline");
    QVERIFY(timeline);
    const auto retriever =
        Retriever::open(*m_store, nullptr, m_vectors, {}, {}, nullptr, std::move(*timeline));
    QVERIFY(retriever);
    RetrievalQuery query;
    query.text = "torch.ones torch.ones torch.symeig";
    query.uses = {use("torch.ones"), use("torch.symeig")};
    query.k = 1;
    const auto found = (*retriever)->retrieve(query, {});
    QVERIFY(found);
    QCOMPARE(found->ranked.front().chunk.changeSlug, std::string("symeig"));
    query.to = {1, 8, 0}; // it is there still, and its note is out of the window
    const auto before = (*retriever)->retrieve(query, {});
    QVERIFY(before);
    QVERIFY(before->ranked.front().chunk.changeSlug.starts_with("ones"));
}

void TestRetriever::followsReplacements()
{
    fill({chunk("gels", {1, 3, 0}, "gels became lstsq", {"torch.gels", "torch.lstsq"}),
          chunk("lstsq", {1, 13, 0}, "this one was removed later", {"torch.lstsq"}),
          chunk("ones", {1, 2, 0}, "this one is about something else", {"torch.ones"})});
    const auto retriever = open();
    RetrievalQuery query;
    query.text = "torch.gels(b, a)";
    query.uses = {use("torch.gels")};
    query.k = 2;
    const auto found = retriever->retrieve(query, {});
    QVERIFY(found);
    QCOMPARE(slugs(found->ranked), (std::vector<std::string>{"gels", "lstsq"}));
    QCOMPARE(found->ranked.back().symbolsFound, std::vector<std::string>{"torch.lstsq"});
}

// What nearly every note names tells less than what one names.
void TestRetriever::rareNamesTellMore()
{
    std::vector<Chunk> chunks;
    for (int i = 0; i < 20; ++i) {
        const std::string rest(size_t(i + 1), char('a' + i));
        chunks.push_back(chunk("ones-" + std::to_string(i), {1, 3, 0}, rest, {"torch.ones"}));
    }
    chunks.push_back(chunk("eig", {1, 9, 0}, "zzz", {"torch.eig"}));
    fill(chunks);
    RetrievalQuery query;
    query.text = "torch.ones torch.eig";
    query.uses = {use("torch.ones"), use("torch.eig")};
    const auto found = open()->retrieve(query, {});
    QVERIFY(found);
    QCOMPARE(found->ranked.front().chunk.changeSlug, std::string("eig"));
}

// Among equals the trusted one is first; what is clearly nearer stays so.
void TestRetriever::trustWeighsGently()
{
    Chunk trusted = chunk("trusted", {1, 9, 0}, "symeig and one word", {"torch.symeig"});
    Chunk other = chunk("other", {1, 9, 0}, "symeig and one phrase", {"torch.symeig"});
    other.trust = 0.5;
    other.key = "0" + other.key; // first where nothing tells them apart
    Chunk far = chunk("far", {1, 9, 0}, "something of another matter", {"torch.ones"});
    fill({trusted, other, far});
    RetrievalQuery query;
    query.text = "What became of torch.symeig?";
    const auto found = open()->retrieve(query, {});
    QVERIFY(found);
    QCOMPARE(slugs(found->ranked).at(0), std::string("trusted"));
    QCOMPARE(slugs(found->ranked).at(1), std::string("other"));
}

void TestRetriever::warnsOfWeakMatches()
{
    fill(corpus());
    const auto retriever = open(std::make_shared<HashingModel>());
    RetrievalQuery query;
    query.text = "How do I bake a sourdough bread?";
    const auto nothing = retriever->retrieve(query, {});
    QVERIFY(nothing);
    QVERIFY(isWeak(*nothing));
    query.text = "torch.symeig";
    const auto found = retriever->retrieve(query, {});
    QVERIFY(found);
    QVERIFY(!isWeak(*found));
}

void TestRetriever::guessesByNameGuaranteeNothing()
{
    const auto retriever = open();
    RetrievalQuery query;
    query.text = "x.new_tensor(1); torch.gesv(b, A)";
    query.uses = {use("torch.Tensor.new_tensor", Evidence::NameOnly), use("torch.gesv")};
    query.k = 1;
    const auto found = retriever->retrieve(query, {});
    QVERIFY(found->ranked.front().chunk.changeSlug.starts_with("gesv"));
}

void TestRetriever::foldsNearDuplicates()
{
    auto chunks = corpus();
    chunks.push_back(chunk("gesv-copy", {1, 2, 1}, "gesv was removed, use solve!", {"torch.gesv"}));
    fill(chunks);
    const auto retriever = open();
    RetrievalQuery query;
    query.text = "torch.gesv";
    query.uses = {use("torch.gesv")};
    query.k = 100;
    const auto found = retriever->retrieve(query, {});
    const auto names = slugs(found->ranked);
    QCOMPARE(std::count(names.begin(), names.end(), "gesv")
                 + std::count(names.begin(), names.end(), "gesv-copy"),
             1);
    const bool isCopyShown = std::count(names.begin(), names.end(), "gesv-copy") == 1;
    const auto why = retriever->why(query, isCopyShown ? "v1.2.0-gesv" : "v1.2.1-gesv-copy", {});
    QVERIFY(why);
    QVERIFY(why->foldedInto.starts_with("catalogue:"));
    QCOMPARE(why->chunk.rank, found->candidates);
}

void TestRetriever::saysWhy()
{
    const auto retriever = open(std::make_shared<HashingModel>());
    RetrievalQuery query;
    query.text = "torch.gesv";
    query.k = 1;
    const auto found = retriever->retrieve(query, {});
    const auto first = retriever->why(query, found->ranked.front().chunk.key, {});
    QVERIFY(first);
    QCOMPARE(first->chunk.rank, size_t(1));
    QVERIFY(first->isInWindow);
    QCOMPARE(first->k, size_t(1));
    const auto outside = retriever->why(query, "v2.8.0-future", {});
    QVERIFY(outside);
    QVERIFY(!outside->isInWindow);
    QCOMPARE(outside->chunk.rank, size_t(0));
    QCOMPARE(retriever->why(query, "v9.9.9-1", {}).error().code, Errc::NotFound);
}

void TestRetriever::denseOnly()
{
    const auto retriever = open(std::make_shared<HashingModel>());
    RetrievalQuery query;
    query.text = "the private six module was removed";
    query.isDenseOnly = true;
    const auto found = retriever->retrieve(query, {});
    QVERIFY(found);
    QCOMPARE(found->ranked.front().chunk.changeSlug, std::string("six"));
    QVERIFY(qAbs(found->ranked.front().denseScore - 1.0) < 1e-5);
    for (size_t i = 0; i < found->ranked.size(); ++i) {
        QCOMPARE(found->ranked[i].denseRank, i + 1);
        QCOMPARE(found->ranked[i].lexicalRank, size_t(0));
    }
}

void TestRetriever::denseOnlyNeedsAModel()
{
    RetrievalQuery query;
    query.isDenseOnly = true;
    QCOMPARE(open()->retrieve(query, {}).error().code, Errc::MissingPart);
}

void TestRetriever::worksOnNothing()
{
    fill({});
    const auto retriever = open(std::make_shared<HashingModel>());
    QVERIFY(retriever);
    RetrievalQuery query; // an empty text too
    const auto found = retriever->retrieve(query, {});
    QVERIFY(found);
    QVERIFY(found->ranked.empty());
    fill(corpus());
    QVERIFY(open(std::make_shared<HashingModel>())->retrieve(query, {}));
    query.k = 0;
    QVERIFY(open()->retrieve(query, {})->ranked.empty());
}

void TestRetriever::embedsOnlyWhatIsNew()
{
    auto model = std::make_shared<HashingModel>();
    QVERIFY(open(model));
    QCOMPARE(model->embedded, corpus().size());
    model = std::make_shared<HashingModel>();
    QVERIFY(open(model));
    QCOMPARE(model->embedded, size_t(0));
    auto chunks = corpus();
    chunks.erase(chunks.begin());
    chunks.push_back(chunk("new", {1, 5, 0}, "a new one", {"torch.new"}));
    fill(chunks);
    QVERIFY(open(model));
    QCOMPARE(model->embedded, size_t(1));
    const auto other = std::make_shared<HashingModel>("hashing-2");
    QVERIFY(open(other)); // vectors of another model never mix
    QCOMPARE(other->embedded, chunks.size());
}

void TestRetriever::expectedTextIsEmbeddedOnce()
{
    const auto model = std::make_shared<HashingModel>();
    const auto retriever = open(model);
    RetrievalQuery query;
    query.text = "x, lu = torch.gesv(b, A)";
    const auto usual = retriever->retrieve(query, {});
    QVERIFY(usual);
    const std::size_t before = model->embedded;
    retriever->expect(query.text, {});
    const auto expected = retriever->retrieve(query, {});
    QVERIFY(expected);
    QCOMPARE(model->embedded, before + 1);
    QCOMPARE(expected->ranked.front().chunk.key, usual->ranked.front().chunk.key);
    QCOMPARE(expected->ranked.front().denseScore, usual->ranked.front().denseScore);
    QVERIFY(retriever->retrieve(query, {})); // what was expected is taken up once
    QCOMPARE(model->embedded, before + 2);
    retriever->expect("something else", {}); // it counts for nothing
    const auto another = retriever->retrieve(query, {});
    QVERIFY(another);
    QCOMPARE(another->ranked.front().denseScore, usual->ranked.front().denseScore);
}

void TestRetriever::rebuildsVectors_data()
{
    QTest::addColumn<int>("length");
    QTest::addColumn<int>("flipped"); // -1: none
    QTest::addRow("emptied") << 0 << -1;
    QTest::addRow("cut off") << 200 << -1;
    QTest::addRow("flipped in the header") << -1 << 9;
    QTest::addRow("flipped in the values") << -1 << 600;
}

void TestRetriever::rebuildsVectors()
{
    QFETCH(int, length);
    QFETCH(int, flipped);
    RetrievalQuery query;
    query.text = "symeig eigh";
    const auto before = open(std::make_shared<HashingModel>())->retrieve(query, {});
    std::string bytes = *readFile(m_vectors);
    if (length >= 0) {
        bytes.resize(size_t(length));
    }
    if (flipped >= 0) {
        bytes[size_t(flipped)] = char(bytes[size_t(flipped)] ^ 0x10);
    }
    std::ofstream(m_vectors, std::ios::binary | std::ios::trunc) << bytes;
    const auto model = std::make_shared<HashingModel>();
    const auto after = open(model)->retrieve(query, {});
    QCOMPARE(model->embedded, corpus().size() + 1); // and the query
    QVERIFY(slugs(after->ranked) == slugs(before->ranked));
    const auto again = std::make_shared<HashingModel>();
    QVERIFY(open(again));
    QCOMPARE(again->embedded, size_t(0)); // whole again
}

void TestRetriever::unwritableVectorFile()
{
    m_vectors = "/proc/torchlift/vectors.tlv";
    RetrievalQuery query;
    query.text = "gesv";
    QVERIFY(open(std::make_shared<HashingModel>())->retrieve(query, {}));
}

void TestRetriever::cancels()
{
    std::stop_source source;
    source.request_stop();
    const auto model = std::make_shared<HashingModel>();
    const auto retriever = Retriever::open(*m_store, model, m_vectors, {}, source.get_token());
    QVERIFY(!retriever);
    QCOMPARE(retriever.error().code, Errc::Cancelled);
    QVERIFY(!std::filesystem::exists(m_vectors));
    const auto whole = open(model);
    QCOMPARE(whole->retrieve({}, source.get_token()).error().code, Errc::Cancelled);
}

void TestRetriever::deterministic()
{
    RetrievalQuery query;
    query.text = "something that fits nothing";
    const auto first = open(std::make_shared<HashingModel>())->retrieve(query, {});
    for (int i = 0; i < 5; ++i) {
        const auto again = open(std::make_shared<HashingModel>())->retrieve(query, {});
        QVERIFY(slugs(again->ranked) == slugs(first->ranked));
    }
}

// Of so many only the best of each part are ranked; the answer is that of a small corpus.
void TestRetriever::manyChunks()
{
    QFETCH(bool, hasModel);
    std::vector<Chunk> chunks = corpus();
    for (int i = 0; i < 11000; ++i) {
        const std::string number = std::to_string(i);
        chunks.push_back(chunk("note-" + number, {1, 5, 0},
                               "note " + number + " of many others, removed",
                               {"other.n" + number}));
    }
    fill(chunks);
    const auto retriever = open(hasModel ? std::make_shared<HashingModel>() : nullptr);
    QVERIFY(retriever);
    RetrievalQuery query;
    query.text = "x, _ = torch.gesv(b, A)";
    query.uses = {use("torch.gesv")};
    query.from = {1, 0, 0};
    query.to = {2, 7, 0};
    query.k = 2;
    const auto found = retriever->retrieve(query, {});
    QVERIFY(found);
    QStringList names;
    for (const std::string &slug : slugs(found->ranked)) {
        names += QString::fromStdString(slug);
    }
    names.sort();
    QCOMPARE(names, (QStringList{u"gesv"_qs, u"gesv-more"_qs}));
    const auto far = retriever->why(query, chunks.back().key, {});
    QVERIFY(far);
    QVERIFY(far->isInWindow);
    QVERIFY(far->chunk.rank == 0 || far->chunk.rank > 2);
}

QTEST_GUILESS_MAIN(TestRetriever)
#include "tst_retriever.moc"
