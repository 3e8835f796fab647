#pragma once

#include <functional>
#include <string>

namespace TorchLift {

/// How far a long operation is. `total` 0: not known yet. `unit` is a stable English key
/// ("chunks", "bytes", "runs") that views translate.
struct Progress
{
    std::string stage; ///< stable key: "embedding", "validating", "downloading" ...
    double done = 0;
    double total = 0;
    std::string unit;
};

/// Called on the thread that works, often: it must return quickly. May be empty.
using ProgressCallback = std::function<void(const Progress &)>;

} // namespace TorchLift
