#include "vectorstores/enginecollection.h"

#include <utility>

namespace TorchLift {

EngineCollection::EngineCollection(std::unique_ptr<RestClient> rest)
    : m_rest(std::move(rest))
{}

Result<std::optional<std::size_t>> EngineCollection::dimension(std::stop_token stop)
{
    auto known = describe(stop);
    if (known) {
        m_dimension = *known;
    }
    return known;
}

Result<std::size_t> EngineCollection::knownDimension(const std::stop_token &stop)
{
    if (!m_dimension) {
        if (auto known = dimension(stop); !known) {
            return tl::unexpected(known.error());
        }
    }
    return m_dimension ? Result<std::size_t>(*m_dimension)
                       : fail(Errc::NotFound, "the collection does not exist", name(),
                              "torchlift-cli corpus push");
}

Result<void> EngineCollection::settleDimension(std::size_t known, std::size_t wanted)
{
    if (known != wanted) {
        return fail(Errc::Incompatible,
                    "the collection holds vectors of " + std::to_string(known)
                        + " numbers, the model gives " + std::to_string(wanted),
                    name(), "name another collection, or the model that filled it");
    }
    m_dimension = wanted;
    return {};
}

} // namespace TorchLift
