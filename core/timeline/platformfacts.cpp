#include "timeline/platformfacts.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include <nlohmann/json.hpp>
namespace TorchLift {
namespace {

constexpr int kSchema = 1;

std::optional<Version> versionAt(const nlohmann::json &fact, const char *key)
{
    if (!fact.contains(key)) {
        return std::nullopt;
    }
    const auto text = fact.at(key).get<std::string>();
    const auto version = Version::parse(text);
    if (!version) {
        throw std::invalid_argument("not a version: " + text);
    }
    return version;
}

PlatformFact factFrom(const nlohmann::json &json)
{
    PlatformFact fact;
    fact.name = json.at("name").get<std::string>();
    const auto kind = parseSymbolKind(json.at("kind").get<std::string>());
    if (!kind || fact.name.empty()) {
        throw std::invalid_argument("fact without name or kind: " + fact.name);
    }
    fact.kind = *kind;
    fact.package = fact.name.starts_with("numpy.") ? Package::Numpy : Package::Python;
    fact.born = versionAt(json, "born");
    fact.deprecated = versionAt(json, "deprecated");
    fact.gone = versionAt(json, "gone");
    fact.back = versionAt(json, "back");
    fact.raises = versionAt(json, "raises");
    fact.changed = versionAt(json, "changed");
    fact.replacement = json.value("use", std::string());
    if (!fact.born && !fact.deprecated && !fact.gone && !fact.raises && !fact.changed) {
        throw std::invalid_argument("fact without a version: " + fact.name);
    }
    return fact;
}

} // namespace

PlatformFacts::PlatformFacts(std::vector<PlatformFact> facts)
    : m_facts(std::move(facts))
{
    std::sort(m_facts.begin(), m_facts.end(),
              [](const PlatformFact &a, const PlatformFact &b) { return a.name < b.name; });
}

Result<std::unique_ptr<const PlatformFacts>> PlatformFacts::parse(std::string_view json,
                                                                  const std::string &fileName)
{
    try {
        const auto document = nlohmann::json::parse(json);
        if (document.at("schema").get<int>() > kSchema) {
            return fail(Errc::Incompatible, "written by a newer TorchLift", fileName);
        }
        std::vector<PlatformFact> facts;
        for (const auto &fact : document.at("facts")) {
            facts.push_back(factFrom(fact));
        }
        return std::unique_ptr<const PlatformFacts>(new PlatformFacts(std::move(facts)));
    } catch (const std::exception &error) {
        return fail(Errc::Damaged, error.what(), fileName);
    }
}

const PlatformFact *PlatformFacts::find(std::string_view name) const noexcept
{
    const auto found = std::lower_bound(
        m_facts.begin(), m_facts.end(), name,
        [](const PlatformFact &fact, std::string_view wanted) { return fact.name < wanted; });
    return found == m_facts.end() || found->name != name ? nullptr : &*found;
}

std::vector<SymbolBreak> PlatformFact::breaksBetween(const Version &from, const Version &to) const
{
    const auto happened = [&](const std::optional<Version> &since) {
        return since.has_value() && *since <= to;
    };
    std::vector<SymbolBreak> breaks;
    if (happened(back) && from < *back) {
        breaks.push_back({BreakKind::BehaviourChanged, *back, {}, replacement, {}, true});
    } else if (happened(gone) && !happened(back)) {
        breaks.push_back({BreakKind::Gone, *gone, {}, replacement, {}, true});
    } else if (happened(raises)) {
        breaks.push_back({BreakKind::Raises, *raises, {}, replacement, {}, true});
    } else if (happened(changed) && from < *changed) {
        breaks.push_back({BreakKind::BehaviourChanged, *changed, {}, replacement, {}, true});
    } else if (happened(deprecated) && !happened(back)) {
        breaks.push_back({BreakKind::Deprecated, *deprecated, {}, replacement, {}, true});
    }
    if (happened(born) && from < *born) {
        breaks.push_back({BreakKind::Missing, *born, {}, {}, {}, true});
    }
    return breaks;
}

SymbolLife PlatformFact::life() const
{
    SymbolLife life;
    life.name = name;
    life.describedAs = name;
    life.package = package;
    life.kind = kind;
    life.born = born.value_or(Version{});
    life.gone = back ? std::nullopt : gone;
    life.presence = {{life.born, gone}};
    if (back) {
        life.presence.push_back({*back, std::nullopt});
    }
    life.replacement = replacement;
    if (raises) {
        life.raises = Notice{*raises, {}};
    }
    if (deprecated) {
        life.deprecated = Notice{*deprecated, {}};
    }
    return life;
}

} // namespace TorchLift
