#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "timeline/symbollife.h"

namespace TorchLift {

/// One thing of Python or NumPy that old torch code uses and that changed since.
struct PlatformFact
{
    std::string name; ///< "numpy.float", "collections.Mapping", "python.print-statement"
    Package package = Package::Python;
    SymbolKind kind = SymbolKind::Function;
    std::optional<Version> born;
    std::optional<Version> deprecated;
    std::optional<Version> gone;    ///< first release without it
    std::optional<Version> back;    ///< first release that has the name again, for something else
    std::optional<Version> raises;  ///< first release in which every call fails
    std::optional<Version> changed; ///< first release in which it gives something else
    std::string replacement;        ///< what to write instead; may be empty

    [[nodiscard]] SymbolLife life() const;
    /// As Timeline::breaksBetween().
    [[nodiscard]] std::vector<SymbolBreak> breaksBetween(const Version &from,
                                                         const Version &to) const;
};

/// resources/timeline/python.json: facts written by hand. Immutable.
class PlatformFacts
{
public:
    /// Errors: Damaged with what is wrong; Incompatible when a newer TorchLift wrote it.
    [[nodiscard]] static Result<std::unique_ptr<const PlatformFacts>>
    parse(std::string_view json, const std::string &fileName);

    /// nullptr where nothing is known about `name`.
    [[nodiscard]] const PlatformFact *find(std::string_view name) const noexcept;

private:
    explicit PlatformFacts(std::vector<PlatformFact> facts);

    std::vector<PlatformFact> m_facts; ///< sorted by name
};

} // namespace TorchLift
