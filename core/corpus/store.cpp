#include "corpus/store.h"

#include <algorithm>
#include <array>
#include <set>
#include <unordered_map>

#include <QtCore/QString>
#include <QtCore/QVariant>
#include <nlohmann/json.hpp>

#include "base/files.h"
#include "base/logging.h"
#include "base/text.h"
#include "corpus/database.h"
#include "corpus/terms.h"
#include "corpus/wordscores.h"

namespace TorchLift {

namespace {

using Json = nlohmann::json;

// FTS5 gets words that terms.cpp has cut already; its tokenizer only folds accents and stems.
constexpr std::array kMigrations = {R"(
CREATE TABLE chunks (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    source TEXT NOT NULL,
    digest TEXT NOT NULL,
    fields TEXT NOT NULL
);;
CREATE INDEX chunks_by_source ON chunks (source);;
CREATE VIRTUAL TABLE words USING fts5 (
    terms, tokenize = "porter unicode61 tokenchars '._'"
))",
                                    R"(
CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL)
)"};

// Rises when lexicalTerms() gives other words: those that are stored are then made anew.
constexpr const char *kTermsVersion = "3";

constexpr std::size_t kMaxTerms = 200; // more say nothing that these do not

QString toQt(const std::string &text)
{
    return QString::fromStdString(text);
}

std::string toFields(const Chunk &chunk)
{
    return Json{{"chunk_id", chunk.chunkId},
                {"version", chunk.version.toString()},
                {"release_name", chunk.releaseName},
                {"section", chunk.section},
                {"change_slug", chunk.changeSlug},
                {"text", chunk.text},
                {"text_ru", chunk.textRu},
                {"symbols", chunk.symbols},
                {"pull_requests", chunk.pullRequests},
                {"trust", chunk.trust},
                {"is_original", chunk.isOriginal}}
        .dump(-1, ' ', false, Json::error_handler_t::replace);
}

// The digest covers everything of a row: SQLite itself does not notice a flipped bit in a text.
std::string digestOf(const std::string &key, const std::string &source, const std::string &fields)
{
    return sha256Hex(key + '\n' + source + '\n' + fields);
}

Chunk fromFields(std::string key, std::string source, const Json &fields)
{
    Chunk chunk;
    chunk.key = std::move(key);
    chunk.source = std::move(source);
    chunk.chunkId = fields.at("chunk_id");
    chunk.version = Version::parse(fields.at("version").get<std::string>()).value_or(Version());
    chunk.releaseName = fields.at("release_name");
    chunk.section = fields.at("section");
    chunk.changeSlug = fields.at("change_slug");
    chunk.text = fields.at("text");
    chunk.textRu = fields.at("text_ru");
    chunk.symbols = fields.at("symbols").get<std::vector<std::string>>();
    chunk.pullRequests = fields.at("pull_requests").get<std::vector<std::string>>();
    chunk.trust = fields.value("trust", 1.0); // missing in files of before
    chunk.isOriginal = fields.at("is_original");
    return chunk;
}

std::string wordsOf(const Chunk &chunk)
{
    return joined(lexicalTerms(chunk.section + '\n' + joined(chunk.symbols, " ") + '\n' + chunk.text
                               + '\n' + chunk.textRu),
                  " ");
}

class SqliteStore final : public CorpusStore
{
public:
    explicit SqliteStore(std::unique_ptr<Database> database)
        : m_database(std::move(database))
        , m_scores(*m_database)
    {}

    Result<void> replaceSource(std::string_view source, std::span<const Chunk> chunks) override
    {
        const bool isOwn = std::all_of(chunks.begin(), chunks.end(),
                                       [&](const Chunk &chunk) { return chunk.source == source; });
        if (!isOwn) {
            return fail(Errc::InvalidArgument, "a chunk belongs to another source",
                        std::string(source));
        }
        return m_database->inTransaction([&] { return replace(std::string(source), chunks); });
    }

    // Whether the index of words says of its rows what they hold. Where that cannot be asked, the
    // folder being read-only, it is taken to.
    bool hasSoundWords()
    {
        const auto checked = m_database->run("INSERT INTO words(words) VALUES ('integrity-check')");
        return checked || checked.error().code != Errc::Damaged;
    }

    // The index is made of the chunks, and can be made again.
    Result<void> makeWordsAnew()
    {
        return m_database->inTransaction([&]() -> Result<void> {
            auto query = m_database->run("SELECT sql FROM sqlite_master WHERE name = 'words'");
            if (!query) {
                return tl::unexpected(query.error());
            }
            const std::string create =
                query->next() ? query->value(0).toString().toStdString() : std::string();
            query->finish();
            for (const char *sql : {"DROP TABLE words", create.c_str()}) {
                if (auto done = m_database->run(sql); !done) {
                    return tl::unexpected(done.error());
                }
            }
            return insertAllWords();
        });
    }

