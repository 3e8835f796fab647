#include <QtCore/QTemporaryDir>
#include <QtCore/QVariant>
#include <QtTest/QTest>

#include <array>
#include <cmath>
#include <limits>

#include "corpus/wordscores.h"

using namespace TorchLift;

namespace {

// The tables that it asks, without what else the store keeps in them.
constexpr std::array kTables = {"CREATE TABLE chunks (id INTEGER PRIMARY KEY, key TEXT);;"
                                "CREATE VIRTUAL TABLE words USING fts5 (terms)"};

constexpr std::array kTexts = {
    "torch gesv is gone torch solve takes its place torch solve and nothing else",
    "torch solve warns of solve",
    "something of a tensor",
    "a tensor a tensor a tensor and one more tensor",
    "words that nobody asks for",
};

constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();

} // namespace

class TestWordScores : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init();
    void isBm25OfAllWords();
    void bestComeFirst();
    void seesWhatOthersChange();
    void seesWhatItsOwnProgramChanges();

private:
    [[nodiscard]] std::unique_ptr<Database> open() const;
    static void add(Database &database, qlonglong id, const char *text);

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<Database> m_database;
};

std::unique_ptr<Database> TestWordScores::open() const
{
    auto database = Database::open(m_folder->filePath("words.sqlite").toStdString(), kTables);
    return database ? std::move(*database) : nullptr;
}

void TestWordScores::add(Database &database, qlonglong id, const char *text)
{
    for (const char *sql : {"INSERT INTO chunks (id, key) VALUES (?, 'key of ' || ?)",
                            "INSERT INTO words (rowid, terms) VALUES (?, ?)"}) {
        auto query = database.prepare(sql);
        QVERIFY(query);
        query->addBindValue(id);
        query->addBindValue(QString::fromUtf8(text));
        QVERIFY(database.execute(*query));
    }
}

void TestWordScores::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    m_database = open();
    QVERIFY(m_database);
    for (std::size_t i = 0; i < kTexts.size(); ++i) {
        add(*m_database, static_cast<qlonglong>(i + 1), kTexts[i]);
    }
}

void TestWordScores::isBm25OfAllWords()
{
    const std::vector<std::string> words = {"\"solve\"", "\"torch\"", "\"tensor\"", "\"none\""};
    WordScores scores(*m_database);
    for (int i = 0; i < 2; ++i) { // the second time from what was kept
        const auto hits = scores.best(words, kAll);
        QVERIFY(hits);
        auto whole = m_database->run(
            "SELECT key, -bm25(words) FROM words JOIN chunks ON id = words.rowid WHERE words "
            "MATCH '\"solve\" OR \"torch\" OR \"tensor\" OR \"none\"' ORDER BY rank, id");
        QVERIFY(whole);
        for (const LexicalHit &hit : *hits) {
            QVERIFY(whole->next());
            QCOMPARE(hit.key, whole->value(0).toString().toStdString());
            QVERIFY(std::abs(hit.score - whole->value(1).toDouble()) < 1e-9);
        }
        QVERIFY(!whole->next());
    }
}

void TestWordScores::bestComeFirst()
{
    WordScores scores(*m_database);
    const std::vector<std::string> words = {"\"tensor\""};
    const auto hits = scores.best(words, 1);
    QVERIFY(hits);
    QCOMPARE(hits->size(), std::size_t(1));
    QCOMPARE(hits->front().key, std::string("key of ") + kTexts[3]);
    QVERIFY(scores.best({}, kAll)->empty());
}

void TestWordScores::seesWhatOthersChange()
{
    WordScores scores(*m_database);
    const std::vector<std::string> words = {"\"solve\""};
    QCOMPARE(scores.best(words, kAll)->size(), std::size_t(2));
    const auto other = open();
    add(*other, 9, "solve it in other words");
    QCOMPARE(scores.best(words, kAll)->size(), std::size_t(3));
    QVERIFY(other->run("DELETE FROM words WHERE rowid = 1"));
    QCOMPARE(scores.best(words, kAll)->size(), std::size_t(2));
}

void TestWordScores::seesWhatItsOwnProgramChanges()
{
    WordScores scores(*m_database);
    const std::vector<std::string> words = {"\"solve\""};
    QCOMPARE(scores.best(words, kAll)->size(), std::size_t(2));
    QVERIFY(m_database->run("DELETE FROM words WHERE rowid = 1"));
    QCOMPARE(scores.best(words, kAll)->size(), std::size_t(1));
    // A word of a chunk that is gone: the two tables contradict each other.
    QVERIFY(m_database->run("DELETE FROM chunks WHERE id = 2"));
    const auto hits = scores.best(words, kAll);
    QVERIFY(!hits);
    QCOMPARE(hits.error().code, Errc::Damaged);
}

QTEST_GUILESS_MAIN(TestWordScores)
#include "tst_wordscores.moc"
