#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "index/vectorcollection.h"
#include "vectorstores/restclient.h"

namespace TorchLift {

/// What the collections of all engines have in common: the way to the server, and the dimension,
/// which is asked for once.
class EngineCollection : public VectorCollection
{
public:
    Result<std::optional<std::size_t>> dimension(std::stop_token stop) final;

protected:
    explicit EngineCollection(std::unique_ptr<RestClient> rest);

    /// Asks the server: as dimension().
    [[nodiscard]] virtual Result<std::optional<std::size_t>>
    describe(const std::stop_token &stop) = 0;
    /// What errors are about.
    [[nodiscard]] virtual std::string name() const = 0;

    /// Errors: those of describe(); NotFound for a collection that does not exist.
    [[nodiscard]] Result<std::size_t> knownDimension(const std::stop_token &stop);
    /// Takes the dimension of a collection that is there. Errors: Incompatible unless it is the
    /// one that is wanted.
    [[nodiscard]] Result<void> settleDimension(std::size_t known, std::size_t wanted);

    [[nodiscard]] RestClient &rest() const { return *m_rest; }
    void forgetDimension() { m_dimension.reset(); }

private:
    std::unique_ptr<RestClient> m_rest;
    std::optional<std::size_t> m_dimension;
};

} // namespace TorchLift
