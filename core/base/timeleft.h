#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "base/progress.h"

namespace TorchLift {

/// How long a stage will still take, from how long it took so far. One for each operation that is
/// watched; a new stage or a smaller number starts it anew.
class TimeLeft
{
public:
    using Clock = std::chrono::steady_clock;

    /// Seconds; nothing while too little was seen to say (two seconds, or 2 % of the work), and at
    /// the end. What was done before the first call (a download that goes on) is not counted.
    [[nodiscard]] std::optional<double> after(const Progress &progress,
                                              Clock::time_point now = Clock::now());

private:
    std::string m_stage;
    double m_first = 0;
    double m_last = 0;
    Clock::time_point m_start;
};

} // namespace TorchLift
