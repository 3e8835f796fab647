#pragma once

// The kernels of TORCHLIFT_BODY for every instruction set, and what their tests share.

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <random>
#include <type_traits>
#include <utility>
#include <vector>

#include <QtTest>

#include "embedding/module/gemm.h"
#include "embedding/module/kernels.h"

#define TORCHLIFT_WITH_VNNI
#include "base/foreachprocessor.h"

// The vectors of AVX-512 on any processor: the compiler takes them apart.
#define TORCHLIFT_LANES 16
#define TORCHLIFT_PORTABLE
namespace TorchLift::Kernels::Wide {
#include "base/lanes.h"
#include TORCHLIFT_BODY
} // namespace TorchLift::Kernels::Wide

using namespace TorchLift::Kernels;

template <typename Routines>
struct Set
{
    const char *name;
    bool isHere;
    Routines routines;
};

// ROUTINES(set) lists a test's Routines of one.
#define SET(name, set, isHere)                                                                     \
    Set<Routines>                                                                                  \
    {                                                                                              \
        name, isHere,                                                                              \
        {                                                                                          \
            ROUTINES(set)                                                                          \
        }                                                                                          \
    }
#define SETS_OF_VECTORS SET("plain", Plain, true), SET("wide", Wide, true)
#if defined(__x86_64__) && !defined(__clang__)
#define EVERY_SET                                                                                  \
    std::array                                                                                     \
    {                                                                                              \
        SETS_OF_VECTORS, SET("avx2", Avx2, __builtin_cpu_supports("x86-64-v3") != 0),              \
            SET("avx512", Avx512, __builtin_cpu_supports("x86-64-v4") != 0),                       \
            SET("avxvnni", AvxVnni, __builtin_cpu_supports("avxvnni") != 0),                       \
            SET("avx512vnni", Avx512Vnni, __builtin_cpu_supports("avx512vnni") != 0)               \
    }
#else
#define EVERY_SET                                                                                  \
    std::array                                                                                     \
    {                                                                                              \
        SETS_OF_VECTORS                                                                            \
    }
#endif

// A row of test data for each set that this processor has.
template <typename Sets>
void addSets(const Sets &sets)
{
    QTest::addColumn<int>("set");
    for (std::size_t i = 0; i < sets.size(); ++i) {
        if (sets[i].isHere) {
            QTest::newRow(sets[i].name) << static_cast<int>(i);
        }
    }
}

template <typename Sets>
auto fetchedSet(const Sets &sets)
{
    QFETCH(int, set);
    return sets[static_cast<std::size_t>(set)].routines;
}

inline std::vector<float> randomNumbers(std::size_t count, unsigned seed)
{
    std::mt19937 random(seed);
    std::uniform_real_distribution<float> number(-1, 1);
    std::vector<float> numbers(count);
    std::generate(numbers.begin(), numbers.end(), [&] { return number(random); });
    return numbers;
}

inline double gelu(double x)
{
    return 0.5 * x * (1 + std::erf(x / std::sqrt(2.0)));
}
