#include <QtCore/QTemporaryDir>
#include <QtTest/QTest>

#include <algorithm>
#include <fstream>
#include <thread>

#include "base/files.h"
#include "corpus/database.h"
#include "corpus/store.h"

using namespace TorchLift;

namespace {

Chunk chunk(const std::string &source, const std::string &text,
            std::vector<std::string> symbols = {})
{
    Chunk made;
    made.chunkId = "v1.2.0-1";
    made.version = {1, 2, 0};
    made.releaseName = "PyTorch 1.2";
    made.section = "Deprecations";
    made.source = source;
    made.text = text;
    made.symbols = std::move(symbols);
    made.key = chunkKey(made);
    return made;
}

} // namespace

class TestCorpusStore : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init();
    void keepsEveryField();
    void replacesOneSourceOnly();
    void unchangedRowsStay();
    void refusesAnotherSourcesChunk();
    void findsWords_data();
    void findsWords();
    void ranksByRelevance();
    void commonWordsOfALargeCorpus();
    void survivesAnyTerm();
    void byKeys();
    void keysStay();
    void contentHash();
    void damaged_data();
    void damaged();
    void flippedTextIsNoticed();
    void everyKindOfByte_data();
    void everyKindOfByte();
    void newerVersionIsUntouched();
    void migratesAfterBackup();
    void failedMigrationChangesNothing();
    void twoWritersAtOnce();
    void readOnlyFolder();

private:
    [[nodiscard]] std::unique_ptr<CorpusStore> open() const;
    [[nodiscard]] std::string bytes() const { return readFile(m_file).value_or(""); }

    std::unique_ptr<QTemporaryDir> m_folder;
    std::filesystem::path m_file;
};

void TestCorpusStore::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    m_file = m_folder->filePath("sub/corpus.sqlite").toStdString();
}

std::unique_ptr<CorpusStore> TestCorpusStore::open() const
{
    auto store = CorpusStore::open(m_file);
    return store ? std::move(*store) : nullptr;
}

void TestCorpusStore::keepsEveryField()
{
    Chunk full = chunk("catalogue", "text with \"quotes\" and ёлка", {"torch.gesv", "torch.b"});
    full.textRu = "русский";
    full.changeSlug = "gesv-removed";
    full.pullRequests = {"#1234"};
    full.isOriginal = true;
    QVERIFY(open()->replaceSource("catalogue", {&full, 1}));
    const auto all = open()->all(); // another connection: it is on disk
    QVERIFY(all);
    QCOMPARE(all->size(), size_t(1));
    const Chunk &read = all->front();
    QCOMPARE(read.key, full.key);
    QCOMPARE(read.chunkId, full.chunkId);
    QVERIFY(read.version == full.version);
    QCOMPARE(read.releaseName, full.releaseName);
    QCOMPARE(read.section, full.section);
    QCOMPARE(read.source, full.source);
    QCOMPARE(read.changeSlug, full.changeSlug);
    QCOMPARE(read.text, full.text);
    QCOMPARE(read.textRu, full.textRu);
    QVERIFY(read.symbols == full.symbols);
    QVERIFY(read.pullRequests == full.pullRequests);
    QVERIFY(read.isOriginal);
}

void TestCorpusStore::replacesOneSourceOnly()
{
    const auto store = open();
    const std::vector one = {chunk("a", "first"), chunk("a", "second")};
    const std::vector two = {chunk("b", "third")};
    QVERIFY(store->replaceSource("a", one));
    QVERIFY(store->replaceSource("b", two));
    QVERIFY(store->replaceSource("a", std::span(one).first(1)));
    QCOMPARE(*store->count(), size_t(2));
    QVERIFY(store->search(std::vector<std::string>{"second"}, 10)->empty());
    QVERIFY(store->replaceSource("a", {}));
    QCOMPARE(*store->count(), size_t(1));
}

void TestCorpusStore::unchangedRowsStay()
{
    const auto store = open();
    std::vector chunks = {chunk("a", "first"), chunk("a", "second")};
    QVERIFY(store->replaceSource("a", chunks));
    chunks[1].textRu = "новый перевод"; // same key, other content
    QVERIFY(store->replaceSource("a", chunks));
    QCOMPARE(*store->count(), size_t(2));
    QCOMPARE(store->byKeys(std::vector{chunks[1].key})->front().textRu,
             std::string("новый перевод"));
    QCOMPARE(store->search(std::vector<std::string>{"перевод"}, 5)->size(), size_t(1));
}

