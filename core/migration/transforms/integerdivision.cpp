#include "migration/precedence.h"
#include "migration/textedit.h"
#include "migration/transforms/transforms.h"

namespace TorchLift {

namespace {

using Kind = NodeKind;

bool isInteger(const Type &type)
{
    return type.isTensor()
           && (type.element == ElementType::Integer || type.element == ElementType::Byte);
}

// What integer tensors are divided by without becoming floating-point in the source version.
bool isIntegerDivisor(const Semantics &semantics, NodeId id)
{
    const SyntaxTree &tree = semantics.tree();
    const Type &type = semantics.typeOf(id);
    return isInteger(type)
           || (type.kind == TypeKind::Number
               && tree.kind(tree.withoutParentheses(id)) != Kind::Float);
}

} // namespace

Findings integerDivision(const Semantics &semantics, const Rule &rule)
{
    Findings findings;
    const SyntaxTree &tree = semantics.tree();
    for (NodeId id = 0; id < tree.size(); ++id) {
        const bool isBinary = tree.kind(id) == Kind::BinaryOperator;
        if (!isBinary && tree.kind(id) != Kind::AugmentedAssignment) {
            continue;
        }
        const std::string_view op = tree.text(tree.child(id, NodeField::Operator));
        const NodeId left = tree.child(id, NodeField::Left);
        const NodeId right = tree.child(id, NodeField::Right);
        if (op != (isBinary ? "/" : "/=") || !isInteger(semantics.typeOf(left))
            || !isIntegerDivisor(semantics, right)) {
            continue;
        }
        Edit edit = newEdit(rule);
        edit.evidence = Evidence::Inferred;
        std::string divide = semantics.spelling("torch.div", id);
        if (divide.empty()) {
            divide = "torch.div";
            edit.imports = {"import torch"};
        }
        Replacement replacement;
        replacement.span = tree.span(id);
        if (!isBinary) {
            appendKept(replacement.pieces, tree, left, 0, false);
            appendText(replacement.pieces, " = ");
        }
        appendText(replacement.pieces, divide + "(");
        appendKept(replacement.pieces, tree, left, 0, true);
        appendText(replacement.pieces, ", ");
        appendKept(replacement.pieces, tree, right, 0, true);
        appendText(replacement.pieces, ", rounding_mode=\"trunc\")");
        edit.replacements = {std::move(replacement)};
        findings.edits.push_back(std::move(edit));
    }
    return findings;
}

} // namespace TorchLift
