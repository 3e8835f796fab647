#include "timeline/timeline.h"

#include <algorithm>
#include <utility>

#include "base/files.h"
#include "timeline/packagetable.h"
#include "timeline/platformfacts.h"
#include "timeline/signatures.h"
#include "timeline/similarnames.h"

namespace TorchLift {
namespace {

using Field = PackageTable::Field;
using Releases = PackageTable::Releases;

bool has(Releases releases, std::size_t index)
{
    return ((releases >> index) & 1U) != 0;
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

/// Walks one name through the releases of its table.
class Walk
{
public:
    Walk(const PackageTable &table, std::string_view name)
        : m_table(table)
    {
        for (std::size_t index = 0; index < table.releases().size(); ++index) {
            m_entries.push_back(table.resolve(name, index));
        }
    }

    [[nodiscard]] bool isThere(std::size_t index) const { return m_entries[index] != nullptr; }
    [[nodiscard]] std::size_t count() const { return m_entries.size(); }
    [[nodiscard]] const Version &release(std::size_t index) const
    {
        return m_table.releases()[index];
    }
    [[nodiscard]] std::string_view value(Field field, std::size_t index) const
    {
        return isThere(index) ? m_table.value(*m_entries[index], field, index) : std::string_view();
    }
    [[nodiscard]] SymbolKind kind(std::size_t index) const
    {
        return m_table.kind(*m_entries[index], index);
    }
    [[nodiscard]] std::string_view describedAs(std::size_t index) const
    {
        return m_entries[index]->name;
    }

    /// The oldest release that has the name; nullopt where none has.
    [[nodiscard]] std::optional<std::size_t> oldest() const
    {
        for (std::size_t index = 0; index < count(); ++index) {
            if (isThere(index)) {
                return index;
            }
        }
        return std::nullopt;
    }

    /// The newest release that has the name; nullopt where none has.
    [[nodiscard]] std::optional<std::size_t> newest() const
    {
        for (std::size_t index = count(); index > 0; --index) {
            if (isThere(index - 1)) {
                return index - 1;
            }
        }
        return std::nullopt;
    }

    /// The first release up to `index` from which on `holds` is true without a break.
    template <typename Predicate>
    [[nodiscard]] std::size_t since(std::size_t index, Predicate holds) const
    {
        while (index > 0 && holds(index - 1)) {
            --index;
        }
        return index;
    }

private:
    const PackageTable &m_table;
    std::vector<const PackageTable::Entry *> m_entries;
};

std::vector<Presence> presenceOf(const Walk &walk)
{
    std::vector<Presence> presence;
    for (std::size_t index = 0; index < walk.count(); ++index) {
        const bool wasThere = index > 0 && walk.isThere(index - 1);
        if (walk.isThere(index) && !wasThere) {
            presence.push_back({walk.release(index), std::nullopt});
        } else if (!walk.isThere(index) && wasThere) {
            presence.back().last = walk.release(index - 1);
        }
    }
    return presence;
}

/// "i (input, dim=None)" as the file has it.
Signature signatureFrom(const Version &since, std::string_view text)
{
    Signature signature{since, SignatureOrigin::Source, {}};
    if (text.size() < 2) {
        return signature;
    }
    signature.origin = text.front() == 's'   ? SignatureOrigin::Schema
                       : text.front() == 'd' ? SignatureOrigin::Docstring
                                             : SignatureOrigin::Source;
    signature.parameters = text.substr(2);
    return signature;
}

std::vector<Signature> signaturesOf(const Walk &walk)
{
    std::vector<Signature> signatures;
    for (std::size_t index = 0; index < walk.count(); ++index) {
        if (!walk.isThere(index)) {
            continue;
        }
        Signature signature =
            signatureFrom(walk.release(index), walk.value(Field::Signature, index));
        const bool isNew = signatures.empty()
                               ? !signature.parameters.empty()
                               : signatures.back().parameters != signature.parameters;
        if (isNew) {
            signatures.push_back(std::move(signature));
        }
    }
    return signatures;
}

std::optional<Notice> noticeOf(const Walk &walk, Field field, std::size_t index)
{
    const std::string_view message = walk.value(field, index);
    if (message.empty()) {
        return std::nullopt;
    }
    const std::size_t since =
        walk.since(index, [&](std::size_t earlier) { return !walk.value(field, earlier).empty(); });
    return Notice{walk.release(since), std::string(message)};
}

/// Gone, Raises and so on of a name of torch or torchvision between two of its releases.
std::vector<SymbolBreak> breaksOf(const Walk &walk, std::size_t from, std::size_t to)
{
    std::vector<SymbolBreak> breaks;
    if (!walk.isThere(to)) {
        const std::size_t since =
            walk.since(to, [&](std::size_t earlier) { return !walk.isThere(earlier); });
        const bool isYetToCome = since == 0;
        if (!isYetToCome) {
            breaks.push_back({BreakKind::Gone, walk.release(since), {}, {}, {}, true});
        } else if (const auto born = walk.oldest()) {
            breaks.push_back({BreakKind::Missing, walk.release(*born), {}, {}, {}, true});
        }
        return breaks;
    }
    if (!walk.isThere(from)) {
        const std::size_t since =
            walk.since(to, [&](std::size_t earlier) { return walk.isThere(earlier); });
        breaks.push_back({BreakKind::Missing, walk.release(since), {}, {}, {}, true});
    }
    if (const auto notice = noticeOf(walk, Field::Raises, to)) {
        breaks.push_back({BreakKind::Raises, notice->since, {}, notice->message, {}, true});
    }
    if (walk.isThere(from) && walk.kind(from) != walk.kind(to)) {
        const std::size_t since = walk.since(to, [&](std::size_t earlier) {
            return walk.isThere(earlier) && walk.kind(earlier) == walk.kind(to);
        });
        breaks.push_back({BreakKind::KindChanged,
                          walk.release(since),
                          symbolKindName(walk.kind(from)),
                          symbolKindName(walk.kind(to)),
                          {},
                          true});
    }
    return breaks;
}

std::optional<SymbolBreak> signatureBreak(const Walk &walk, std::size_t from, std::size_t to)
{
    if (!walk.isThere(from) || !walk.isThere(to)) {
        return std::nullopt;
    }
    const auto read = [&](std::size_t index) {
        return signatureFrom(walk.release(index), walk.value(Field::Signature, index));
    };
    const Signature before = read(from);
    const Signature after = read(to);
    const bool isKnown = !before.parameters.empty() && !after.parameters.empty();
    if (!isKnown || before.parameters == after.parameters) {
        return std::nullopt;
    }
    SymbolBreak change;
    change.kind = BreakKind::SignatureChanged;
    change.before = before.parameters;
    change.after = after.parameters;
    change.lost = lostParameters(before.parameters, after.parameters);
    change.isCertain = before.origin == after.origin && before.origin != SignatureOrigin::Docstring
                       && !isOpaque(before.parameters) && !isOpaque(after.parameters);
    std::size_t since = to;
    while (since > from + 1 && read(since - 1).parameters != before.parameters) {
        --since;
    }
    change.since = walk.release(since);
    return change;
}

std::vector<SymbolBreak> breaksOf(const PlatformFact &fact, const Version &from, const Version &to)
{
    const auto happened = [&](const std::optional<Version> &since) {
        return since.has_value() && *since <= to;
    };
    std::vector<SymbolBreak> breaks;
    if (happened(fact.back) && from < *fact.back) {
        breaks.push_back({BreakKind::BehaviourChanged, *fact.back, {}, fact.replacement, {}, true});
    } else if (happened(fact.gone) && !happened(fact.back)) {
        breaks.push_back({BreakKind::Gone, *fact.gone, {}, fact.replacement, {}, true});
    } else if (happened(fact.raises)) {
        breaks.push_back({BreakKind::Raises, *fact.raises, {}, fact.replacement, {}, true});
    } else if (happened(fact.changed) && from < *fact.changed) {
        breaks.push_back(
            {BreakKind::BehaviourChanged, *fact.changed, {}, fact.replacement, {}, true});
    } else if (happened(fact.deprecated) && !happened(fact.back)) {
        breaks.push_back({BreakKind::Deprecated, *fact.deprecated, {}, fact.replacement, {}, true});
    }
    if (happened(fact.born) && from < *fact.born) {
        breaks.push_back({BreakKind::Missing, *fact.born, {}, {}, {}, true});
    }
    return breaks;
}

SymbolLife lifeOf(const PlatformFact &fact)
{
    SymbolLife life;
    life.name = fact.name;
    life.describedAs = fact.name;
    life.package = fact.package;
    life.kind = fact.kind;
    life.born = fact.born.value_or(Version{});
    life.gone = fact.back ? std::nullopt : fact.gone;
    life.presence = {{life.born, std::nullopt}};
    life.replacement = fact.replacement;
    if (fact.raises) {
        life.raises = Notice{*fact.raises, {}};
    }
    if (fact.deprecated) {
        life.deprecated = Notice{*fact.deprecated, {}};
    }
    return life;
}

} // namespace

Timeline::Timeline(std::unique_ptr<const PackageTable> torch,
                   std::unique_ptr<const PackageTable> torchvision,
                   std::unique_ptr<const PlatformFacts> facts)
    : m_torch(std::move(torch))
    , m_torchvision(std::move(torchvision))
    , m_facts(std::move(facts))
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
    const PackageTable *table = tableOf(name);
    if (table == nullptr) {
        const PlatformFact *fact = m_facts->find(name);
        return fact == nullptr ? std::nullopt : std::optional(lifeOf(*fact));
    }
    const Walk walk(*table, name);
    const auto newest = walk.newest();
    if (!newest) {
        return std::nullopt;
    }
    SymbolLife life;
    life.name = name;
    life.describedAs = walk.describedAs(*newest);
    life.package = table == m_torch.get() ? Package::Torch : Package::Torchvision;
    life.kind = walk.kind(*newest);
    life.presence = presenceOf(walk);
    life.born = life.presence.front().first;
    if (*newest + 1 < walk.count()) {
        life.gone = walk.release(*newest + 1);
    }
    life.deprecated = noticeOf(walk, Field::Deprecated, *newest);
    life.raises = noticeOf(walk, Field::Raises, *newest);
    life.signatures = signaturesOf(walk);
    return life;
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
        return fact == nullptr ? std::vector<SymbolBreak>() : breaksOf(*fact, from, to);
    }
    const Walk walk(*table, name);
    const std::size_t first = table->indexOf(from);
    const std::size_t last = table->indexOf(to);
    std::vector<SymbolBreak> breaks = breaksOf(walk, first, last);
    if (auto change = signatureBreak(walk, first, last)) {
        breaks.push_back(std::move(*change));
    }
    if (const auto notice = noticeOf(walk, Field::Deprecated, last)) {
        breaks.push_back({BreakKind::Deprecated, notice->since, {}, notice->message, {}, true});
    }
    return breaks;
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
    std::vector<std::pair<const std::string *, Releases>> known;
    std::size_t oldest = 0;
    std::size_t newest = count - 1;
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
        known.emplace_back(&name, usable);
    }
    Releases all = count == sizeof(Releases) * 8 ? ~Releases(0) : (Releases(1) << count) - 1;
    for (const auto &[name, usable] : known) {
        all &= usable;
    }
    bounds.isPossible = all != 0;
    for (const auto &[name, usable] : known) {
        const Releases common = bounds.isPossible ? all : usable;
        std::size_t first = 0;
        std::size_t last = count - 1;
        while (!has(common, first)) {
            ++first;
        }
        while (!has(common, last)) {
            --last;
        }
        oldest = std::max(oldest, first);
        newest = std::min(newest, last);
    }
    for (const auto &[name, usable] : known) {
        if (oldest > 0 && !has(usable, oldest - 1)) {
            bounds.oldestDecidedBy.push_back(*name);
        }
        if (newest + 1 < count && !has(usable, newest + 1)) {
            bounds.newestDecidedBy.push_back(*name);
        }
    }
    bounds.oldest = releases()[oldest];
    bounds.newest = releases()[newest];
    return bounds;
}

