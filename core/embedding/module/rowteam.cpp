#include "embedding/module/rowteam.h"

#include <algorithm>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

#include <ATen/ops/empty.h>

namespace TorchLift {

namespace {

// Each thread reads all the weights: with fewer rows than this, that is what takes the time.
constexpr std::int64_t kFewestRows = 16;

std::size_t threadsFor(std::int64_t rows, std::int64_t step, std::size_t threads)
{
    const std::int64_t fewest = std::max(step, kFewestRows);
    return static_cast<std::size_t>(
        std::clamp<std::int64_t>(rows / fewest, 1, static_cast<std::int64_t>(threads)));
}

} // namespace

RowTeam::RowTeam(std::int64_t rows, std::int64_t step, std::size_t threads, std::int64_t columns,
                 at::ScalarType type)
    : m_rows(rows)
    , m_step(step)
    , m_threads(threadsFor(rows, step, threads))
    , m_meeting(static_cast<std::ptrdiff_t>(m_threads), Turn{&m_turn})
{
    if (m_threads > 1) {
        for (at::Tensor &whole : m_whole) {
            whole = at::empty({rows, columns}, type);
        }
    }
}

void RowTeam::run(const std::function<void(Rows)> &work)
{
    std::mutex mutex;
    std::exception_ptr failure;
    const auto giveUp = [&] {
        m_meeting.arrive_and_drop(); // nobody waits for this one
        const std::lock_guard lock(mutex);
        if (!failure) {
            failure = std::current_exception();
        }
    };
    const std::int64_t steps = m_rows / m_step;
    const auto parts = static_cast<std::int64_t>(m_threads);
    const auto begin = [&](std::int64_t part) {
        return part == parts ? m_rows : steps * part / parts * m_step;
    };
    const auto computePart = [&](std::int64_t part) {
        try {
            work({begin(part), begin(part + 1) - begin(part)});
        } catch (...) {
            giveUp();
        }
    };
    {
        std::vector<std::jthread> others;
        others.reserve(m_threads);
        for (std::int64_t part = 1; part < parts; ++part) {
            try {
                others.emplace_back([&, part] { computePart(part); });
            } catch (...) { // there is no thread to be had
                giveUp();
            }
        }
        computePart(0);
    }
    if (failure) {
        std::rethrow_exception(failure);
    }
}

at::Tensor RowTeam::gather(const at::Tensor &own, Rows rows)
{
    if (m_threads == 1) {
        return own;
    }
    const at::Tensor &whole = m_whole[m_turn % m_whole.size()];
    whole.narrow(0, rows.first, rows.count).copy_(own);
    m_meeting.arrive_and_wait();
    return whole;
}

} // namespace TorchLift
