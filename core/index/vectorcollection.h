#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/version.h"

namespace TorchLift {

/// A text with its vector, as an engine that many share keeps it. Its identity is key and model:
/// vectors of two models may lie in one collection and never meet.
struct VectorRecord
{
    std::string key;       ///< of the chunk; empty when another program wrote it
    std::string modelHash; ///< EmbeddingModel::hash(); empty likewise
    Version version;
    /// A JSON object with `page_content` (text) and `metadata` (object), as LangChain writes it.
    std::string payload;
    std::vector<float> vector; ///< unit length; empty where it was not asked for
};

/// A neighbour, and the dot product with the query.
struct RecordHit
{
    std::string key;
    float score = 0;
    std::string payload;
};

/// Releases after `from` up to and including `to`.
struct VersionWindow
{
    Version from;
    Version to;
};

struct RecordPage
{
    std::vector<VectorRecord> records;
    std::string next; ///< cursor of the next page; empty: this was the last
};

/// Vectors with their texts that live in another program, often on another machine. Calls block
/// and are repeated when the network or the server fails for a moment: each may be done twice
/// without harm. Each sees what those before it did; other programs see it a little later where
/// the engine takes its time (Milvus 2.3: about a second). One thread at a time.
///
/// Errors of all: Network, Timeout, Cancelled; Refused for a key that is wrong or missing, or a
/// certificate that is not trusted; Damaged for an answer that makes no sense; NotFound for a
/// collection that does not exist (not of dimension() and create()); Incompatible for one of
/// another layout.
class VectorCollection
{
public:
    virtual ~VectorCollection() = default;

    /// Floats a vector; nullopt when the collection does not exist.
    [[nodiscard]] virtual Result<std::optional<std::size_t>> dimension(std::stop_token stop) = 0;
    /// Nothing when it exists with this dimension. Errors: Incompatible for another one.
    [[nodiscard]] virtual Result<void> create(std::size_t dimension, std::stop_token stop) = 0;
    /// Deletes the collection; nothing when it does not exist.
    [[nodiscard]] virtual Result<void> drop(std::stop_token stop) = 0;

    /// Adds, or replaces what has the same identity; all go in one request. Errors:
    /// InvalidArgument for another dimension, values that are not finite, a payload without
    /// `metadata`; TooLarge for a text that the engine cannot keep.
    [[nodiscard]] virtual Result<void> upsert(std::span<const VectorRecord> records,
                                              std::stop_token stop) = 0;
    /// For each of `records` (vectors are not looked at) whether it is there with this payload.
    [[nodiscard]] virtual Result<std::vector<bool>> holds(std::span<const VectorRecord> records,
                                                          std::stop_token stop) = 0;
    /// Nothing for identities that are not there.
    [[nodiscard]] virtual Result<void> remove(std::span<const VectorRecord> records,
                                              std::stop_token stop) = 0;

    /// The `k` best of one model inside the window, best first. Errors: InvalidArgument as of
    /// upsert().
    [[nodiscard]] virtual Result<std::vector<RecordHit>>
    search(std::span<const float> query, std::size_t k, const VersionWindow &window,
           const std::string &modelHash, std::stop_token stop) = 0;
    /// Of all models.
    [[nodiscard]] virtual Result<std::size_t> count(std::stop_token stop) = 0;
    /// Everything, page by page, each record once; an empty cursor begins. A cursor stays good
    /// while others write, and in another program.
    [[nodiscard]] virtual Result<RecordPage> page(const std::string &cursor,
                                                  std::stop_token stop) = 0;
};

} // namespace TorchLift
