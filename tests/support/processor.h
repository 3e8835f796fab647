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

/// Whether oneDNN may compute other precisions than fp32 here: AVX-512 with bytes and words, or the
/// conversions of AVX2.
inline bool hasProductsOfOneDnn()
{
    const std::string text = processorText();
    return text.find(" avx512bw") != std::string::npos
           || text.find(" avx_ne_convert") != std::string::npos;
}

inline bool isOfIntel()
{
    return processorText().find("GenuineIntel") != std::string::npos;
}
