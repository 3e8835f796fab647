#include "retrieval/symbolranking.h"

#include <algorithm>
#include <set>
#include <utility>

namespace TorchLift {

namespace {

// What took a symbol's place tells less than the symbol.
constexpr double kSuccessorWeight = 0.5;
// A note that names more than these is a list, and says nothing about what replaces what.
constexpr std::size_t kMaxSuccessors = 8;

void addNamings(const std::function<bool(std::size_t)> &isCandidate, const QuerySymbol &symbol,
                std::size_t number, const SymbolIndex &index, const NameCounts &names,
                Namings &namings)
{
    const double weight = symbol.weight * names.rarity(symbol.name);
    for (const SymbolMatch &match : index.find(symbol.name)) {
        if (!isCandidate(match.chunk)) {
            continue;
        }
        Naming &naming = namings[match.chunk];
        naming.score += match.strength * weight;
        naming.found.push_back(number);
        if (symbol.isCertain && match.strength >= SymbolIndex::kSibling) {
            naming.certain.push_back(number); // not only what it belongs to
        }
    }
}

std::vector<QuerySymbol> successorsOf(std::span<const Chunk> chunks,
                                      const std::vector<QuerySymbol> &symbols,
                                      const Namings &namings)
{
    std::set<std::string_view> known;
    for (const QuerySymbol &symbol : symbols) {
        known.insert(lastName(symbol.name));
    }
    std::vector<QuerySymbol> successors;
    for (const auto &[chunk, naming] : namings) {
        const std::vector<std::string> &named = chunks[chunk].symbols;
        if (naming.certain.empty() || named.size() > kMaxSuccessors) {
            continue;
        }
        const bool isBreaking =
            std::any_of(naming.certain.begin(), naming.certain.end(),
                        [&](std::size_t number) { return symbols[number].isBreaking; });
        for (const std::string &name : named) {
            if (known.insert(lastName(name)).second) {
                successors.push_back({name, kSuccessorWeight, isBreaking, isBreaking});
            }
        }
    }
    return successors;
}

} // namespace

void markGone(std::vector<QuerySymbol> &symbols, const Timeline &timeline, const Version &to)
{
    for (QuerySymbol &symbol : symbols) {
        const auto life = symbol.name.starts_with("torch.") ? timeline.lookup(symbol.name)
                                                            : std::optional<SymbolLife>();
        const bool isGone =
            life
            && ((life->gone && *life->gone <= to) || (life->raises && life->raises->since <= to));
        symbol.isBreaking = symbol.isBreaking || isGone;
    }
}

Namings nameSymbols(std::span<const Chunk> chunks,
                    const std::function<bool(std::size_t chunk)> &isCandidate,
                    std::vector<QuerySymbol> &symbols, const SymbolIndex &index,
                    const NameCounts &names)
{
    Namings namings;
    for (std::size_t i = 0; i < symbols.size(); ++i) {
        addNamings(isCandidate, symbols[i], i, index, names, namings);
    }
    for (QuerySymbol &successor : successorsOf(chunks, symbols, namings)) {
        addNamings(isCandidate, successor, symbols.size(), index, names, namings);
        symbols.push_back(std::move(successor));
    }
    return namings;
}

} // namespace TorchLift
