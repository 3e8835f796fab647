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
// What more chunks name than these is in everybody's code: its neighbours did not replace it, and
// it replaced nobody.
constexpr std::size_t kMaxNaming = 200;
// Chunks of a breaking symbol that are kept among many: one of them will be shown.
constexpr std::size_t kEnoughOfBreaking = 50;

// Without those of chunks that are no candidates.
std::vector<SymbolMatch> matchesOf(std::string_view symbol, const SymbolIndex &index,
                                   const std::function<bool(std::size_t)> &isCandidate)
{
    std::vector<SymbolMatch> matches = index.find(symbol);
    std::erase_if(matches, [&](const SymbolMatch &match) { return !isCandidate(match.chunk); });
    return matches;
}

void addNamings(const std::vector<SymbolMatch> &matches, const QuerySymbol &symbol,
                std::size_t number, const NameCounts &names, Namings &namings)
{
    const double weight = symbol.weight * names.rarity(symbol.name);
    for (const SymbolMatch &match : matches) {
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
                                      const std::vector<std::size_t> &timesNamed,
                                      const Namings &namings)
{
    std::set<std::string_view> known;
    for (const QuerySymbol &symbol : symbols) {
        known.insert(lastName(symbol.name));
    }
    std::vector<QuerySymbol> successors;
    for (const auto &[chunk, naming] : namings) {
        const std::vector<std::string> &named = chunks[chunk].symbols;
        const auto isReplaced = [&](std::size_t number) {
            return timesNamed[number] <= kMaxNaming;
        };
        const auto &certain = naming.certain;
        if (named.size() > kMaxSuccessors
            || std::none_of(certain.begin(), certain.end(), isReplaced)) {
            continue;
        }
        const bool isBreaking =
            std::any_of(certain.begin(), certain.end(), [&](std::size_t number) {
                return isReplaced(number) && symbols[number].isBreaking;
            });
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
    std::vector<std::size_t> timesNamed;
    for (std::size_t i = 0; i < symbols.size(); ++i) {
        const auto matches = matchesOf(symbols[i].name, index, isCandidate);
        addNamings(matches, symbols[i], i, names, namings);
        timesNamed.push_back(matches.size());
    }
    for (QuerySymbol &successor : successorsOf(chunks, symbols, timesNamed, namings)) {
        const auto matches = matchesOf(successor.name, index, isCandidate);
        if (matches.size() <= kMaxNaming) {
            addNamings(matches, successor, symbols.size(), names, namings);
            symbols.push_back(std::move(successor));
        }
    }
    return namings;
}

Namings bestOf(Namings namings, std::size_t most, const std::vector<QuerySymbol> &symbols)
{
    std::vector<std::pair<double, std::size_t>> order; // best first, then by number
    order.reserve(namings.size());
    for (const auto &[chunk, naming] : namings) {
        order.emplace_back(-naming.score, chunk);
    }
    std::sort(order.begin(), order.end());
    std::vector<std::size_t> kept(symbols.size(), 0);
    Namings best;
    for (std::size_t i = 0; i < order.size(); ++i) {
        const auto place = namings.find(order[i].second);
        bool isWanted = i < most;
        for (const std::size_t symbol : place->second.certain) {
            isWanted |= symbols[symbol].isBreaking && kept[symbol]++ < kEnoughOfBreaking;
        }
        if (isWanted) {
            best.insert(namings.extract(place));
        }
    }
    return best;
}

} // namespace TorchLift
