#include "timeline/packagetable.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace TorchLift {
namespace {

constexpr int kSchema = 1;
constexpr int kDepth = 8; // longest chain of aliases and base classes followed
constexpr std::string_view kMagic = "torchlift-timeline";

/// Cuts `text` up to the next `separator` off its front and returns it.
std::string_view takeUntil(std::string_view &text, char separator)
{
    const std::size_t end = std::min(text.find(separator), text.size());
    const std::string_view part = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return part;
}

std::optional<std::size_t> parseNumber(std::string_view text)
{
    std::size_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) {
        return std::nullopt;
    }
    return number;
}

PackageTable::Releases bit(std::size_t index)
{
    return PackageTable::Releases(1) << index;
}

} // namespace

Result<std::unique_ptr<const PackageTable>> PackageTable::parse(std::string text,
                                                                const std::string &fileName)
{
    std::unique_ptr<PackageTable> table(new PackageTable);
    table->m_text = std::move(text);
    std::string_view rest = table->m_text;
    for (std::size_t line = 1; !rest.empty(); ++line) {
        const bool isWhole = rest.find('\n') != std::string_view::npos;
        const std::string_view content = takeUntil(rest, '\n');
        const bool isGood =
            table->m_expected == 0 ? table->readHeader(content) : table->readEntry(content);
        if (table->m_isNewer) {
            return fail(Errc::Incompatible, "written by a newer TorchLift", fileName);
        }
        if (!isGood || !isWhole) {
            return fail(Errc::Damaged, "line " + std::to_string(line) + " of the timeline is wrong",
                        fileName);
        }
    }
    if (table->m_entries.empty() || table->m_entries.size() != table->m_expected) {
        return fail(Errc::Damaged, "the timeline's end is missing", fileName);
    }
    return table;
}

bool PackageTable::readHeader(std::string_view line)
{
    const std::string_view key = takeUntil(line, '\t');
    if (key == kMagic) {
        const auto schema = parseNumber(takeUntil(line, '\t'));
        m_isNewer = schema.has_value() && *schema > kSchema;
        return schema == kSchema;
    }
    if (key == "names" && !m_releases.empty()) {
        const auto count = parseNumber(line);
        m_expected = count.value_or(0);
        m_entries.reserve(std::min(m_expected, m_text.size() / 8)); // a line has 8 bytes or more
        return m_expected > 0 && (m_versions.empty() || m_versions.size() == m_releases.size());
    }
    if (key != "releases" && key != "versions") {
        return false;
    }
    std::vector<Version> &versions = key == "releases" ? m_releases : m_versions;
    while (!line.empty()) {
        const auto version = Version::parse(takeUntil(line, '\t'));
        if (!version || (!versions.empty() && *version <= versions.back())) {
            return false;
        }
        versions.push_back(*version);
        if (key == "releases") {
            m_shortNames.push_back(version->toShortString());
        }
    }
    return !versions.empty() && versions.size() <= sizeof(Releases) * 8;
}

bool PackageTable::readEntry(std::string_view line)
{
    Entry entry;
    entry.name = takeUntil(line, '\t');
    const auto kind = parseSymbolKind(takeUntil(line, '\t'));
    const std::string_view presence = takeUntil(line, '\t');
    const bool isSorted = m_entries.empty() || m_entries.back().name < entry.name;
    if (entry.name.empty() || !kind || !isSorted || !readPresence(presence, entry.present)) {
        return false;
    }
    entry.kind = *kind;
    entry.fields = line;
    while (!line.empty()) {
        if (!isField(takeUntil(line, '\t'))) {
            return false;
        }
    }
    m_entries.push_back(entry);
    return true;
}

bool PackageTable::readPresence(std::string_view text, Releases &present) const
{
    while (!text.empty()) {
        std::string_view last = takeUntil(text, ',');
        const auto from = indexOfShort(takeUntil(last, '-'));
        const auto to = last.empty() ? m_releases.size() - 1 : indexOfShort(last);
        if (!from || !to || *to < *from) {
            return false;
        }
        for (std::size_t index = *from; index <= *to; ++index) {
            present |= bit(index);
        }
    }
    return present != 0;
}

bool PackageTable::isField(std::string_view text) const
{
    constexpr std::string_view tags = "ksdrabc";
    const std::string_view tag = takeUntil(text, ' ');
    return tag.size() == 1 && tags.find(tag) != std::string_view::npos
           && indexOfShort(takeUntil(text, ' ')).has_value()
           && (tag != "k" || parseSymbolKind(text).has_value());
}

