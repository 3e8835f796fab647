#include "embedding/modelfolder.h"

#include <algorithm>
#include <set>

#include <nlohmann/json.hpp>

#include "base/files.h"

namespace TorchLift {

namespace {

using Json = nlohmann::json;

constexpr std::size_t kMaxJsonBytes = 1024U * 1024U;
constexpr std::size_t kMaxIndexBytes = 16U * 1024U * 1024U; // a line for each tensor
constexpr const char *kRemedy = "installer/setup.sh";

Result<Json> readJson(const std::filesystem::path &file, std::size_t maxBytes = kMaxJsonBytes)
{
    const auto bytes = readFile(file, maxBytes);
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
Result<Json> readOptionalJson(const std::filesystem::path &file,
                              std::size_t maxBytes = kMaxJsonBytes)
{
    auto json = readJson(file, maxBytes);
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

// A file or folder that the model names: inside its folder, whatever the name says.
Result<std::filesystem::path> inside(const std::filesystem::path &folder, const std::string &name)
{
    const std::filesystem::path relative = std::filesystem::path(name).lexically_normal();
    const bool leaves = relative.is_absolute() || (!relative.empty() && *relative.begin() == "..");
    return leaves ? Result<std::filesystem::path>(fail(
               Errc::Damaged, "'" + name + "' leads out of the model's folder", folder.string()))
                  : folder / relative;
}

Result<void> readArchitecture(const Json &config, ModelFolder &model)
{
    const std::string subject = (model.path / "config.json").string();
    const std::string type = text(config, "model_type", "");
    if (type != "bert" && type != "xlm-roberta") {
        return fail(Errc::Incompatible, "architecture '" + type + "' is not supported", subject);
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
    model.tokenTypes = size(config, "type_vocab_size", 2);
    // XLM-R counts positions from behind the number of its padding.
    model.firstPosition = type == "bert" ? 0 : size(config, "pad_token_id", 1) + 1;
    const auto epsilon = config.find("layer_norm_eps");
    model.layerNormEpsilon =
        epsilon != config.end() && epsilon->is_number() ? epsilon->get<double>() : 1e-12;
    const bool isSensible = model.vocabularySize > 0 && model.hiddenSize > 0
                            && model.hiddenSize <= 16384 && model.layers > 0 && model.layers <= 256
                            && model.heads > 0 && model.hiddenSize % model.heads == 0
                            && model.intermediateSize > 0
                            && model.positions >= model.firstPosition + 2 && model.tokenTypes > 0
                            && model.layerNormEpsilon >= 0;
    return isSensible ? Result<void>()
                      : fail(Errc::Damaged, "sizes are missing or make no sense", subject, kRemedy);
}

Result<void> readPooling(const std::filesystem::path &folder, ModelFolder &model)
{
    const auto file = folder / "config.json";
    const auto pooling = readJson(file);
    if (!pooling) {
        return tl::unexpected(pooling.error());
    }
    // sentence-transformers 6 names the one it uses; before, there was a flag for each.
    const std::string mode = text(*pooling, "pooling_mode", "");
    const bool isFirst = mode == "cls" || flag(*pooling, "pooling_mode_cls_token", false);
    const bool isMean = mode == "mean" || flag(*pooling, "pooling_mode_mean_tokens", false);
    constexpr const char *others[] = {"pooling_mode_max_tokens",
                                      "pooling_mode_mean_sqrt_len_tokens",
                                      "pooling_mode_weightedmean_tokens", "pooling_mode_lasttoken"};
    const bool isOther = std::any_of(std::begin(others), std::end(others),
                                     [&](const char *name) { return flag(*pooling, name, false); });
    if (isFirst == isMean || isOther) {
        return fail(Errc::Incompatible, "this pooling is not supported", file.string());
    }
    model.pooling = isFirst ? Pooling::FirstToken : Pooling::Mean;
    model.saysPooling = true;
    return {};
}

Result<void> readDense(const std::filesystem::path &folder, ModelFolder &model)
{
    const auto file = folder / "config.json";
    const auto config = readJson(file);
    if (!config) {
        return tl::unexpected(config.error());
    }
    DenseModule dense;
    dense.weights = folder / "model.safetensors";
    dense.inputs = size(*config, "in_features");
    dense.outputs = size(*config, "out_features");
    dense.hasBias = flag(*config, "bias", true);
    const std::string activation =
        text(*config, "activation_function", "torch.nn.modules.activation.Tanh");
    dense.isTanh = activation.ends_with(".Tanh");
    if (!dense.isTanh && !activation.ends_with(".Identity")) {
        return fail(Errc::Incompatible, "activation '" + activation + "' is not supported",
                    file.string());
    }
    constexpr std::size_t limit = 16384;
    if (dense.inputs != model.dimension() || dense.outputs == 0 || dense.outputs > limit) {
        return fail(Errc::Damaged, "sizes are missing or make no sense", file.string(), kRemedy);
    }
    model.dense.push_back(std::move(dense));
    return {};
}

// The sentence-transformers list of what a text goes through.
Result<void> readModules(ModelFolder &model)
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
        const auto folder = inside(model.path, text(module, "path", ""));
        Result<void> step;
        if (!folder) {
            step = tl::unexpected(folder.error());
        } else if (type.ends_with(".Normalize")) {
            model.isNormalised = true;
        } else if (type.ends_with(".Pooling")) {
            step = readPooling(*folder, model);
        } else if (type.ends_with(".Dense")) {
            step = readDense(*folder, model);
        } else if (!type.ends_with(".Transformer") || !text(module, "path", "").empty()) {
            step = fail(Errc::Incompatible, "module '" + type + "' is not supported",
                        (model.path / "modules.json").string());
        }
        if (!step) {
            return step;
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
    const std::size_t most = model.positions - model.firstPosition;
    // Some configurations write 1e30 for "no limit".
    const std::size_t told = size(*tokenizer, "model_max_length", most);
    model.maxTokens =
        std::min({size(*sentence, "max_seq_length", most), most, told == 0 ? most : told});
    if (model.maxTokens < 2) {
        return fail(Errc::Damaged, "max_seq_length makes no sense",
                    (model.path / "sentence_bert_config.json").string(), kRemedy);
    }
    return {};
}

Result<void> readPrompts(ModelFolder &model)
{
    const auto config = readOptionalJson(model.path / "config_sentence_transformers.json");
    if (!config) {
        return tl::unexpected(config.error());
    }
    const auto prompts = config->is_object() ? config->find("prompts") : config->end();
    if (config->is_object() && prompts != config->end()) {
        model.queryPrefix = text(*prompts, "query", "");
        model.passagePrefix = text(*prompts, "passage", text(*prompts, "document", ""));
    }
    return {};
}

// Since transformers 5 a saved model has no vocab.txt any more.
void findVocabulary(ModelFolder &model)
{
    std::error_code ignored;
    model.vocabulary = model.path / "vocab.txt";
    for (const char *other : {"sentencepiece.bpe.model", "tokenizer.json"}) {
        if (!std::filesystem::exists(model.vocabulary, ignored)
            && std::filesystem::exists(model.path / other, ignored)) {
            model.vocabulary = model.path / other;
        }
    }
    if (model.vocabulary.extension() == ".model") {
        model.tokenizer = TokenizerKind::SentencePiece;
    }
}

// One file, or the shards that an index names.
Result<void> findWeights(ModelFolder &model)
{
    const auto index =
        readOptionalJson(model.path / "model.safetensors.index.json", kMaxIndexBytes);
    if (!index) {
        return tl::unexpected(index.error());
    }
    if (!index->is_object()) {
        model.weights = {model.path / "model.safetensors"};
        return {};
    }
    const auto damaged = [&](const char *what) {
        return fail(Errc::Damaged, what, (model.path / "model.safetensors.index.json").string(),
                    kRemedy);
    };
    const auto map = index->find("weight_map");
    if (map == index->end() || !map->is_object()) {
        return damaged("it has no weight_map");
    }
    std::set<std::string> names;
    for (const Json &name : *map) {
        if (!name.is_string()) {
            return damaged("a file's name is no text");
        }
        names.insert(name.get<std::string>());
    }
    constexpr std::size_t most = 1000;
    for (const std::string &name : names) {
        if (name.find('/') != std::string::npos || !name.ends_with(".safetensors")
            || names.size() > most) {
            return damaged("the shards' names make no sense");
        }
        model.weights.push_back(model.path / name);
    }
    return names.empty() ? damaged("it names no file") : Result<void>();
}

} // namespace

Result<ModelFolder> readModelFolder(const std::filesystem::path &folder)
{
    ModelFolder model;
    model.path = folder.filename().empty() ? folder.parent_path() : folder;
    model.name = model.path.filename().string();
    findVocabulary(model);
    const auto config = readJson(model.path / "config.json");
    if (!config) {
        return tl::unexpected(config.error());
    }
    Result<void> step = readArchitecture(*config, model);
    step = step ? readTokenizer(model) : step;
    step = step ? readModules(model) : step;
    step = step ? readPrompts(model) : step;
    step = step ? findWeights(model) : step;
    if (!step) {
        return tl::unexpected(step.error());
    }
    std::vector<std::filesystem::path> needed = model.weights;
    needed.push_back(model.vocabulary);
    for (const DenseModule &dense : model.dense) {
        needed.push_back(dense.weights);
    }
    std::error_code ignored;
    for (const auto &file : needed) {
        if (!std::filesystem::exists(file, ignored)) {
            return fail(Errc::MissingPart, "not installed", file.string(), kRemedy);
        }
    }
    return model;
}

} // namespace TorchLift
