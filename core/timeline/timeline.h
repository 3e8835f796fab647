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

namespace TorchLift {

enum class SymbolKind {
    Module,
    Class,
    Function,
    Method,
    Property,
    Attribute,
    Syntax,    ///< a form of the language: the print statement
    Behaviour, ///< still runs, gives something else: integer division
};

[[nodiscard]] const char *symbolKindName(SymbolKind kind) noexcept;

/// Whose release numbers a symbol's life is counted in.
/// torchvision's lives are counted in the torch releases that its versions belong to.
enum class Package { Torch, Torchvision, Numpy, Python };

[[nodiscard]] const char *packageName(Package package) noexcept;

/// Where parameters were read. Only the first two are what the interpreter checks itself.
enum class SignatureOrigin {
    Source,    ///< the Python function
    Schema,    ///< the operator's schema; `out` and keyword-only marks are not in it
    Docstring, ///< the docstring's first lines: early releases often misname parameters there
};

/// What callers may pass from release `since` on.
struct Signature
{
    Version since;
    SignatureOrigin origin = SignatureOrigin::Source;
    /// "(input, eigenvectors=False)": without types and receiver; overloads are separated by
    /// " | ". Empty: not known from this release on.
    std::string parameters;

    bool operator==(const Signature &) const = default;
};

/// Something said about a symbol from release `since` on; the package's own words, shortened.
struct Notice
{
    Version since;
    std::string message;

    bool operator==(const Notice &) const = default;
};

/// Releases that have a symbol, both ends included; without `last` the newest known has it.
struct Presence
{
    Version first;
    std::optional<Version> last;

    bool operator==(const Presence &) const = default;
};

/// From when to when a symbol exists, and what became of it.
struct SymbolLife
{
    std::string name; ///< as it was asked for
    /// The shorter name that the newest release having it describes the same object under:
    /// "torch.conv1d" for "torch.nn.functional.conv1d". Equal to `name` mostly.
    std::string describedAs;
    Package package = Package::Torch;
    SymbolKind kind = SymbolKind::Function; ///< in the newest release that has it
    std::vector<Presence> presence;         ///< never empty, oldest first
    /// First release that has it; the oldest known one for all that is older.
    Version born;
    /// First release after the last that has it; nullopt while it is there.
    std::optional<Version> gone;
    std::optional<Notice> deprecated;  ///< as the newest release that has it says
    std::optional<Notice> raises;      ///< calling (or importing) it always fails since then
    std::vector<Signature> signatures; ///< one for each change, oldest first
    std::string replacement;           ///< what to write instead; NumPy and Python only
};

enum class BreakKind {
    Missing,          ///< the old release, or both, are older than the symbol
    Gone,             ///< not there in the new release
    Raises,           ///< there, but every call fails
    KindChanged,      ///< a function became a module, and so on
    SignatureChanged, ///< takes other parameters
    Deprecated,       ///< works and warns, or is said to go
    BehaviourChanged, ///< works and gives something else
};

[[nodiscard]] const char *breakKindName(BreakKind kind) noexcept;

/// One thing that happens to a symbol between two releases.
struct SymbolBreak
{
    BreakKind kind = BreakKind::Gone;
    Version since;      ///< the release in which it happened
    std::string before; ///< SignatureChanged: the parameters; KindChanged: the kind's name
    std::string after;  ///< the same; Raises, Deprecated: the message; Gone: the replacement
    /// SignatureChanged: parameters that no overload takes any more. Empty where parameters were
    /// only added, moved or given other defaults.
    std::vector<std::string> lost;
    /// False where it rests on a docstring's parameters, or on a wrapper's (*args, **kwargs).
    bool isCertain = true;
};

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

    [[nodiscard]] const PackageTable *tableOf(std::string_view name) const noexcept;

    std::unique_ptr<const PackageTable> m_torch;
    std::unique_ptr<const PackageTable> m_torchvision;
    std::unique_ptr<const PlatformFacts> m_facts;
};

} // namespace TorchLift
