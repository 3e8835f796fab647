#include "timeline/symbolwalk.h"

#include <algorithm>
#include <string>
#include <utility>

#include "timeline/signatures.h"

namespace TorchLift {

SymbolWalk::SymbolWalk(const PackageTable &table, std::string_view name)
    : m_table(table)
{
    for (std::size_t index = 0; index < table.releases().size(); ++index) {
        m_entries.push_back(table.resolve(name, index));
    }
}

const Version &SymbolWalk::release(std::size_t index) const
{
    return m_table.releases()[index];
}

std::string_view SymbolWalk::value(Field field, std::size_t index) const
{
    return isThere(index) ? m_table.value(*m_entries[index], field, index) : std::string_view();
}

SymbolKind SymbolWalk::kind(std::size_t index) const
{
    return m_table.kind(*m_entries[index], index);
}

Signature SymbolWalk::signature(std::size_t index) const
{
    const std::string_view text = value(Field::Signature, index); // "i (input, dim=None)"
    Signature signature{release(index), SignatureOrigin::Source, {}};
    if (text.size() < 2) {
        return signature;
    }
    if (text.front() == 's') {
        signature.origin = SignatureOrigin::Schema;
    } else if (text.front() == 'd') {
        signature.origin = SignatureOrigin::Docstring;
    }
    signature.parameters = text.substr(2);
    return signature;
}

std::vector<Presence> SymbolWalk::presence() const
{
    std::vector<Presence> presence;
    for (std::size_t index = 0; index < count(); ++index) {
        const bool wasThere = index > 0 && isThere(index - 1);
        if (isThere(index) && !wasThere) {
            presence.push_back({release(index), std::nullopt});
        } else if (!isThere(index) && wasThere) {
            presence.back().gone = release(index);
        }
    }
    return presence;
}

std::vector<Signature> SymbolWalk::signatures() const
{
    std::vector<Signature> signatures;
    for (std::size_t index = 0; index < count(); ++index) {
        if (!isThere(index)) {
            continue;
        }
        Signature next = signature(index);
        const std::string before =
            signatures.empty() ? std::string() : signatures.back().parameters;
        if (next.parameters != before) {
            signatures.push_back(std::move(next));
        }
    }
    return signatures;
}

std::optional<Notice> SymbolWalk::notice(Field field, std::size_t index) const
{
    const std::string_view message = value(field, index);
    if (message.empty()) {
        return std::nullopt;
    }
    const auto isSaid = [&](std::size_t earlier) { return !value(field, earlier).empty(); };
    return Notice{release(since(index, isSaid)), std::string(message)};
}

std::optional<SymbolLife> SymbolWalk::life() const
{
    SymbolLife life;
    life.presence = presence();
    if (life.presence.empty()) {
        return std::nullopt;
    }
    std::size_t newest = count() - 1;
    while (!isThere(newest)) {
        --newest;
    }
    life.describedAs = m_entries[newest]->name;
    life.kind = kind(newest);
    life.born = life.presence.front().first;
    life.gone = life.presence.back().gone;
    life.deprecated = notice(Field::Deprecated, newest);
    life.raises = notice(Field::Raises, newest);
    life.signatures = signatures();
    return life;
}

SymbolBreak SymbolWalk::absence(std::size_t index) const
{
    const auto isMissing = [&](std::size_t earlier) { return !isThere(earlier); };
    const std::size_t first = since(index, isMissing);
    if (first > 0) {
        return {BreakKind::Gone, release(first), {}, {}, {}, true};
    }
    while (!isThere(index)) {
        ++index;
    }
    return {BreakKind::Missing, release(index), {}, {}, {}, true};
}

std::vector<SymbolBreak> SymbolWalk::breaksBetween(std::size_t from, std::size_t to) const
{
    const bool isKnown = std::any_of(m_entries.begin(), m_entries.end(),
                                     [](const auto *entry) { return entry != nullptr; });
    if (!isKnown) {
        return {};
    }
    if (!isThere(to)) {
        return {absence(to)};
    }
    std::vector<SymbolBreak> breaks;
    if (!isThere(from)) {
        const auto isStillThere = [&](std::size_t earlier) { return isThere(earlier); };
        breaks.push_back({BreakKind::Missing, release(since(to, isStillThere)), {}, {}, {}, true});
    }
    if (const auto refusal = notice(Field::Raises, to)) {
        breaks.push_back({BreakKind::Raises, refusal->since, {}, refusal->message, {}, true});
    }
    if (isThere(from) && kind(from) != kind(to)) {
        const auto isSame = [&](std::size_t earlier) {
            return isThere(earlier) && kind(earlier) == kind(to);
        };
        breaks.push_back({BreakKind::KindChanged,
                          release(since(to, isSame)),
                          symbolKindName(kind(from)),
                          symbolKindName(kind(to)),
                          {},
                          true});
    }
    if (auto change = signatureBreak(from, to)) {
        breaks.push_back(std::move(*change));
    }
    if (const auto warning = notice(Field::Deprecated, to)) {
        breaks.push_back({BreakKind::Deprecated, warning->since, {}, warning->message, {}, true});
    }
    return breaks;
}

std::optional<SymbolBreak> SymbolWalk::signatureBreak(std::size_t from, std::size_t to) const
{
    if (!isThere(from)) {
        return std::nullopt;
    }
    const Signature before = signature(from);
    const Signature after = signature(to);
    const bool isKnown = !before.parameters.empty() && !after.parameters.empty();
    if (!isKnown || before.parameters == after.parameters) {
        return std::nullopt;
    }
    std::size_t changed = to;
    while (changed > from + 1 && signature(changed - 1).parameters != before.parameters) {
        --changed;
    }
    SymbolBreak change{BreakKind::SignatureChanged,
                       release(changed),
                       before.parameters,
                       after.parameters,
                       lostParameters(before.parameters, after.parameters),
                       true};
    change.isCertain = before.origin == after.origin && before.origin != SignatureOrigin::Docstring
                       && !isOpaque(before.parameters) && !isOpaque(after.parameters);
    return change;
}

} // namespace TorchLift