void TestCorpusStore::refusesAnotherSourcesChunk()
{
    const Chunk other = chunk("b", "text");
    QCOMPARE(open()->replaceSource("a", {&other, 1}).error().code, Errc::InvalidArgument);
}

void TestCorpusStore::findsWords_data()
{
    QTest::addColumn<QString>("term");
    QTest::addColumn<bool>("isFound");
    QTest::addRow("whole name") << "torch.nn.functional.log_softmax" << true;
    QTest::addRow("last part") << "log_softmax" << true;
    QTest::addRow("part of a word") << "softmax" << true;
    QTest::addRow("other case") << "LOG_SOFTMAX" << true;
    QTest::addRow("other form") << "deprecating" << true;
    QTest::addRow("camel part") << "parallel" << true;
    QTest::addRow("russian") << QString::fromUtf8("удалена") << true;
    QTest::addRow("absent") << "gesv" << false;
    QTest::addRow("operator is a word") << "AND" << false;
    QTest::addRow("nothing") << "\"*^(" << false;
}

void TestCorpusStore::findsWords()
{
    QFETCH(QString, term);
    QFETCH(bool, isFound);
    Chunk made = chunk("a", "torch.nn.functional.log_softmax is deprecated; DataParallel");
    made.textRu = "Функция удалена";
    const auto store = open();
    QVERIFY(store->replaceSource("a", {&made, 1}));
    const auto hits = store->search(std::vector{term.toStdString()}, 5);
    QVERIFY2(hits, hits ? "" : hits.error().detail.c_str());
    QCOMPARE(hits->size(), size_t(isFound ? 1 : 0));
}

void TestCorpusStore::ranksByRelevance()
{
    const auto store = open();
    const std::vector chunks = {chunk("a", "torch.gesv torch.gesv was removed"),
                                chunk("a", "a long text about other things that mentions "
                                           "torch.gesv once among very many other words"),
                                chunk("a", "torch.solve only")};
    QVERIFY(store->replaceSource("a", chunks));
    const auto hits = store->search(std::vector<std::string>{"torch.gesv"}, 10);
    QVERIFY(hits);
    QCOMPARE(hits->size(), size_t(3)); // "torch" alone finds the third
    QCOMPARE(hits->front().key, chunks[0].key);
    QVERIFY((*hits)[0].score > (*hits)[1].score && (*hits)[1].score > (*hits)[2].score);
    QCOMPARE(store->search(std::vector<std::string>{"torch.gesv"}, 1)->size(), size_t(1));
}

// A word that is in nearly every chunk is left out beside rarer ones, and found by itself.
void TestCorpusStore::commonWordsOfALargeCorpus()
{
    const auto store = open();
    constexpr int many = 20'100;
    std::vector<Chunk> chunks;
    for (int i = 0; i < many; ++i) {
        const std::string number = std::to_string(i);
        chunks.push_back(chunk("notes", (i % 1000 == 7 ? "gesv became solve " : "tensors ") + number
                                            + " everywhere"));
    }
    QVERIFY(store->replaceSource("notes", chunks));
    const std::vector<std::string> both = {"everywhere", "gesv"};
    const auto rare = store->search(both, 100);
    QVERIFY(rare);
    QCOMPARE(rare->size(), size_t(21));
    const std::vector<std::string> common = {"everywhere"};
    QCOMPARE(store->search(common, 100)->size(), size_t(100));
    QCOMPARE(store->search(both, many)->size(), size_t(many));
}

void TestCorpusStore::survivesAnyTerm()
{
    const auto store = open();
    const Chunk made = chunk("a", "word1999");
    QVERIFY(store->replaceSource("a", {&made, 1}));
    std::vector<std::string> many;
    for (int i = 0; i < 2000; ++i) {
        many.push_back("word" + std::to_string(i));
    }
    QVERIFY(store->search(many, 10));
    for (const char *term : {"", "\"", "NEAR(", "a\" OR \"b", "terms:x", "'; DROP TABLE chunks; --",
                             "\xff\xfe", "\xef\xbb\xbf"}) {
        QVERIFY2(store->search(std::vector<std::string>{term}, 10), term);
    }
    QCOMPARE(*store->count(), size_t(1));
}

void TestCorpusStore::byKeys()
{
    const auto store = open();
    const std::vector chunks = {chunk("a", "one"), chunk("a", "two")};
    QVERIFY(store->replaceSource("a", chunks));
    const auto found = store->byKeys(std::vector{chunks[1].key, std::string("absent")});
    QVERIFY(found);
    QCOMPARE(found->size(), size_t(1));
    QCOMPARE(found->front().text, std::string("two"));
}

