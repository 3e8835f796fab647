#pragma once

#include <array>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include "base/result.h"
#include "embedding/tokenizer.h"

namespace TorchLift {

/// How a BERT model's text was prepared (tokenizer_config.json).
struct WordPieceOptions
{
    bool isLowerCased = true;
    std::optional<bool> stripsAccents; ///< unset: as isLowerCased
    bool spacesCjk = true;             ///< every CJK ideograph is a word of its own
    std::size_t maxWordChars = 100;    ///< longer words become one [UNK]
    std::string unknown = "[UNK]";
    std::string classify = "[CLS]";
    std::string separate = "[SEP]";
    std::string pad = "[PAD]";
    std::string mask = "[MASK]";
};

/// BERT's tokenizer: clean text, space CJK, lower-case and strip accents (by NFD), split at
/// white space and punctuation, then cut each word greedily into the longest known pieces.
/// Special tokens written out in the text keep their meaning, as in the reference.
class WordPieceTokenizer final : public Tokenizer
{
public:
    /// Reads a file as readWordPieceVocabulary() does. Errors: those; Damaged for a vocabulary
    /// that lacks a special token.
    [[nodiscard]] static Result<std::unique_ptr<WordPieceTokenizer>>
    load(const std::filesystem::path &vocabulary, WordPieceOptions options);

    [[nodiscard]] TokenIds encode(std::string_view text, std::size_t maxTokens) const override;
    [[nodiscard]] std::size_t vocabularySize() const noexcept override { return m_size; }

private:
    class Words;
    struct Special
    {
        std::string text;
        std::int32_t id = 0;
    };

    WordPieceTokenizer(std::string vocabulary, WordPieceOptions options);
    void addText(std::string_view text, Words &words) const;
    void addWord(std::string_view word, std::size_t chars, std::vector<std::int32_t> &ids) const;

    std::string m_text; // the maps' keys point into it
    WordPieceOptions m_options;
    std::unordered_map<std::string_view, std::int32_t> m_starts;
    std::unordered_map<std::string_view, std::int32_t> m_continuations; // without their "##"
    std::array<Special, 5> m_special; // unknown, classify, separate, pad, mask
    std::size_t m_size = 0;
    std::size_t m_longest = 0; // bytes of the longest token
};

} // namespace TorchLift
