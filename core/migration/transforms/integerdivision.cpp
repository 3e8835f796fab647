#include "migration/precedence.h"
#include "migration/textedit.h"
#include "migration/transforms/callarguments.h"
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

// torch.div(a, b), a.div(b) and a.div_(b).
void addDivisionCall(const Semantics &semantics, const Rule &rule, NodeId call, Findings &findings)
{
    const SyntaxTree &tree = semantics.tree();
    const NodeId callee = tree.child(call, NodeField::Function);
    const std::string_view symbol = semantics.symbolOf(callee);
    const std::string_view method = tree.text(tree.child(callee, NodeField::Attribute));
    const bool isFunction = symbol == "torch.div";
    if (!isFunction && (!symbol.empty() || (method != "div" && method != "div_"))) {
        return;
    }
    const CallArguments arguments = isFunction ? CallArguments(tree, call, {"input", "other"})
                                               : CallArguments(tree, call, {"other"});
    const CallArguments::Argument *input = arguments.find("input");
    const CallArguments::Argument *other = arguments.find("other");
    const NodeId dividend = !isFunction        ? tree.child(callee, NodeField::Object)
                            : input == nullptr ? kNoNode
                                               : input->value;
    if (arguments.hasStar() || other == nullptr || dividend == kNoNode
        || arguments.find("rounding_mode") != nullptr || !isInteger(semantics.typeOf(dividend))
        || !isIntegerDivisor(semantics, other->value)) {
        return;
    }
    Edit edit = newEdit(rule);
    edit.evidence = Evidence::Inferred;
    const std::size_t end = tree[arguments.all().back().node].end;
    edit.replacements = {replaced({end, end}, ", rounding_mode=\"trunc\"")};
    findings.edits.push_back(std::move(edit));
}

} // namespace

Findings integerDivision(const Semantics &semantics, const Rule &rule)
{
    Findings findings;
    const SyntaxTree &tree = semantics.tree();
    for (NodeId id = 0; id < tree.size(); ++id) {
        if (tree.kind(id) == Kind::Call) {
            addDivisionCall(semantics, rule, id, findings);
            continue;
        }
        const bool isBinary = tree.kind(id) == Kind::BinaryOperator;
        if (!isBinary && tree.kind(id) != Kind::AugmentedAssignment) {
            continue;
        }
        const std::string_view op = tree.text(tree.child(id, NodeField::Operator));
        const NodeId left = tree.child(id, NodeField::Left);
        const NodeId right = tree.child(id, NodeField::Right);
        const bool isIntegers =
            (isInteger(semantics.typeOf(left)) && isIntegerDivisor(semantics, right))
            || (isBinary && isInteger(semantics.typeOf(right))
                && tree.kind(tree.withoutParentheses(left)) == Kind::Integer);
        if (op != (isBinary ? "/" : "/=") || !isIntegers) {
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
