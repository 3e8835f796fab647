#include <array>

#include "index/besthits.h"
#include "index/dotproduct.h"
#include "index/vectorindex.h"

namespace TorchLift {

namespace {

class ExactIndex final : public VectorIndex
{
public:
    ExactIndex(std::vector<float> vectors, std::size_t dimension)
        : m_vectors(std::move(vectors))
        , m_dimension(dimension)
    {}

    [[nodiscard]] std::size_t dimension() const noexcept override { return m_dimension; }
    [[nodiscard]] std::size_t size() const noexcept override
    {
        return m_vectors.size() / m_dimension;
    }

    [[nodiscard]] Result<std::vector<VectorHit>> search(std::span<const float> query, std::size_t k,
                                                        const RowFilter &filter) const override
    {
        if (query.size() != m_dimension || !areFinite(query)) {
            return fail(Errc::InvalidArgument,
                        "the query has another dimension or values that are not finite");
        }
        BestHits best(std::min(k, size()));
        std::array<float, 256> scores{};
        for (std::size_t first = 0; first < size(); first += scores.size()) {
            const std::size_t count = std::min(scores.size(), size() - first);
            dotProducts(query.data(), m_vectors.data() + first * m_dimension, m_dimension,
                        std::span(scores).first(count));
            for (std::size_t i = 0; i < count; ++i) {
                if (!filter || filter(first + i)) {
                    best.offer({first + i, scores[i]});
                }
            }
        }
        return best.take();
    }

private:
    std::vector<float> m_vectors;
    std::size_t m_dimension;
};

} // namespace

Result<std::unique_ptr<VectorIndex>> makeExactIndex(std::vector<float> vectors,
                                                    std::size_t dimension)
{
    if (dimension == 0 || vectors.size() % dimension != 0 || !areFinite(vectors)) {
        return fail(Errc::InvalidArgument,
                    "the vectors do not fit the dimension or have values that are not finite");
    }
    return std::make_unique<ExactIndex>(std::move(vectors), dimension);
}

} // namespace TorchLift