std::optional<std::size_t> PackageTable::indexOfShort(std::string_view text) const noexcept
{
    const auto found = std::find(m_shortNames.begin(), m_shortNames.end(), text);
    if (found == m_shortNames.end()) {
        return std::nullopt;
    }
    return static_cast<std::size_t>(found - m_shortNames.begin());
}

std::size_t PackageTable::indexOf(const Version &release) const noexcept
{
    const auto after = std::upper_bound(m_releases.begin(), m_releases.end(), release);
    return after == m_releases.begin() ? 0
                                       : static_cast<std::size_t>(after - m_releases.begin()) - 1;
}

const PackageTable::Entry *PackageTable::find(std::string_view name) const noexcept
{
    const auto found = std::lower_bound(
        m_entries.begin(), m_entries.end(), name,
        [](const Entry &entry, std::string_view wanted) { return entry.name < wanted; });
    return found == m_entries.end() || found->name != name ? nullptr : &*found;
}

const PackageTable::Entry *PackageTable::resolve(std::string_view name, std::size_t index) const
{
    return resolve(name, index, 0);
}

const PackageTable::Entry *PackageTable::resolve(std::string_view name, std::size_t index,
                                                 int depth) const
{
    if (depth > kDepth) {
        return nullptr;
    }
    const Entry *entry = find(name);
    if (entry == nullptr || (entry->present & bit(index)) == 0) {
        return resolveMember(name, index, depth);
    }
    const std::string_view alias = value(*entry, Field::Alias, index);
    const Entry *described = alias.empty() ? nullptr : resolve(alias, index, depth + 1);
    return described == nullptr ? entry : described;
}

const PackageTable::Entry *PackageTable::resolveMember(std::string_view name, std::size_t index,
                                                       int depth) const
{
    const std::size_t dot = name.rfind('.');
    if (dot == std::string_view::npos) {
        return nullptr;
    }
    const std::string_view owner = name.substr(0, dot);
    const std::string member(name.substr(dot));
    const Entry *parent = resolve(owner, index, depth + 1);
    if (parent == nullptr) {
        return nullptr;
    }
    if (parent->name != owner) {
        return resolve(std::string(parent->name) + member, index, depth + 1);
    }
    std::string_view bases = value(*parent, Field::Bases, index);
    while (!bases.empty()) {
        const std::string inherited = std::string(takeUntil(bases, ' ')) + member;
        if (const Entry *entry = resolve(inherited, index, depth + 1)) {
            return entry;
        }
    }
    return nullptr;
}

std::string_view PackageTable::value(const Entry &entry, Field field, std::size_t index) const
{
    std::string_view fields = entry.fields;
    std::string_view found;
    while (!fields.empty()) {
        std::string_view text = takeUntil(fields, '\t');
        if (text.front() != static_cast<char>(field)) {
            continue;
        }
        text.remove_prefix(2);
        const std::string_view since = takeUntil(text, ' ');
        if (indexOfShort(since) > index) {
            break; // fields of a kind are in the order of releases
        }
        found = text;
    }
    return found;
}

bool PackageTable::covers(std::string_view name) const
{
    if (name.find("._") != std::string_view::npos) {
        return false;
    }
    const std::size_t newest = m_releases.size() - 1;
    for (std::size_t dot = name.find('.'); dot != std::string_view::npos;
         dot = name.find('.', dot + 1)) {
        const Entry *owner = find(name.substr(0, dot));
        if (owner != nullptr && !value(*owner, Field::Closed, newest).empty()) {
            return false;
        }
    }
    return true;
}

SymbolKind PackageTable::kind(const Entry &entry, std::size_t index) const
{
    return parseSymbolKind(value(entry, Field::Kind, index)).value_or(entry.kind);
}

PackageTable::Releases PackageTable::presence(std::string_view name) const
{
    Releases present = 0;
    for (std::size_t index = 0; index < m_releases.size(); ++index) {
        present |= resolve(name, index) == nullptr ? 0 : bit(index);
    }
    return present;
}

PackageTable::Releases PackageTable::usable(std::string_view name) const
{
    Releases usable = 0;
    for (std::size_t index = 0; index < m_releases.size(); ++index) {
        const Entry *entry = resolve(name, index);
        if (entry != nullptr && value(*entry, Field::Raises, index).empty()) {
            usable |= bit(index);
        }
    }
    return usable;
}

} // namespace TorchLift
