#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

namespace TorchLift {

/// Rows of a batch.
struct Rows
{
    std::int64_t first = 0;
    std::int64_t count = 0;
};

/// The next multiple of `step` that is not below `count`.
template <typename Integer>
[[nodiscard]] constexpr Integer roundedUp(Integer count, Integer step)
{
    return (count + step - 1) / step * step;
}

/// Calls `work` for each of `stages` with all of `rows`, block by block; a stage begins when the
/// one before is done. The blocks, multiples of `step` but for the last, are handed out to up to
/// `threads`, the caller's among them: no more than have rows enough to be worth it, and one that
/// another program holds up takes fewer. With one thread there is one block. Each is made ready to
/// compute with torch (Encoder::prepareThread()). The first exception ends all and is thrown again.
void computeInStages(std::int64_t rows, std::int64_t step, std::size_t threads, std::size_t stages,
                     const std::function<void(std::size_t stage, Rows)> &work);

} // namespace TorchLift
