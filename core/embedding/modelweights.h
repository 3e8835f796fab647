#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "embedding/modelfolder.h"
#include "embedding/safetensors.h"

namespace TorchLift {

/// The tensors of a model, out of one file or several shards, and those of its dense modules.
/// Mapped into memory; any thread may read.
class ModelWeights
{
public:
    /// Errors: those of SafeTensors::open; Damaged for a tensor that two shards have.
    [[nodiscard]] static Result<std::shared_ptr<const ModelWeights>> open(const ModelFolder &model);

    /// The tensor called `name`, nullptr where there is none.
    [[nodiscard]] const TensorView *find(std::string_view name) const;
    /// The file of dense module `i`.
    [[nodiscard]] const SafeTensors &dense(std::size_t i) const { return *m_dense[i]; }

private:
    ModelWeights() = default;

    std::vector<std::shared_ptr<const SafeTensors>> m_shards;
    std::vector<std::shared_ptr<const SafeTensors>> m_dense;
};

} // namespace TorchLift
