#include "embedding/module/plainencoder.h"

#include <algorithm>
#include <numeric>
#include <string>

#include <ATen/Context.h>
#include <ATen/ops/_flash_attention_forward.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/layer_norm.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/scaled_dot_product_attention.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <c10/core/InferenceMode.h>

#include "embedding/module/linear.h"
#include "embedding/module/pooling.h"
#include "embedding/module/weightreader.h"

namespace TorchLift {

namespace {

struct Affine // a weight and its bias: of a product, or of a norm
{
    at::Tensor weight;
    at::Tensor bias;
};

struct Layer
{
    Affine queryKeyValue;
    Affine attentionOutput;
    Affine attentionNorm;
    Affine intermediate;
    Affine output;
    Affine outputNorm;
};

// The batch as tensors on the device.
struct Packed
{
    at::Tensor ids;
    at::Tensor positions;
    at::Tensor sequences; // of each token
    at::Tensor bounds;    // where each sequence starts, and the end: int32
    std::int64_t longest = 0;
};

class PlainEncoder final : public Encoder
{
public:
    PlainEncoder(const ModelFolder &model, std::shared_ptr<const ModelWeights> weights,
                 Precision precision, at::Device device, WeightReader &reader);

    void encode(const PackedBatch &batch, std::span<float> out, std::size_t threads) const override;
    // A GPU wants much at once, a CPU what its cache holds.
    [[nodiscard]] std::size_t batchTokens() const override
    {
        return m_device.is_cpu() ? 1024 : 32768;
    }

private:
    [[nodiscard]] Layer readLayer(const ModelFolder &model, const std::string &name,
                                  WeightReader &reader) const;
    [[nodiscard]] Affine onDevice(const at::Tensor &weight, const at::Tensor &bias,
                                  at::ScalarType type) const;
    [[nodiscard]] Packed pack(const PackedBatch &batch) const;
    [[nodiscard]] at::Tensor attend(const at::Tensor &queryKeyValue, const PackedBatch &batch,
                                    const Packed &packed) const;
    [[nodiscard]] at::Tensor normalise(const at::Tensor &x, const Affine &norm) const;
    [[nodiscard]] at::Tensor pool(const at::Tensor &x, const PackedBatch &batch,
                                  const Packed &packed) const;

