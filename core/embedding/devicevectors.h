#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "base/result.h"

namespace TorchLift {

/// Vectors that stay in the memory of the device that embeds, to be compared with queries there.
/// Any thread may ask.
class DeviceVectors
{
public:
    /// A row, in the order of the vectors, and its dot product with the query.
    struct Hit
    {
        std::size_t row = 0;
        float score = 0;
    };

    virtual ~DeviceVectors() = default;

    [[nodiscard]] virtual std::size_t size() const noexcept = 0;
    [[nodiscard]] virtual std::size_t dimension() const noexcept = 0;
    /// The `count` rows with the largest products, best first; equal ones in any order. Products
    /// are fp32. Errors: InvalidArgument for another dimension; Internal with what the device says.
    [[nodiscard]] virtual Result<std::vector<Hit>> nearest(std::span<const float> query,
                                                           std::size_t count) const = 0;
};

} // namespace TorchLift
