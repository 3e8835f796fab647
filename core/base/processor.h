#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace TorchLift::Kernels {

/// A bfloat16 as its bits: the upper half of an fp32.
using Bf16 = std::uint16_t;

/// A half of IEEE 754 (binary16) as its bits.
enum class Fp16 : std::uint16_t {};

/// Two integers of 16 bits, the first in the lower half.
using Pair = std::int32_t;

/// Four integers of 8 bits, the first lowest.
enum class Quad : std::int32_t {};

#if defined(__x86_64__)
/// Of a kernel's versions the one for this processor.
template <typename T>
T *chosen(T *avx512, T *avx2, T *plain)
{
    return __builtin_cpu_supports("x86-64-v4") != 0   ? avx512
           : __builtin_cpu_supports("x86-64-v3") != 0 ? avx2
                                                      : plain;
}
template <typename T>
T *chosen(T *avx512Vnni, T *avx512, T *avxVnni, T *avx2, T *plain)
{
    return chosen(__builtin_cpu_supports("avx512vnni") != 0 ? avx512Vnni : avx512,
                  __builtin_cpu_supports("avxvnni") != 0 ? avxVnni : avx2, plain);
}
#endif

} // namespace TorchLift::Kernels
