#include "embedding/module/keptvectors.h"

#include <algorithm>
#include <exception>

#include <ATen/ops/from_blob.h>
#include <ATen/ops/mv.h>
#include <ATen/ops/topk.h>
#include <c10/core/InferenceMode.h>

namespace TorchLift {

namespace {

// A copy, on the processor too.
at::Tensor copied(std::span<const float> values, at::IntArrayRef shape, at::Device device)
{
    // from_blob wants a mutable pointer; nothing writes through it.
    return at::from_blob(const_cast<float *>(values.data()), shape, at::kFloat)
        .to(device, at::kFloat, false, true);
}

class KeptVectors final : public DeviceVectors
{
public:
    explicit KeptVectors(at::Tensor rows)
        : m_rows(std::move(rows))
    {}

    [[nodiscard]] std::size_t size() const noexcept override
    {
        return static_cast<std::size_t>(m_rows.size(0));
    }
    [[nodiscard]] std::size_t dimension() const noexcept override
    {
        return static_cast<std::size_t>(m_rows.size(1));
    }

    [[nodiscard]] Result<std::vector<Hit>> nearest(std::span<const float> query,
                                                   std::size_t count) const override
    try {
        if (query.size() != dimension()) {
            return fail(Errc::InvalidArgument, "the query has another dimension");
        }
        const c10::InferenceMode inference;
        // TF32 would round what is multiplied; a product of matrix and vector never uses it.
        const at::Tensor scores = at::mv(m_rows, copied(query, {m_rows.size(1)}, m_rows.device()));
        const auto [best, rows] = scores.topk(static_cast<std::int64_t>(std::min(count, size())));
        const at::Tensor bestHere = best.cpu();
        const at::Tensor rowsHere = rows.cpu();
        std::vector<Hit> hits(static_cast<std::size_t>(bestHere.numel()));
        for (std::size_t i = 0; i < hits.size(); ++i) {
            hits[i] = {static_cast<std::size_t>(rowsHere.const_data_ptr<std::int64_t>()[i]),
                       bestHere.const_data_ptr<float>()[i]};
        }
        return hits;
    } catch (const std::exception &error) {
        return fail(Errc::Internal, error.what(), m_rows.device().str());
    }

private:
    at::Tensor m_rows; // [rows, dimension], on the device
};

} // namespace

Result<std::unique_ptr<DeviceVectors>> keepVectors(std::span<const float> vectors,
                                                   std::size_t dimension, at::Device device)
try {
    const c10::InferenceMode inference;
    const auto columns = static_cast<std::int64_t>(dimension);
    const auto rows = static_cast<std::int64_t>(vectors.size() / dimension);
    return std::make_unique<KeptVectors>(copied(vectors, {rows, columns}, device));
} catch (const std::exception &error) {
    return fail(Errc::Internal, error.what(), device.str(), "use --device cpu");
}

} // namespace TorchLift
