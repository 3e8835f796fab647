#include <exception>

#include <hnswlib/hnswlib.h>

#include "index/besthits.h"
#include "index/dotproduct.h"
#include "index/vectorindex.h"

namespace TorchLift {

namespace {

/// hnswlib's own distances are compiled for one instruction set; ours choose at run time.
class InnerProduct final : public hnswlib::SpaceInterface<float>
{
public:
    explicit InnerProduct(std::size_t dimension)
        : m_dimension(dimension)
    {}

    std::size_t get_data_size() override { return m_dimension * sizeof(float); }
    hnswlib::DISTFUNC<float> get_dist_func() override { return distance; }
    void *get_dist_func_param() override { return &m_dimension; }

private:
    static float distance(const void *a, const void *b, const void *dimension)
    {
        return 1.0F
               - dotProduct(static_cast<const float *>(a), static_cast<const float *>(b),
                            *static_cast<const std::size_t *>(dimension));
    }

    std::size_t m_dimension;
};

class HnswIndex final : public VectorIndex
{
public:
    HnswIndex(std::span<const float> vectors, std::size_t dimension, const HnswOptions &options)
        : m_dimension(dimension)
        , m_efSearch(options.efSearch)
        , m_space(dimension)
        , m_graph(&m_space, vectors.size() / dimension, options.m, options.efConstruction)
    {
        m_graph.setEf(options.efSearch);
    }

    void add(const float *vector, std::size_t row) { m_graph.addPoint(vector, row); }

    [[nodiscard]] std::size_t dimension() const noexcept override { return m_dimension; }
    [[nodiscard]] std::size_t size() const noexcept override { return m_graph.cur_element_count; }

    [[nodiscard]] Result<std::vector<VectorHit>> search(std::span<const float> query, std::size_t k,
                                                        const RowFilter &filter) const override
    try {
        if (query.size() != m_dimension || !areFinite(query)) {
            return fail(Errc::InvalidArgument,
                        "the query has another dimension or values that are not finite");
        }
        k = std::min(k, size());
        if (k == 0) {
            return std::vector<VectorHit>();
        }
        // This hnswlib cannot filter: ask for more than is wanted and drop what may not pass.
        std::vector<VectorHit> hits = nearest(query, filter ? std::max(2 * k, m_efSearch) : k);
        if (filter) {
            std::erase_if(hits, [&](const VectorHit &hit) { return !filter(hit.row); });
            if (hits.size() < k) { // too few pass for the graph to be of use
                return scan(query, k, filter);
            }
            hits.resize(k);
        }
        return hits;
    } catch (const std::exception &error) {
        return fail(Errc::Internal, error.what());
    }

private:
    [[nodiscard]] std::vector<VectorHit> nearest(std::span<const float> query, std::size_t k) const
    {
        auto found = m_graph.searchKnn(query.data(), std::min(k, size()));
        BestHits best(found.size());
        for (; !found.empty(); found.pop()) {
            best.offer({found.top().second, 1.0F - found.top().first});
        }
        return best.take();
    }

    [[nodiscard]] std::vector<VectorHit> scan(std::span<const float> query, std::size_t k,
                                              const RowFilter &filter) const
    {
        BestHits best(k);
        for (std::size_t row = 0; row < size(); ++row) {
            if (filter(row)) { // rows were added in order: label and internal number are the same
                const auto *vector = reinterpret_cast<const float *>(
                    m_graph.getDataByInternalId(static_cast<hnswlib::tableint>(row)));
                best.offer({row, dotProduct(query.data(), vector, m_dimension)});
            }
        }
        return best.take();
    }

    std::size_t m_dimension;
    std::size_t m_efSearch;
    InnerProduct m_space; // outlives the graph, which points to it
    hnswlib::HierarchicalNSW<float> m_graph;
};

} // namespace

Result<std::unique_ptr<VectorIndex>> makeHnswIndex(std::span<const float> vectors,
                                                   std::size_t dimension,
                                                   const HnswOptions &options, std::stop_token stop)
try {
    if (dimension == 0 || vectors.size() % dimension != 0 || !areFinite(vectors)) {
        return fail(Errc::InvalidArgument,
                    "the vectors do not fit the dimension or have values that are not finite");
    }
    if (options.m < 2 || options.m > 1000 || options.efConstruction == 0 || options.efSearch == 0) {
        return fail(Errc::InvalidArgument, "m, efConstruction or efSearch is out of range");
    }
    auto index = std::make_unique<HnswIndex>(vectors, dimension, options);
    for (std::size_t row = 0; row < vectors.size() / dimension; ++row) {
        if (stop.stop_requested()) {
            return fail(Errc::Cancelled, "building the index was cancelled");
        }
        index->add(vectors.data() + row * dimension, row);
    }
    return index;
} catch (const std::exception &error) {
    return fail(Errc::Internal, error.what());
}

} // namespace TorchLift
