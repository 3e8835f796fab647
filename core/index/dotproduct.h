#pragma once

#include <cstddef>
#include <span>

namespace TorchLift {

/// The dot product of two vectors of `dimension` floats.
[[nodiscard]] float dotProduct(const float *a, const float *b, std::size_t dimension) noexcept;

/// The dot products of `query` with each row of `vectors` (row-major), into `out`.
void dotProducts(const float *query, const float *vectors, std::size_t dimension,
                 std::span<float> out) noexcept;

/// True when no value is NaN or infinite.
[[nodiscard]] bool areFinite(std::span<const float> values) noexcept;

} // namespace TorchLift
