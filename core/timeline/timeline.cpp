#include "timeline/timeline.h"

#include <algorithm>
#include <bit>
#include <mutex>
#include <shared_mutex>
#include <unordered_map>
#include <utility>

#include "base/files.h"
#include "timeline/packagetable.h"
#include "timeline/platformfacts.h"
#include "timeline/similarnames.h"
#include "timeline/symbolwalk.h"

namespace TorchLift {
namespace {

using Releases = PackageTable::Releases;

bool has(Releases releases, std::size_t index)
{
    return ((releases >> index) & 1U) != 0;
}

std::size_t firstOf(Releases releases)
{
    return static_cast<std::size_t>(std::countr_zero(releases));
}

std::size_t lastOf(Releases releases)
{
    return static_cast<std::size_t>(std::bit_width(releases)) - 1;
}

Result<std::unique_ptr<const PackageTable>> loadTable(const std::filesystem::path &path)
{
    auto text = readFile(path);
    if (!text) {
        return tl::unexpected(text.error());
    }
    return PackageTable::parse(std::move(*text), path.string());
}

Result<std::unique_ptr<const PlatformFacts>> loadFacts(const std::filesystem::path &path)
{
    const auto text = readFile(path);
    if (!text) {
        return tl::unexpected(text.error());
    }
    return PlatformFacts::parse(*text, path.string());
}

} // namespace

class Timeline::Memory
{
public:
    /// Whether `name` was asked for before; then `life` is the answer.
    bool find(std::string_view name, std::optional<SymbolLife> &life) const
    {
        const std::shared_lock lock(m_mutex);
        const auto found = m_lives.find(std::string(name));
        if (found == m_lives.end()) {
            return false;
        }
        life = found->second;
        return true;
    }

    void keep(std::string_view name, const std::optional<SymbolLife> &life)
    {
        const std::unique_lock lock(m_mutex);
        if (m_lives.size() < kMostLives) {
            m_lives.try_emplace(std::string(name), life);
        }
    }

private:
    static constexpr std::size_t kMostLives = 20'000; // some 10 MB
    mutable std::shared_mutex m_mutex;
    std::unordered_map<std::string, std::optional<SymbolLife>> m_lives;
};

Timeline::Timeline(std::unique_ptr<const PackageTable> torch,
                   std::unique_ptr<const PackageTable> torchvision,
                   std::unique_ptr<const PlatformFacts> facts)
    : m_torch(std::move(torch))
    , m_torchvision(std::move(torchvision))
    , m_facts(std::move(facts))
    , m_lives(std::make_unique<Memory>())
{}

Timeline::~Timeline() = default;

Result<std::shared_ptr<const Timeline>> Timeline::load(const std::filesystem::path &folder)
{
    auto torch = loadTable(folder / "torch.tsv");
    if (!torch) {
        return tl::unexpected(torch.error());
    }
    auto torchvision = loadTable(folder / "torchvision.tsv");
    if (!torchvision) {
        return tl::unexpected(torchvision.error());
    }
    auto facts = loadFacts(folder / "python.json");
    if (!facts) {
        return tl::unexpected(facts.error());
    }
    const auto left = (*torch)->releases();
    const auto right = (*torchvision)->releases();
    if (!std::equal(left.begin(), left.end(), right.begin(), right.end())
        || (*torchvision)->versions().empty()) {
        return fail(Errc::Damaged, "torch and torchvision do not list the same releases",
                    folder.string());
    }
    return std::shared_ptr<const Timeline>(
        new Timeline(std::move(*torch), std::move(*torchvision), std::move(*facts)));
}

std::span<const Version> Timeline::releases() const noexcept
{
    return m_torch->releases();
}

Version Timeline::torchvisionFor(const Version &release) const noexcept
{
    return m_torchvision->versions()[m_torchvision->indexOf(release)];
}

const PackageTable *Timeline::tableOf(std::string_view name) const noexcept
{
    const std::string_view package = name.substr(0, name.find('.'));
    return package == "torch"         ? m_torch.get()
           : package == "torchvision" ? m_torchvision.get()
                                      : nullptr;
}

std::optional<SymbolLife> Timeline::lookup(std::string_view name) const
{
    std::optional<SymbolLife> life;
    if (m_lives->find(name, life)) {
        return life;
    }
    life = lifeOf(name);
    m_lives->keep(name, life);
    return life;
}

std::optional<SymbolLife> Timeline::lifeOf(std::string_view name) const
{
    const PackageTable *table = tableOf(name);
    if (table == nullptr) {
        const PlatformFact *fact = m_facts->find(name);
        return fact == nullptr ? std::nullopt : std::optional(fact->life());
    }
    auto life = SymbolWalk(*table, name).life();
    if (life) {
        life->name = name;
        life->package = table == m_torch.get() ? Package::Torch : Package::Torchvision;
    }
    return life;
}

bool Timeline::covers(std::string_view name) const
{
    const PackageTable *table = tableOf(name);
    return table != nullptr && table->covers(name);
}

bool Timeline::exists(std::string_view name, const Version &release) const
{
    if (const PackageTable *table = tableOf(name)) {
        return table->resolve(name, table->indexOf(release)) != nullptr;
    }
    const PlatformFact *fact = m_facts->find(name);
    return fact != nullptr && (!fact->born || *fact->born <= release)
           && (!fact->gone || release < *fact->gone);
}

std::vector<SymbolBreak> Timeline::breaksBetween(std::string_view name, const Version &from,
                                                 const Version &to) const
{
    const PackageTable *table = tableOf(name);
    if (table == nullptr) {
        const PlatformFact *fact = m_facts->find(name);
        return fact == nullptr ? std::vector<SymbolBreak>() : fact->breaksBetween(from, to);
    }
    return SymbolWalk(*table, name).breaksBetween(table->indexOf(from), table->indexOf(to));
}

std::vector<std::string> Timeline::similarNames(std::string_view name, const Version &release,
                                                std::size_t limit) const
{
    const PackageTable *table = tableOf(name);
    if (table == nullptr) {
        table = m_torch.get();
    }
    return TorchLift::similarNames(*table, name, table->indexOf(release), limit);
}

SourceBounds Timeline::sourceBounds(std::span<const std::string> names) const
{
    SourceBounds bounds;
    const std::size_t count = releases().size();
    Releases common = ~Releases(0) >> (sizeof(Releases) * 8 - count);
    std::vector<std::pair<std::string, Releases>> known;
    for (const std::string &name : names) {
        const PackageTable *table = tableOf(name);
        if (table == nullptr) {
            continue;
        }
        const Releases usable = table->usable(name);
        if (usable == 0) {
            bounds.unknown.push_back(name);
            continue;
        }
        known.emplace_back(name, usable);
        common &= usable;
    }
    bounds.isPossible = common != 0;
    std::size_t oldest = 0;
    std::size_t newest = count - 1;
    for (const auto &[name, usable] : known) {
        const Releases releases = bounds.isPossible ? common : usable;
        oldest = std::max(oldest, firstOf(releases));
        newest = std::min(newest, lastOf(releases));
    }
    for (const auto &[name, usable] : known) {
        if (oldest > 0 && !has(usable, oldest - 1)) {
            bounds.oldestDecidedBy.push_back(name);
        }
        if (newest + 1 < count && !has(usable, newest + 1)) {
            bounds.newestDecidedBy.push_back(name);
        }
    }
    bounds.oldest = releases()[oldest];
    bounds.newest = releases()[newest];
    return bounds;
}

} // namespace TorchLift
