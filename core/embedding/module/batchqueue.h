#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "embedding/module/bertencoder.h"

namespace TorchLift {

/// A batch and the texts its sequences came from.
struct TokenBatch
{
    PackedBatch tokens;
    std::vector<std::size_t> texts; ///< one index for each sequence
};

/// Hands batches from the thread that tokenizes to those that compute; holds a few at most.
class BatchQueue
{
public:
    explicit BatchQueue(std::size_t capacity)
        : m_capacity(capacity)
    {}

    /// Waits for room. False: the queue was closed, the batch is dropped.
    bool push(TokenBatch batch)
    {
        std::unique_lock lock(m_mutex);
        m_hasRoom.wait(lock, [&] { return m_isClosed || m_batches.size() < m_capacity; });
        if (m_isClosed) {
            return false;
        }
        m_batches.push_back(std::move(batch));
        m_hasBatch.notify_one();
        return true;
    }

    /// Waits for a batch; nullopt once the queue is closed and empty.
    std::optional<TokenBatch> pop()
    {
        std::unique_lock lock(m_mutex);
        m_hasBatch.wait(lock, [&] { return m_isClosed || !m_batches.empty(); });
        if (m_batches.empty()) {
            return std::nullopt;
        }
        TokenBatch batch = std::move(m_batches.front());
        m_batches.pop_front();
        m_hasRoom.notify_one();
        return batch;
    }

    /// No more batches come; what is queued is still handed out.
    void close()
    {
        const std::lock_guard lock(m_mutex);
        m_isClosed = true;
        m_hasRoom.notify_all();
        m_hasBatch.notify_all();
    }

    /// The same, and what is queued is thrown away.
    void abandon()
    {
        close();
        const std::lock_guard lock(m_mutex);
        m_batches.clear();
    }

private:
    std::mutex m_mutex;
    std::condition_variable m_hasRoom;
    std::condition_variable m_hasBatch;
    std::deque<TokenBatch> m_batches;
    std::size_t m_capacity;
    bool m_isClosed = false;
};

} // namespace TorchLift
