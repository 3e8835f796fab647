#include "embedding/module/bertencoder.h"

#include <algorithm>
#include <optional>
#include <string>

// The parts of torch that are used, not torch/torch.h: that costs ten seconds more to compile.
#include <ATen/Parallel.h>
#include <ATen/core/List.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/ops/_scaled_dot_product_flash_attention_for_cpu.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/zeros.h>
#include <c10/core/InferenceMode.h>

#include "embedding/module/kernels.h"

namespace TorchLift {

namespace {

using LinearSignature = at::Tensor(const at::Tensor &, const at::Tensor &,
                                   const std::optional<at::Tensor> &, c10::string_view,
                                   c10::List<std::optional<at::Scalar>>,
                                   std::optional<c10::string_view>);
using ReorderSignature = at::Tensor(const at::Tensor &, std::optional<c10::SymInt>);

enum class Activation { None, Gelu };

// A fully connected layer, its weight in oneDNN's own layout.
struct Linear
{
    at::Tensor weight;
    at::Tensor bias;

    [[nodiscard]] at::Tensor operator()(const at::Tensor &x, Activation activation) const
    {
        static const auto op = c10::Dispatcher::singleton()
                                   .findSchemaOrThrow("mkldnn::_linear_pointwise", "")
                                   .typed<LinearSignature>();
        const bool isGelu = activation == Activation::Gelu; // by erf: tanh is no faster here
        return op.call(x, weight, bias, isGelu ? "gelu" : "none",
                       c10::List<std::optional<at::Scalar>>(),
                       isGelu ? std::optional<c10::string_view>("none") : std::nullopt);
    }
};

at::Tensor packed(const at::Tensor &weight)
{
    static const auto op = c10::Dispatcher::singleton()
                               .findSchemaOrThrow("mkldnn::_reorder_linear_weight", "")
                               .typed<ReorderSignature>();
    return op.call(weight, std::nullopt); // rows unknown: they differ from batch to batch
}

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

std::optional<at::ScalarType> scalarType(TensorType type)
{
    switch (type) {
    case TensorType::F32:
        return at::kFloat;
    case TensorType::F16:
        return at::kHalf;
    case TensorType::BF16:
        return at::kBFloat16;
    case TensorType::F64:
        return at::kDouble;
    default:
        return std::nullopt;
    }
}

// Looks tensors up by name; remembers the first that is not as it should be.
class Reader
{
public:
    explicit Reader(const SafeTensors &tensors)
        : m_tensors(tensors)
        , m_prefix(tensors.find("bert.embeddings.word_embeddings.weight") != nullptr ? "bert." : "")
    {}

    // fp32 without a copy where the file has fp32 (the mapping outlives the encoder).
    at::Tensor tensor(const std::string &name, std::vector<std::int64_t> shape)
    {
        const TensorView *view = m_tensors.find(m_prefix + name);
        const auto type = view == nullptr ? std::nullopt : scalarType(view->type);
        if (view == nullptr || view->shape != shape || !type) {
            m_error = m_error.empty() ? name : m_error;
            return {};
        }
        // from_blob wants a mutable pointer; nothing writes through it.
        void *data = const_cast<std::byte *>(view->bytes.data());
        // Offsets in the file need not be aligned to the element.
        const bool isAligned = reinterpret_cast<std::uintptr_t>(data) % sizeof(double) == 0;
        const at::Tensor stored = at::from_blob(data, shape, at::TensorOptions(*type));
        const at::Tensor tensor = (isAligned ? stored : stored.clone()).to(at::kFloat);
        const auto count = static_cast<std::size_t>(tensor.numel());
        if (!Kernels::areFinite(tensor.const_data_ptr<float>(), count)) {
            // Attention would hide some of them in wrong but finite vectors.
            m_error = m_error.empty() ? name : m_error;
        }
        return tensor;
    }

    [[nodiscard]] const std::string &error() const { return m_error; }

private:
    const SafeTensors &m_tensors;
    std::string m_prefix;
    std::string m_error;
};

} // namespace

struct BertEncoder::Weights
{
    std::shared_ptr<const SafeTensors> file; // keeps the mapping that tensors point into
    std::int64_t hidden = 0;
    std::int64_t heads = 0;
    Pooling pooling = Pooling::Mean;
    bool isNormalised = true;
    at::ScalarType type = at::kFloat; // of the matrix products
    at::Tensor words;                 // [vocabulary, hidden]
    at::Tensor positions;             // [positions, hidden]
    at::Tensor firstType;             // [hidden]
    Norm embeddingNorm;
    std::vector<Layer> layers;