    Result<void> renewWords()
    {
        auto known = m_database->run("SELECT value FROM settings WHERE name = 'terms'");
        if (!known) {
            return tl::unexpected(known.error());
        }
        if (known->next() && known->value(0).toString() == QLatin1String(kTermsVersion)) {
            return {};
        }
        known->finish();
        return m_database->inTransaction([&]() -> Result<void> {
            for (const char *sql : {"DELETE FROM words", "DELETE FROM settings"}) {
                if (auto done = m_database->run(sql); !done) {
                    return tl::unexpected(done.error());
                }
            }
            if (auto inserted = insertAllWords(); !inserted) {
                return inserted;
            }
            auto mark = m_database->prepare("INSERT INTO settings VALUES ('terms', ?)");
            if (!mark) {
                return tl::unexpected(mark.error());
            }
            mark->addBindValue(QLatin1String(kTermsVersion));
            return m_database->execute(*mark);
        });
    }

    Result<std::vector<Chunk>> all() override
    {
        // From the rows themselves, which the digest is of, not from the index of the keys.
        auto query = m_database->run("SELECT key, source, digest, fields FROM chunks NOT INDEXED "
                                     "ORDER BY key");
        if (!query) {
            return tl::unexpected(query.error());
        }
        return read(*query);
    }

    Result<std::vector<Chunk>> byKeys(std::span<const std::string> keys) override
    {
        auto query =
            m_database->prepare("SELECT key, source, digest, fields FROM chunks WHERE key = ?");
        std::vector<Chunk> chunks;
        for (const std::string &key : keys) {
            if (!query) {
                break;
            }
            query->addBindValue(toQt(key));
            if (auto done = m_database->execute(*query); !done) {
                return tl::unexpected(done.error());
            }
            auto found = read(*query);
            if (!found) {
                return found;
            }
            std::move(found->begin(), found->end(), std::back_inserter(chunks));
        }
        return query ? Result<std::vector<Chunk>>(std::move(chunks))
                     : tl::unexpected(query.error());
    }

    Result<std::vector<LexicalHit>> search(std::span<const std::string> terms,
                                           std::size_t limit) override
    {
        std::set<std::string> known;
        std::vector<std::string> words; // each an expression that FTS5 understands
        for (const std::string &term : terms) {
            for (const std::string &word : lexicalTerms(term)) { // no quote can occur in one
                if (words.size() < kMaxTerms && known.insert(word).second) {
                    words.push_back('"' + word + '"');
                }
            }
        }
        return m_scores.best(words, limit);
    }

    Result<std::string> contentHash() override
    {
        auto query = m_database->run("SELECT digest FROM chunks ORDER BY key");
        if (!query) {
            return tl::unexpected(query.error());
        }
        std::string all;
        while (query->next()) {
            all += query->value(0).toString().toStdString() + '\n';
        }
        return sha256Hex(all);
    }

    Result<std::size_t> count() override
    {
        const auto rows = m_database->number("SELECT count(*) FROM chunks");
        return rows ? Result<std::size_t>(static_cast<std::size_t>(*rows))
                    : tl::unexpected(rows.error());
    }

private:
    Result<void> insertAllWords()
    {
        auto rows = m_database->run("SELECT key, source, digest, fields, id FROM chunks");
        if (!rows) {
            return tl::unexpected(rows.error());
        }
        std::vector<qlonglong> ids;
        auto chunks = read(*rows, &ids);
        if (!chunks) {
            return tl::unexpected(chunks.error());
        }
        rows->finish();
        for (std::size_t i = 0; i < ids.size(); ++i) {
            if (auto added = insertWords(ids[i], (*chunks)[i]); !added) {
                return added;
            }
        }
        return {};
    }

    Result<std::vector<Chunk>> read(QSqlQuery &query, std::vector<qlonglong> *ids = nullptr) const
    {
        std::vector<Chunk> chunks;
        while (query.next()) {
            std::string key = query.value(0).toString().toStdString();
            if (ids != nullptr) {
                ids->push_back(query.value(4).toLongLong());
            }
            std::string source = query.value(1).toString().toStdString();
            const std::string fields = query.value(3).toString().toStdString();
            if (query.value(2).toString().toStdString() != digestOf(key, source, fields)) {
                return m_database->damaged("chunk " + key + " is not what was stored");
            }
            try {
                chunks.push_back(
                    fromFields(std::move(key), std::move(source), Json::parse(fields)));
            } catch (const Json::exception &error) {
                return m_database->damaged(error.what());
            }
        }
        const auto whole = m_database->ended(query);
        return whole ? Result<std::vector<Chunk>>(std::move(chunks))
                     : tl::unexpected(whole.error());
    }

