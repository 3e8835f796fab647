#include "embedding/modelfolder.h"

#include <array>

#include <nlohmann/json.hpp>
#include <sys/stat.h>

#include "base/files.h"

namespace TorchLift {

namespace {

using Json = nlohmann::json;

constexpr std::size_t kMaxJsonBytes = 1024U * 1024U;
constexpr const char *kRemedy = "installer/setup.sh";

Result<Json> readJson(const std::filesystem::path &file)
{
    const auto bytes = readFile(file, kMaxJsonBytes);
    if (!bytes) {
        const Error &error = bytes.error();
        const Errc code = error.code == Errc::NotFound   ? Errc::MissingPart
                          : error.code == Errc::TooLarge ? Errc::Damaged
                                                         : error.code;
        return fail(code, error.detail, error.subject, kRemedy);
    }
    Json json = Json::parse(*bytes, nullptr, false);
    if (!json.is_object() && !json.is_array()) {
        return fail(Errc::Damaged, "it is not JSON", file.string(), kRemedy);
    }
    return json;
}

// Files that a plain transformers folder lacks.
Result<Json> readOptionalJson(const std::filesystem::path &file)
{
    auto json = readJson(file);
    if (!json && json.error().code == Errc::MissingPart) {
        return Json();
    }
    return json;
}

bool flag(const Json &json, const char *name, bool otherwise)
{
    const auto found = json.is_object() ? json.find(name) : json.end();
    return found != json.end() && found->is_boolean() ? found->get<bool>() : otherwise;
}

std::size_t size(const Json &json, const char *name, std::size_t otherwise = 0)
{
    constexpr std::size_t limit = 10'000'000; // larger is damage, and would only exhaust memory
    const auto found = json.is_object() ? json.find(name) : json.end();
    if (found == json.end() || !found->is_number_unsigned()) {
        return otherwise;
    }
    return found->get<std::size_t>() > limit ? 0 : found->get<std::size_t>();
}

std::string text(const Json &json, const char *name, std::string otherwise)
{
    const auto found = json.is_object() ? json.find(name) : json.end();
    return found != json.end() && found->is_string() ? found->get<std::string>()
                                                     : std::move(otherwise);
}

Result<void> readArchitecture(const Json &config, ModelFolder &model)
{
    const std::string subject = (model.path / "config.json").string();
    if (text(config, "model_type", "") != "bert") {
        return fail(Errc::Incompatible,
                    "architecture '" + text(config, "model_type", "") + "' is not supported",
                    subject);
    }
    if (text(config, "hidden_act", "gelu") != "gelu"
        || text(config, "position_embedding_type", "absolute") != "absolute") {
        return fail(Errc::Incompatible, "this activation or position table is not supported",
                    subject);
    }
    model.vocabularySize = size(config, "vocab_size");
    model.hiddenSize = size(config, "hidden_size");
    model.layers = size(config, "num_hidden_layers");
    model.heads = size(config, "num_attention_heads");
    model.intermediateSize = size(config, "intermediate_size");
    model.positions = size(config, "max_position_embeddings");
    const auto epsilon = config.find("layer_norm_eps");
    model.layerNormEpsilon =
        epsilon != config.end() && epsilon->is_number() ? epsilon->get<double>() : 1e-12;
    const bool isSensible = model.vocabularySize > 0 && model.hiddenSize > 0
                            && model.hiddenSize <= 16384 && model.layers > 0 && model.layers <= 256
                            && model.heads > 0 && model.hiddenSize % model.heads == 0
                            && model.intermediateSize > 0 && model.positions >= 2
                            && model.layerNormEpsilon >= 0;
    return isSensible ? Result<void>()
                      : fail(Errc::Damaged, "sizes are missing or make no sense", subject, kRemedy);
}

Result<void> readPooling(ModelFolder &model)
{
    const auto modules = readOptionalJson(model.path / "modules.json");
    if (!modules) {
        return tl::unexpected(modules.error());
    }
    if (!modules->is_array()) {
        return {}; // a plain transformers folder: mean and unit length, as its users expect
    }
    model.isNormalised = false;
    for (const Json &module : *modules) {
        const std::string type = text(module, "type", "");
        if (type.ends_with(".Normalize")) {
            model.isNormalised = true;
        } else if (type.ends_with(".Pooling")) {
            const auto file = model.path / text(module, "path", "") / "config.json";
            const auto pooling = readJson(file);
            if (!pooling) {
                return tl::unexpected(pooling.error());
            }
            const bool isFirst = flag(*pooling, "pooling_mode_cls_token", false);
            const bool isMean = flag(*pooling, "pooling_mode_mean_tokens", false);
            if (isFirst == isMean) {
                return fail(Errc::Incompatible, "this pooling is not supported", file.string());
            }
            model.pooling = isFirst ? Pooling::FirstToken : Pooling::Mean;
        } else if (!type.ends_with(".Transformer")) {
            return fail(Errc::Incompatible, "module '" + type + "' is not supported",
                        (model.path / "modules.json").string());
        }
    }
    return {};
}

Result<void> readTokenizer(ModelFolder &model)
{
    const auto tokenizer = readOptionalJson(model.path / "tokenizer_config.json");
    const auto sentence = readOptionalJson(model.path / "sentence_bert_config.json");
    if (!tokenizer || !sentence) {
        return tl::unexpected(tokenizer ? sentence.error() : tokenizer.error());
    }
    WordPieceOptions &options = model.wordPiece;
    options.isLowerCased =
        flag(*tokenizer, "do_lower_case", true) || flag(*sentence, "do_lower_case", false);
    const bool knowsAccents = tokenizer->is_object() && tokenizer->contains("strip_accents")
                              && (*tokenizer)["strip_accents"].is_boolean();
    if (knowsAccents) {
        options.stripsAccents = (*tokenizer)["strip_accents"].get<bool>();
    }
    options.spacesCjk = flag(*tokenizer, "tokenize_chinese_chars", true);
    options.unknown = text(*tokenizer, "unk_token", options.unknown);
    options.classify = text(*tokenizer, "cls_token", options.classify);
    options.separate = text(*tokenizer, "sep_token", options.separate);
    options.pad = text(*tokenizer, "pad_token", options.pad);
    options.mask = text(*tokenizer, "mask_token", options.mask);
    model.maxTokens = std::min(size(*sentence, "max_seq_length", model.positions), model.positions);
    if (model.maxTokens < 2) {
        return fail(Errc::Damaged, "max_seq_length makes no sense",
                    (model.path / "sentence_bert_config.json").string(), kRemedy);
    }
    return {};
}

// The weights' hash, remembered with what tells that the file is still the same.
Result<std::string> hashOfWeights(const std::filesystem::path &file,
                                  const std::filesystem::path &cache)
{
    struct stat info
    {
    };
    if (cache.empty() || ::stat(file.c_str(), &info) != 0) {
        return sha256HexOfFile(file);
    }
    std::error_code ignored;
    const std::string state =
        std::filesystem::absolute(file, ignored).string() + '\n' + std::to_string(info.st_size)
        + '\n' + std::to_string(info.st_mtim.tv_sec) + '.' + std::to_string(info.st_mtim.tv_nsec)
        + '\n' + std::to_string(info.st_ino);
    const std::filesystem::path note = cache / "weights" / sha256Hex(state).substr(0, 32);
    constexpr std::size_t digits = 64;
    if (const auto known = readFile(note, digits);
        known && known->size() == digits
        && known->find_first_not_of("0123456789abcdef") == std::string::npos) {
        return *known;
    }
    auto hash = sha256HexOfFile(file);
    if (hash) { // a cache that cannot be written only costs time
        std::filesystem::create_directories(note.parent_path(), ignored);
        static_cast<void>(writeFileAtomically(note, *hash));
    }
    return hash;
}

} // namespace

Result<ModelFolder> readModelFolder(const std::filesystem::path &folder)
{
    ModelFolder model;
    model.path = folder;
    model.name = folder.filename().empty() ? folder.parent_path().filename().string()
                                           : folder.filename().string();
    for (const auto &file : {model.vocabulary(), model.weights()}) {
        std::error_code ignored;
        if (!std::filesystem::exists(file, ignored)) {
            return fail(Errc::MissingPart, "not installed", file.string(), kRemedy);
        }
    }
    const auto config = readJson(folder / "config.json");
    if (!config) {
        return tl::unexpected(config.error());
    }
    Result<void> step = readArchitecture(*config, model);
    step = step ? readTokenizer(model) : step;
    step = step ? readPooling(model) : step;
    if (!step) {
        return tl::unexpected(step.error());
    }
    return model;
}

Result<std::string> hashModelFolder(const ModelFolder &model, const std::filesystem::path &cache)
{
    std::string all;
    constexpr std::array optional = {"tokenizer_config.json", "sentence_bert_config.json",
                                     "modules.json", "1_Pooling/config.json"};
    for (const auto &file : {model.path / "config.json", model.vocabulary()}) {
        const auto hash = sha256HexOfFile(file);
        if (!hash) {
            return tl::unexpected(hash.error());
        }
        all += *hash + '\n';
    }
    for (const char *name : optional) {
        const auto hash = sha256HexOfFile(model.path / name);
        all += (hash ? *hash : std::string("-")) + '\n';
    }
    const auto weights = hashOfWeights(model.weights(), cache);
    if (!weights) {
        return tl::unexpected(weights.error());
    }
    return sha256Hex(all + *weights);
}

} // namespace TorchLift
