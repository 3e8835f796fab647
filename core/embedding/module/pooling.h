#pragma once

#include <span>
#include <vector>

#include <ATen/core/TensorBody.h>

#include "embedding/modelfolder.h"
#include "embedding/module/weightreader.h"

namespace TorchLift {

/// Makes one vector of a sequence's token vectors: pooling, dense modules, length.
class PoolingHead
{
public:
    PoolingHead(const ModelFolder &model, WeightReader &reader);

    /// `x` [rows, hidden] in fp32 on the CPU, sequences one behind the other; `out` [sequences,
    /// dimension].
    void apply(const at::Tensor &x, const std::vector<std::size_t> &lengths,
               std::span<float> out) const;

    /// What follows the pooling alone: `pooled` [sequences, hidden].
    void finish(at::Tensor pooled, std::span<float> out) const;

private:
    struct Dense
    {
        at::Tensor weight;
        at::Tensor bias; // undefined where there is none
        bool isTanh = false;
    };

    std::vector<Dense> m_dense;
    Pooling m_pooling;
    bool m_isNormalised;
};

} // namespace TorchLift
