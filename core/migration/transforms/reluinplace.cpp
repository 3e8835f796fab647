#include "migration/textedit.h"
#include "migration/transforms/transforms.h"

namespace TorchLift {

namespace {

using Kind = NodeKind;

bool isRelu(const Semantics &semantics, NodeId call)
{
    const SyntaxTree &tree = semantics.tree();
    if (tree.kind(call) != Kind::Call) {
        return false;
    }
    const Type &callee = semantics.typeOf(tree.child(call, NodeField::Function));
    switch (callee.kind) {
    case TypeKind::Symbol:
        return callee.name == "torch.nn.functional.relu" || callee.name == "torch.relu";
    case TypeKind::TensorMethod:
        return callee.name == "relu";
    case TypeKind::Instance:
        return callee.name == "torch.nn.ReLU";
    default:
        return false;
    }
}

// What the name was last assigned before `statement` in the same block, or kNoNode.
NodeId valueBefore(const SyntaxTree &tree, NodeId statement, std::string_view name)
{
    NodeId value = kNoNode;
    for (const NodeId sibling : tree.named(tree.parent(statement))) {
        if (sibling == statement) {
            break;
        }
        const NodeId assignment = tree.namedChild(sibling, 0);
        const bool isAssignment = tree.kind(sibling) == Kind::ExpressionStatement
                                  && tree.kind(assignment) == Kind::Assignment;
        if (isAssignment && tree.text(tree.child(assignment, NodeField::Left)) == name) {
            value = tree.child(assignment, NodeField::Right);
        } else if (!isAssignment && tree.kind(sibling) != Kind::Comment
                   && tree.text(sibling).find(name) != std::string_view::npos) {
            value = kNoNode; // it may have been assigned in there
        }
    }
    return value;
}

} // namespace

Findings reluInplace(const Semantics &semantics, const Rule &rule)
{
    Findings findings;
    const SyntaxTree &tree = semantics.tree();
    for (NodeId id = 0; id < tree.size(); ++id) {
        if (tree.kind(id) != Kind::AugmentedAssignment) {
            continue;
        }
        const NodeId left = tree.child(id, NodeField::Left);
        const NodeId right = tree.child(id, NodeField::Right);
        const std::string_view op = tree.text(tree.child(id, NodeField::Operator));
        if (tree.kind(left) != Kind::Identifier || op.size() != 2
            || !isRelu(semantics, valueBefore(tree, tree.parent(id), tree.text(left)))) {
            continue;
        }
        Edit edit = newEdit(rule);
        edit.evidence = Evidence::Inferred;
        Replacement replacement;
        replacement.span = tree.span(id);
        appendKept(replacement.pieces, tree, left, 0, false);
        appendText(replacement.pieces, " = ");
        appendKept(replacement.pieces, tree, left, 0, false);
        appendText(replacement.pieces, " " + std::string(op.substr(0, 1)) + " ");
        // The right side of an operator needs to bind tighter than the operator itself.
        const int needed = op == "+=" || op == "-=" ? 13 : 14;
        appendKept(replacement.pieces, tree, right, needed, false);
        edit.replacements = {std::move(replacement)};
        findings.edits.push_back(std::move(edit));
    }
    return findings;
}

} // namespace TorchLift
