#pragma once

#include <cstddef>

/// Products of fp32 matrices whose right factor is laid out once and used often: the weights of a
/// layer, or a head's keys and values for all its queries. No library at hand keeps AVX2 as busy
/// at these sizes, and each hands its sums through memory to what follows them (the scheme is
/// GotoBLAS's: Goto and van de Geijn, "Anatomy of High-Performance Matrix Multiplication", 2008).
namespace TorchLift::Kernels {

/// The numbers that a right factor [inner, columns] takes in panels: some columns side by side, as
/// many as suit the processor, the last panel filled up with zeros.
[[nodiscard]] std::size_t panelsSize(std::size_t inner, std::size_t columns);

/// Panels of a factor given by its columns, `stride` apart, as layers and keys are.
void packColumns(const float *from, std::size_t stride, std::size_t inner, std::size_t columns,
                 float *panels);

/// Panels of a factor given by its rows, `stride` apart, as values are.
void packRows(const float *from, std::size_t stride, std::size_t inner, std::size_t columns,
              float *panels);

/// c = left * right, and with a bias GELU(c + bias) or c + bias.
struct Gemm
{
    const float *left = nullptr; ///< [rows, inner], `leftStride` apart
    std::size_t leftStride = 0;
    const float *panels = nullptr; ///< the right factor; fastest at a multiple of 64 bytes
    const float *bias = nullptr;   ///< panelsSize(1, columns) numbers, or none
    float *c = nullptr;            ///< [rows, columns], `cStride` apart; no factor
    std::size_t cStride = 0;
    std::size_t rows = 0;
    std::size_t inner = 0; ///< at least 1
    std::size_t columns = 0;
    bool isGelu = false; ///< by erf, as BERT has it; only with a bias
};
void multiply(const Gemm &gemm);

} // namespace TorchLift::Kernels
