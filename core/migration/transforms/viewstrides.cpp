#include "migration/textedit.h"
#include "migration/transforms/calls.h"
#include "migration/transforms/transforms.h"

namespace TorchLift {

namespace {

using Kind = NodeKind;

// correct[:k] of topk(): code that counts hits gets `correct` from elsewhere.
bool isFirstRows(const SyntaxTree &tree, NodeId id)
{
    const NodeId index =
        tree.kind(id) == Kind::Subscript ? tree.child(id, NodeField::Subscript) : kNoNode;
    return index != kNoNode && tree.kind(index) == Kind::Slice && tree.text(index).starts_with(':');
}

// reshape() may give a copy, and what is written there would be lost.
bool isWrittenTo(const SyntaxTree &tree, NodeId view)
{
    const NodeId above = tree.parent(view);
    if (tree.kind(above) == Kind::Attribute) {
        return tree.text(above).ends_with('_');
    }
    return tree.kind(above) == Kind::Subscript && tree[above].field == NodeField::Left;
}

} // namespace

Findings viewStrides(const Semantics &semantics, const Rule &rule)
{
    Findings findings;
    const SyntaxTree &tree = semantics.tree();
    for (const NodeId id : methodCalls(tree, "view")) {
        const NodeId callee = tree.child(id, NodeField::Function);
        const NodeId object = tree.child(callee, NodeField::Object);
        const Type &type = semantics.typeOf(object);
        const bool isFlattened = tree.text(tree.child(id, NodeField::Arguments)) == "(-1)";
        const bool isHits =
            isFlattened && isFirstRows(tree, object) && (type.isTensor() || type.isUnknown());
        if ((type.strides != Strides::Kept && !isHits) || isWrittenTo(tree, id)) {
            continue;
        }
        Edit edit = newEdit(rule);
        edit.evidence = type.isTensor() ? Evidence::Inferred : Evidence::NameOnly;
        Replacement replacement;
        replacement.span = tree.span(tree.child(callee, NodeField::Attribute));
        appendText(replacement.pieces, "reshape");
        edit.replacements = {std::move(replacement)};
        findings.edits.push_back(std::move(edit));
    }
    return findings;
}

} // namespace TorchLift
