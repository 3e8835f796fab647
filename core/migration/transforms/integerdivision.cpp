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

// What integer tensors are divided by without becoming floating-point in the source version, which
// refused tensors of another type: whatever is not known to be one, or no tensor.
bool isIntegerDivisor(const Semantics &semantics, NodeId id)
{
    const Type &type = semantics.typeOf(id);
    return isInteger(type) || (type.isTensor() && type.element == ElementType::Unknown)
           || (type.kind == TypeKind::Array && type.element == ElementType::Integer)
           || type.kind == TypeKind::Number || type.isUnknown();
}

// The digits of a floating-point literal without a fraction: "100" of 100. and 100.0.
std::string_view wholeDigits(std::string_view literal)
{
    const std::size_t dot = literal.find('.');
    const bool isWhole = dot != std::string_view::npos && dot > 0
                         && literal.find_first_not_of("0123456789") == dot
                         && literal.find_first_not_of('0', dot + 1) == std::string_view::npos;
    return isWhole ? literal.substr(0, dot) : std::string_view{};
}

// A number lost its fraction on its way to an integer tensor: 2. was 2, n / k was int(n / k).
void appendDivisor(std::vector<Piece> &pieces, const Semantics &semantics, NodeId id)
{
    const SyntaxTree &tree = semantics.tree();
    const Type &type = semantics.typeOf(id);
    const std::string_view digits =
        tree.kind(id) == Kind::Float ? wholeDigits(tree.text(id)) : std::string_view{};
    const bool isCut = type.kind == TypeKind::Number && type.element != ElementType::Integer;
    if (!digits.empty()) {
        appendText(pieces, std::string(digits));
        return;
    }
    appendText(pieces, isCut ? "int(" : "");
    appendKept(pieces, tree, id, 0, true);
    appendText(pieces, isCut ? ")" : "");
}

} // namespace

// The number lost its fraction; where it has none, only the type differs.
Findings integerTimesFloat(const Semantics &semantics, const Rule &rule)
{
    Findings findings;
    const SyntaxTree &tree = semantics.tree();
    for (NodeId id = 0; id < tree.size(); ++id) {
        if (tree.kind(id) != Kind::BinaryOperator
            || tree.text(tree.child(id, NodeField::Operator)) != "*") {
            continue;
        }
        const NodeId left = tree.child(id, NodeField::Left);
        const NodeId right = tree.child(id, NodeField::Right);
        const bool isLeft = tree.kind(left) == Kind::Float;
        const NodeId number = isLeft ? left : right;
        if (tree.kind(number) != Kind::Float
            || !isInteger(semantics.typeOf(isLeft ? right : left))) {
            continue;
        }
        Edit edit = newEdit(rule);
        edit.evidence = Evidence::Inferred;
        const std::string digits(wholeDigits(tree.text(number)));
        if (digits.empty()) {
            edit.safety = Safety::Behaviour;
            edit.replacements = {
                replaced(tree.span(number), "int(" + std::string(tree.text(number)) + ")")};
        } else {
            edit.replacements = {replaced(tree.span(number), digits)};
        }
        findings.edits.push_back(std::move(edit));
    }
    return findings;
}

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
        appendKept(replacement.pieces, tree, tree.withoutParentheses(left), 0, true);
        appendText(replacement.pieces, ", ");
        appendDivisor(replacement.pieces, semantics, tree.withoutParentheses(right));
        appendText(replacement.pieces, ", rounding_mode=\"trunc\")");
        edit.replacements = {std::move(replacement)};
        findings.edits.push_back(std::move(edit));
    }
    return findings;
}

} // namespace TorchLift
