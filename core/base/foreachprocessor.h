// Includes TORCHLIFT_BODY once for each instruction set, compiled for it, in a namespace of its own
// with the vectors of lanes.h; TORCHLIFT_CHOSEN(name) is then the version for this processor. So a
// kernel is written once. (GCC's target_clones do the same for loops alone: vectors that are
// written out it takes apart, number by number, before it knows what set they are for.)
// With TORCHLIFT_WITH_VNNI there are versions, too, for processors that add up products of integers
// in one instruction; in those TORCHLIFT_VNNI is defined.
// No include guard: a file says what its body is and includes this.
#include "base/processor.h"

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#pragma GCC push_options
#pragma GCC target("arch=x86-64-v4")
#define TORCHLIFT_LANES 16
namespace TorchLift::Kernels::Avx512 {
#include "base/lanes.h"
#include TORCHLIFT_BODY
} // namespace TorchLift::Kernels::Avx512
#undef TORCHLIFT_LANES
#pragma GCC pop_options

#pragma GCC push_options
#pragma GCC target("arch=x86-64-v3")
#define TORCHLIFT_LANES 8
namespace TorchLift::Kernels::Avx2 {
#include "base/lanes.h"
#include TORCHLIFT_BODY
} // namespace TorchLift::Kernels::Avx2
#undef TORCHLIFT_LANES
#pragma GCC pop_options

#ifdef TORCHLIFT_WITH_VNNI
#define TORCHLIFT_VNNI
#pragma GCC push_options
#pragma GCC target("arch=x86-64-v4,avx512vnni")
#define TORCHLIFT_LANES 16
namespace TorchLift::Kernels::Avx512Vnni {
#include "base/lanes.h"
#include TORCHLIFT_BODY
} // namespace TorchLift::Kernels::Avx512Vnni
#undef TORCHLIFT_LANES
#pragma GCC pop_options

#pragma GCC push_options
#pragma GCC target("arch=x86-64-v3,avxvnni")
#define TORCHLIFT_LANES 8
namespace TorchLift::Kernels::AvxVnni {
#include "base/lanes.h"
#include TORCHLIFT_BODY
} // namespace TorchLift::Kernels::AvxVnni
#undef TORCHLIFT_LANES
#pragma GCC pop_options
#undef TORCHLIFT_VNNI
#define TORCHLIFT_CHOSEN(...)                                                                      \
    chosen(&Avx512Vnni::__VA_ARGS__, &Avx512::__VA_ARGS__, &AvxVnni::__VA_ARGS__,                  \
           &Avx2::__VA_ARGS__, &Plain::__VA_ARGS__)
#else
#define TORCHLIFT_CHOSEN(...) chosen(&Avx512::__VA_ARGS__, &Avx2::__VA_ARGS__, &Plain::__VA_ARGS__)
#endif
#else
#define TORCHLIFT_CHOSEN(...) (&Plain::__VA_ARGS__)
#endif

#define TORCHLIFT_LANES 4
namespace TorchLift::Kernels::Plain {
#include "base/lanes.h"
#include TORCHLIFT_BODY
} // namespace TorchLift::Kernels::Plain
#undef TORCHLIFT_LANES
