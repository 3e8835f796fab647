#include <string>
#include <string_view>

#include "migration/precedence.h"
#include "migration/textedit.h"
#include "migration/transforms/calls.h"
#include "migration/transforms/transforms.h"

namespace TorchLift {

namespace {

using Kind = NodeKind;

Edit itemOf(const Semantics &semantics, const Rule &rule, NodeId id)
{
    Edit edit = newEdit(rule);
    edit.evidence = Evidence::Inferred;
    edit.replacements = {withCall(semantics.tree(), id, ".item()")};
    return edit;
}

bool isSingleArray(const Type &type)
{
    return type.kind == TypeKind::Array && type.rank > 0 && type.element == ElementType::Single;
}

bool isScalarOfArray(const Type &type)
{
    return type.kind == TypeKind::Array && type.rank == 0;
}

// A number of NumPy's that is wider than float32.
bool isWideScalar(const Type &type)
{
    return isScalarOfArray(type)
           && (type.element == ElementType::Float || type.element == ElementType::Integer);
}

// The letters of the conversions of a format, "sd" of "%s: %5.2d"; empty where they cannot be told.
std::string conversionsOf(std::string_view format)
{
    std::string letters;
    for (std::size_t at = format.find('%'); at != std::string_view::npos;
         at = format.find('%', at + 1)) {
        at = format.find_first_not_of("-+ #0123456789.", at + 1);
        if (at == std::string_view::npos || format[at] == '(' || format[at] == '*') {
            return {};
        }
        if (format[at] != '%') {
            letters += format[at];
        }
    }
    return letters;
}

// What is formatted as a number: x of '%f' % x, y of '%s %f' % (x, y).
std::vector<NodeId> formattedNumbers(const SyntaxTree &tree, NodeId format, NodeId values)
{
    constexpr std::string_view numeric = "dieEfFgG";
    const std::string letters = conversionsOf(tree.text(format));
    std::vector<NodeId> parts;
    if (tree.kind(values) == Kind::Tuple) {
        for (const NodeId part : tree.named(values)) {
            parts.push_back(part);
        }
    } else {
        parts = {values};
    }
    std::vector<NodeId> numbers;
    for (std::size_t i = 0; i < parts.size() && parts.size() == letters.size(); ++i) {
        if (numeric.find(letters[i]) != std::string_view::npos) {
            numbers.push_back(parts[i]);
        }
    }
    return numbers;
}

} // namespace

Findings arrayToNumber(const Semantics &semantics, const Rule &rule)
{
    Findings findings;
    const SyntaxTree &tree = semantics.tree();
    const auto take = [&](NodeId id) {
        const Type &type = semantics.typeOf(id);
        if (type.kind == TypeKind::Array && type.rank > 0) {
            findings.edits.push_back(itemOf(semantics, rule, id));
        }
    };
    for (const NodeId call : callsOf(semantics, rule)) {
        const NodeId arguments = tree.child(call, NodeField::Arguments);
        if (tree.namedCount(arguments) == 1) {
            take(tree.namedChild(arguments, 0));
        }
    }
    for (NodeId id = 0; id < tree.size(); ++id) {
        const NodeId left = tree.child(id, NodeField::Left);
        const NodeId right = tree.child(id, NodeField::Right);
        if (tree.kind(id) == Kind::BinaryOperator && tree.kind(left) == Kind::String
            && tree.text(tree.child(id, NodeField::Operator)) == "%") {
            for (const NodeId value : formattedNumbers(tree, left, right)) {
                take(value);
            }
        } else if (tree.kind(id) == Kind::Assignment && tree.kind(left) == Kind::Subscript
                   && isScalarOfArray(semantics.typeOf(left))) {
            take(right);
        }
    }
    return findings;
}

Findings scalarPromotion(const Semantics &semantics, const Rule &rule)
{
    Findings findings;
    const SyntaxTree &tree = semantics.tree();
    for (NodeId id = 0; id < tree.size(); ++id) {
        if (tree.kind(id) != Kind::BinaryOperator
            || tree.text(tree.child(id, NodeField::Operator)) == "@") {
            continue;
        }
        const NodeId left = tree.child(id, NodeField::Left);
        const NodeId right = tree.child(id, NodeField::Right);
        const Type &leftType = semantics.typeOf(left);
        const Type &rightType = semantics.typeOf(right);
        if (isSingleArray(leftType) && isWideScalar(rightType)) {
            findings.edits.push_back(itemOf(semantics, rule, right));
        } else if (isSingleArray(rightType) && isWideScalar(leftType)) {
            findings.edits.push_back(itemOf(semantics, rule, left));
        }
    }
    return findings;
}

} // namespace TorchLift
