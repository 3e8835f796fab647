#include "embedding/module/sentencepiecetokenizer.h"

#include <algorithm>
#include <exception>

#include <sentencepiece_processor.h>

#include "base/files.h"
#include "base/text.h"

namespace TorchLift {

namespace {

constexpr std::size_t kMaxModelBytes = 64U * 1024U * 1024U;
constexpr std::int32_t kBegin = 0;
constexpr std::int32_t kPad = 1;
constexpr std::int32_t kEnd = 2;
constexpr std::int32_t kUnknown = 3;
constexpr std::int32_t kOffset = 1; // a piece's number here, less its number in the model

struct Special
{
    std::string_view text;
    std::int32_t id;
};

// One space or another before it belongs to <mask>.
std::string_view withoutSpacesAtEnd(std::string_view text)
{
    const std::size_t last = text.find_last_not_of(" \t\r\n");
    return text.substr(0, last == std::string_view::npos ? 0 : last + 1);
}

} // namespace

class SentencePieceTokenizer::Pieces : public sentencepiece::SentencePieceProcessor
{
};

SentencePieceTokenizer::SentencePieceTokenizer(std::unique_ptr<Pieces> pieces)
    : m_pieces(std::move(pieces))
    , m_size(static_cast<std::size_t>(m_pieces->GetPieceSize()) + 2) // <pad> and <mask>
{}

SentencePieceTokenizer::~SentencePieceTokenizer() = default;

Result<std::unique_ptr<SentencePieceTokenizer>>
SentencePieceTokenizer::load(const std::filesystem::path &model)
try {
    const auto bytes = readFile(model, kMaxModelBytes);
    if (!bytes) {
        Error error = bytes.error();
        error.code = error.code == Errc::TooLarge ? Errc::Damaged : error.code;
        return tl::unexpected(std::move(error));
    }
    auto pieces = std::make_unique<Pieces>();
    if (const auto status = pieces->LoadFromSerializedProto(*bytes); !status.ok()) {
        return fail(Errc::Damaged, "it is no sentencepiece model: " + status.ToString(),
                    model.string());
    }
    // The numbering rests on the first three pieces being <unk>, <s>, </s>.
    if (pieces->GetPieceSize() < 4 || pieces->unk_id() != 0 || pieces->bos_id() != 1
        || pieces->eos_id() != 2) {
        return fail(Errc::Incompatible, "its first pieces are not <unk>, <s>, </s>",
                    model.string());
    }
    return std::unique_ptr<SentencePieceTokenizer>(new SentencePieceTokenizer(std::move(pieces)));
} catch (const std::exception &error) {
    return fail(Errc::Damaged, error.what(), model.string());
}

void SentencePieceTokenizer::add(std::string_view text, std::vector<std::int32_t> &ids) const
{
    std::vector<int> pieces;
    if (!m_pieces->Encode(absl::string_view(text.data(), text.size()), &pieces).ok()) {
        ids.push_back(kUnknown);
        return;
    }
    for (const int piece : pieces) {
        ids.push_back(piece == 0 ? kUnknown : piece + kOffset);
    }
}

TokenIds SentencePieceTokenizer::encode(std::string_view text, std::size_t maxTokens) const
{
    std::string repaired;
    if (!isValidUtf8(text)) {
        repaired = toValidUtf8(text);
        text = repaired;
    }
    const std::array specials = {Special{"<s>", kBegin}, Special{"<pad>", kPad},
                                 Special{"</s>", kEnd}, Special{"<unk>", kUnknown},
                                 Special{"<mask>", static_cast<std::int32_t>(m_size) - 1}};
    TokenIds tokens{{kBegin}, false};
    const auto isFull = [&] { return maxTokens != 0 && tokens.ids.size() >= maxTokens; };
    std::size_t plain = 0;
    for (std::size_t at = text.find('<'); at != std::string_view::npos && !isFull();
         at = text.find('<', at)) {
        const auto special =
            std::find_if(specials.begin(), specials.end(), [&](const Special &candidate) {
                return text.substr(at).starts_with(candidate.text);
            });
        if (special == specials.end()) {
            ++at;
            continue;
        }
        const std::string_view before = text.substr(plain, at - plain);
        add(special == specials.end() - 1 ? withoutSpacesAtEnd(before) : before, tokens.ids);
        tokens.ids.push_back(special->id);
        at += special->text.size();
        plain = at;
    }
    if (!isFull()) {
        add(text.substr(plain), tokens.ids);
    }
    if (maxTokens != 0 && tokens.ids.size() + 1 > maxTokens) {
        tokens.isCut = true;
        tokens.ids.resize(maxTokens - 1);
    }
    tokens.ids.push_back(kEnd);
    return tokens;
}

} // namespace TorchLift
