#include "embedding/module/rowstages.h"

#include <algorithm>
#include <atomic>
#include <barrier>
#include <exception>
#include <thread>
#include <vector>

#include <c10/core/InferenceMode.h>

#include "embedding/module/bertencoder.h"

namespace TorchLift {

namespace {

// Each block reads all the weights: with fewer rows than this, that is what takes the time.
constexpr std::int64_t kFewestRows = 16;
// For each thread. More are shared out more evenly, and lay out keys and values more often.
constexpr std::int64_t kBlocks = 2;

} // namespace

void computeInStages(std::int64_t rows, std::int64_t step, std::size_t threads, std::size_t stages,
                     const std::function<void(std::size_t stage, Rows)> &work)
{
    const std::int64_t fewest = std::max(step, kFewestRows);
    const auto members =
        std::clamp<std::int64_t>(rows / fewest, 1, static_cast<std::int64_t>(threads));
    const std::int64_t block =
        members == 1 ? rows
                     : std::max(fewest, roundedUp((rows - 1) / (members * kBlocks) + 1, step));

    std::atomic<std::int64_t> next = 0;
    std::atomic<bool> hasFailed = false;
    std::exception_ptr failure; // of who sets hasFailed; to be read when all have ended
    const auto startStage = [&]() noexcept { next = 0; };
    std::barrier meeting(static_cast<std::ptrdiff_t>(members), startStage);
    const auto compute = [&] {
        Encoder::prepareThread();
        const c10::InferenceMode inference;
        for (std::size_t stage = 0; stage < stages; ++stage) {
            for (std::int64_t first = 0; !hasFailed && (first = next.fetch_add(block)) < rows;) {
                try {
                    work(stage, {first, std::min(block, rows - first)});
                } catch (...) {
                    if (!hasFailed.exchange(true)) {
                        failure = std::current_exception();
                    }
                }
            }
            meeting.arrive_and_wait();
        }
    };
    {
        std::vector<std::jthread> others;
        others.reserve(static_cast<std::size_t>(members));
        for (std::int64_t member = 1; member < members; ++member) {
            try {
                others.emplace_back(compute);
            } catch (...) { // there is no thread to be had: the others do its work
                meeting.arrive_and_drop();
            }
        }
        compute();
    }
    if (failure) {
        std::rethrow_exception(failure);
    }
}

} // namespace TorchLift
