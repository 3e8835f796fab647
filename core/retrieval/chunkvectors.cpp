#include "retrieval/chunkvectors.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <unordered_map>

#include "base/files.h"
#include "base/logging.h"
#include "index/dotproduct.h"
#include "index/vectorindex.h"

namespace TorchLift {

namespace {

constexpr std::size_t kTextsPerStep = 1024; // a stop loses at most what one step computed

std::string textKey(const std::string &text)
{
    constexpr std::size_t digits = 32;
    return sha256Hex(text).substr(0, digits);
}

VectorTable loadTable(const std::filesystem::path &file, const std::string &modelHash,
                      std::size_t dimension)
{
    VectorTable empty;
    empty.modelHash = modelHash;
    empty.dimension = dimension;
    auto table = loadVectors(file);
    if (!table) {
        if (table.error().code != Errc::NotFound) {
            Log::warning("retrieval", table.error().subject + ": " + table.error().detail
                                          + "; its vectors are computed again");
        }
        return empty;
    }
    const bool isOurs = table->modelHash == empty.modelHash && table->dimension == empty.dimension;
    return isOurs ? std::move(*table) : empty;
}

} // namespace

Result<std::vector<float>> vectorsOfChunks(std::span<const Chunk> chunks, EmbeddingModel &model,
                                           const std::filesystem::path &file,
                                           const ProgressCallback &progress, std::stop_token stop)
{
    const VectorTable old = loadTable(file, model.hash(), model.dimension());
    std::unordered_map<std::string, std::size_t> oldRows;
    for (std::size_t row = 0; row < old.keys.size(); ++row) {
        oldRows.emplace(old.keys[row], row);
    }
    std::vector<std::string> keys;
    std::vector<std::string> newTexts;
    std::unordered_map<std::string, std::size_t> newRows;
    for (const Chunk &chunk : chunks) {
        keys.push_back(textKey(chunk.text));
        if (!oldRows.contains(keys.back())
            && newRows.emplace(keys.back(), newTexts.size()).second) {
            newTexts.push_back(chunk.text);
        }
    }
    Embeddings fresh;
    fresh.dimension = old.dimension;
    Result<void> outcome;
    for (std::size_t first = 0; first < newTexts.size() && outcome; first += kTextsPerStep) {
        const auto step =
            std::span(newTexts).subspan(first, std::min(kTextsPerStep, newTexts.size() - first));
        const auto report = [&](const Progress &part) {
            progress({part.stage, static_cast<double>(first) + part.done,
                      static_cast<double>(newTexts.size()), part.unit});
        };
        const auto some = model.embed(step, TextRole::Passage,
                                      progress ? ProgressCallback(report) : progress, stop);
        if (some) {
            fresh.values.insert(fresh.values.end(), some->values.begin(), some->values.end());
        } else {
            outcome = tl::unexpected(some.error());
        }
    }

    std::vector<float> values;
    values.reserve(chunks.size() * old.dimension);
    VectorTable table{old.modelHash, old.dimension, {}, {}};
    std::set<std::string> saved;
    for (const std::string &key : keys) {
        const auto known = oldRows.find(key);
        const auto added = newRows.find(key);
        if (known == oldRows.end() && added->second >= fresh.rows()) {
            continue; // embedding ended before
        }
        const std::span<const float> row =
            known != oldRows.end()
                ? std::span(old.values).subspan(known->second * old.dimension, old.dimension)
                : fresh.row(added->second);
        values.insert(values.end(), row.begin(), row.end());
        if (saved.insert(key).second) {
            table.keys.push_back(key);
            table.values.insert(table.values.end(), row.begin(), row.end());
        }
    }
    if (fresh.rows() > 0) {
        std::error_code ignored;
        std::filesystem::create_directories(file.parent_path(), ignored);
        if (auto written = saveVectors(file, table); !written) {
            Log::warning("retrieval", file.string() + ": " + written.error().detail);
        }
    }
    return outcome ? Result<std::vector<float>>(std::move(values))
                   : tl::unexpected(outcome.error());
}

Result<void> keepVectors(const KnownVectors &vectors, const std::filesystem::path &file)
{
    constexpr float tolerance = 1e-3F;
    VectorTable table = loadTable(file, vectors.modelHash, vectors.dimension);
    std::set<std::string> known(table.keys.begin(), table.keys.end());
    for (std::size_t i = 0; i < vectors.texts.size(); ++i) {
        const auto row =
            std::span(vectors.values).subspan(i * vectors.dimension, vectors.dimension);
        const float length = dotProduct(row.data(), row.data(), row.size());
        std::string key = textKey(vectors.texts[i]);
        if (std::abs(length - 1) < tolerance && known.insert(key).second) { // NaN is no unit
            table.keys.push_back(std::move(key));
            table.values.insert(table.values.end(), row.begin(), row.end());
        }
    }
    std::error_code ignored;
    std::filesystem::create_directories(file.parent_path(), ignored);
    return saveVectors(file, table);
}

} // namespace TorchLift