// Stores, sessions and judgements of earlier versions refer to chunks by these.
void TestCorpusStore::keysStay()
{
    QCOMPARE(chunk("notes", "text", {"torch.gesv", "torch.Tensor.gesv"}).key,
             std::string("notes:83226a9430a7873661b1fb9d369a14c2"));
    QCOMPARE(chunk("notes", "text").key, std::string("notes:da1d15be42930a6d77ee0cf54b0fb309"));
}

void TestCorpusStore::contentHash()
{
    const auto store = open();
    const auto empty = *store->contentHash();
    const std::vector chunks = {chunk("a", "one"), chunk("a", "two")};
    QVERIFY(store->replaceSource("a", chunks));
    const auto both = *store->contentHash();
    QVERIFY(both != empty);
    QVERIFY(store->replaceSource("a", std::vector{chunks[1], chunks[0]}));
    QCOMPARE(*store->contentHash(), both);
    QVERIFY(store->replaceSource("a", std::span(chunks).first(1)));
    QVERIFY(*store->contentHash() != both);
}

void TestCorpusStore::damaged_data()
{
    QTest::addColumn<int>("from"); // bytes overwritten
    QTest::addColumn<int>("to");
    QTest::addColumn<int>("length"); // of the file afterwards; 0: as it was
    QTest::addRow("magic") << 0 << 16 << 0;
    QTest::addRow("page size") << 16 << 18 << 0;
    QTest::addRow("first page") << 100 << 4096 << 0;
    QTest::addRow("tables") << 4096 << 16384 << 0;
    QTest::addRow("cut off in the header") << 0 << 0 << 50;
    QTest::addRow("cut off in a page") << 0 << 0 << 5000;
    QTest::addRow("half is gone") << 0 << 0 << 12288;
}

void TestCorpusStore::damaged()
{
    QFETCH(int, from);
    QFETCH(int, to);
    QFETCH(int, length);
    {
        std::vector<Chunk> chunks;
        for (int i = 0; i < 100; ++i) {
            chunks.push_back(chunk("a", "text " + std::to_string(i) + std::string(300, 'x')));
        }
        QVERIFY(open()->replaceSource("a", chunks));
    }
    std::string content = bytes();
    QVERIFY(content.size() > 20000);
    content.replace(size_t(from), size_t(to - from), std::string(size_t(to - from), '\xA5'));
    if (length > 0) {
        content.resize(size_t(length));
    }
    std::ofstream(m_file, std::ios::binary | std::ios::trunc) << content;
    const auto store = CorpusStore::open(m_file);
    QVERIFY(!store);
    QVERIFY2(store.error().code == Errc::Damaged, store.error().detail.c_str());
    QVERIFY(!store.error().remedy.empty());
    QVERIFY(bytes() == content); // left as it is
}

void TestCorpusStore::flippedTextIsNoticed()
{
    const Chunk made = chunk("a", "use torch.solve instead");
    QVERIFY(open()->replaceSource("a", {&made, 1}));
    std::string content = bytes();
    const size_t at = content.find("torch.solve instead"); // SQLite has no checksums of its own
    QVERIFY(at != std::string::npos);
    content[at + 6] = 'S';
    std::ofstream(m_file, std::ios::binary | std::ios::trunc) << content;
    const auto store = open();
    QVERIFY(store);
    QCOMPARE(store->all().error().code, Errc::Damaged);
    QCOMPARE(store->byKeys(std::vector{made.key}).error().code, Errc::Damaged);
}

// robustness 52: what is found stays right, or the damage is told.
void TestCorpusStore::everyKindOfByte_data()
{
    QTest::addColumn<int>("mask");
    QTest::addRow("lowest bit") << 0x01;
    QTest::addRow("a middle one") << 0x10;
    QTest::addRow("all bits") << 0xFF;
}

