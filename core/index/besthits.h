#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "index/vectorindex.h"

namespace TorchLift {

/// Keeps the `k` best of the hits offered to it.
class BestHits
{
public:
    explicit BestHits(std::size_t k)
        : m_k(k)
    {}

    void offer(const VectorHit &hit)
    {
        if (m_hits.size() < m_k) {
            m_hits.push_back(hit);
            std::push_heap(m_hits.begin(), m_hits.end(), isBetter);
        } else if (m_k > 0 && isBetter(hit, m_hits.front())) {
            std::pop_heap(m_hits.begin(), m_hits.end(), isBetter);
            m_hits.back() = hit;
            std::push_heap(m_hits.begin(), m_hits.end(), isBetter);
        }
    }

    /// Best first; ties by lower row.
    [[nodiscard]] std::vector<VectorHit> take()
    {
        std::sort(m_hits.begin(), m_hits.end(), isBetter);
        return std::move(m_hits);
    }

private:
    static bool isBetter(const VectorHit &a, const VectorHit &b)
    {
        return a.score != b.score ? a.score > b.score : a.row < b.row;
    }

    std::size_t m_k;
    std::vector<VectorHit> m_hits; // a heap, the worst in front
};

} // namespace TorchLift
