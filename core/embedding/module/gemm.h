#pragma once

#include <cstddef>

#include "base/processor.h"

/// Products of matrices whose right factor is laid out once and used often: the weights of a
/// layer, or a head's keys and values for all its queries. No library at hand keeps AVX2 as busy
/// at these sizes, and each hands its sums through memory to what follows them (the scheme is
/// GotoBLAS's: Goto and van de Geijn, "Anatomy of High-Performance Matrix Multiplication", 2008).
///
/// Their numbers are fp32, or integers of 16 bits, side by side in pairs: of those a processor
/// multiplies and adds twice as many in a cycle, where it has AVX2 or VNNI.
namespace TorchLift::Kernels {

/// What a right factor [inner, columns] takes in panels: some columns side by side, as many as suit
/// the processor, the last panel filled up with zeros.
[[nodiscard]] std::size_t panelsSize(std::size_t inner, std::size_t columns);

/// Panels of a factor given by its columns, `stride` apart, as layers and keys are.
void packColumns(const float *from, std::size_t stride, std::size_t inner, std::size_t columns,
                 float *panels);
void packColumns(const Pair *from, std::size_t stride, std::size_t inner, std::size_t columns,
                 Pair *panels);

/// Panels of a factor given by its rows, `stride` apart, as values are.
void packRows(const float *from, std::size_t stride, std::size_t inner, std::size_t columns,
              float *panels);

/// c = left * right, and with a bias GELU(c + bias) or c + bias. For pairs `inner` counts these,
/// and c = left * right * rowScale * columnScale + bias. Their sums must fit into 32 bits: they do
/// where the length of a row times that of a column is below 2^31 (Cauchy and Schwarz).
template <typename Number>
struct Gemm
{
    const Number *left = nullptr; ///< [rows, inner], `leftStride` apart
    std::size_t leftStride = 0;
    const Number *panels = nullptr; ///< the right factor; fastest at a multiple of 64 bytes
    const float *bias = nullptr;    ///< panelsSize(1, columns) numbers; for fp32 perhaps none
    float *c = nullptr;             ///< [rows, columns], `cStride` apart; no factor
    std::size_t cStride = 0;
    std::size_t rows = 0;
    std::size_t inner = 0; ///< at least 1
    std::size_t columns = 0;
    bool isGelu = false;                 ///< by erf, as BERT has it; only with a bias
    const float *rowScales = nullptr;    ///< pairs: [rows]
    const float *columnScales = nullptr; ///< pairs: as many as `bias` has
};
void multiply(const Gemm<float> &gemm);
void multiply(const Gemm<Pair> &gemm);

} // namespace TorchLift::Kernels
