#include "embedding/modelweights.h"

namespace TorchLift {

Result<std::shared_ptr<const ModelWeights>> ModelWeights::open(const ModelFolder &model)
{
    std::shared_ptr<ModelWeights> weights(new ModelWeights);
    for (const auto &file : model.weights) {
        auto shard = SafeTensors::open(file);
        if (!shard) {
            return tl::unexpected(shard.error());
        }
        for (const auto &[name, tensor] : (*shard)->tensors()) {
            if (weights->find(name) != nullptr) {
                return fail(Errc::Damaged, "tensor " + name + " is in another shard too",
                            file.string());
            }
        }
        weights->m_shards.push_back(std::move(*shard));
    }
    for (const DenseModule &dense : model.dense) {
        auto file = SafeTensors::open(dense.weights);
        if (!file) {
            return tl::unexpected(file.error());
        }
        weights->m_dense.push_back(std::move(*file));
    }
    return weights;
}

const TensorView *ModelWeights::find(std::string_view name) const
{
    for (const auto &shard : m_shards) {
        if (const TensorView *tensor = shard->find(name)) {
            return tensor;
        }
    }
    return nullptr;
}

} // namespace TorchLift
