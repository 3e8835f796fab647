#include "embedding/module/gemm.h"

#include <algorithm>
#include <array>
#include <type_traits>
#include <utility>

#define TORCHLIFT_WITH_VNNI
#define TORCHLIFT_BODY "embedding/module/gemmbody.h"
#include "base/foreachprocessor.h"

namespace TorchLift::Kernels {

std::size_t panelsSize(std::size_t inner, std::size_t columns)
{
    return TORCHLIFT_CHOSEN(panelsSize)(inner, columns);
}

template <typename Number>
void packColumns(const Number *from, std::size_t stride, std::size_t inner, std::size_t columns,
                 Number *panels)
{
    TORCHLIFT_CHOSEN(packColumns<Number>)(from, stride, inner, columns, panels);
}

template void packColumns(const float *, std::size_t, std::size_t, std::size_t, float *);
template void packColumns(const Bf16 *, std::size_t, std::size_t, std::size_t, Bf16 *);
template void packColumns(const Fp16 *, std::size_t, std::size_t, std::size_t, Fp16 *);
template void packColumns(const Pair *, std::size_t, std::size_t, std::size_t, Pair *);
template void packColumns(const Quad *, std::size_t, std::size_t, std::size_t, Quad *);

void packRows(const float *from, std::size_t stride, std::size_t inner, std::size_t columns,
              float *panels)
{
    TORCHLIFT_CHOSEN(packRows)(from, stride, inner, columns, panels);
}

template <typename Left, typename Right>
void multiply(const Gemm<Left, Right> &gemm)
{
    TORCHLIFT_CHOSEN(multiply<Left, Right>)(gemm);
}

template void multiply(const Gemm<float> &);
template void multiply(const Gemm<float, Bf16> &);
template void multiply(const Gemm<float, Fp16> &);
template void multiply(const Gemm<Pair> &);
template void multiply(const Gemm<Quad> &);

} // namespace TorchLift::Kernels
