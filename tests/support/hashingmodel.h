#pragma once

#include <algorithm>
#include <atomic>
#include <cctype>
#include <cmath>
#include <cstdint>
#include <string>

#include "embedding/embeddingmodel.h"

namespace TorchLift::Testing {

/// A model without weights: each word of a text adds 1 at a place given by its hash. Texts with
/// common words are near each other; the same text gives the same vector in every run.
class HashingModel final : public EmbeddingModel
{
public:
    explicit HashingModel(std::string hash = "hashing-1", std::size_t dimension = 64)
        : m_hash(std::move(hash))
        , m_dimension(dimension)
    {}

    std::atomic<std::size_t> embedded = 0; ///< texts embedded so far

    [[nodiscard]] const std::string &name() const noexcept override { return m_name; }
    [[nodiscard]] const std::string &hash() const noexcept override { return m_hash; }
    [[nodiscard]] std::size_t dimension() const noexcept override { return m_dimension; }
    [[nodiscard]] std::size_t maxTokens() const noexcept override { return 256; }
    [[nodiscard]] Result<std::vector<std::int32_t>> tokenize(const std::string &text,
                                                             TextRole) override
    {
        return std::vector<std::int32_t>(text.size() / 4 + 2);
    }

    [[nodiscard]] Result<Embeddings> embed(std::span<const std::string> texts, TextRole,
                                           const ProgressCallback &progress,
                                           std::stop_token stop) override
    {
        Embeddings out;
        out.dimension = m_dimension;
        for (const std::string &text : texts) {
            if (stop.stop_requested()) {
                return fail(Errc::Cancelled, "cancelled");
            }
            addRow(text, out.values);
            const std::size_t tokens = text.size() / 4 + 2;
            out.readings.push_back(
                {static_cast<std::uint32_t>(std::min(tokens, maxTokens())), tokens > maxTokens()});
            ++embedded;
            if (progress) {
                progress({"embedding", static_cast<double>(out.rows()),
                          static_cast<double>(texts.size()), "chunks"});
            }
        }
        return out;
    }

private:
    // FNV-1a, not std::hash: tests pin what it gives.
    static std::size_t hashOf(const std::string &word)
    {
        std::uint64_t hash = 1469598103934665603ULL;
        for (const char c : word) {
            hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
        }
        return static_cast<std::size_t>(hash >> 17U);
    }

    void addRow(const std::string &text, std::vector<float> &values) const
    {
        std::vector<float> row(m_dimension, 0.0F);
        row[0] = 0.01F; // an empty text has a direction too
        std::string word;
        for (const char c : text + ' ') {
            if (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_') {
                word += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
            } else if (!word.empty()) {
                row[hashOf(word) % m_dimension] += 1.0F;
                word.clear();
            }
        }
        float squares = 0;
        for (const float value : row) {
            squares += value * value;
        }
        for (const float value : row) {
            values.push_back(value / std::sqrt(squares));
        }
    }

    std::string m_name = "hashing";
    std::string m_hash;
    std::size_t m_dimension;
};

} // namespace TorchLift::Testing
