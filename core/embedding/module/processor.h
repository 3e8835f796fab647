#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace TorchLift::Kernels {

/// A bfloat16 as its bits: the upper half of an fp32.
using Bf16 = std::uint16_t;

#if defined(__x86_64__)
/// Of a kernel's versions the one for this processor.
template <typename T>
T *chosen(T *avx512, T *avx2, T *plain)
{
    static const bool hasAvx512 = __builtin_cpu_supports("x86-64-v4") != 0;
    static const bool hasAvx2 = __builtin_cpu_supports("x86-64-v3") != 0;
    return hasAvx512 ? avx512 : hasAvx2 ? avx2 : plain;
}
#endif

} // namespace TorchLift::Kernels
