#include "retrieval/embeddingcache.h"

#include <algorithm>
#include <chrono>
#include <unordered_map>
#include <vector>

#include "base/files.h"
#include "base/logging.h"
#include "index/vectorindex.h"

namespace TorchLift {

namespace {

constexpr std::size_t kTextsPerStep = 2048; // a stop loses at most the batches of one step
constexpr std::size_t kMaxRows = 1'000'000; // kept at most
constexpr std::chrono::seconds kSaveEvery(60);

std::string keyOf(const std::string &text, TextRole role)
{
    constexpr std::size_t digits = 32;
    return (role == TextRole::Query ? 'q' : 'p') + sha256Hex(text).substr(0, digits);
}

/// Rows by key, in memory and in the file.
class VectorCache
{
public:
    VectorCache(std::filesystem::path file, const EmbeddingModel &model)
        : m_file(std::move(file))
    {
        if (auto loaded = loadVectors(m_file); loaded && loaded->modelHash == model.hash()
                                               && loaded->dimension == model.dimension()
                                               && loaded->keys.size() < kMaxRows) {
            m_table = std::move(*loaded);
        }
        m_table.modelHash = model.hash();
        m_table.dimension = model.dimension();
        for (std::size_t row = 0; row < m_table.keys.size(); ++row) {
            m_rows.emplace(m_table.keys[row], row);
        }
    }

    [[nodiscard]] bool has(const std::string &key) const { return m_rows.contains(key); }

    [[nodiscard]] std::span<const float> row(const std::string &key) const
    {
        return std::span(m_table.values)
            .subspan(m_rows.at(key) * m_table.dimension, m_table.dimension);
    }

    void add(const std::string &key, std::span<const float> values)
    {
        m_rows.emplace(key, m_table.keys.size());
        m_table.keys.push_back(key);
        m_table.values.insert(m_table.values.end(), values.begin(), values.end());
        m_isChanged = true;
    }

    void save()
    {
        if (!m_isChanged) {
            return;
        }
        std::error_code ignored;
        std::filesystem::create_directories(m_file.parent_path(), ignored);
        if (const auto saved = saveVectors(m_file, m_table); !saved) {
            Log::warning("retrieval", m_file.string() + ": " + saved.error().detail);
        }
        m_isChanged = false;
        m_saved = std::chrono::steady_clock::now();
    }

    void saveNowAndThen()
    {
        if (std::chrono::steady_clock::now() - m_saved > kSaveEvery) {
            save();
        }
    }

private:
    std::filesystem::path m_file;
    VectorTable m_table;
    std::unordered_map<std::string, std::size_t> m_rows;
    bool m_isChanged = false;
    std::chrono::steady_clock::time_point m_saved = std::chrono::steady_clock::now();
};

} // namespace

Result<Embeddings> embedWithCache(std::span<const std::string> texts, TextRole role,
                                  EmbeddingModel &model, const std::filesystem::path &file,
                                  const ProgressCallback &progress, std::stop_token stop)
{
    VectorCache cache(file, model);
    std::vector<std::string> keys;
    std::vector<std::size_t> fresh; // first text of each key that is not there yet
    std::unordered_map<std::string, TextReading> readings;
    for (std::size_t i = 0; i < texts.size(); ++i) {
        keys.push_back(keyOf(texts[i], role));
        if (!cache.has(keys[i]) && readings.emplace(keys[i], TextReading()).second) {
            fresh.push_back(i);
        }
    }
    for (std::size_t first = 0; first < fresh.size(); first += kTextsPerStep) {
        const auto step =
            std::span(fresh).subspan(first, std::min(kTextsPerStep, fresh.size() - first));
        std::vector<std::string> some;
        some.reserve(step.size());
        for (const std::size_t text : step) {
            some.push_back(texts[text]);
        }
        const auto report = [&](const Progress &part) {
            progress({part.stage, static_cast<double>(first) + part.done,
                      static_cast<double>(fresh.size()), part.unit});
        };
        auto embedded =
            model.embed(some, role, progress ? ProgressCallback(report) : progress, stop);
        if (!embedded) {
            cache.save();
            return embedded;
        }
        for (std::size_t i = 0; i < step.size(); ++i) {
            cache.add(keys[step[i]], embedded->row(i));
            readings[keys[step[i]]] = embedded->readings[i];
        }
        cache.saveNowAndThen();
    }
    cache.save();

    Embeddings all;
    all.dimension = model.dimension();
    all.values.reserve(texts.size() * all.dimension);
    for (std::size_t i = 0; i < texts.size(); ++i) {
        const auto row = cache.row(keys[i]);
        all.values.insert(all.values.end(), row.begin(), row.end());
        auto known = readings.find(keys[i]);
        if (known == readings.end()) { // out of the file: read again, which is quick
            auto ids = model.tokenize(texts[i], role);
            if (!ids) {
                return tl::unexpected(ids.error());
            }
            const std::size_t most = model.maxTokens();
            known =
                readings
                    .emplace(keys[i],
                             TextReading{static_cast<std::uint32_t>(std::min(ids->size(), most)),
                                         ids->size() > most})
                    .first;
        }
        all.readings.push_back(known->second);
    }
    return all;
}

} // namespace TorchLift
