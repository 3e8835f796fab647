#pragma once

#include <fstream>
#include <iterator>
#include <string>

/// What the kernel says of the processors.
inline std::string processorText()
{
    std::ifstream file("/proc/cpuinfo");
    return {std::istreambuf_iterator<char>(file), {}};
}

/// Whether oneDNN computes bf16 here: AVX-512 with bytes and words, or the conversions of AVX2.
inline bool computesBf16()
{
    const std::string text = processorText();
    return text.find(" avx512bw") != std::string::npos
           || text.find(" avx_ne_convert") != std::string::npos;
}

inline bool isOfIntel()
{
    return processorText().find("GenuineIntel") != std::string::npos;
}

/// Ends a test function that needs it.
#define TORCHLIFT_NEED_BF16()                                                                      \
    if (!computesBf16()) {                                                                         \
        QSKIP("this processor does not compute bf16");                                             \
    }
