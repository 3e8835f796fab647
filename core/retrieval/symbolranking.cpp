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

using Matches = std::vector<SymbolMatch>;

// Without those of chunks that are no candidates.
Matches matchesOf(std::string_view symbol, const SymbolIndex &index,
                  const std::function<bool(std::size_t)> &isCandidate)
{
    Matches matches = index.find(symbol);
    std::erase_if(matches, [&](const SymbolMatch &match) { return !isCandidate(match.chunk); });
    return matches;
}

// Whether the chunk names the symbol itself, not only what it belongs to.
bool isCertainly(const SymbolMatch &match, const QuerySymbol &symbol)
{
    return symbol.isCertain && match.strength >= SymbolIndex::kSibling;
}

std::vector<QuerySymbol> successorsOf(std::span<const Chunk> chunks,
                                      const std::vector<QuerySymbol> &symbols,
                                      const std::vector<Matches> &matches)
{
    std::map<std::size_t, bool> replaced; // chunks, and whether what they are about breaks
    std::set<std::string_view> known;
    for (std::size_t i = 0; i < symbols.size(); ++i) {
        known.insert(lastName(symbols[i].name));
        for (const SymbolMatch &match : matches[i]) {
            if (matches[i].size() <= kMaxNaming && isCertainly(match, symbols[i])) {
                replaced[match.chunk] |= symbols[i].isBreaking;
            }
        }
    }
    std::vector<QuerySymbol> successors;
    for (const auto &[chunk, isBreaking] : replaced) {
        const std::vector<std::string> &named = chunks[chunk].symbols;
        for (const std::string &name : named) {
            if (named.size() <= kMaxSuccessors && known.insert(lastName(name)).second) {
                successors.push_back({name, kSuccessorWeight, isBreaking, isBreaking});
            }
        }
    }
    return successors;
}

// Of chunks by their number; 0 for those that name nothing.
std::vector<double> scoresOf(std::size_t chunks, const std::vector<QuerySymbol> &symbols,
                             const std::vector<Matches> &matches, const NameCounts &names)
{
    std::vector<double> scores(chunks, 0.0);
    for (std::size_t i = 0; i < symbols.size(); ++i) {
        const double weight = symbols[i].weight * names.rarity(symbols[i].name);
        for (const SymbolMatch &match : matches[i]) {
            scores[match.chunk] += match.strength * weight;
        }
    }
    return scores;
}

// The `most` best of `chunks`, which are in order of number.
std::vector<std::size_t> bestOf(std::vector<std::size_t> chunks, const std::vector<double> &scores,
                                std::size_t most)
{
    if (chunks.size() > most) {
        const auto end = chunks.begin() + static_cast<std::ptrdiff_t>(most);
        std::nth_element(chunks.begin(), end, chunks.end(), [&](std::size_t a, std::size_t b) {
            return scores[a] != scores[b] ? scores[a] > scores[b] : a < b;
        });
        chunks.erase(end, chunks.end());
    }
    return chunks;
}

// By the number of the chunk, whether it is among the `most` best, or the best of a symbol that is
// known to break.
std::vector<bool> wantedOf(const std::vector<double> &scores,
                           const std::vector<QuerySymbol> &symbols,
                           const std::vector<Matches> &matches, std::size_t most)
{
    std::vector<bool> isNaming(scores.size(), false);
    std::vector<bool> isWanted(scores.size(), false);
    const auto want = [&](const std::vector<std::size_t> &chunks) {
        for (const std::size_t chunk : chunks) {
            isWanted[chunk] = true;
        }
    };
    for (std::size_t i = 0; i < symbols.size(); ++i) {
        std::vector<std::size_t> certain;
        for (const SymbolMatch &match : matches[i]) {
            isNaming[match.chunk] = true;
            if (symbols[i].isBreaking && isCertainly(match, symbols[i])) {
                certain.push_back(match.chunk);
            }
        }
        want(bestOf(std::move(certain), scores, kEnoughOfBreaking));
    }
    std::vector<std::size_t> naming;
    for (std::size_t chunk = 0; chunk < scores.size(); ++chunk) {
        if (isNaming[chunk]) {
            naming.push_back(chunk);
        }
    }
    want(bestOf(std::move(naming), scores, most));
    return isWanted;
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
                    const NameCounts &names, std::size_t most)
{
    std::vector<Matches> matches;
    for (QuerySymbol &symbol : symbols) {
        matches.push_back(matchesOf(symbol.name, index, isCandidate));
        symbol.isNamed = !matches.back().empty();
    }
    for (QuerySymbol &successor : successorsOf(chunks, symbols, matches)) {
        Matches found = matchesOf(successor.name, index, isCandidate);
        if (found.size() <= kMaxNaming) {
            successor.isNamed = !found.empty();
            symbols.push_back(std::move(successor));
            matches.push_back(std::move(found));
        }
    }
    const std::vector<double> scores = scoresOf(chunks.size(), symbols, matches, names);
    const std::vector<bool> isWanted = wantedOf(scores, symbols, matches, most);
    Namings namings;
    for (std::size_t i = 0; i < symbols.size(); ++i) {
        for (const SymbolMatch &match : matches[i]) {
            if (isWanted[match.chunk]) {
                Naming &naming = namings[match.chunk];
                naming.score = scores[match.chunk];
                naming.found.push_back(i);
                if (isCertainly(match, symbols[i])) {
                    naming.certain.push_back(i);
                }
            }
        }
    }
    return namings;
}

} // namespace TorchLift
