#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "timeline/packagetable.h"
#include "timeline/symbollife.h"

namespace TorchLift {

/// One name followed through the releases of its table, which must outlive it.
class SymbolWalk
{
public:
    using Field = PackageTable::Field;

    SymbolWalk(const PackageTable &table, std::string_view name);

    /// Fills everything of a life but `package`; nullopt where no release has the name.
    [[nodiscard]] std::optional<SymbolLife> life() const;

    /// As Timeline::breaksBetween(), for indices of the table's releases.
    [[nodiscard]] std::vector<SymbolBreak> breaksBetween(std::size_t from, std::size_t to) const;

private:
    [[nodiscard]] bool isThere(std::size_t index) const { return m_entries[index] != nullptr; }
    [[nodiscard]] std::size_t count() const { return m_entries.size(); }
    [[nodiscard]] const Version &release(std::size_t index) const;
    [[nodiscard]] std::string_view value(Field field, std::size_t index) const;
    [[nodiscard]] SymbolKind kind(std::size_t index) const;
    [[nodiscard]] Signature signature(std::size_t index) const;

    [[nodiscard]] std::vector<Presence> presence() const;
    [[nodiscard]] std::vector<Signature> signatures() const;
    [[nodiscard]] std::optional<Notice> notice(Field field, std::size_t index) const;
    [[nodiscard]] SymbolBreak absence(std::size_t index) const;
    [[nodiscard]] std::optional<SymbolBreak> signatureBreak(std::size_t from, std::size_t to) const;

    /// The first release up to `index` from which on `holds` is true without a break.
    template <typename Predicate>
    [[nodiscard]] std::size_t since(std::size_t index, Predicate holds) const
    {
        while (index > 0 && holds(index - 1)) {
            --index;
        }
        return index;
    }

    const PackageTable &m_table;
    std::vector<const PackageTable::Entry *> m_entries; ///< for each release; nullptr: not there
};

} // namespace TorchLift
