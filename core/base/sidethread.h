#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <thread>
#include <type_traits>
#include <utility>

namespace TorchLift {

/// Runs work beside the caller, one piece after the other, always on the same thread: libraries
/// that keep something for each thread (compiled kernels, buffers) find it again. The thread starts
/// with the first work; the destructor waits for what is under way and drops the rest, whose
/// futures then throw std::future_error. Any thread may call run().
class SideThread
{
public:
    SideThread() = default;
    SideThread(const SideThread &) = delete;
    SideThread &operator=(const SideThread &) = delete;

    ~SideThread()
    {
        {
            const std::lock_guard lock(m_mutex);
            m_isEnding = true;
            m_waiting.clear();
        }
        m_hasWork.notify_one();
        if (m_thread.joinable()) {
            m_thread.join();
        }
    }

    /// The future gives the work's result, or throws what it threw.
    template <typename Work>
    [[nodiscard]] auto run(Work work) -> std::future<std::invoke_result_t<Work>>
    {
        auto task =
            std::make_shared<std::packaged_task<std::invoke_result_t<Work>()>>(std::move(work));
        auto result = task->get_future();
        {
            const std::lock_guard lock(m_mutex);
            m_waiting.emplace_back([task = std::move(task)] { (*task)(); });
            if (!m_thread.joinable()) {
                m_thread = std::thread([this] { loop(); });
            }
        }
        m_hasWork.notify_one();
        return result;
    }

private:
    void loop()
    {
        for (;;) {
            std::unique_lock lock(m_mutex);
            m_hasWork.wait(lock, [this] { return m_isEnding || !m_waiting.empty(); });
            if (m_isEnding) {
                return;
            }
            const std::function<void()> work = std::move(m_waiting.front());
            m_waiting.pop_front();
            lock.unlock();
            work();
        }
    }

    std::mutex m_mutex;
    std::condition_variable m_hasWork;
    std::deque<std::function<void()>> m_waiting;
    bool m_isEnding = false;
    std::thread m_thread;
};

} // namespace TorchLift
