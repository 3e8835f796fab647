#include "base/timeleft.h"

namespace TorchLift {

std::optional<double> TimeLeft::after(const Progress &progress, Clock::time_point now)
{
    if (m_stage != progress.stage || progress.done < m_last || m_start == Clock::time_point()) {
        m_stage = progress.stage;
        m_first = progress.done;
        m_start = now;
    }
    m_last = progress.done;
    const double seconds = std::chrono::duration<double>(now - m_start).count();
    const double done = progress.done - m_first;
    constexpr double shortest = 2;
    constexpr double least = 0.02;
    if (progress.total <= progress.done || seconds < shortest || done < least * progress.total) {
        return std::nullopt;
    }
    return seconds / done * (progress.total - progress.done);
}

} // namespace TorchLift
