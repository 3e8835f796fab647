#include "retrieval/symbolranking.h"

#include <algorithm>
#include <limits>
#include <set>
#include <utility>

namespace TorchLift {

namespace {

constexpr auto kNone = std::numeric_limits<std::size_t>::max();
// What took a symbol's place tells less than the symbol.
constexpr double kSuccessorWeight = 0.5;
// A note that names more than these is a list, and says nothing about what replaces what.
constexpr std::size_t kMaxSuccessors = 8;

// `places`: of each chunk among the candidates; kNone for the others.
void addNamings(const std::vector<std::size_t> &places, const QuerySymbol &symbol,
                std::size_t number, const SymbolIndex &index, const NameCounts &names,
                std::vector<Naming> &namings)
{
    const double weight = symbol.weight * names.rarity(symbol.name);
    for (const SymbolMatch &match : index.find(symbol.name)) {
        if (places[match.chunk] == kNone) {
            continue;
        }
        Naming &naming = namings[places[match.chunk]];
        naming.score += match.strength * weight;
        naming.found.push_back(symbol.name);
        if (symbol.isCertain && match.strength >= SymbolIndex::kSibling) {
            naming.certain.push_back(number); // not only what it belongs to
        }
    }
}

std::vector<QuerySymbol> successorsOf(std::span<const Chunk> chunks,
                                      std::span<const std::size_t> candidates,
                                      const std::vector<QuerySymbol> &symbols,
                                      const std::vector<Naming> &namings)
{
    std::set<std::string_view> known;
    for (const QuerySymbol &symbol : symbols) {
        known.insert(lastName(symbol.name));
    }
    std::vector<QuerySymbol> successors;
    for (std::size_t i = 0; i < candidates.size(); ++i) {
        const std::vector<std::string> &named = chunks[candidates[i]].symbols;
        const std::vector<std::size_t> &certain = namings[i].certain;
        if (certain.empty() || named.size() > kMaxSuccessors) {
            continue;
        }
        const bool isBreaking =
            std::any_of(certain.begin(), certain.end(),
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

std::vector<Naming> nameSymbols(std::span<const Chunk> chunks,
                                std::span<const std::size_t> candidates,
                                std::vector<QuerySymbol> &symbols, const SymbolIndex &index,
                                const NameCounts &names)
{
    std::vector<std::size_t> places(chunks.size(), kNone);
    for (std::size_t i = 0; i < candidates.size(); ++i) {
        places[candidates[i]] = i;
    }
    std::vector<Naming> namings(candidates.size());
    for (std::size_t i = 0; i < symbols.size(); ++i) {
        addNamings(places, symbols[i], i, index, names, namings);
    }
    for (QuerySymbol &successor : successorsOf(chunks, candidates, symbols, namings)) {
        addNamings(places, successor, symbols.size(), index, names, namings);
        symbols.push_back(std::move(successor));
    }
    return namings;
}

} // namespace TorchLift
