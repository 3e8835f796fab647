#include "corpus/wordscores.h"

#include <algorithm>

#include <QtCore/QString>
#include <QtCore/QVariant>

namespace TorchLift {

namespace {

// The rows of all the words that a search among many chunks reads: some 15 ms at the first time.
constexpr std::size_t kMaxRows = 5000;
// 16 bytes each, mostly.
constexpr std::size_t kMaxKept = 2'000'000;

} // namespace

WordScores::WordScores(Database &database)
    : m_database(database)
{}

Result<std::vector<LexicalHit>> WordScores::best(std::span<const std::string> words,
                                                 std::size_t limit)
{
    std::vector<LexicalHit> hits;
    // One state of the file for all the questions to it.
    auto done = m_database.inSnapshot([&]() -> Result<void> {
        if (auto known = forgetWhatChanged(); !known) {
            return known;
        }
        std::vector<std::string> rare;
        if (limit < m_chunks) {
            auto found = rarest(words);
            if (!found) {
                return tl::unexpected(found.error());
            }
            rare = std::move(*found);
            words = rare;
        }
        auto rows = sums(words);
        if (!rows) {
            return tl::unexpected(rows.error());
        }
        if (limit < rows->size()) {
            const auto end = rows->begin() + static_cast<std::ptrdiff_t>(limit);
            std::nth_element(rows->begin(), end, rows->end(), [](const auto &a, const auto &b) {
                return a.second != b.second ? a.second > b.second : a.first < b.first;
            });
            rows->erase(end, rows->end());
        }
        auto keys = m_database.prepare("SELECT key FROM chunks WHERE id = ?");
        if (!keys) {
            return tl::unexpected(keys.error());
        }
        for (const auto &[row, score] : *rows) {
            auto key = keyOf(row, *keys);
            if (!key) {
                return tl::unexpected(key.error());
            }
            hits.push_back({std::move(*key), score});
        }
        return {};
    });
    if (!done) {
        return tl::unexpected(done.error());
    }
    std::sort(hits.begin(), hits.end(), [](const LexicalHit &a, const LexicalHit &b) {
        return a.score != b.score ? a.score > b.score : a.key < b.key;
    });
    return hits;
}

Result<void> WordScores::forgetWhatChanged()
{
    const auto others = m_database.number("PRAGMA data_version");
    const auto own = m_database.number("SELECT total_changes()");
    if (!others || !own) {
        return tl::unexpected(others ? own.error() : others.error());
    }
    if (m_state != std::pair(*others, *own) || m_kept > kMaxKept) {
        m_rows.clear();
        m_scores.clear();
        m_keys.clear();
        m_kept = 0;
        const auto chunks = m_database.number("SELECT count(*) FROM chunks");
        if (!chunks) {
            return tl::unexpected(chunks.error());
        }
        m_chunks = static_cast<std::size_t>(*chunks);
        m_state = {*others, *own};
    }
    return {};
}

// BM25 reads every row that a word is in, and a word that is in most of them tells little: the
// rarest are taken, as long as there are not more rows to read. Where all are common, all are.
Result<std::vector<std::string>> WordScores::rarest(std::span<const std::string> words)
{
    auto query = m_database.prepare(
        "SELECT count(*) FROM (SELECT rowid FROM words WHERE words MATCH ? LIMIT ?)");
    if (!query) {
        return tl::unexpected(query.error());
    }
    std::vector<std::pair<std::size_t, std::string>> counted;
    for (const std::string &word : words) {
        const auto rows = countRows(word, *query);
        if (!rows) {
            return tl::unexpected(rows.error());
        }
        counted.emplace_back(*rows, word);
    }
    std::sort(counted.begin(), counted.end());
    std::vector<std::string> rare;
    std::size_t sum = 0;
    for (auto &[rows, word] : counted) {
        sum += rows;
        if (sum < kMaxRows) {
            rare.push_back(std::move(word));
        }
    }
    return rare.empty() ? std::vector<std::string>(words.begin(), words.end()) : rare;
}

Result<std::size_t> WordScores::countRows(const std::string &word, QSqlQuery &query)
{
    if (const auto known = m_rows.find(word); known != m_rows.end()) {
        return known->second;
    }
    query.addBindValue(QString::fromStdString(word));
    query.addBindValue(static_cast<qulonglong>(kMaxRows));
    if (auto asked = m_database.execute(query); !asked) {
        return tl::unexpected(asked.error());
    }
    const std::size_t rows = query.next() ? query.value(0).toULongLong() : 0;
    m_rows.emplace(word, rows);
    ++m_kept;
    return rows;
}

// Valid until the next change of m_scores.
Result<const WordScores::RowScores *> WordScores::scoresOf(const std::string &word,
                                                           QSqlQuery &query)
{
    if (const auto known = m_scores.find(word); known != m_scores.end()) {
        return &known->second;
    }
    query.addBindValue(QString::fromStdString(word));
    if (auto asked = m_database.execute(query); !asked) {
        return tl::unexpected(asked.error());
    }
    RowScores scores;
    while (query.next()) {
        scores.emplace_back(query.value(0).toLongLong(), query.value(1).toDouble());
    }
    if (auto whole = m_database.ended(query); !whole) {
        return tl::unexpected(whole.error());
    }
    m_kept += scores.size() + 1;
    return &m_scores.emplace(word, std::move(scores)).first->second;
}

Result<WordScores::RowScores> WordScores::sums(std::span<const std::string> words)
{
    auto query = m_database.prepare("SELECT rowid, -bm25(words) FROM words WHERE words MATCH ?");
    if (!query) {
        return tl::unexpected(query.error());
    }
    std::unordered_map<Row, double> sums;
    for (const std::string &word : words) {
        const auto scores = scoresOf(word, *query);
        if (!scores) {
            return tl::unexpected(scores.error());
        }
        for (const auto &[row, score] : **scores) {
            sums[row] += score;
        }
    }
    return RowScores(sums.begin(), sums.end());
}

Result<std::string> WordScores::keyOf(Row row, QSqlQuery &query)
{
    if (const auto known = m_keys.find(row); known != m_keys.end()) {
        return known->second;
    }
    query.addBindValue(row);
    if (auto asked = m_database.execute(query); !asked) {
        return tl::unexpected(asked.error());
    }
    if (!query.next()) {
        return m_database.damaged("the index of words knows a chunk that is not there");
    }
    ++m_kept;
    return m_keys.emplace(row, query.value(0).toString().toStdString()).first->second;
}

} // namespace TorchLift
