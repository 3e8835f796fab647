#include "base/waiting.h"

#include <condition_variable>
#include <mutex>

namespace TorchLift {

bool waitFor(std::chrono::milliseconds time, const std::stop_token &stop)
{
    std::mutex mutex;
    std::condition_variable_any woken;
    std::unique_lock lock(mutex);
    woken.wait_for(lock, stop, time, [] { return false; });
    return !stop.stop_requested();
}

} // namespace TorchLift
