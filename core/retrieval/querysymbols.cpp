#include "retrieval/querysymbols.h"

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

bool isOperator(std::string_view symbol) noexcept
{
    return symbol.ends_with("__");
}

bool isEverywhere(std::string_view package) noexcept
{
    return std::find(kEverywhere.begin(), kEverywhere.end(), package) != kEverywhere.end();
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

} // namespace TorchLift
