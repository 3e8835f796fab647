#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <functional>
#include <thread>
#include <vector>

namespace TorchLift {

/// Calls `work` for every index below `count`, from as many threads as there are processors, the
/// caller's among them; returns when all are done. `work` must not throw.
inline void forEachIndex(std::size_t count, const std::function<void(std::size_t)> &work)
{
    std::atomic<std::size_t> next = 0;
    const auto run = [&] {
        for (std::size_t i = next++; i < count; i = next++) {
            work(i);
        }
    };
    const std::size_t helpers =
        std::min<std::size_t>(std::max(1U, std::thread::hardware_concurrency()), count);
    std::vector<std::jthread> threads;
    for (std::size_t i = 1; i < helpers; ++i) {
        threads.emplace_back(run);
    }
    run();
}

} // namespace TorchLift
