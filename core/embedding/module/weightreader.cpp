#include "embedding/module/weightreader.h"

#include <optional>
#include <utility>

#include <ATen/ops/from_blob.h>

#include "embedding/module/kernels.h"

namespace TorchLift {

namespace {

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

} // namespace

WeightReader::WeightReader(const ModelWeights &weights, std::stop_token stop)
    : m_weights(weights)
    , m_stop(std::move(stop))
{
    for (const char *prefix : {"bert.", "roberta."}) {
        if (weights.find(std::string(prefix) + "embeddings.word_embeddings.weight") != nullptr) {
            m_prefix = prefix;
        }
    }
}

at::Tensor WeightReader::tensor(const std::string &name, const std::vector<std::int64_t> &shape)
{
    return read(m_weights.find(m_prefix + name), name, shape);
}

at::Tensor WeightReader::dense(std::size_t module, const std::string &name,
                               const std::vector<std::int64_t> &shape)
{
    return read(m_weights.dense(module).find(name), name, shape);
}

Error WeightReader::failure(const ModelFolder &model) const
{
    if (m_isCancelled) {
        return {Errc::Cancelled, "opening the model was cancelled", model.path.string(), {}};
    }
    return {Errc::Damaged,
            "tensor " + m_error + " is missing, has another shape or type, or is not finite",
            model.weights.front().string(), "installer/setup.sh"};
}

at::Tensor WeightReader::read(const TensorView *view, const std::string &name,
                              const std::vector<std::int64_t> &shape)
{
    if (m_error.empty() && m_stop.stop_requested()) {
        m_error = name;
        m_isCancelled = true;
    }
    if (m_isCancelled) {
        return {};
    }
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
    at::Tensor tensor = (isAligned ? stored : stored.clone()).to(at::kFloat);
    const auto count = static_cast<std::size_t>(tensor.numel());
    if (!Kernels::areFinite(tensor.const_data_ptr<float>(), count)) {
        // Attention would hide some of them in wrong but finite vectors.
        m_error = m_error.empty() ? name : m_error;
    }
    return tensor;
}

} // namespace TorchLift
