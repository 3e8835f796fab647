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

void packColumns(const float *from, std::size_t stride, std::size_t inner, std::size_t columns,
                 float *panels)
{
    TORCHLIFT_CHOSEN(packColumns<float>)(from, stride, inner, columns, panels);
}

void packColumns(const Pair *from, std::size_t stride, std::size_t inner, std::size_t columns,
                 Pair *panels)
{
    TORCHLIFT_CHOSEN(packColumns<Pair>)(from, stride, inner, columns, panels);
}

void packRows(const float *from, std::size_t stride, std::size_t inner, std::size_t columns,
              float *panels)
{
    TORCHLIFT_CHOSEN(packRows)(from, stride, inner, columns, panels);
}

void multiply(const Gemm<float> &gemm)
{
    TORCHLIFT_CHOSEN(multiply<float>)(gemm);
}

void multiply(const Gemm<Pair> &gemm)
{
    TORCHLIFT_CHOSEN(multiply<Pair>)(gemm);
}

} // namespace TorchLift::Kernels
