#pragma once

#include <cstddef>
#include <vector>

#include <ATen/core/TensorBody.h>

#include "embedding/module/rowstages.h"

namespace TorchLift {

/// Attention over packed sequences: each looks at itself alone, without padding to the longest.
/// `queryKeyValue` is [rows, 3 * hidden] in fp32, bf16 or fp16, sequences one behind the other; the
/// result [own.count, hidden] of the rows `own` has the same type, zero in rows behind the last
/// sequence.
///
/// Blocks of queries against all keys, the softmax between them in fp32 while it is in the cache;
/// products of gemm.h for fp32, oneDNN's small ones for bf16. Where the processor or the type has
/// none of these, torch's own kernel for each run of sequences of equal length.
[[nodiscard]] at::Tensor attend(const at::Tensor &queryKeyValue,
                                const std::vector<std::size_t> &lengths, std::size_t heads,
                                Rows own);

/// Whether a part of the rows takes less than all: torch's kernel computes all of them. `width` is
/// a head's.
[[nodiscard]] bool attendsByRows(at::ScalarType type, std::size_t width);

} // namespace TorchLift
