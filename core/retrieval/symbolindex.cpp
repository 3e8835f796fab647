#include "retrieval/symbolindex.h"

#include <algorithm>
#include <array>
#include <utility>

#include "retrieval/querysymbols.h"

namespace TorchLift {

namespace {

// The function that an operator's method is: "gt" of "__gt__", also in place or reflected.
std::string_view functionOfOperator(std::string_view method)
{
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 8> others = {
        {{"truediv", "div"},
         {"floordiv", "floor_divide"},
         {"mod", "remainder"},
         {"invert", "bitwise_not"},
         {"and", "bitwise_and"},
         {"or", "bitwise_or"},
         {"xor", "bitwise_xor"},
         {"getitem", "__getitem__"}}};
    static constexpr std::array<std::string_view, 6> reflectable = {"add", "sub",     "mul",
                                                                    "mod", "truediv", "floordiv"};
    std::string_view name = method.substr(2, method.size() - 4);
    const std::string_view rest = name.substr(std::min<std::size_t>(1, name.size()));
    const bool isOther = name.starts_with('r') || name.starts_with('i');
    if (isOther && std::find(reflectable.begin(), reflectable.end(), rest) != reflectable.end()) {
        name = rest;
    }
    for (const auto &[from, to] : others) {
        if (name == from) {
            return to;
        }
    }
    return name;
}

// The bare name of what torch offers both as function and as method; else empty.
std::string_view functionOf(std::string_view symbol)
{
    constexpr std::string_view method = "torch.Tensor.";
    constexpr std::string_view function = "torch.";
    std::string_view name;
    if (symbol.starts_with(method)) {
        name = symbol.substr(method.size());
    } else if (symbol.starts_with(function)) {
        name = symbol.substr(function.size());
    }
    if (name.find('.') != std::string_view::npos) {
        return {};
    }
    return name.size() > 4 && name.starts_with("__") && isOperator(name) ? functionOfOperator(name)
                                                                         : name;
}

} // namespace

void SymbolIndex::add(std::span<const std::string> symbols)
{
    for (const std::string &symbol : symbols) {
        m_byName[symbol].push_back(m_count);
        m_byLastName[std::string(lastName(symbol))].push_back(m_count);
        if (const std::string_view function = functionOf(symbol); !function.empty()) {
            m_byFunction[std::string(function)].push_back(m_count);
        }
    }
    ++m_count;
}

std::vector<SymbolMatch> SymbolIndex::find(std::string_view symbol) const
{
    std::vector<SymbolMatch> matches;
    const auto isBefore = [](const SymbolMatch &a, const SymbolMatch &b) {
        return a.chunk != b.chunk ? a.chunk < b.chunk : a.strength > b.strength;
    };
    const auto take = [&](const Chunks &chunks, std::string_view name, double strength) {
        if (const auto known = chunks.find(std::string(name)); known != chunks.end()) {
            const auto before = static_cast<std::ptrdiff_t>(matches.size());
            for (const std::size_t chunk : known->second) {
                matches.push_back({chunk, strength});
            }
            std::inplace_merge(matches.begin(), matches.begin() + before, matches.end(), isBefore);
        }
    };
    take(m_byName, symbol, kSame);
    if (symbol.find('.') == std::string_view::npos) {
        take(m_byLastName, symbol, kSibling);
    } else if (const std::string_view function = functionOf(symbol); !function.empty()) {
        take(m_byFunction, function, kSibling);
    }
    for (std::size_t end = symbol.rfind('.'); end != std::string_view::npos && end > 0;
         end = symbol.rfind('.', end - 1)) {
        // `torch.nn` is in everything and tells nothing; `torch._six` of `torch._six.inf` does.
        if (const std::string_view owner = symbol.substr(0, end); !isEverywhere(owner)) {
            take(m_byName, owner, kOwner);
        }
    }
    const auto isSameChunk = [](const SymbolMatch &a, const SymbolMatch &b) {
        return a.chunk == b.chunk;
    };
    matches.erase(std::unique(matches.begin(), matches.end(), isSameChunk), matches.end());
    return matches;
}

} // namespace TorchLift
