#include <algorithm>
#include <charconv>

#include "source/evaluator.h"

namespace TorchLift {

namespace {

using Kind = NodeKind;

bool isOne(std::string_view text)
{
    return text == "1" || text == "1." || text == "1.0";
}

// What arithmetic makes of masks is named as after migration: `1 - mask` is a mask, sums and
// differences stay uint8.
ElementType elementOfArithmetic(std::string_view op, const Type &tensor, const Type &other,
                                bool isInversion)
{
    const ElementType element = tensor.element;
    const bool isBitwise = op == "&" || op == "|" || op == "^";
    if (!other.isTensor()) {
        if (element != ElementType::Mask || isBitwise || isInversion) {
            return element;
        }
        return op == "-" ? ElementType::Byte : ElementType::Unknown;
    }
    if (other.element == element) {
        const bool isCounted = element == ElementType::Mask && (op == "+" || op == "-");
        return isCounted ? ElementType::Byte : element;
    }
    const bool isByteLike =
        (element == ElementType::Byte || element == ElementType::Mask)
        && (other.element == ElementType::Byte || other.element == ElementType::Mask);
    if (isByteLike) {
        return ElementType::Byte;
    }
    const bool isFloat = element == ElementType::Float || other.element == ElementType::Float;
    return isFloat ? ElementType::Float : ElementType::Unknown;
}

} // namespace

Type Evaluator::subscript(NodeId node)
{
    const Type object = evaluate(m_tree.child(node, NodeField::Value));
    const NodeId index = m_tree.child(node, NodeField::Subscript);
    for (const NodeId child : m_tree.named(node)) {
        if (m_tree[child].field == NodeField::Subscript) {
            evaluate(child);
        }
    }
    const NodeId value = m_tree.child(node, NodeField::Value);
    const bool isShape = m_tree.kind(value) == Kind::Attribute
                         && m_tree.text(m_tree.child(value, NodeField::Attribute)) == "shape";
    if (isShape && m_tree.kind(index) == Kind::Integer && !object.isTensor()) {
        return Type::number(ElementType::Integer); // whatever has a shape
    }
    switch (object.kind) {
    case TypeKind::Tensor: {
        Type part = Type::tensor(rankOfPart(object, node), object.element);
        part.strides = object.strides;
        return part;
    }
    case TypeKind::Size:
        return Type::number(ElementType::Integer);
    case TypeKind::Batch:
        return Type::tensor();
    case TypeKind::List:
        return m_tree.kind(index) == Kind::Slice ? object : elementOf(object);
    case TypeKind::Tuple: {
        std::size_t at = 0;
        const std::string_view text = m_tree.text(index);
        const auto parsed = std::from_chars(text.data(), text.data() + text.size(), at);
        const bool isNumber = parsed.ec == std::errc() && parsed.ptr == text.data() + text.size();
        return isNumber && at < object.elements.size() ? object.elements[at]
               : object.elements.empty()               ? Type{}
                                                       : elementOf(object);
    }
    case TypeKind::Array: { // NumPy's numbers have the methods of its arrays
        Type part = object;
        part.rank = rankOfPart(object, node);
        return part;
    }
    case TypeKind::Dict:
        return itemOfDict(object, index);
    case TypeKind::Instance:
        return object.name == "torch.nn.ModuleDict"
                   ? Type::of(TypeKind::Instance, "torch.nn.Module")
                   : elementOf(object);
    default:
        return {};
    }
}

// The rank of what a subscript takes of a tensor or an array.
int Evaluator::rankOfPart(const Type &object, NodeId node) const
{
    int rank = object.rank;
    for (const NodeId child : m_tree.named(node)) {
        if (m_tree[child].field != NodeField::Subscript || rank < 0) {
            continue;
        }
        const Type &index = typeAt(child);
        if (index.kind == TypeKind::Number) {
            --rank;
        } else if (index.kind == TypeKind::None) {
            ++rank;
        } else if (m_tree.kind(child) != Kind::Slice
                   && !((index.isTensor() || index.kind == TypeKind::Array) && index.rank == 1
                        && index.element == ElementType::Integer)) {
            rank = -1;
        }
    }
    return rank;
}

Type Evaluator::binary(NodeId node)
{
    const Type left = evaluate(m_tree.child(node, NodeField::Left));
    const Type right = evaluate(m_tree.child(node, NodeField::Right));
    const std::string_view op = m_tree.text(m_tree.child(node, NodeField::Operator));
    if (left.isTensor() || right.isTensor()) {
        const Type &tensor = left.isTensor() ? left : right;
        const Type &other = left.isTensor() ? right : left;
        if (tensor.isTensor() && other.kind == TypeKind::String) {
            return other;
        }
        const bool hasBothRanks =
            tensor.rank >= 0
            && (other.kind == TypeKind::Number || (other.isTensor() && other.rank >= 0));
        int rank = hasBothRanks ? std::max(tensor.rank, other.isTensor() ? other.rank : 0) : -1;
        if (op == "@") {
            rank = tensor.rank == 2 && other.rank == 2 ? 2 : -1;
        }
        const bool isInversion =
            (op == "-" && isOne(m_tree.text(m_tree.child(node, NodeField::Left))))
            || (op == "^" && m_tree.text(m_tree.child(node, NodeField::Right)) == "1");
        Type result = Type::tensor(rank, elementOfArithmetic(op, tensor, other, isInversion));
        const bool isArithmetic = op == "+" || op == "-" || op == "*" || op == "/";
        if (isArithmetic) {
            result.strides = stridesOfArithmetic(left, right);
        } else if (op != "@" && std::max(left.strides, right.strides) != Strides::InOrder) {
            result.strides = Strides::Kept;
        }
        return result;
    }
    if (left.kind == TypeKind::String && op == "%") {
        return left;
    }
    if (left.kind == TypeKind::Number && right.kind == TypeKind::Number) {
        const bool isWhole = left.element == ElementType::Integer
                             && right.element == ElementType::Integer && op != "/" && op != "**";
        return Type::number(isWhole ? ElementType::Integer : ElementType::Unknown);
    }
    if (left.kind == TypeKind::Array || right.kind == TypeKind::Array) {
        return resultOfArrays(op, left, right);
    }
    return left.kind == right.kind ? join(left, right) : Type{};
}

Type Evaluator::comparison(NodeId node)
{
    Type tensor;
    for (const NodeId operand : m_tree.named(node)) {
        const Type &type = evaluate(operand);
        if (type.isTensor() && !tensor.isTensor()) {
            tensor = type;
        } else if (type.isTensor()) {
            tensor.strides = std::max(tensor.strides, type.strides);
            tensor.rank = tensor.rank < 0 || type.rank < 0 ? -1 : std::max(tensor.rank, type.rank);
        }
    }
    for (const NodeId child : m_tree.children(node)) {
        const std::string_view op = m_tree.text(child);
        if (m_tree[child].field == NodeField::Operators
            && (op == "in" || op == "not in" || op == "is" || op == "is not" || op == "not")) {
            return Type::of(TypeKind::Bool);
        }
    }
    if (!tensor.isTensor()) {
        return {};
    }
    Type mask = Type::tensor(tensor.rank, ElementType::Mask);
    mask.strides = tensor.strides == Strides::InOrder ? Strides::InOrder : Strides::Kept;
    return mask;
}

Type Evaluator::comprehension(NodeId node)
{
    const auto before = m_data.scopes[static_cast<std::size_t>(m_scope)].current;
    for (const NodeId child : m_tree.named(node)) {
        if (m_tree.kind(child) == Kind::ForInClause) {
            const Type iterable = evaluate(m_tree.child(child, NodeField::Right));
            assign(m_tree.child(child, NodeField::Left), elementOf(iterable));
        } else if (m_tree.kind(child) == Kind::IfClause) {
            evaluateChildren(child);
        }
    }
    const NodeId body = m_tree.child(node, NodeField::Body);
    Type list =
        Type::of(m_tree.kind(node) == Kind::DictComprehension ? TypeKind::Dict : TypeKind::List);
    if (list.kind == TypeKind::Dict) {
        evaluateChildren(body);
        list.elements = {typeAt(m_tree.namedChild(body, 1))};
    } else {
        list.elements = {evaluate(body)};
    }
    m_data.scopes[static_cast<std::size_t>(m_scope)].current = before;
    return list;
}

} // namespace TorchLift