    std::shared_ptr<const ModelWeights> m_files; // the dense modules point into its mappings
    at::Device m_device;
    at::ScalarType m_type;
    std::int64_t m_hidden;
    std::int64_t m_heads;
    std::int64_t m_firstPosition;
    double m_epsilon;
    Pooling m_pooling;
    at::Tensor m_words;
    at::Tensor m_positions;
    at::Tensor m_firstType;
    Affine m_embeddingNorm;
    std::vector<Layer> m_layers;
    PoolingHead m_head;
};

PlainEncoder::PlainEncoder(const ModelFolder &model, std::shared_ptr<const ModelWeights> weights,
                           Precision precision, at::Device device, WeightReader &reader)
    : m_files(std::move(weights))
    , m_device(device)
    , m_type(scalarTypeOf(precision))
    , m_hidden(static_cast<std::int64_t>(model.hiddenSize))
    , m_heads(static_cast<std::int64_t>(model.heads))
    , m_firstPosition(static_cast<std::int64_t>(model.firstPosition))
    , m_epsilon(model.layerNormEpsilon)
    , m_pooling(model.pooling)
    , m_head(model, reader)
{
    const auto table = [&](const char *name, std::size_t rows) {
        const at::Tensor tensor = reader.tensor(std::string("embeddings.") + name + ".weight",
                                                {static_cast<std::int64_t>(rows), m_hidden});
        return tensor.defined() ? tensor.to(m_device, at::kFloat, false, true) : tensor;
    };
    m_words = table("word_embeddings", model.vocabularySize);
    m_positions = table("position_embeddings", model.positions);
    const at::Tensor types = table("token_type_embeddings", model.tokenTypes);
    m_firstType = types.defined() ? types[0] : types;
    m_embeddingNorm = onDevice(reader.tensor("embeddings.LayerNorm.weight", {m_hidden}),
                               reader.tensor("embeddings.LayerNorm.bias", {m_hidden}), at::kFloat);
    for (std::size_t i = 0; i < model.layers && reader.error().empty(); ++i) {
        m_layers.push_back(readLayer(model, "encoder.layer." + std::to_string(i), reader));
    }
}

Affine PlainEncoder::onDevice(const at::Tensor &weight, const at::Tensor &bias,
                              at::ScalarType type) const
{
    if (!weight.defined() || !bias.defined()) {
        return {}; // the reader knows, and loading ends with its error
    }
    return {weight.to(m_device, type, false, true), bias.to(m_device, type, false, true)};
}

Layer PlainEncoder::readLayer(const ModelFolder &model, const std::string &name,
                              WeightReader &reader) const
{
    const auto inner = static_cast<std::int64_t>(model.intermediateSize);
    const auto linear = [&](const std::string &part, std::int64_t out, std::int64_t in) {
        return onDevice(reader.tensor(name + part + ".weight", {out, in}),
                        reader.tensor(name + part + ".bias", {out}), m_type);
    };
    const auto norm = [&](const std::string &part) {
        return onDevice(reader.tensor(name + part + ".weight", {m_hidden}),
                        reader.tensor(name + part + ".bias", {m_hidden}), at::kFloat);
    };
    const Affine query = linear(".attention.self.query", m_hidden, m_hidden);
    const Affine key = linear(".attention.self.key", m_hidden, m_hidden);
    const Affine value = linear(".attention.self.value", m_hidden, m_hidden);
    Affine all;
    if (reader.error().empty()) {
        all = {at::cat({query.weight, key.weight, value.weight}),
               at::cat({query.bias, key.bias, value.bias})};
    }
    return {all,
            linear(".attention.output.dense", m_hidden, m_hidden),
            norm(".attention.output.LayerNorm"),
            linear(".intermediate.dense", inner, m_hidden),
            linear(".output.dense", m_hidden, inner),
            norm(".output.LayerNorm")};
}

Packed PlainEncoder::pack(const PackedBatch &batch) const
{
    std::vector<std::int64_t> ids(batch.ids.begin(), batch.ids.end());
    std::vector<std::int64_t> positions;
    std::vector<std::int64_t> sequences;
    std::vector<std::int32_t> bounds = {0};
    Packed packed;
    for (std::size_t i = 0; i < batch.lengths.size(); ++i) {
        std::int64_t next = m_firstPosition;
        for (std::size_t at = 0; at < batch.lengths[i]; ++at) {
            // XLM-R gives a <pad> written out in the text the row of its number, and goes on.
            const std::int64_t id = ids[positions.size()];
            positions.push_back(id + 1 == m_firstPosition ? id : next++);
            sequences.push_back(static_cast<std::int64_t>(i));
        }
        bounds.push_back(static_cast<std::int32_t>(positions.size()));
        packed.longest = std::max(packed.longest, static_cast<std::int64_t>(batch.lengths[i]));
    }
    const auto onDevice = [&](const at::Tensor &tensor) {
        return m_device.is_cpu() ? tensor : tensor.pin_memory().to(m_device, true);
    };
    packed.ids = onDevice(at::tensor(ids, at::kLong));
    packed.positions = onDevice(at::tensor(positions, at::kLong));
    packed.sequences = onDevice(at::tensor(sequences, at::kLong));
    packed.bounds = onDevice(at::tensor(bounds, at::kInt));
    return packed;
}

at::Tensor PlainEncoder::normalise(const at::Tensor &x, const Affine &norm) const
{
    return at::layer_norm(x, {m_hidden}, norm.weight, norm.bias, m_epsilon);
}

at::Tensor PlainEncoder::attend(const at::Tensor &queryKeyValue, const PackedBatch &batch,
                                const Packed &packed) const
{
    const std::int64_t rows = queryKeyValue.size(0);
    const std::int64_t width = m_hidden / m_heads;
    const at::Tensor parts = queryKeyValue.view({rows, 3, m_heads, width});
    constexpr std::int64_t widest = 256;
    if (!m_device.is_cpu() && m_type != at::kFloat && width <= widest && width % 8 == 0) {
        const at::Tensor attended = std::get<0>(at::_flash_attention_forward(
            parts.select(1, 0), parts.select(1, 1), parts.select(1, 2), packed.bounds,
            packed.bounds, packed.longest, packed.longest, 0.0, false, false));
        return attended.reshape({rows, m_hidden});
    }
    std::vector<at::Tensor> runs; // of sequences of equal length
    std::int64_t row = 0;
    for (std::size_t first = 0; first < batch.lengths.size();) {
        std::size_t last = first;
        while (last < batch.lengths.size() && batch.lengths[last] == batch.lengths[first]) {
            ++last;
        }
        const auto count = static_cast<std::int64_t>(last - first);
        const auto length = static_cast<std::int64_t>(batch.lengths[first]);
        const at::Tensor run = parts.narrow(0, row, count * length)
                                   .view({count, length, 3, m_heads, width})
                                   .permute({2, 0, 3, 1, 4});
        runs.push_back(at::scaled_dot_product_attention(run[0], run[1], run[2])
                           .transpose(1, 2)
                           .reshape({count * length, m_hidden}));
        row += count * length;
        first = last;
    }
    return at::cat(runs);
}

at::Tensor PlainEncoder::pool(const at::Tensor &x, const PackedBatch &batch,
                              const Packed &packed) const
{
    const auto count = static_cast<std::int64_t>(batch.lengths.size());
    if (m_pooling == Pooling::FirstToken) {
        return x.index_select(0, packed.bounds.narrow(0, 0, count).to(at::kLong));
    }
    const at::Tensor sums = at::zeros({count, m_hidden}, x.options());
    sums.index_add_(0, packed.sequences, x);
    const at::Tensor lengths =
        packed.bounds.narrow(0, 1, count).sub(packed.bounds.narrow(0, 0, count));
    return sums.div(lengths.to(at::kFloat).unsqueeze(1));
}

void PlainEncoder::encode(const PackedBatch &batch, std::span<float> out,
                          std::size_t /*threads*/) const
{
    const c10::InferenceMode inference;
    const Packed packed = pack(batch);
    at::Tensor x = m_words.index_select(0, packed.ids);
    x.add_(m_positions.index_select(0, packed.positions)).add_(m_firstType);
    x = normalise(x, m_embeddingNorm);
    for (const Layer &layer : m_layers) {
        const at::Tensor attended =
            attend(at::linear(x.to(m_type), layer.queryKeyValue.weight, layer.queryKeyValue.bias),
                   batch, packed);
        x = x.add(at::linear(attended, layer.attentionOutput.weight, layer.attentionOutput.bias));
        x = normalise(x, layer.attentionNorm);
        const at::Tensor inner =
            at::gelu(at::linear(x.to(m_type), layer.intermediate.weight, layer.intermediate.bias));
        x = x.add(at::linear(inner, layer.output.weight, layer.output.bias));
        x = normalise(x, layer.outputNorm);
    }
    m_head.finish(pool(x, batch, packed).to(at::kCPU), out);
}

} // namespace

Result<std::unique_ptr<const Encoder>> loadPlainEncoder(const ModelFolder &model,
                                                        std::shared_ptr<const ModelWeights> weights,
                                                        Precision precision, Device device,
                                                        std::stop_token stop)
{
    const c10::InferenceMode inference;
    if (precision == Precision::Int16 || precision == Precision::Int8) {
        return fail(Errc::Incompatible,
                    std::string(precisionName(precision)) + " is computed on the processor only",
                    model.path.string(), "take --precision fp16 or bf16 on a GPU");
    }
    if (device == Device::Cuda && !at::hasCUDA()) {
        return fail(Errc::MissingPart, "torch finds no CUDA device it can use", {},
                    "use --device cpu");
    }
    WeightReader reader(*weights, std::move(stop));
    const at::Device where(device == Device::Cuda ? at::kCUDA : at::kCPU);
    auto encoder =
        std::make_unique<const PlainEncoder>(model, std::move(weights), precision, where, reader);
    if (!reader.error().empty()) {
        return tl::unexpected(reader.failure(model));
    }
    return std::unique_ptr<const Encoder>(std::move(encoder));
}

} // namespace TorchLift
