#pragma once

#include <array>
#include <barrier>
#include <cstddef>
#include <cstdint>
#include <functional>

#include <ATen/core/TensorBody.h>

namespace TorchLift {

/// Rows of a batch.
struct Rows
{
    std::int64_t first = 0;
    std::int64_t count = 0;
};

/// Threads that compute one batch together, each the rows that are its own. They need each other's
/// only for attention: there they meet.
class RowTeam
{
public:
    /// Up to `threads` of them share `rows`, in steps of `step`: no more than have rows enough to
    /// be worth it. What they will gather has `columns`, in `type`.
    RowTeam(std::int64_t rows, std::int64_t step, std::size_t threads, std::int64_t columns,
            at::ScalarType type);

    /// Calls `work` once on each thread, the caller's among them, and waits for all. The first
    /// exception of any is thrown again; the others go on without that thread.
    void run(const std::function<void(Rows)> &work);

    /// [rows, columns] of all, once each has come here with those of its own; to be read until
    /// the calling thread comes here again.
    [[nodiscard]] at::Tensor gather(const at::Tensor &own, Rows rows);

private:
    // Two wholes in turn: while one is read, the next is written.
    struct Turn
    {
        std::size_t *turn;
        void operator()() const noexcept { ++*turn; }
    };

    std::int64_t m_rows;
    std::int64_t m_step;
    std::size_t m_threads;
    std::array<at::Tensor, 2> m_whole;
    std::size_t m_turn = 0;
    std::barrier<Turn> m_meeting;
};

} // namespace TorchLift
