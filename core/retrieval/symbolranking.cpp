#include "retrieval/symbolranking.h"

#include <algorithm>
#include <set>

namespace TorchLift {

namespace {

// A chunk that names a symbol, not only what it belongs to (symbolMatch()).
constexpr double kNamesItself = 0.8;
// What took a symbol's place tells less than the symbol.
constexpr double kSuccessorWeight = 0.5;
// A note that names more than these is a list, and says nothing about what replaces what.
constexpr std::size_t kMaxSuccessors = 8;

void addNamings(std::span<const Chunk *const> chunks, const QuerySymbol &symbol, std::size_t number,
                const NameCounts &names, std::vector<Naming> &namings)
{
    const double weight = symbol.weight * names.rarity(symbol.name);
    for (std::size_t i = 0; i < chunks.size(); ++i) {
        const double match = symbolMatch(symbol.name, chunks[i]->symbols);
        if (match <= 0) {
            continue;
        }
        namings[i].score += match * weight;
        namings[i].found.push_back(symbol.name);
        if (symbol.isCertain && match >= kNamesItself) {
            namings[i].certain.push_back(number);
        }
    }
}

std::vector<QuerySymbol> successorsOf(std::span<const Chunk *const> chunks,
                                      const std::vector<QuerySymbol> &symbols,
                                      const std::vector<Naming> &namings)
{
    std::set<std::string_view> known;
    for (const QuerySymbol &symbol : symbols) {
        known.insert(lastName(symbol.name));
    }
    std::vector<QuerySymbol> successors;
    for (std::size_t i = 0; i < chunks.size(); ++i) {
        const std::vector<std::size_t> &certain = namings[i].certain;
        if (certain.empty() || chunks[i]->symbols.size() > kMaxSuccessors) {
            continue;
        }
        const bool isBreaking =
            std::any_of(certain.begin(), certain.end(),
                        [&](std::size_t number) { return symbols[number].isBreaking; });
        for (const std::string &name : chunks[i]->symbols) {
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

std::vector<Naming> nameSymbols(std::span<const Chunk *const> chunks,
                                std::vector<QuerySymbol> &symbols, const NameCounts &names)
{
    std::vector<Naming> namings(chunks.size());
    for (std::size_t i = 0; i < symbols.size(); ++i) {
        addNamings(chunks, symbols[i], i, names, namings);
    }
    std::vector<QuerySymbol> successors = successorsOf(chunks, symbols, namings);
    for (QuerySymbol &successor : successors) {
        addNamings(chunks, successor, symbols.size(), names, namings);
        symbols.push_back(std::move(successor));
    }
    return namings;
}

} // namespace TorchLift
