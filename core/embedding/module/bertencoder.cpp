#include "embedding/module/bertencoder.h"

#include <algorithm>
#include <array>
#include <string>

// The parts of torch that are used, not torch/torch.h: that costs ten seconds more to compile.
#include <ATen/Parallel.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/zeros.h>
#include <c10/core/InferenceMode.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "embedding/module/attention.h"
#include "embedding/module/kernels.h"
#include "embedding/module/linear.h"
#include "embedding/module/pooling.h"
#include "embedding/module/rowstages.h"
#include "embedding/module/weightreader.h"

namespace TorchLift {

namespace {

using Kernels::Bf16;

struct Norm
{
    at::Tensor scale;
    at::Tensor shift;
    float epsilon = 0;

    [[nodiscard]] Kernels::LayerNorm kernel() const
    {
        return {scale.const_data_ptr<float>(), shift.const_data_ptr<float>(), epsilon};
    }
};

struct Layer
{
    Linear queryKeyValue;
    Linear attentionOutput;
    Norm attentionNorm;
    Linear intermediate;
    Linear output;
    Norm outputNorm;
};

// What flows between the layers, of some rows: the residual in fp32, and what the next product
// reads.
struct Stream
{
    at::Tensor x;     // [rows, hidden] fp32
    at::Tensor input; // x itself, or x in the products' type
};

class BertEncoder final : public Encoder
{
public:
    BertEncoder(const ModelFolder &model, std::shared_ptr<const ModelWeights> weights,
                Precision precision, WeightReader &reader);

    BertEncoder(const BertEncoder &) = delete;
    BertEncoder &operator=(const BertEncoder &) = delete;
    ~BertEncoder() override;

    void encode(const PackedBatch &batch, std::span<float> out, std::size_t threads) const override;
    [[nodiscard]] std::size_t batchTokens() const override { return 1024; }

private:
    [[nodiscard]] Layer readLayer(const ModelFolder &model, const std::string &name,
                                  WeightReader &reader) const;
    [[nodiscard]] at::Tensor embed(const PackedBatch &batch, std::int64_t rows) const;
    void addAndNormalise(Stream &stream, const at::Tensor &delta, const Norm &norm) const;
    void apply(const Layer &layer, Stream &stream, const at::Tensor &attended) const;
    void applyInBytes(const Layer &layer, Stream &stream, const at::Tensor &attended) const;

