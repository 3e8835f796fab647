#include <set>

#include "migration/textedit.h"
#include "migration/transforms/transforms.h"
#include "source/nameset.h"

namespace TorchLift {

namespace {

using Kind = NodeKind;

// Products, whose gradient is computed from the numbers of both sides.
bool isProduct(std::string_view method)
{
    static const NameSet names =
        splitNames("addmm addmv baddbmm bmm conv1d conv2d dot div einsum ger linear matmul mm mul "
                   "mv pow");
    return names.count(method) != 0;
}

// Whether autograd keeps `use` for the way back: a factor of a product.
bool isFactor(const SyntaxTree &tree, NodeId use)
{
    NodeId above = tree.parent(use);
    if (tree.kind(above) == Kind::BinaryOperator) {
        const std::string_view op = tree.text(tree.child(above, NodeField::Operator));
        return op == "*" || op == "@" || op == "/";
    }
    if (tree.kind(above) == Kind::ArgumentList) {
        above = tree.child(tree.parent(above), NodeField::Function);
    } else if (tree.kind(above) != Kind::Attribute || tree[use].field != NodeField::Object
               || tree.kind(tree.parent(above)) != Kind::Call) {
        return false;
    }
    return tree.kind(above) == Kind::Attribute
           && isProduct(tree.text(tree.child(above, NodeField::Attribute)));
}

// The name in `name.data = value`, or kNoNode.
NodeId assignedOwner(const SyntaxTree &tree, NodeId id)
{
    const NodeId left =
        tree.kind(id) == Kind::Assignment ? tree.child(id, NodeField::Left) : kNoNode;
    const bool isData = tree.kind(left) == Kind::Attribute
                        && tree.text(tree.child(left, NodeField::Attribute)) == "data";
    return isData ? tree.child(left, NodeField::Object) : kNoNode;
}

} // namespace

Findings dataAssigned(const Semantics &semantics, const Rule &rule)
{
    Findings findings;
    const SyntaxTree &tree = semantics.tree();
    std::set<NodeId> seen; // of several assignments
    for (NodeId id = 0; id < tree.size(); ++id) {
        const NodeId owner = assignedOwner(tree, id);
        const NodeId function =
            owner == kNoNode ? kNoNode : tree.enclosing(id, Kind::FunctionDefinition);
        if (function == kNoNode) {
            continue;
        }
        for (NodeId use = tree[id].subtreeEnd; use < tree[function].subtreeEnd; ++use) {
            if (tree.kind(use) != tree.kind(owner) || tree.text(use) != tree.text(owner)
                || !isFactor(tree, use) || !seen.insert(use).second) {
                continue;
            }
            Edit edit = newEdit(rule);
            edit.evidence = Evidence::Inferred;
            edit.replacements = {
                replaced(tree.span(use), std::string(tree.text(use)) + ".clone()")};
            findings.edits.push_back(std::move(edit));
        }
    }
    return findings;
}

} // namespace TorchLift
