#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include <ATen/core/TensorBody.h>

#include "embedding/modelweights.h"

namespace TorchLift {

/// Takes tensors out of a model's files by name; remembers the first that is not as it should be,
/// or before which it was to stop: none is read after that.
class WeightReader
{
public:
    WeightReader(const ModelWeights &weights, std::stop_token stop);

    /// The tensor of the encoder (names with or without the prefix "bert." or "roberta.") in
    /// fp32, without a copy where the file has fp32: the mapping must outlive it. Undefined when
    /// it is missing, of another shape or type, or not finite; error() then names it.
    [[nodiscard]] at::Tensor tensor(const std::string &name,
                                    const std::vector<std::int64_t> &shape);
    /// The same out of a dense module's file.
    [[nodiscard]] at::Tensor dense(std::size_t module, const std::string &name,
                                   const std::vector<std::int64_t> &shape);

    /// Name of the first tensor that was wrong; empty: all were right.
    [[nodiscard]] const std::string &error() const { return m_error; }
    /// That as an Error of `model`: Damaged, or Cancelled.
    [[nodiscard]] Error failure(const ModelFolder &model) const;

private:
    [[nodiscard]] at::Tensor read(const TensorView *view, const std::string &name,
                                  const std::vector<std::int64_t> &shape);

    const ModelWeights &m_weights;
    std::stop_token m_stop;
    std::string m_prefix;
    std::string m_error;
    bool m_isCancelled = false;
};

} // namespace TorchLift
