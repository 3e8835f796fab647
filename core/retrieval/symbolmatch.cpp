#include "retrieval/symbolmatch.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "corpus/terms.h"

namespace TorchLift {

namespace {

// What nearly all code names, and so tells nothing; the longer ones first.
constexpr std::array<std::string_view, 5> kEverywhere = {"torch.nn.functional", "torch.Tensor",
                                                         "torch.nn", "torch", "numpy"};
// Python's operators are in nearly all code, too.
constexpr double kOperatorWeight = 0.4;
// A method or argument whose owner is not known.
constexpr double kBareWeight = 0.7;

bool isOperator(std::string_view symbol)
{
    return symbol.ends_with("__");
}

double weightOf(Evidence evidence)
{
    switch (evidence) {
    case Evidence::Resolved:
    case Evidence::Observed:
        return 1.0;
    case Evidence::Inferred:
        return 0.9;
    case Evidence::NameOnly:
        return 0.4;
    }
    return 0;
}

// The function that an operator's method is: "gt" of "__gt__", also in place or reflected.
std::string_view functionOf(std::string_view method)
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

// The function's bare name where torch offers it both as function and as method.
std::string_view sharedName(std::string_view symbol)
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
    return name.size() > 4 && name.starts_with("__") && isOperator(name) ? functionOf(name) : name;
}

} // namespace

std::vector<QuerySymbol> symbolsOfQuery(std::span<const Use> uses, std::string_view text)
{
    std::vector<QuerySymbol> symbols;
    for (const Use &use : uses) {
        if (use.symbol.find('.') == std::string::npos) {
            continue; // `import torch` is in every file and asks nothing
        }
        const bool isCertain = use.evidence != Evidence::NameOnly;
        const double weight =
            weightOf(use.evidence) * (isOperator(use.symbol) ? kOperatorWeight : 1);
        const auto known =
            std::find_if(symbols.begin(), symbols.end(),
                         [&](const QuerySymbol &symbol) { return symbol.name == use.symbol; });
        if (known == symbols.end()) {
            symbols.push_back({use.symbol, weight, isCertain});
        } else {
            known->weight = std::max(known->weight, weight);
            known->isCertain = known->isCertain || isCertain;
        }
    }
    if (uses.empty()) {
        for (std::string &name : symbolsOf(text)) {
            symbols.push_back({std::move(name), 1.0, true});
        }
        return symbols;
    }
    std::set<std::string_view> known;
    for (const Use &use : uses) {
        known.insert(lastName(use.symbol));
    }
    for (std::string &name : memberNamesOf(text)) {
        if (!known.contains(name)) {
            symbols.push_back({std::move(name), kBareWeight, false});
        }
    }
    return symbols;
}

std::string_view lastName(std::string_view symbol) noexcept
{
    return symbol.substr(symbol.rfind('.') + 1); // npos + 1 is 0
}

std::string_view ownName(std::string_view symbol) noexcept
{
    for (const std::string_view package : kEverywhere) {
        if (symbol.size() > package.size() + 1 && symbol.starts_with(package)
            && symbol[package.size()] == '.') {
            return symbol.substr(package.size() + 1);
        }
    }
    return symbol;
}

double symbolMatch(std::string_view asked, std::span<const std::string> named)
{
    constexpr double same = 1.0;
    constexpr double sibling = 0.8;
    constexpr double parent = 0.5;
    double best = 0;
    const std::string_view shared = sharedName(asked);
    const bool isBare = asked.find('.') == std::string_view::npos;
    for (const std::string &name : named) {
        if (name == asked) {
            return same;
        }
        const bool isSibling = isBare ? lastName(name) == asked : sharedName(name) == shared;
        if ((isBare || !shared.empty()) && isSibling) {
            best = std::max(best, sibling);
        }
        // `torch.nn` is in everything and tells nothing; `torch._six` of `torch._six.inf` does.
        const bool isParent =
            asked.starts_with(name) && asked.substr(name.size()).starts_with('.')
            && std::find(kEverywhere.begin(), kEverywhere.end(), name) == kEverywhere.end();
        if (isParent) {
            best = std::max(best, parent);
        }
    }
    return best;
}

} // namespace TorchLift