const char *symbolKindName(SymbolKind kind) noexcept
{
    switch (kind) {
    case SymbolKind::Module:
        return "module";
    case SymbolKind::Class:
        return "class";
    case SymbolKind::Function:
        return "function";
    case SymbolKind::Method:
        return "method";
    case SymbolKind::Property:
        return "property";
    case SymbolKind::Attribute:
        return "attribute";
    case SymbolKind::Syntax:
        return "syntax";
    case SymbolKind::Behaviour:
        return "behaviour";
    }
    return "";
}

const char *packageName(Package package) noexcept
{
    switch (package) {
    case Package::Torch:
        return "torch";
    case Package::Torchvision:
        return "torchvision";
    case Package::Numpy:
        return "numpy";
    case Package::Python:
        return "python";
    }
    return "";
}

const char *breakKindName(BreakKind kind) noexcept
{
    switch (kind) {
    case BreakKind::Missing:
        return "missing";
    case BreakKind::Gone:
        return "gone";
    case BreakKind::Raises:
        return "raises";
    case BreakKind::KindChanged:
        return "kind-changed";
    case BreakKind::SignatureChanged:
        return "signature-changed";
    case BreakKind::Deprecated:
        return "deprecated";
    case BreakKind::BehaviourChanged:
        return "behaviour-changed";
    }
    return "";
}

} // namespace TorchLift
