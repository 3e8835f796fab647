#include "migration/textedit.h"
#include "migration/transforms/callarguments.h"
#include "migration/transforms/transforms.h"

namespace TorchLift {

namespace {

using Kind = NodeKind;

bool isBinaryCrossEntropy(const Semantics &semantics, NodeId callee)
{
    const Type &type = semantics.typeOf(callee);
    return semantics.symbolOf(callee) == "torch.nn.functional.binary_cross_entropy"
           || (type.kind == TypeKind::Instance && type.name == "torch.nn.BCELoss");
}

// Whether the target takes its shape from something already: x.view_as(p), torch.ones_like(p).
bool isShaped(std::string_view target)
{
    return target.find("_as(") != std::string_view::npos
           || target.find("_like(") != std::string_view::npos;
}

} // namespace

Findings bceShape(const Semantics &semantics, const Rule &rule)
{
    Findings findings;
    const SyntaxTree &tree = semantics.tree();
    for (NodeId id = 0; id < tree.size(); ++id) {
        const NodeId callee =
            tree.kind(id) == Kind::Call ? tree.child(id, NodeField::Function) : kNoNode;
        if (callee == kNoNode || !isBinaryCrossEntropy(semantics, callee)) {
            continue;
        }
        const CallArguments arguments(tree, id, {"input", "target"});
        const CallArguments::Argument *input = arguments.find("input");
        const CallArguments::Argument *target = arguments.find("target");
        if (input == nullptr || target == nullptr || arguments.hasStar()
            || tree.kind(input->value) != Kind::Identifier || isShaped(tree.text(target->value))) {
            continue;
        }
        const Type &from = semantics.typeOf(input->value);
        const Type &to = semantics.typeOf(target->value);
        const bool isKnown = from.rank >= 0 && to.rank >= 0;
        if (from.rank == to.rank) { // or nothing is known of either
            continue;
        }
        Edit edit = newEdit(rule);
        edit.symbol = "torch.nn.functional.binary_cross_entropy";
        edit.evidence = Evidence::Inferred;
        // Of equal shapes view_as() changes nothing; still it is noise where they may be equal.
        edit.safety = isKnown ? Safety::Review : Safety::Behaviour;
        const NodeId value = tree.withoutParentheses(target->value);
        const bool isPrimary =
            tree.kind(value) == Kind::Identifier || tree.kind(value) == Kind::Attribute
            || tree.kind(value) == Kind::Call || tree.kind(value) == Kind::Subscript;
        const ByteSpan span = tree.span(target->value);
        const std::string shaped = ".view_as(" + std::string(tree.text(input->value)) + ")";
        if (isPrimary) {
            edit.replacements = {replaced({span.end, span.end}, shaped)};
        } else {
            edit.replacements = {replaced({span.begin, span.begin}, "("),
                                 replaced({span.end, span.end}, ")" + shaped)};
        }
        findings.edits.push_back(std::move(edit));
    }
    return findings;
}

} // namespace TorchLift
