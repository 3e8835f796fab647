#include "migration/transforms/transforms.h"

namespace TorchLift {

namespace {

using Kind = NodeKind;

// Members that tell a mask's element type, or give it to NumPy and Python.
bool showsType(std::string_view member)
{
    return member == "numpy" || member == "tolist" || member == "item" || member == "dtype"
           || member == "type";
}

bool isPrinted(const Semantics &semantics, NodeId id)
{
    const SyntaxTree &tree = semantics.tree();
    const NodeId list = tree.parent(id);
    const NodeId call = tree.kind(list) == Kind::ArgumentList ? tree.parent(list) : kNoNode;
    if (call == kNoNode) {
        return tree.kind(list) == Kind::Interpolation;
    }
    const NodeId callee = tree.child(call, NodeField::Function);
    const std::string_view symbol = semantics.symbolOf(callee);
    return symbol == "builtins.print" || symbol == "builtins.str" || symbol == "builtins.repr"
           || tree.text(callee).ends_with(".format");
}

} // namespace

Findings visibleMasks(const Semantics &semantics, const Rule &)
{
    Findings findings;
    const SyntaxTree &tree = semantics.tree();
    for (NodeId id = 0; id < tree.size(); ++id) {
        const Type &type = semantics.typeOf(id);
        if (!type.isTensor() || type.element != ElementType::Mask) {
            continue;
        }
        const NodeId above = tree.parent(id);
        const bool isShown = tree.kind(above) == Kind::Attribute
                             && tree[id].field == NodeField::Object
                             && showsType(tree.text(tree.child(above, NodeField::Attribute)));
        const bool isResult = tree.kind(above) == Kind::ExpressionStatement
                              && tree.kind(id) != Kind::Assignment
                              && tree.kind(id) != Kind::AugmentedAssignment;
        if (isShown || isResult || isPrinted(semantics, id)) {
            findings.left.push_back({id, ResidueReason::NeedsDecision, {}});
        }
    }
    return findings;
}

} // namespace TorchLift
