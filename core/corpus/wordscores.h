#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/result.h"
#include "corpus/database.h"
#include "corpus/store.h"

namespace TorchLift {

/// BM25 of words in the chunks that FTS5 knows, kept word by word: that of several is the sum of
/// each (Robertson and Zaragoza, "The Probabilistic Relevance Framework", 2009), and all code asks
/// for the same names. Asked for many words at once, FTS5 takes their number times that of the
/// places where they stand. What is kept is dropped when anybody changes the file, and when it is
/// more than some 40 MB. Internal to core/corpus; belongs to the thread of `database`.
class WordScores
{
public:
    explicit WordScores(Database &database);

    /// As CorpusStore::search(); each of `words` once, and in quotes. Errors: Damaged, Io.
    [[nodiscard]] Result<std::vector<LexicalHit>> best(std::span<const std::string> words,
                                                       std::size_t limit);

private:
    using Row = qlonglong;
    using RowScores = std::vector<std::pair<Row, double>>;

    [[nodiscard]] Result<void> forgetWhatChanged();
    [[nodiscard]] Result<std::size_t> countRows(const std::string &word, QSqlQuery &query);
    [[nodiscard]] Result<std::vector<std::string>> rarest(std::span<const std::string> words);
    [[nodiscard]] Result<const RowScores *> scoresOf(const std::string &word, QSqlQuery &query);
    [[nodiscard]] Result<RowScores> sums(std::span<const std::string> words);
    [[nodiscard]] Result<std::string> keyOf(Row row, QSqlQuery &query);

    Database &m_database;
    std::pair<qlonglong, qlonglong> m_state; ///< of the file: changed by others, by us
    std::size_t m_chunks = 0;
    std::unordered_map<std::string, std::size_t> m_rows; ///< those that a word is in
    std::unordered_map<std::string, RowScores> m_scores;
    std::unordered_map<Row, std::string> m_keys; ///< of chunks
    std::size_t m_kept = 0;                      ///< what the three hold, in entries
};

} // namespace TorchLift
