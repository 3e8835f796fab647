#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

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

/// The word for `kind` in files and JSON: "function".
[[nodiscard]] const char *symbolKindName(SymbolKind kind) noexcept;

/// The inverse; nullopt for any other word.
[[nodiscard]] std::optional<SymbolKind> parseSymbolKind(std::string_view word) noexcept;

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

/// Releases that have a symbol: from `first` on, up to the one before `gone`.
struct Presence
{
    Version first;
    std::optional<Version> gone; ///< nullopt: the newest known release has it

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

} // namespace TorchLift