    Result<void> replace(const std::string &source, std::span<const Chunk> chunks)
    {
        auto known = stored(source);
        if (!known) {
            return tl::unexpected(known.error());
        }
        for (const Chunk &chunk : chunks) {
            const std::string fields = toFields(chunk);
            const std::string digest = digestOf(chunk.key, source, fields);
            const auto old = known->find(chunk.key);
            const bool isSame = old != known->end() && old->second.digest == digest;
            if (old != known->end() && !isSame) {
                if (auto removed = remove(old->second.id); !removed) {
                    return removed;
                }
            }
            if (old != known->end()) {
                known->erase(old);
            }
            if (!isSame) {
                if (auto added = insert(chunk, digest, fields); !added) {
                    return added;
                }
            }
        }
        for (const auto &[key, row] : *known) {
            if (auto removed = remove(row.id); !removed) {
                return removed;
            }
        }
        return {};
    }

    struct Row
    {
        qlonglong id = 0;
        std::string digest;
    };

    Result<std::unordered_map<std::string, Row>> stored(const std::string &source)
    {
        auto query = m_database->prepare("SELECT key, id, digest FROM chunks WHERE source = ?");
        if (!query) {
            return tl::unexpected(query.error());
        }
        query->addBindValue(toQt(source));
        if (auto done = m_database->execute(*query); !done) {
            return tl::unexpected(done.error());
        }
        std::unordered_map<std::string, Row> rows;
        while (query->next()) {
            rows[query->value(0).toString().toStdString()] = {
                query->value(1).toLongLong(), query->value(2).toString().toStdString()};
        }
        return rows;
    }

    Result<void> remove(qlonglong id)
    {
        for (const char *sql :
             {"DELETE FROM words WHERE rowid = ?", "DELETE FROM chunks WHERE id = ?"}) {
            auto query = m_database->prepare(sql);
            if (!query) {
                return tl::unexpected(query.error());
            }
            query->addBindValue(id);
            if (auto done = m_database->execute(*query); !done) {
                return done;
            }
        }
        return {};
    }

    Result<void> insert(const Chunk &chunk, const std::string &digest, const std::string &fields)
    {
        auto row = m_database->prepare(
            "INSERT INTO chunks (key, source, digest, fields) VALUES (?, ?, ?, ?)");
        if (!row) {
            return tl::unexpected(row.error());
        }
        for (const std::string &value : {chunk.key, chunk.source, digest, fields}) {
            row->addBindValue(toQt(value));
        }
        if (auto done = m_database->execute(*row); !done) {
            return done;
        }
        return insertWords(row->lastInsertId().toLongLong(), chunk);
    }

    Result<void> insertWords(qlonglong id, const Chunk &chunk)
    {
        auto words = m_database->prepare("INSERT INTO words (rowid, terms) VALUES (?, ?)");
        if (!words) {
            return tl::unexpected(words.error());
        }
        words->addBindValue(id);
        words->addBindValue(toQt(wordsOf(chunk)));
        return m_database->execute(*words);
    }

    std::unique_ptr<Database> m_database;
    WordScores m_scores;
};

} // namespace

std::string chunkKey(const Chunk &chunk)
{
    constexpr std::size_t digits = 32;
    std::string content = chunk.version.toString() + '\n' + chunk.section + '\n';
    for (const std::string &symbol : chunk.symbols) {
        content += symbol + ' '; // also behind the last one: stores hold keys made so
    }
    content += '\n' + chunk.text;
    return chunk.source + ':' + sha256Hex(content).substr(0, digits);
}

Result<std::unique_ptr<CorpusStore>> CorpusStore::open(const std::filesystem::path &file)
{
    auto database = Database::open(file, kMigrations);
    if (!database) {
        return tl::unexpected(database.error());
    }
    auto store = std::make_unique<SqliteStore>(std::move(*database));
    if (auto renewed = store->renewWords(); !renewed) {
        return tl::unexpected(renewed.error());
    }
    if (!store->hasSoundWords()) { // SQLite's own check does not look into it
        Log::warning("corpus", file.string() + ": the index of words is damaged; it is made again");
        if (auto made = store->makeWordsAnew(); !made) {
            return tl::unexpected(made.error());
        }
    }
    return store;
}

} // namespace TorchLift