    [[nodiscard]] at::Tensor embed(const PackedBatch &batch, std::int64_t rows) const;
    [[nodiscard]] at::Tensor attend(const at::Tensor &queryKeyValue,
                                    const std::vector<std::size_t> &lengths) const;
    void addAndNormalise(at::Tensor &x, at::Tensor &copy, const at::Tensor &delta,
                         const Norm &norm) const;
};

Result<std::unique_ptr<const BertEncoder>>
BertEncoder::load(const ModelFolder &model, std::shared_ptr<const SafeTensors> tensors,
                  Precision precision)
{
    const c10::InferenceMode inference;
    auto weights = std::make_unique<Weights>();
    Reader reader(*tensors);
    const auto hidden = static_cast<std::int64_t>(model.hiddenSize);
    const auto inner = static_cast<std::int64_t>(model.intermediateSize);
    weights->hidden = hidden;
    weights->heads = static_cast<std::int64_t>(model.heads);
    weights->pooling = model.pooling;
    weights->isNormalised = model.isNormalised;
    weights->type = precision == Precision::Bf16 ? at::kBFloat16 : at::kFloat;

    const auto readNorm = [&](const std::string &name) {
        return Norm{reader.tensor(name + ".weight", {hidden}),
                    reader.tensor(name + ".bias", {hidden}),
                    static_cast<float>(model.layerNormEpsilon)};
    };
    const auto pack = [&](const at::Tensor &weight, const at::Tensor &bias) {
        return Linear{packed(weight.to(weights->type)), bias.to(weights->type)};
    };
    const auto readLinear = [&](const std::string &name, std::int64_t out, std::int64_t in) {
        const at::Tensor weight = reader.tensor(name + ".weight", {out, in});
        const at::Tensor bias = reader.tensor(name + ".bias", {out});
        return reader.error().empty() ? pack(weight, bias) : Linear();
    };
    // One product instead of three: query, key and value side by side.
    const auto readAttention = [&](const std::string &name) {
        std::vector<at::Tensor> matrices;
        std::vector<at::Tensor> biases;
        for (const char *part : {".query", ".key", ".value"}) {
            matrices.push_back(reader.tensor(name + part + ".weight", {hidden, hidden}));
            biases.push_back(reader.tensor(name + part + ".bias", {hidden}));
        }
        return reader.error().empty() ? pack(at::cat(matrices), at::cat(biases)) : Linear();
    };

    weights->words = reader.tensor("embeddings.word_embeddings.weight",
                                   {static_cast<std::int64_t>(model.vocabularySize), hidden});
    weights->positions = reader.tensor("embeddings.position_embeddings.weight",
                                       {static_cast<std::int64_t>(model.positions), hidden});
    const at::Tensor types = reader.tensor("embeddings.token_type_embeddings.weight", {2, hidden});
    weights->embeddingNorm = readNorm("embeddings.LayerNorm");
    for (std::size_t i = 0; i < model.layers && reader.error().empty(); ++i) {
        const std::string name = "encoder.layer." + std::to_string(i);
        weights->layers.push_back({readAttention(name + ".attention.self"),
                                   readLinear(name + ".attention.output.dense", hidden, hidden),
                                   readNorm(name + ".attention.output.LayerNorm"),
                                   readLinear(name + ".intermediate.dense", inner, hidden),
                                   readLinear(name + ".output.dense", hidden, inner),
                                   readNorm(name + ".output.LayerNorm")});
    }
    if (!reader.error().empty()) {
        return fail(Errc::Damaged,
                    "tensor " + reader.error()
                        + " is missing, has another shape or type, or is not finite",
                    model.weights().string(), "installer/setup.sh");
    }
    weights->firstType = types[0];
    weights->file = std::move(tensors);
    return std::unique_ptr<const BertEncoder>(new BertEncoder(std::move(weights)));
}

BertEncoder::BertEncoder(std::unique_ptr<const Weights> weights)
    : m_weights(std::move(weights))
{}

BertEncoder::~BertEncoder() = default;

void BertEncoder::prepareThread()
{
    at::set_num_threads(1);
}

// The sum of the three tables' rows, [rows, hidden]; rows behind the batch's tokens are 0.
at::Tensor BertEncoder::Weights::embed(const PackedBatch &batch, std::int64_t rows) const
{
    const auto width = static_cast<std::size_t>(hidden);
    at::Tensor x = at::empty({rows, hidden}, at::kFloat);
    auto *out = x.mutable_data_ptr<float>();
    const auto *word = words.const_data_ptr<float>();
    const auto *position = positions.const_data_ptr<float>();
    const auto *kind = firstType.const_data_ptr<float>();
    std::size_t token = 0;
    for (const std::size_t length : batch.lengths) {
        for (std::size_t at = 0; at < length; ++at, ++token) {
            const float *wordRow = word + static_cast<std::size_t>(batch.ids[token]) * width;
            const float *positionRow = position + at * width;
            for (std::size_t i = 0; i < width; ++i) {
                out[token * width + i] = wordRow[i] + positionRow[i] + kind[i];
            }
        }
    }
    const std::size_t total = static_cast<std::size_t>(rows) * width;
    std::fill(out + token * width, out + total, 0.0F);
    return x;
}

// x = norm(x + delta); `copy` is what the next product reads: x itself, or x in bf16.
void BertEncoder::Weights::addAndNormalise(at::Tensor &x, at::Tensor &copy, const at::Tensor &delta,
                                           const Norm &norm) const
{
    const auto rows = static_cast<std::size_t>(x.size(0));
    const auto width = static_cast<std::size_t>(hidden);
    auto *values = x.mutable_data_ptr<float>();
    if (type == at::kFloat) {
        Kernels::addAndNormalise(values, delta.const_data_ptr<float>(), rows, width, norm.kernel());
        return;
    }
    Kernels::addAndNormalise(values, static_cast<const Kernels::Bf16 *>(delta.const_data_ptr()),
                             static_cast<Kernels::Bf16 *>(copy.mutable_data_ptr()), rows, width,
                             norm.kernel());
}

// [rows, 3 * hidden] to [rows, hidden]: each sequence looks at itself alone.
at::Tensor BertEncoder::Weights::attend(const at::Tensor &queryKeyValue,
                                        const std::vector<std::size_t> &lengths) const
{
    at::Tensor out = at::empty({queryKeyValue.size(0), hidden}, queryKeyValue.options());
    std::int64_t row = 0;
    for (std::size_t first = 0; first < lengths.size();) {
        std::size_t last = first;
        while (last < lengths.size() && lengths[last] == lengths[first]) {
            ++last;
        }
        const auto count = static_cast<std::int64_t>(last - first);
        const auto length = static_cast<std::int64_t>(lengths[first]);
        const at::Tensor parts = queryKeyValue.narrow(0, row, count * length)
                                     .view({count, length, 3, heads, hidden / heads})
                                     .permute({2, 0, 3, 1, 4});
        const at::Tensor attended = std::get<0>(
            at::_scaled_dot_product_flash_attention_for_cpu(parts[0], parts[1], parts[2]));
        out.narrow(0, row, count * length)
            .view({count, length, heads, hidden / heads})
            .copy_(attended.transpose(1, 2));
        row += count * length;
        first = last;
    }
    // Rows that only fill up are never read again, but must be finite for the norms.
    out.narrow(0, row, out.size(0) - row).zero_();
    return out;
}

void BertEncoder::encode(const PackedBatch &batch, std::span<float> out) const
{
    const c10::InferenceMode inference;
    const Weights &w = *m_weights;
    // oneDNN compiles a kernel for each number of rows: rounding up lets it find most of them.
    const std::size_t step = batch.ids.size() < 64 ? 8 : 64;
    const auto rows = static_cast<std::int64_t>((batch.ids.size() + step - 1) / step * step);
    at::Tensor x = w.embed(batch, rows);
    at::Tensor input = w.type == at::kFloat ? x : at::empty({rows, w.hidden}, w.type);
    w.addAndNormalise(x, input, at::zeros({rows, w.hidden}, w.type), w.embeddingNorm);
    for (const Layer &layer : w.layers) {
        const at::Tensor attended =
            w.attend(layer.queryKeyValue(input, Activation::None), batch.lengths);
        w.addAndNormalise(x, input, layer.attentionOutput(attended, Activation::None),
                          layer.attentionNorm);
        const at::Tensor inner = layer.intermediate(input, Activation::Gelu);
        w.addAndNormalise(x, input, layer.output(inner, Activation::None), layer.outputNorm);
    }
    const auto width = static_cast<std::size_t>(w.hidden);
    const auto *row = x.const_data_ptr<float>();
    for (std::size_t i = 0; i < batch.lengths.size(); ++i) {
        float *vector = out.data() + i * width;
        Kernels::mean(row, w.pooling == Pooling::Mean ? batch.lengths[i] : 1, width, vector);
        if (w.isNormalised) {
            Kernels::normaliseLength(vector, width);
        }
        row += batch.lengths[i] * width;
    }
}

} // namespace TorchLift
