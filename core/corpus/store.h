#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "corpus/chunk.h"

namespace TorchLift {

/// A lexical hit. Scores are BM25, larger is better, comparable within one query only.
struct LexicalHit
{
    std::string key;
    double score = 0;
};

/// The chunks on disk: one SQLite file with FTS5. Safe for two running programs (WAL).
/// An instance belongs to the thread that opened it: open another for another thread.
class CorpusStore
{
public:
    /// Opens or creates `file`. Older `user_version`s are migrated after a backup.
    /// Errors: Incompatible for a newer one (untouched); Damaged (the file is left as it is,
    /// remedy names `corpus build`); Io.
    [[nodiscard]] static Result<std::unique_ptr<CorpusStore>>
    open(const std::filesystem::path &file);

    virtual ~CorpusStore() = default;

    /// Replaces everything of one source by `chunks` in one transaction; unchanged keys stay.
    [[nodiscard]] virtual Result<void> replaceSource(std::string_view source,
                                                     std::span<const Chunk> chunks) = 0;
    [[nodiscard]] virtual Result<std::vector<Chunk>> all() = 0; ///< ordered by key
    [[nodiscard]] virtual Result<std::vector<Chunk>> byKeys(std::span<const std::string> keys) = 0;
    /// Chunks whose text matches any of `terms` (identifiers or words, taken literally), best
    /// first. With a limit below count() the most common words do not take part where rarer ones
    /// are asked for, too: what it takes does not grow with the corpus.
    [[nodiscard]] virtual Result<std::vector<LexicalHit>> search(std::span<const std::string> terms,
                                                                 std::size_t limit) = 0;
    /// Changes whenever the set of chunks does: hash over the sorted keys.
    [[nodiscard]] virtual Result<std::string> contentHash() = 0;
    [[nodiscard]] virtual Result<std::size_t> count() = 0;
};

/// Our catalogue as chunks, one for each change.
[[nodiscard]] Result<std::vector<Chunk>> chunksOfCatalogue(const std::filesystem::path &folder);

/// Every *.md of `folder` (release notes named by version, "v2.7.0.md"), parsed as Markdown,
/// cut by section and then by `splitRecursively`. Files without a version in their name are
/// skipped and listed in `skipped`. Errors: NotFound, Unreadable, Cancelled.
[[nodiscard]] Result<std::vector<Chunk>> chunksOfMarkdownFolder(const std::filesystem::path &folder,
                                                                std::vector<std::string> &skipped,
                                                                const ProgressCallback &progress,
                                                                std::stop_token stop);

} // namespace TorchLift
