#include "retrieval/deviceindex.h"

#include <algorithm>

#include "index/besthits.h"
#include "index/dotproduct.h"

namespace TorchLift {

namespace {

class DeviceIndex final : public VectorIndex
{
public:
    explicit DeviceIndex(std::unique_ptr<const DeviceVectors> vectors)
        : m_vectors(std::move(vectors))
    {}

    [[nodiscard]] std::size_t dimension() const noexcept override { return m_vectors->dimension(); }
    [[nodiscard]] std::size_t size() const noexcept override { return m_vectors->size(); }

    [[nodiscard]] Result<std::vector<VectorHit>> search(std::span<const float> query, std::size_t k,
                                                        const RowFilter &filter) const override
    {
        if (query.size() != dimension() || !areFinite(query)) {
            return fail(Errc::InvalidArgument,
                        "the query has another dimension or values that are not finite");
        }
        // Asks for more than `k` until enough pass the filter, and until the worst that was fetched
        // is behind them: equal scores come in any order.
        for (std::size_t count = std::min(2 * k + 16, size());;
             count = std::min(4 * count, size())) {
            const auto hits = m_vectors->nearest(query, count);
            if (!hits) {
                return tl::unexpected(hits.error());
            }
            BestHits best(std::min(k, size()));
            for (const DeviceVectors::Hit &hit : *hits) {
                if (!filter || filter(hit.row)) {
                    best.offer({hit.row, hit.score});
                }
            }
            auto found = best.take();
            const bool isEnough =
                found.size() == k && (k == 0 || found.back().score > hits->back().score);
            if (isEnough || count == size()) {
                return found;
            }
        }
    }

private:
    std::unique_ptr<const DeviceVectors> m_vectors;
};

} // namespace

std::unique_ptr<VectorIndex> makeDeviceIndex(std::unique_ptr<const DeviceVectors> vectors)
{
    return std::make_unique<DeviceIndex>(std::move(vectors));
}

} // namespace TorchLift
