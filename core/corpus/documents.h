#pragma once

#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "corpus/chunk.h"

namespace TorchLift {

/// Texts other than release notes: documentation of a release, questions with answers, chunks that
/// another program exported.
struct DocumentOptions
{
    std::string source;             ///< name under which they are kept; empty: the path
    std::optional<Version> version; ///< of what names none itself
    double trust = 0.5;             ///< 0 to 1, weighs their rank; release notes have 1
};

/// Reads a file or every file of a folder, by ending:
///   .md, .html, .htm   cut by section; the version is the first one in a folder's or the file's
///                      name ("docs/2.7/torch.html"), else options.version
///   .jsonl             an object a line: `text` or `body`, with `title`, `question`, `answer`,
///                      `version`, `section`; or LangChain's `page_content` and `metadata`
///                      (`version`, `chunk_id`, `release_name`, `section`), also inside the
///                      `payload` of a point of a Qdrant dump
/// All are originals. What has no version is left out and listed in `skipped`.
/// Errors: NotFound, Unreadable, InvalidInput naming file and line, Cancelled.
[[nodiscard]] Result<std::vector<Chunk>> chunksOfDocuments(const std::filesystem::path &path,
                                                           const DocumentOptions &options,
                                                           std::vector<std::string> &skipped,
                                                           const ProgressCallback &progress,
                                                           std::stop_token stop);

/// One LangChain payload as a chunk. What langChainOfChunk() wrote comes back whole, but for the
/// slug: only our own catalogue is cited. Errors: InvalidInput without `page_content` or a version.
[[nodiscard]] Result<Chunk> chunkOfLangChain(std::string_view json, const DocumentOptions &options);

/// The chunk as LangChain keeps it: `page_content`, and all else in `metadata`.
[[nodiscard]] std::string langChainOfChunk(const Chunk &chunk);

} // namespace TorchLift
