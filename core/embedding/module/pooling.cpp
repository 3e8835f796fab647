#include "embedding/module/pooling.h"

#include <algorithm>

#include <ATen/ops/empty.h>
#include <ATen/ops/linear.h>

#include "embedding/module/kernels.h"

namespace TorchLift {

PoolingHead::PoolingHead(const ModelFolder &model, WeightReader &reader)
    : m_pooling(model.pooling)
    , m_isNormalised(model.isNormalised)
{
    for (std::size_t i = 0; i < model.dense.size(); ++i) {
        const DenseModule &module = model.dense[i];
        const auto outputs = static_cast<std::int64_t>(module.outputs);
        const auto inputs = static_cast<std::int64_t>(module.inputs);
        m_dense.push_back(
            {reader.dense(i, "linear.weight", {outputs, inputs}),
             module.hasBias ? reader.dense(i, "linear.bias", {outputs}) : at::Tensor(),
             module.isTanh});
    }
}

void PoolingHead::apply(const at::Tensor &x, const std::vector<std::size_t> &lengths,
                        std::span<float> out) const
{
    const auto width = static_cast<std::size_t>(x.size(1));
    at::Tensor vectors =
        at::empty({static_cast<std::int64_t>(lengths.size()), x.size(1)}, at::kFloat);
    auto *pooled = vectors.mutable_data_ptr<float>();
    const auto *row = x.const_data_ptr<float>();
    for (const std::size_t length : lengths) {
        Kernels::mean(row, m_pooling == Pooling::Mean ? length : 1, width, pooled);
        row += length * width;
        pooled += width;
    }
    finish(std::move(vectors), out);
}

void PoolingHead::finish(at::Tensor pooled, std::span<float> out) const
{
    for (const Dense &dense : m_dense) {
        pooled = at::linear(pooled, dense.weight, dense.bias);
        pooled = dense.isTanh ? pooled.tanh() : pooled;
    }
    pooled = pooled.contiguous();
    const auto dimension = static_cast<std::size_t>(pooled.size(1));
    std::copy_n(pooled.const_data_ptr<float>(), out.size(), out.data());
    for (std::size_t at = 0; m_isNormalised && at < out.size(); at += dimension) {
        Kernels::normaliseLength(out.data() + at, dimension);
    }
}

} // namespace TorchLift
