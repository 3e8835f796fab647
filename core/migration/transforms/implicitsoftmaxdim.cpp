#include "migration/textedit.h"
#include "migration/transforms/callarguments.h"
#include "migration/transforms/calls.h"
#include "migration/transforms/transforms.h"

namespace TorchLift {

namespace {

using Kind = NodeKind;

// The dimension that was chosen when none was given.
int legacyDim(int rank)
{
    return rank == 0 || rank == 1 || rank == 3 ? 0 : 1;
}

// The rank of what a module is applied to, from its calls in this file; -1 if they do not agree.
int rankOfCalls(const Semantics &semantics, NodeId construction)
{
    const SyntaxTree &tree = semantics.tree();
    const NodeId above = tree.parent(construction);
    if (tree.kind(above) == Kind::Call && tree[construction].field == NodeField::Function) {
        return semantics.typeOf(tree.namedChild(tree.child(above, NodeField::Arguments), 0)).rank;
    }
    if (tree.kind(above) != Kind::Assignment) {
        return -1;
    }
    const std::string_view target = tree.text(tree.child(above, NodeField::Left));
    int rank = -1;
    for (NodeId id = 0; id < tree.size(); ++id) {
        if (tree.kind(id) != Kind::Call
            || tree.text(tree.child(id, NodeField::Function)) != target) {
            continue;
        }
        const Type &input =
            semantics.typeOf(tree.namedChild(tree.child(id, NodeField::Arguments), 0));
        if (!input.isTensor() || input.rank < 0
            || (rank >= 0 && legacyDim(rank) != legacyDim(input.rank))) {
            return -1;
        }
        rank = input.rank;
    }
    return rank;
}

} // namespace

Findings implicitSoftmaxDim(const Semantics &semantics, const Rule &rule)
{
    Findings findings;
    const SyntaxTree &tree = semantics.tree();
    for (const NodeId id : callsOf(semantics, rule)) {
        const NodeId callee = tree.child(id, NodeField::Function);
        const std::string_view symbol = semantics.symbolOf(callee);
        const bool isModule = !symbol.starts_with("torch.nn.functional.");
        const CallArguments arguments =
            isModule ? CallArguments(tree, id, {"dim"})
                     : CallArguments(tree, id, {"input", "dim", "_stacklevel", "dtype"});
        const CallArguments::Argument *dim = arguments.find("dim");
        if (arguments.hasStar() || (dim != nullptr && tree.text(dim->value) != "None")) {
            continue;
        }
        const CallArguments::Argument *input = arguments.find("input");
        const int rank = isModule           ? rankOfCalls(semantics, id)
                         : input == nullptr ? -1
                                            : semantics.typeOf(input->value).rank;
        const bool isPlainName =
            input != nullptr
            && tree.kind(tree.withoutParentheses(input->value)) == Kind::Identifier;
        if (rank < 0 && !isPlainName) {
            findings.left.push_back({callee, ResidueReason::NeedsDecision, {}});
            continue;
        }
        Edit edit = newEdit(rule);
        edit.symbol = symbol;
        edit.evidence = Evidence::Inferred;
        // Where the rank is not known, the choice that was made inside stands in the code.
        const std::string text = rank >= 0 ? std::to_string(legacyDim(rank))
                                           : "0 if " + std::string(tree.text(input->value))
                                                 + ".dim() in (0, 1, 3) else 1";
        if (dim != nullptr) {
            edit.replacements = {replaced(tree.span(dim->value), text)};
        } else if (arguments.all().empty()) {
            const NodeId list = tree.child(id, NodeField::Arguments);
            edit.replacements = {replaced(tree.span(list), "(dim=" + text + ")")};
        } else {
            const std::size_t end = tree[arguments.all().back().node].end;
            edit.replacements = {replaced({end, end}, ", dim=" + text)};
        }
        findings.edits.push_back(std::move(edit));
    }
    return findings;
}

} // namespace TorchLift
