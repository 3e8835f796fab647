#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/version.h"
#include "timeline/symbollife.h"

namespace TorchLift {

/// The releases that some code can have been written for.
struct SourceBounds
{
    Version oldest;
    Version newest;
    std::vector<std::string> oldestDecidedBy; ///< names that the release before `oldest` lacks
    std::vector<std::string> newestDecidedBy; ///< names that the release after `newest` lacks
    std::vector<std::string> unknown;         ///< names that no release has
    /// False where no release has all names: the bounds are then those that contradict.
    bool isPossible = true;
};

class PackageTable;
class PlatformFacts;

/// Which release has which symbol, with which parameters: of torch and torchvision for every
/// minor release from 1.0 to 2.10, as introspection of the installed releases found it, and of
/// NumPy and Python as far as it meets old torch code. Immutable; any thread may ask.
///
/// A release that is not listed counts as the nearest older one that is (2.7.1 as 2.7.0);
/// one before the oldest as the oldest.
class Timeline
{
public:
    /// Reads torch.tsv, torchvision.tsv and python.json of `folder` (resources/timeline).
    /// Takes some 10 ms. Errors: NotFound, Unreadable, Damaged (with the line), Incompatible.
    [[nodiscard]] static Result<std::shared_ptr<const Timeline>>
    load(const std::filesystem::path &folder);

    ~Timeline();
    Timeline(const Timeline &) = delete;
    Timeline &operator=(const Timeline &) = delete;

    /// The torch releases covered, oldest first.
    [[nodiscard]] std::span<const Version> releases() const noexcept;

    /// The torchvision version that belongs to torch `release`.
    [[nodiscard]] Version torchvisionFor(const Version &release) const noexcept;

    /// The life of a qualified name ("torch.nn.Linear.cuda": found in the base class too).
    /// nullopt: no release has it, or nothing is known about its package.
    [[nodiscard]] std::optional<SymbolLife> lookup(std::string_view name) const;

    /// Whether a name that lookup() does not know is known not to exist. False below modules whose
    /// contents are not listed (internals, optional parts), for names with a leading underscore
    /// on the way, of which only those that 1.x had are listed, and for other packages.
    [[nodiscard]] bool covers(std::string_view name) const;

    /// Whether `release` has the name, raising or not; releases are those of its package.
    [[nodiscard]] bool exists(std::string_view name, const Version &release) const;

    /// What happens to `name` when code written for `from` runs with `to`, worst first; releases
    /// are those of the name's package. What was so in `from` already is reported when it still
    /// hurts in `to` (Gone, Raises). Empty for unknown names: lookup() tells them apart.
    [[nodiscard]] std::vector<SymbolBreak> breaksBetween(std::string_view name, const Version &from,
                                                         const Version &to) const;

    /// At most `limit` public names of torch and torchvision that `release` has and that
    /// resemble `name`, most alike first: the same last part elsewhere, or a slip of the pen.
    [[nodiscard]] std::vector<std::string>
    similarNames(std::string_view name, const Version &release, std::size_t limit = 5) const;

    /// The torch releases in which all `names` can be used. Names of NumPy and Python, which
    /// say nothing about torch, are passed over.
    [[nodiscard]] SourceBounds sourceBounds(std::span<const std::string> names) const;

private:
    Timeline(std::unique_ptr<const PackageTable> torch,
             std::unique_ptr<const PackageTable> torchvision,
             std::unique_ptr<const PlatformFacts> facts);

    class Memory;

    [[nodiscard]] const PackageTable *tableOf(std::string_view name) const noexcept;
    [[nodiscard]] std::optional<SymbolLife> lifeOf(std::string_view name) const;

    std::unique_ptr<const PackageTable> m_torch;
    std::unique_ptr<const PackageTable> m_torchvision;
    std::unique_ptr<const PlatformFacts> m_facts;
    std::unique_ptr<Memory> m_lives; ///< what lookup() has answered: code asks for few names, often
};

} // namespace TorchLift
