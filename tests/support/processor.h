#pragma once

#include <fstream>
#include <iterator>
#include <string>

/// Whether oneDNN computes bf16 on this processor, by what the processor says of itself: AVX-512
/// with bytes and words, or the conversions of AVX2.
inline bool computesBf16()
{
    std::ifstream file("/proc/cpuinfo");
    const std::string text(std::istreambuf_iterator<char>(file), {});
    return text.find(" avx512bw") != std::string::npos
           || text.find(" avx_ne_convert") != std::string::npos;
}

/// Ends a test function that needs it.
#define TORCHLIFT_NEED_BF16()                                                                      \
    if (!computesBf16()) {                                                                         \
        QSKIP("this processor does not compute bf16");                                             \
    }
