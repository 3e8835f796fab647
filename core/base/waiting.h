#pragma once

#include <chrono>
#include <stop_token>

namespace TorchLift {

/// Blocks for `time`, or until it is stopped. False when it was.
[[nodiscard]] bool waitFor(std::chrono::milliseconds time, const std::stop_token &stop);

} // namespace TorchLift
