#pragma once

#include <array>
#include <filesystem>
#include <memory>
#include <string>

#include "base/result.h"
#include "embedding/tokenizer.h"

namespace TorchLift {

/// XLM-R's tokenizer: a sentencepiece model whose pieces are numbered one higher than there,
/// behind <s> 0, <pad> 1, </s> 2, <unk> 3, with <mask> at the end. Special tokens written out in
/// the text keep their meaning, as in the reference.
class SentencePieceTokenizer final : public Tokenizer
{
public:
    /// Reads sentencepiece.bpe.model. Errors: NotFound, Unreadable; Damaged.
    [[nodiscard]] static Result<std::unique_ptr<SentencePieceTokenizer>>
    load(const std::filesystem::path &model);
    ~SentencePieceTokenizer() override;

    [[nodiscard]] TokenIds encode(std::string_view text, std::size_t maxTokens) const override;
    [[nodiscard]] std::size_t vocabularySize() const noexcept override { return m_size; }

private:
    class Pieces;
    explicit SentencePieceTokenizer(std::unique_ptr<Pieces> pieces);
    void add(std::string_view text, std::vector<std::int32_t> &ids) const;

    std::unique_ptr<Pieces> m_pieces;
    std::size_t m_size = 0;
};

} // namespace TorchLift
