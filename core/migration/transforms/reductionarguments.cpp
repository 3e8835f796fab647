#include <map>
#include <optional>

#include "migration/textedit.h"
#include "migration/transforms/callarguments.h"
#include "migration/transforms/transforms.h"

namespace TorchLift {

namespace {

using Kind = NodeKind;
using Names = std::vector<std::string_view>;

// Parameters of torch 1.0.0's losses, the input and target of functions left out.
const std::map<std::string_view, Names> &parametersOfLosses()
{
    static const Names plain{"size_average", "reduce", "reduction"};
    static const Names weighted{"weight", "size_average", "reduce", "reduction"};
    static const Names withMargin{"margin", "size_average", "reduce", "reduction"};
    static const Names labelled{"weight", "size_average", "ignore_index", "reduce", "reduction"};
    static const std::map<std::string_view, Names> losses{
        {"L1Loss", plain},
        {"MSELoss", plain},
        {"KLDivLoss", plain},
        {"SmoothL1Loss", plain},
        {"SoftMarginLoss", plain},
        {"MultiLabelMarginLoss", plain},
        {"BCELoss", weighted},
        {"BCEWithLogitsLoss", {"weight", "size_average", "reduce", "reduction", "pos_weight"}},
        {"MultiLabelSoftMarginLoss", weighted},
        {"NLLLoss", labelled},
        {"NLLLoss2d", labelled},
        {"CrossEntropyLoss", labelled},
        {"HingeEmbeddingLoss", withMargin},
        {"CosineEmbeddingLoss", withMargin},
        {"MarginRankingLoss", withMargin},
        {"PoissonNLLLoss", {"log_input", "full", "size_average", "eps", "reduce", "reduction"}},
        {"MultiMarginLoss", {"p", "margin", "weight", "size_average", "reduce", "reduction"}},
        {"TripletMarginLoss",
         {"margin", "p", "eps", "swap", "size_average", "reduce", "reduction"}},
    };
    return losses;
}

const std::map<std::string_view, std::pair<std::string_view, int>> &functionsOfLosses()
{
    static const std::map<std::string_view, std::pair<std::string_view, int>> functions{
        {"l1_loss", {"L1Loss", 2}},
        {"mse_loss", {"MSELoss", 2}},
        {"kl_div", {"KLDivLoss", 2}},
        {"smooth_l1_loss", {"SmoothL1Loss", 2}},
        {"soft_margin_loss", {"SoftMarginLoss", 2}},
        {"multilabel_margin_loss", {"MultiLabelMarginLoss", 2}},
        {"binary_cross_entropy", {"BCELoss", 2}},
        {"binary_cross_entropy_with_logits", {"BCEWithLogitsLoss", 2}},
        {"multilabel_soft_margin_loss", {"MultiLabelSoftMarginLoss", 2}},
        {"nll_loss", {"NLLLoss", 2}},
        {"cross_entropy", {"CrossEntropyLoss", 2}},
        {"hinge_embedding_loss", {"HingeEmbeddingLoss", 2}},
        {"cosine_embedding_loss", {"CosineEmbeddingLoss", 3}},
        {"margin_ranking_loss", {"MarginRankingLoss", 3}},
        {"poisson_nll_loss", {"PoissonNLLLoss", 2}},
        {"multi_margin_loss", {"MultiMarginLoss", 2}},
        {"triplet_margin_loss", {"TripletMarginLoss", 3}},
    };
    return functions;
}

std::optional<Names> parametersOf(std::string_view symbol)
{
    constexpr std::string_view modules = "torch.nn.";
    constexpr std::string_view functional = "torch.nn.functional.";
    if (symbol.starts_with(functional)) {
        const auto found = functionsOfLosses().find(symbol.substr(functional.size()));
        if (found == functionsOfLosses().end()) {
            return std::nullopt;
        }
        Names names(static_cast<std::size_t>(found->second.second));
        const Names &rest = parametersOfLosses().at(found->second.first);
        names.insert(names.end(), rest.begin(), rest.end());
        return names;
    }
    if (symbol.starts_with(modules)) {
        const auto found = parametersOfLosses().find(symbol.substr(modules.size()));
        if (found != parametersOfLosses().end()) {
            return found->second;
        }
    }
    return std::nullopt;
}

// What the two flags together mean; texts of conditions stay in the code.
std::string reductionFor(const SyntaxTree &tree, const CallArguments::Argument *average,
                         const CallArguments::Argument *reduce)
{
    const auto flag = [&](const CallArguments::Argument *argument) -> std::string {
        const std::string text(argument == nullptr ? "True" : tree.text(argument->value));
        return text == "None" ? "True" : text;
    };
    const std::string isAveraged = flag(average);
    const std::string isReduced = flag(reduce);
    const std::string whenReduced = isAveraged == "True" ? "'mean'"
                                    : isAveraged == "False"
                                        ? "'sum'"
                                        : "'mean' if " + isAveraged + " else 'sum'";
    if (isReduced == "True") {
        return whenReduced;
    }
    if (isReduced == "False") {
        return "'none'";
    }
    return "(" + whenReduced + ") if " + isReduced + " else 'none'";
}

} // namespace

Findings reductionArguments(const Semantics &semantics, const Rule &rule)
{
    Findings findings;
    const SyntaxTree &tree = semantics.tree();
    for (NodeId id = 0; id < tree.size(); ++id) {
        if (tree.kind(id) != Kind::Call) {
            continue;
        }
        const NodeId callee = tree.child(id, NodeField::Function);
        const std::string_view symbol = semantics.symbolOf(callee);
        const std::optional<Names> parameters =
            symbol.empty() ? std::nullopt : parametersOf(symbol);
        if (!parameters) {
            continue;
        }
        const CallArguments arguments(tree, id, *parameters);
        const CallArguments::Argument *average = arguments.find("size_average");
        const CallArguments::Argument *reduce = arguments.find("reduce");
        if (average == nullptr && reduce == nullptr) {
            continue;
        }
        if (arguments.hasStar() || arguments.find("reduction") != nullptr) {
            findings.left.push_back({callee, ResidueReason::DynamicAccess, {}});
            continue;
        }
        // The first of the two becomes reduction=, the other goes; later positions need names.
        Edit edit = newEdit(rule);
        edit.symbol = symbol;
        const NodeId first = average == nullptr  ? reduce->node
                             : reduce == nullptr ? average->node
                                                 : std::min(average->node, reduce->node);
        bool isAfter = false;
        Replacement replacement;
        replacement.span = {tree[arguments.all().front().node].begin,
                            tree[arguments.all().back().node].end};
        bool isFirst = true;
        for (const CallArguments::Argument &argument : arguments.all()) {
            if (argument.node == first) {
                isAfter = true;
                appendText(replacement.pieces, isFirst ? "" : ", ");
                appendText(replacement.pieces, "reduction=" + reductionFor(tree, average, reduce));
                isFirst = false;
                continue;
            }
            if (argument.name == "size_average" || argument.name == "reduce") {
                continue;
            }
            appendText(replacement.pieces, isFirst ? "" : ", ");
            if (isAfter && !argument.isKeyword) {
                appendText(replacement.pieces, std::string(argument.name) + "=");
            }
            appendKept(replacement.pieces, tree, argument.node, 0, true);
            isFirst = false;
        }
        edit.replacements = {std::move(replacement)};
        findings.edits.push_back(std::move(edit));
    }
    return findings;
}

Findings elementwiseMean(const Semantics &semantics, const Rule &rule)
{
    Findings findings;
    const SyntaxTree &tree = semantics.tree();
    for (NodeId id = 0; id < tree.size(); ++id) {
        if (tree.kind(id) != Kind::Call) {
            continue;
        }
        const std::string_view symbol = semantics.symbolOf(tree.child(id, NodeField::Function));
        const std::optional<Names> parameters =
            symbol.empty() ? std::nullopt : parametersOf(symbol);
        const CallArguments arguments(tree, id, parameters.value_or(Names{}));
        const CallArguments::Argument *reduction = arguments.find("reduction");
        if (!parameters || reduction == nullptr) {
            continue;
        }
        const std::string_view value = tree.text(reduction->value);
        if (value != "'elementwise_mean'" && value != "\"elementwise_mean\"") {
            continue;
        }
        Edit edit = newEdit(rule);
        edit.symbol = symbol;
        edit.replacements = {
            replaced(tree.span(reduction->value), value.front() == '"' ? "\"mean\"" : "'mean'")};
        findings.edits.push_back(std::move(edit));
    }
    return findings;
}

} // namespace TorchLift
