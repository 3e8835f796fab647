#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"

namespace TorchLift {

/// A neighbour: row in the order of adding, and the dot product with the query.
struct VectorHit
{
    std::size_t row = 0;
    float score = 0;
};

/// Tells whether a row may be returned; empty function: all may.
using RowFilter = std::function<bool(std::size_t row)>;

/// Nearest neighbours of unit vectors by dot product. After building, search() may be called
/// from several threads at once.
class VectorIndex
{
public:
    virtual ~VectorIndex() = default;

    [[nodiscard]] virtual std::size_t dimension() const noexcept = 0;
    [[nodiscard]] virtual std::size_t size() const noexcept = 0;
    /// The `k` best rows that pass `filter`, best first; ties by lower row. Fewer when there
    /// are fewer. Errors: InvalidArgument for another dimension or values that are not finite.
    [[nodiscard]] virtual Result<std::vector<VectorHit>>
    search(std::span<const float> query, std::size_t k, const RowFilter &filter) const = 0;
};

/// Brute force over a copy of `vectors` (row-major [rows, dimension]).
[[nodiscard]] Result<std::unique_ptr<VectorIndex>> makeExactIndex(std::vector<float> vectors,
                                                                  std::size_t dimension);

/// Hierarchical navigable small worlds (Malkov & Yashunin, arXiv:1603.09320).
struct HnswOptions
{
    std::size_t m = 16;
    std::size_t efConstruction = 200;
    std::size_t efSearch = 128;
};
[[nodiscard]] Result<std::unique_ptr<VectorIndex>> makeHnswIndex(std::span<const float> vectors,
                                                                 std::size_t dimension,
                                                                 const HnswOptions &options,
                                                                 std::stop_token stop);

/// Vectors with their keys, as kept on disk.
struct VectorTable
{
    std::string modelHash; ///< EmbeddingModel::hash()
    std::size_t dimension = 0;
    std::vector<std::string> keys; ///< one for each row
    std::vector<float> values;     ///< row-major [keys.size(), dimension]
};

/// One checksummed container: magic, format version, dimension, metric, model hash, count,
/// lengths, keys, values, SHA-256 of all before. Written atomically.
[[nodiscard]] Result<void> saveVectors(const std::filesystem::path &file, const VectorTable &table);

/// Verifies before anything is used. Errors: NotFound, Damaged, Incompatible, TooLarge.
[[nodiscard]] Result<VectorTable> loadVectors(const std::filesystem::path &file);

} // namespace TorchLift
