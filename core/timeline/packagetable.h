#pragma once

#include <cstddef>
#include <cstdint>
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

/// One package's names over its releases: a .tsv file of resources/timeline, kept as text and
/// read where it is asked for. Releases are counted by their index. Immutable.
class PackageTable
{
public:
    /// One bit for each release, the oldest lowest.
    using Releases = std::uint64_t;

    /// What a line says about a name.
    enum class Field : char {
        Kind = 'k',
        Signature = 's',
        Deprecated = 'd',
        Raises = 'r',
        Alias = 'a',  ///< the name that describes the same object
        Bases = 'b',  ///< of a class, separated by blanks
        Closed = 'c', ///< a module whose names are not listed, and why
    };

    struct Entry
    {
        std::string_view name;
        std::string_view fields; ///< separated by tabs, each "s 1.2 i (input)"
        Releases present = 0;
        SymbolKind kind = SymbolKind::Function; ///< in the first release
    };

    /// Takes over a file's text. Errors: Damaged with the line's number; Incompatible when a
    /// newer TorchLift wrote it. `fileName` is for messages.
    [[nodiscard]] static Result<std::unique_ptr<const PackageTable>>
    parse(std::string text, const std::string &fileName);

    [[nodiscard]] std::span<const Version> releases() const noexcept { return m_releases; }
    /// The package's own version for each of releases().
    [[nodiscard]] std::span<const Version> versions() const noexcept { return m_versions; }
    [[nodiscard]] std::span<const Entry> entries() const noexcept { return m_entries; }

    /// The index of the newest release that is not after `release`; 0 before the oldest.
    [[nodiscard]] std::size_t indexOf(const Version &release) const noexcept;

    /// The entry that describes `name` in release `index`: its own, that of another name of the
    /// same object, or that of a base class; nullptr where that release has no such name.
    [[nodiscard]] const Entry *resolve(std::string_view name, std::size_t index) const;

    /// What `entry` says in release `index`; empty where it says nothing.
    [[nodiscard]] std::string_view value(const Entry &entry, Field field, std::size_t index) const;
    [[nodiscard]] SymbolKind kind(const Entry &entry, std::size_t index) const;

    /// Whether the table lists everything that could be called `name`.
    [[nodiscard]] bool covers(std::string_view name) const;

    /// The releases that have `name`, and those in which using it does not always fail.
    [[nodiscard]] Releases presence(std::string_view name) const;
    [[nodiscard]] Releases usable(std::string_view name) const;

private:
    PackageTable() = default;

    [[nodiscard]] const Entry *find(std::string_view name) const noexcept;
    [[nodiscard]] const Entry *resolve(std::string_view name, std::size_t index, int depth) const;
    [[nodiscard]] const Entry *resolveMember(std::string_view name, std::size_t index,
                                             int depth) const;
    [[nodiscard]] bool readHeader(std::string_view line);
    [[nodiscard]] bool readEntry(std::string_view line);
    [[nodiscard]] bool readPresence(std::string_view text, Releases &present) const;
    [[nodiscard]] bool isField(std::string_view text) const;
    [[nodiscard]] std::optional<std::size_t> indexOfShort(std::string_view text) const noexcept;

    std::string m_text;
    std::vector<Version> m_releases;
    std::vector<std::string> m_shortNames; ///< "1.13" for each release
    std::vector<Version> m_versions;
    std::vector<Entry> m_entries; ///< views into m_text, sorted by name
    std::size_t m_expected = 0;   ///< how many entries the header promises
    bool m_isNewer = false;
};

} // namespace TorchLift
