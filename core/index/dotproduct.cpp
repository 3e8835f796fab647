#include "index/dotproduct.h"

#define TORCHLIFT_BODY "index/dotproductbody.h"
#include "base/foreachprocessor.h"

namespace TorchLift {

using namespace Kernels;

float dotProduct(const float *a, const float *b, std::size_t dimension) noexcept
{
    return TORCHLIFT_CHOSEN(dotProduct)(a, b, dimension);
}

void dotProducts(const float *query, const float *vectors, std::size_t dimension,
                 std::span<float> out) noexcept
{
    TORCHLIFT_CHOSEN(dotProducts)(query, vectors, dimension, out);
}

bool areFinite(std::span<const float> values) noexcept
{
    return TORCHLIFT_CHOSEN(areFinite)(values.data(), values.size());
}

} // namespace TorchLift
