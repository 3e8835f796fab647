#pragma once

#include <cstddef>

#include "base/processor.h"

/// Products of matrices whose right factor is laid out once and used often: the weights of a
/// layer, or a head's keys and values for all its queries. No library at hand keeps AVX2 as busy
/// at these sizes, and each hands its sums through memory to what follows them (the scheme is
/// GotoBLAS's: Goto and van de Geijn, "Anatomy of High-Performance Matrix Multiplication", 2008).
///
/// Their numbers are fp32 (the right factor's perhaps in 16 bits, to take half the memory), or
/// integers side by side: pairs of 16 bits or quads of 8. Of those a processor multiplies and adds
/// more in a cycle than of fp32: where it has AVX2 up to twice and three times as many.
namespace TorchLift::Kernels {

/// What a right factor [inner, columns] takes in panels: some columns side by side, as many as suit
/// the processor, the last panel filled up with zeros.
[[nodiscard]] std::size_t panelsSize(std::size_t inner, std::size_t columns);

/// Panels of a factor given by its columns, `stride` apart, as layers and keys are. For float,
/// Bf16, Fp16, Pair and Quad.
template <typename Number>
void packColumns(const Number *from, std::size_t stride, std::size_t inner, std::size_t columns,
                 Number *panels);

/// Panels of a factor given by its rows, `stride` apart, as values are.
void packRows(const float *from, std::size_t stride, std::size_t inner, std::size_t columns,
              float *panels);

/// c = left * right, and with a bias GELU(c + bias) or c + bias.
///
/// For pairs `inner` counts these, and c = left * right * rowScale * columnScale + bias. Their sums
/// must fit into 32 bits: they do where the length of a row times that of a column is below 2^31
/// (Cauchy and Schwarz).
///
/// For quads `inner` counts these and is even; bytes of the left factor are unsigned, those of the
/// right one signed, and
/// c = left * right * rowScale * columnScale + rowLowest * columnSum + bias: a row's numbers begin
/// at rowLowest. Of eight inputs a to h of a column neither the positive nor the negative ones of
/// a, b, e, f may exceed 128 together, nor those of c, d, g, h: AVX2 adds them up in 16 bits.
template <typename Left, typename Right = Left>
struct Gemm
{
    const Left *left = nullptr; ///< [rows, inner], `leftStride` apart
    std::size_t leftStride = 0;
    const Right *panels = nullptr; ///< the right factor; fastest at a multiple of 64 bytes
    const float *bias = nullptr;   ///< panelsSize(1, columns) numbers; for fp32 perhaps none
    float *c = nullptr;            ///< [rows, columns], `cStride` apart; no factor
    std::size_t cStride = 0;
    std::size_t rows = 0;
    std::size_t inner = 0; ///< at least 1
    std::size_t columns = 0;
    bool isGelu = false;                 ///< by erf, as BERT has it; only with a bias
    const float *rowScales = nullptr;    ///< integers: [rows]
    const float *columnScales = nullptr; ///< integers: as many as `bias` has
    const float *rowLowest = nullptr;    ///< quads: [rows]
    const float *columnSums = nullptr;   ///< quads: of a column's numbers, as many as `bias` has
};

/// For float, float and Bf16, float and Fp16, Pair, Quad.
template <typename Left, typename Right>
void multiply(const Gemm<Left, Right> &gemm);

} // namespace TorchLift::Kernels
