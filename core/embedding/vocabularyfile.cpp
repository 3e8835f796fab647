#include "embedding/vocabularyfile.h"

#include <algorithm>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/files.h"
#include "base/text.h"

namespace TorchLift {

namespace {

using Json = nlohmann::json;

constexpr std::size_t kMaxBytes = 64U * 1024U * 1024U;
constexpr std::size_t kMaxTokens = 2'000'000;

Result<std::string> linesOfTokenizer(const std::string &bytes, const std::filesystem::path &file)
{
    const Json json = Json::parse(bytes, nullptr, false);
    const Json model = json.is_object() ? json.value("model", Json()) : Json();
    const std::string type = model.is_object() ? model.value("type", "") : "";
    if (type != "WordPiece") {
        return fail(Errc::Incompatible, "a tokenizer of type '" + type + "' is not supported",
                    file.string(),
                    "put vocab.txt or sentencepiece.bpe.model of the original model beside it");
    }
    const Json vocabulary = model.value("vocab", Json::object());
    std::vector<std::string> tokens(std::min(vocabulary.size(), kMaxTokens));
    for (const auto &[token, number] : vocabulary.items()) {
        const std::size_t id =
            number.is_number_unsigned() ? number.get<std::size_t>() : tokens.size();
        if (id >= tokens.size() || !tokens[id].empty() || token.find('\n') != std::string::npos) {
            return fail(Errc::Damaged, "the numbers of its tokens make no sense", file.string());
        }
        tokens[id] = token;
    }
    std::string lines;
    for (const std::string &token : tokens) {
        lines += token + '\n';
    }
    return lines;
}

} // namespace

Result<std::string> readWordPieceVocabulary(const std::filesystem::path &file)
{
    auto bytes = readFile(file, kMaxBytes);
    if (!bytes) {
        Error error = bytes.error();
        error.code = error.code == Errc::TooLarge ? Errc::Damaged : error.code;
        return tl::unexpected(std::move(error));
    }
    if (!isValidUtf8(*bytes)) {
        return fail(Errc::Damaged, "the vocabulary is not UTF-8", file.string());
    }
    auto lines = file.extension() == ".json" ? linesOfTokenizer(*bytes, file) : std::move(bytes);
    if (lines
        && std::count(lines->begin(), lines->end(), '\n')
               > static_cast<std::ptrdiff_t>(kMaxTokens)) {
        return fail(Errc::Damaged, "the vocabulary is too large", file.string());
    }
    return lines;
}

} // namespace TorchLift
