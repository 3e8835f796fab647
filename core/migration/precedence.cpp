#include "migration/precedence.h"

namespace TorchLift {

namespace {

using Kind = NodeKind;

constexpr int kExpressionList = 0;
constexpr int kNamed = 1;
constexpr int kLambda = 2;
constexpr int kConditional = 3;
constexpr int kOr = 4;
constexpr int kAnd = 5;
constexpr int kNot = 6;
constexpr int kComparison = 7;
constexpr int kBitOr = 8;
constexpr int kUnary = 14;
constexpr int kPower = 15;
constexpr int kPrimary = 17;

int binaryPrecedence(std::string_view op)
{
    if (op == "|") {
        return kBitOr;
    }
    if (op == "^") {
        return kBitOr + 1;
    }
    if (op == "&") {
        return kBitOr + 2;
    }
    if (op == "<<" || op == ">>") {
        return kBitOr + 3;
    }
    if (op == "+" || op == "-") {
        return kBitOr + 4;
    }
    return op == "**" ? kPower : kBitOr + 5;
}

std::string_view operatorOf(const SyntaxTree &tree, NodeId id)
{
    return tree.text(tree.child(id, NodeField::Operator));
}

} // namespace

int precedenceOf(const SyntaxTree &tree, NodeId id)
{
    switch (tree.kind(id)) {
    case Kind::ExpressionList:
    case Kind::PatternList:
    case Kind::Yield:
    case Kind::Assignment:
        return kExpressionList;
    case Kind::NamedExpression:
        return kNamed;
    case Kind::Lambda:
        return kLambda;
    case Kind::Conditional:
        return kConditional;
    case Kind::BooleanOperator:
        return operatorOf(tree, id) == "or" ? kOr : kAnd;
    case Kind::NotOperator:
        return kNot;
    case Kind::Comparison:
        return kComparison;
    case Kind::BinaryOperator:
        return binaryPrecedence(operatorOf(tree, id));
    case Kind::UnaryOperator:
        return kUnary;
    case Kind::Await:
        return kPower + 1;
    case Kind::Integer:
        return kPower + 1; // 1.real is no attribute
    default:
        return kPrimary;
    }
}

int precedenceNeededAt(const SyntaxTree &tree, NodeId id)
{
    const NodeId parent = tree.parent(id);
    const NodeField field = tree[id].field;
    switch (tree.kind(parent)) {
    case Kind::Attribute:
    case Kind::Call:
        return field == NodeField::Object || field == NodeField::Function ? kPrimary : kNamed;
    case Kind::Subscript:
        return field == NodeField::Value ? kPrimary : kNamed;
    case Kind::Await:
        return kPrimary;
    case Kind::BinaryOperator: {
        const int own = binaryPrecedence(operatorOf(tree, parent));
        if (own == kPower) {
            return field == NodeField::Left ? kPower + 1 : kUnary;
        }
        return field == NodeField::Left ? own : own + 1;
    }
    case Kind::UnaryOperator:
        return kUnary;
    case Kind::Comparison:
        return kBitOr;
    case Kind::NotOperator:
        return kNot;
    case Kind::BooleanOperator: {
        const int own = operatorOf(tree, parent) == "or" ? kOr : kAnd;
        return field == NodeField::Left ? own : own + 1;
    }
    case Kind::Conditional:
        return tree.namedChild(parent, 2) == id ? kConditional : kOr;
    case Kind::ListSplat:
    case Kind::DictionarySplat:
        return kBitOr;
    case Kind::ArgumentList:
    case Kind::KeywordArgument:
    case Kind::List:
    case Kind::Tuple:
    case Kind::ExpressionList:
    case Kind::Dictionary:
    case Kind::Set:
    case Kind::Pair:
    case Kind::Slice:
    case Kind::ForInClause:
    case Kind::Lambda:
        return kLambda;
    default:
        return kExpressionList;
    }
}

bool isInsideBrackets(const SyntaxTree &tree, NodeId id)
{
    for (NodeId at = tree.parent(id); at != kNoNode; at = tree.parent(at)) {
        switch (tree.kind(at)) {
        case Kind::ArgumentList:
        case Kind::Parenthesized:
        case Kind::List:
        case Kind::Tuple:
        case Kind::Dictionary:
        case Kind::Set:
        case Kind::ListComprehension:
        case Kind::GeneratorExpression:
        case Kind::DictComprehension:
        case Kind::SetComprehension:
            return true;
        case Kind::Subscript:
            if (tree[id].field == NodeField::Subscript) {
                return true;
            }
            break;
        case Kind::Block:
        case Kind::Module:
            return false;
        default:
            break;
        }
    }
    return false;
}

bool hasOpenLineBreak(const SyntaxTree &tree, NodeId id)
{
    int depth = 0;
    char quote = 0;
    const std::string_view text = tree.text(id);
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (quote != 0) {
            i += c == '\\' ? 1 : 0;
            quote = c == quote ? '\0' : quote;
        } else if (c == '\'' || c == '"') {
            if (text.substr(i, 3) == std::string(3, c)) {
                i = text.find(std::string(3, c), i + 3);
                if (i == std::string_view::npos) {
                    return false;
                }
                i += 2;
            } else {
                quote = c;
            }
        } else if (c == '(' || c == '[' || c == '{') {
            ++depth;
        } else if (c == ')' || c == ']' || c == '}') {
            --depth;
        } else if (c == '\n' && depth == 0) {
            return true;
        }
    }
    return false;
}

} // namespace TorchLift
