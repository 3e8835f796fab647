#include "migration/transforms/calls.h"

namespace TorchLift {

std::vector<NodeId> callsOf(const Semantics &semantics, const Rule &rule)
{
    const SyntaxTree &tree = semantics.tree();
    std::vector<NodeId> calls;
    for (NodeId id = 0; id < tree.size(); ++id) {
        if (tree.kind(id) == NodeKind::Call
            && rule.info.concerns(semantics.symbolOf(tree.child(id, NodeField::Function)))) {
            calls.push_back(id);
        }
    }
    return calls;
}

std::vector<NodeId> methodCalls(const SyntaxTree &tree, std::string_view method)
{
    std::vector<NodeId> calls;
    for (NodeId id = 0; id < tree.size(); ++id) {
        const NodeId callee =
            tree.kind(id) == NodeKind::Call ? tree.child(id, NodeField::Function) : kNoNode;
        if (tree.kind(callee) == NodeKind::Attribute
            && tree.text(tree.child(callee, NodeField::Attribute)) == method) {
            calls.push_back(id);
        }
    }
    return calls;
}

} // namespace TorchLift