void TestCorpusStore::everyKindOfByte()
{
    QFETCH(int, mask);
    std::vector<Chunk> chunks;
    for (int i = 0; i < 12; ++i) {
        chunks.push_back(chunk("a", "word" + std::to_string(i) + " common text of some length"));
    }
    QVERIFY(open()->replaceSource("a", chunks));
    const std::string whole = bytes();
    const std::vector<std::string> asked = {"word3", "common"};
    const auto hitsOf = [&](CorpusStore &store) {
        QStringList found;
        const auto hits = store.search(asked, 100);
        if (!hits) {
            return QStringList{hits.error().code == Errc::Damaged ? "damaged" : "another error"};
        }
        for (const LexicalHit &hit : *hits) {
            found << QString::fromStdString(hit.key) << QString::number(hit.score, 'f', 6);
        }
        return found;
    };
    const QStringList expected = hitsOf(*open());
    QVERIFY(expected.size() > 20);
    int told = 0;
    const std::size_t step = 61; // coprime to pages and cells: meets every kind of byte
    for (std::size_t i = 0; i < whole.size(); i += step) {
        std::string damaged = whole;
        damaged[i] = static_cast<char>(damaged[i] ^ mask);
        std::ofstream(m_file, std::ios::binary | std::ios::trunc) << damaged;
        const auto store = CorpusStore::open(m_file);
        if (!store) {
            ++told;
            continue;
        }
        const auto all = (*store)->all();
        const bool isAsBefore = all && all->size() == chunks.size();
        const QStringList found = hitsOf(**store);
        const bool isRight = found == expected || found == QStringList{"damaged"};
        QVERIFY2((isAsBefore && isRight) || (!all && all.error().code == Errc::Damaged),
                 qPrintable(QString("byte %1: %2").arg(i).arg(found.join(' '))));
        told += isAsBefore && found == expected ? 0 : 1;
    }
    QVERIFY(told > 0);
    for (const std::string &rest : {std::string(), whole.substr(0, whole.size() / 2)}) {
        std::ofstream(m_file, std::ios::binary | std::ios::trunc) << rest;
        const auto store = CorpusStore::open(m_file);
        QVERIFY(rest.empty() ? store && *(*store)->count() == 0 : !store);
        std::filesystem::remove(m_file.string() + "-wal");
    }
}

void TestCorpusStore::newerVersionIsUntouched()
{
    {
        constexpr std::array newer = {"CREATE TABLE a (x)", "CREATE TABLE b (x)", "SELECT 1"};
        QVERIFY(Database::open(m_file, newer));
    }
    const std::string before = bytes();
    const auto store = CorpusStore::open(m_file);
    QVERIFY(!store);
    QCOMPARE(store.error().code, Errc::Incompatible);
    QVERIFY(bytes() == before);
}

void TestCorpusStore::migratesAfterBackup()
{
    constexpr std::array one = {"CREATE TABLE notes (text);; INSERT INTO notes VALUES ('old')"};
    constexpr std::array two = {one[0], "ALTER TABLE notes ADD COLUMN source DEFAULT 'unknown'"};
    QVERIFY(Database::open(m_file, one));
    const auto migrated = Database::open(m_file, two);
    QVERIFY(migrated);
    auto row = (*migrated)->run("SELECT text, source FROM notes");
    QVERIFY(row && row->next());
    QCOMPARE(row->value(0).toString(), QString("old"));
    QCOMPARE(row->value(1).toString(), QString("unknown"));
    const auto backup = Database::open(m_file.string() + ".v1.bak", one);
    QVERIFY(backup);
    auto kept = (*backup)->run("SELECT text FROM notes");
    QVERIFY(kept && kept->next());
    QCOMPARE(kept->value(0).toString(), QString("old"));
}

void TestCorpusStore::failedMigrationChangesNothing()
{
    constexpr std::array one = {"CREATE TABLE notes (text)"};
    constexpr std::array bad = {one[0], "CREATE TABLE more (x);; NOT SQL AT ALL"};
    QVERIFY(Database::open(m_file, one));
    QVERIFY(!Database::open(m_file, bad));
    const auto again = Database::open(m_file, one);
    QVERIFY(again); // still version 1
    QVERIFY(!(*again)->run("SELECT * FROM more"));
}

void TestCorpusStore::twoWritersAtOnce()
{
    std::atomic<int> failures = 0;
    {
        std::vector<std::jthread> writers;
        for (const char *source : {"a", "b"}) {
            writers.emplace_back([&, source] {
                const auto store = open();
                for (int i = 0; i < 20; ++i) {
                    const Chunk made = chunk(source, "round " + std::to_string(i));
                    failures += !store || !store->replaceSource(source, {&made, 1}) ? 1 : 0;
                }
            });
        }
    }
    QCOMPARE(failures.load(), 0);
    const auto all = open()->all();
    QCOMPARE(all->size(), size_t(2));
    QVERIFY(std::all_of(all->begin(), all->end(),
                        [](const Chunk &made) { return made.text == "round 19"; }));
}

void TestCorpusStore::readOnlyFolder()
{
    m_file = "/proc/torchlift/corpus.sqlite"; // nobody can create anything there, not even root
    const auto store = CorpusStore::open(m_file);
    QVERIFY(!store);
    QCOMPARE(store.error().code, Errc::Io);
}

QTEST_GUILESS_MAIN(TestCorpusStore)
#include "tst_corpusstore.moc"