    std::shared_ptr<const ModelWeights> m_files; // keeps the mappings that tensors point into
    std::int64_t m_hidden;
    std::size_t m_heads;
    std::size_t m_firstPosition;
    Precision m_precision;
    at::ScalarType m_type;  // of what the products read, but oneDNN's bytes
    at::Tensor m_words;     // [vocabulary, hidden]
    at::Tensor m_positions; // [positions, hidden]
    at::Tensor m_firstType; // [hidden]
    Norm m_embeddingNorm;
    std::vector<Layer> m_layers;
    PoolingHead m_head;
};

// A batch's memory, some 20 MiB, is freed and taken again in each layer. The C library would give
// it back to the system in between, and faulting it in again costs an eighth of the time of fp32.
void keepFreedMemory()
{
#ifdef __GLIBC__
    constexpr int taken = 32 << 20; // what is larger is mapped, and given back, by itself
    constexpr int kept = 256 << 20;
    mallopt(M_MMAP_THRESHOLD, taken);
    mallopt(M_TRIM_THRESHOLD, kept);
#endif
}

void giveBackFreedMemory()
{
#ifdef __GLIBC__
    malloc_trim(0);
#endif
}

Norm readNorm(const ModelFolder &model, const std::string &name, WeightReader &reader)
{
    const auto hidden = static_cast<std::int64_t>(model.hiddenSize);
    return {reader.tensor(name + ".weight", {hidden}), reader.tensor(name + ".bias", {hidden}),
            static_cast<float>(model.layerNormEpsilon)};
}

BertEncoder::BertEncoder(const ModelFolder &model, std::shared_ptr<const ModelWeights> weights,
                         Precision precision, WeightReader &reader)
    : m_files(std::move(weights))
    , m_hidden(static_cast<std::int64_t>(model.hiddenSize))
    , m_heads(model.heads)
    , m_firstPosition(model.firstPosition)
    , m_precision(precision)
    , m_type(Linear::streamType(precision))
    , m_head(model, reader)
{
    keepFreedMemory();
    m_words = reader.tensor("embeddings.word_embeddings.weight",
                            {static_cast<std::int64_t>(model.vocabularySize), m_hidden});
    m_positions = reader.tensor("embeddings.position_embeddings.weight",
                                {static_cast<std::int64_t>(model.positions), m_hidden});
    const at::Tensor types = reader.tensor("embeddings.token_type_embeddings.weight",
                                           {static_cast<std::int64_t>(model.tokenTypes), m_hidden});
    m_firstType = types.defined() ? types[0] : types;
    m_embeddingNorm = readNorm(model, "embeddings.LayerNorm", reader);
    for (std::size_t i = 0; i < model.layers && reader.error().empty(); ++i) {
        m_layers.push_back(readLayer(model, "encoder.layer." + std::to_string(i), reader));
    }
    giveBackFreedMemory(); // what the weights were before they were packed
}

BertEncoder::~BertEncoder()
{
    giveBackFreedMemory();
}

Layer BertEncoder::readLayer(const ModelFolder &model, const std::string &name,
                             WeightReader &reader) const
{
    const auto inner = static_cast<std::int64_t>(model.intermediateSize);
    const auto readLinear = [&](const std::string &part, std::int64_t out, std::int64_t in) {
        const at::Tensor weight = reader.tensor(name + part + ".weight", {out, in});
        const at::Tensor bias = reader.tensor(name + part + ".bias", {out});
        return reader.error().empty() ? Linear(weight, bias, m_precision) : Linear();
    };
    // One product instead of three: query, key and value side by side.
    const auto readAttention = [&] {
        std::vector<at::Tensor> matrices;
        std::vector<at::Tensor> biases;
        for (const char *part : {".query", ".key", ".value"}) {
            const std::string full = name + ".attention.self" + part;
            matrices.push_back(reader.tensor(full + ".weight", {m_hidden, m_hidden}));
            biases.push_back(reader.tensor(full + ".bias", {m_hidden}));
        }
        // Bytes here alone would cost more exactness than in all other products together.
        const Precision finer = m_type == at::kFloat ? Precision::Int16 : Precision::Bf16;
        const Precision precision = m_precision == Precision::Int8 ? finer : m_precision;
        return reader.error().empty() ? Linear(at::cat(matrices), at::cat(biases), precision)
                                      : Linear();
    };
    return {readAttention(),
            readLinear(".attention.output.dense", m_hidden, m_hidden),
            readNorm(model, name + ".attention.output.LayerNorm", reader),
            readLinear(".intermediate.dense", inner, m_hidden),
            readLinear(".output.dense", m_hidden, inner),
            readNorm(model, name + ".output.LayerNorm", reader)};
}

// The sum of the three tables' rows, [rows, hidden]; rows behind the batch's tokens are 0.
at::Tensor BertEncoder::embed(const PackedBatch &batch, std::int64_t rows) const
{
    const auto width = static_cast<std::size_t>(m_hidden);
    at::Tensor x = at::empty({rows, m_hidden}, at::kFloat);
    auto *out = x.mutable_data_ptr<float>();
    const auto *words = m_words.const_data_ptr<float>();
    const auto *positions = m_positions.const_data_ptr<float>();
    const auto *kind = m_firstType.const_data_ptr<float>();
    std::size_t token = 0;
    for (const std::size_t length : batch.lengths) {
        std::size_t next = m_firstPosition;
        for (const std::size_t end = token + length; token < end; ++token) {
            const auto id = static_cast<std::size_t>(batch.ids[token]);
            // XLM-R gives a <pad> written out in the text the row of its number, and goes on.
            const bool isPad = id + 1 == m_firstPosition;
            const float *word = words + id * width;
            const float *position = positions + (isPad ? id : next++) * width;
            for (std::size_t i = 0; i < width; ++i) {
                out[token * width + i] = word[i] + position[i] + kind[i];
            }
        }
    }
    std::fill(out + token * width, out + static_cast<std::size_t>(rows) * width, 0.0F);
    return x;
}

// x = norm(x + delta), and the next product's input with it.
void BertEncoder::addAndNormalise(Stream &stream, const at::Tensor &delta, const Norm &norm) const
{
    const auto rows = static_cast<std::size_t>(stream.x.size(0));
    const auto width = static_cast<std::size_t>(m_hidden);
    auto *x = stream.x.mutable_data_ptr<float>();
    if (delta.scalar_type() == at::kBFloat16) {
        Kernels::addAndNormalise(x, static_cast<const Bf16 *>(delta.const_data_ptr()),
                                 static_cast<Bf16 *>(stream.input.mutable_data_ptr()), rows, width,
                                 norm.kernel());
        return;
    }
    const at::Tensor exact = delta.to(at::kFloat);
    Kernels::addAndNormalise(x, exact.const_data_ptr<float>(), rows, width, norm.kernel());
    if (m_type == at::kHalf) {
        stream.input.copy_(stream.x);
    }
}

// What follows attention in a layer.
void BertEncoder::apply(const Layer &layer, Stream &stream, const at::Tensor &attended) const
{
    addAndNormalise(stream, layer.attentionOutput.apply(attended, Activation::None),
                    layer.attentionNorm);
    const at::Tensor inner = layer.intermediate.apply(stream.input, Activation::Gelu);
    addAndNormalise(stream, layer.output.apply(inner, Activation::None), layer.outputNorm);
}

// The same in oneDNN's int8, each row of what goes in with a scale of its own.
void BertEncoder::applyInBytes(const Layer &layer, Stream &stream, const at::Tensor &attended) const
{
    const std::int64_t count = stream.x.size(0);
    const auto rows = static_cast<std::size_t>(count);
    const auto width = static_cast<std::size_t>(m_hidden);
    auto *x = stream.x.mutable_data_ptr<float>();
    auto *input = static_cast<Bf16 *>(stream.input.mutable_data_ptr());
    const at::Tensor bytes = at::empty({count, m_hidden}, at::kChar);
    auto *small = bytes.mutable_data_ptr<std::int8_t>();
    const at::Tensor scales = at::empty({count}, at::kFloat);
    auto *scale = scales.mutable_data_ptr<float>();

    Kernels::quantise(static_cast<const Bf16 *>(attended.const_data_ptr()), small, scale, rows,
                      width);
    at::Tensor raw = layer.attentionOutput.applyToBytes(bytes);
    Kernels::addScaledAndNormalise(x, raw.const_data_ptr<float>(), scale,
                                   layer.attentionOutput.bias(), input, rows, width,
                                   layer.attentionNorm.kernel());
    Kernels::quantise(x, small, scale, rows, width);
    raw = layer.intermediate.applyToBytes(bytes);
    const at::Tensor inner = at::empty(raw.sizes(), at::kChar);
    Kernels::geluAndQuantise(raw.mutable_data_ptr<float>(), scale, layer.intermediate.bias(),
                             inner.mutable_data_ptr<std::int8_t>(), rows,
                             static_cast<std::size_t>(raw.size(1)));
    raw = layer.output.applyToBytes(inner);
    Kernels::addScaledAndNormalise(x, raw.const_data_ptr<float>(), scale, layer.output.bias(),
                                   input, rows, width, layer.outputNorm.kernel());
}

void BertEncoder::encode(const PackedBatch &batch, std::span<float> out, std::size_t threads) const
{
    const c10::InferenceMode inference;
    // oneDNN compiles a kernel for each number of rows: rounding up lets it find most of them.
    const std::int64_t step = m_type == at::kFloat ? 1 : batch.ids.size() < 64 ? 8 : 64;
    const auto tokens = static_cast<std::int64_t>(batch.ids.size());
    const std::int64_t rows = roundedUp(tokens, step);
    const at::Tensor x = embed(batch, rows);
    if (!attendsByRows(m_type, static_cast<std::size_t>(m_hidden) / m_heads)) {
        threads = 1;
    }
    const at::Tensor input = m_type == at::kFloat ? x : at::empty({rows, m_hidden}, m_type);
    // Two in turn: while one is read, the next layer's is written.
    std::array<at::Tensor, 2> queryKeyValue;
    for (at::Tensor &each : queryKeyValue) {
        each = at::empty({rows, 3 * m_hidden}, m_type);
    }
    // Attention looks at all rows of a text; up to the next layer's each row is by itself.
    computeInStages(rows, step, threads, m_layers.size() + 1, [&](std::size_t stage, Rows own) {
        Stream stream{x.narrow(0, own.first, own.count), input.narrow(0, own.first, own.count)};
        if (stage == 0) {
            addAndNormalise(stream, at::zeros({own.count, m_hidden}, m_type), m_embeddingNorm);
        } else {
            const at::Tensor attended =
                attend(queryKeyValue[(stage - 1) % 2], batch.lengths, m_heads, own);
            if (m_precision == Precision::Int8 && m_type == at::kBFloat16) {
                applyInBytes(m_layers[stage - 1], stream, attended);
            } else {
                apply(m_layers[stage - 1], stream, attended);
            }
        }
        if (stage < m_layers.size()) {
            const at::Tensor next =
                m_layers[stage].queryKeyValue.apply(stream.input, Activation::None);
            at::Tensor &all = queryKeyValue[stage % 2];
            if (own.count == rows) {
                all = next;
            } else {
                all.narrow(0, own.first, own.count).copy_(next);
            }
        }
    });
    m_head.apply(x, batch.lengths, out);
}

} // namespace

void Encoder::prepareThread()
{
    at::set_num_threads(1);
}

Result<std::unique_ptr<const Encoder>> loadBertEncoder(const ModelFolder &model,
                                                       std::shared_ptr<const ModelWeights> weights,
                                                       Precision precision, std::stop_token stop)
{
    const c10::InferenceMode inference;
    WeightReader reader(*weights, std::move(stop));
    auto encoder =
        std::make_unique<const BertEncoder>(model, std::move(weights), precision, reader);
    if (!reader.error().empty()) {
        return tl::unexpected(reader.failure(model));
    }
    return std::unique_ptr<const Encoder>(std::move(encoder));
}

} // namespace TorchLift
