#pragma once

#include <cmath>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

namespace TorchLift::Testing {

/// Tensors in the order of a safetensors file.
struct TinyTensor
{
    std::string name;
    std::vector<std::size_t> shape;
    std::vector<float> values;
};

/// A BERT of 2 layers, width 8, 2 heads. Weight i of tensor t is 0.5 sin(0.7 t + 0.37 i), in
/// layer norms' scales 1 + 0.2 of that: any other program can make the same. Wider ones have
/// smaller weights, so that what comes out stays as large.
inline std::vector<TinyTensor> tinyTensors(std::size_t width = 8, std::size_t positions = 16)
{
    const std::size_t inner = 2 * width;
    using Shape = std::vector<std::size_t>;
    std::vector<std::pair<std::string, Shape>> names = {
        {"embeddings.word_embeddings.weight", {10, width}},
        {"embeddings.position_embeddings.weight", {positions, width}},
        {"embeddings.token_type_embeddings.weight", {2, width}},
        {"embeddings.LayerNorm.weight", {width}},
        {"embeddings.LayerNorm.bias", {width}}};
    for (const char *layer : {"encoder.layer.0.", "encoder.layer.1."}) {
        const std::vector<std::pair<std::string, Shape>> parts = {
            {"attention.self.query", {width, width}}, {"attention.self.key", {width, width}},
            {"attention.self.value", {width, width}}, {"attention.output.dense", {width, width}},
            {"attention.output.LayerNorm", {width}},  {"intermediate.dense", {inner, width}},
            {"output.dense", {width, inner}},         {"output.LayerNorm", {width}}};
        for (const auto &[part, shape] : parts) {
            names.emplace_back(layer + part + ".weight", shape);
            names.emplace_back(layer + part + ".bias", Shape{shape[0]});
        }
    }
    std::vector<TinyTensor> tensors;
    for (std::size_t t = 0; t < names.size(); ++t) {
        TinyTensor tensor{names[t].first, names[t].second, {}};
        std::size_t count = 1;
        for (const std::size_t extent : tensor.shape) {
            count *= extent;
        }
        const bool isScale = tensor.name.ends_with("LayerNorm.weight");
        for (std::size_t i = 0; i < count; ++i) {
            const double size = 0.5 * std::sqrt(8.0 / double(width));
            const double wave = size * std::sin(0.7 * double(t) + 0.37 * double(i));
            tensor.values.push_back(float(isScale ? 1 + 0.2 * wave : wave));
        }
        tensors.push_back(std::move(tensor));
    }
    return tensors;
}

inline void writeText(const std::filesystem::path &file, const std::string &text)
{
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary | std::ios::trunc) << text;
}

/// The file's bytes: length, header, data.
inline std::string safeTensorsBytes(const std::string &header, const std::string &data)
{
    std::string bytes;
    for (unsigned shift = 0; shift < 64; shift += 8) {
        bytes += char((std::uint64_t{header.size()} >> shift) & 0xFFU);
    }
    return bytes + header + data;
}

inline void writeTinyWeights(const std::filesystem::path &file,
                             const std::vector<TinyTensor> &tensors)
{
    std::string header = "{\"__metadata__\":{\"format\":\"pt\"}";
    std::string data;
    for (const TinyTensor &tensor : tensors) {
        std::string shape;
        for (const std::size_t extent : tensor.shape) {
            shape += (shape.empty() ? "" : ",") + std::to_string(extent);
        }
        const std::size_t begin = data.size();
        data.append(reinterpret_cast<const char *>(tensor.values.data()),
                    tensor.values.size() * sizeof(float));
        header += ",\"" + tensor.name + "\":{\"dtype\":\"F32\",\"shape\":[" + shape
                  + "],\"data_offsets\":[" + std::to_string(begin) + ','
                  + std::to_string(data.size()) + "]}";
    }
    writeText(file, safeTensorsBytes(header + '}', data));
}

/// A whole model folder. Ids of its vocabulary: [PAD] 0, [UNK] 1, [CLS] 2, [SEP] 3, [MASK] 4,
/// hello 5, world 6, ##s 7, torch 8, "." 9. Reads at most 12 tokens, or `positions` where there
/// are more of them.
inline void writeTinyModel(const std::filesystem::path &folder, std::size_t width = 8,
                           std::size_t positions = 16)
{
    writeText(folder / "config.json",
              R"({"model_type":"bert","hidden_act":"gelu","num_hidden_layers":2,
                  "num_attention_heads":2,"vocab_size":10,"layer_norm_eps":1e-12,"hidden_size":)"
                  + std::to_string(width) + ",\"intermediate_size\":" + std::to_string(2 * width)
                  + ",\"max_position_embeddings\":" + std::to_string(positions) + "}");
    writeText(folder / "tokenizer_config.json", R"({"do_lower_case":true,"strip_accents":null})");
    writeText(folder / "sentence_bert_config.json",
              "{\"max_seq_length\":" + std::to_string(positions == 16 ? 12 : positions) + "}");
    writeText(folder / "modules.json",
              R"([{"type":"sentence_transformers.models.Transformer","path":""},
                  {"type":"sentence_transformers.models.Pooling","path":"1_Pooling"},
                  {"type":"sentence_transformers.models.Normalize","path":"2_Normalize"}])");
    writeText(folder / "1_Pooling/config.json",
              R"({"pooling_mode_cls_token":false,"pooling_mode_mean_tokens":true})");
    writeText(folder / "vocab.txt",
              "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nhello\nworld\n##s\ntorch\n.\n");
    writeTinyWeights(folder / "model.safetensors", tinyTensors(width, positions));
}

} // namespace TorchLift::Testing
