#include <string>

#include "migration/precedence.h"
#include "migration/textedit.h"
#include "migration/transforms/transforms.h"
#include "source/nameset.h"

namespace TorchLift {

namespace {

using Kind = NodeKind;

constexpr int kUnaryPrecedence = 14;

// What the target computes for uint8 and not for bool; as functions of torch and as methods.
const NameSet &notOfBool()
{
    static const NameSet names =
        splitNames("argmax argmin bincount bmm dot kthvalue matmul median mm mv neg relu sub "
                   "tensordot topk trace");
    return names;
}

bool isMask(const Type &type)
{
    return type.isTensor() && type.element == ElementType::Mask;
}
bool isByte(const Type &type)
{
    return type.isTensor() && type.element == ElementType::Byte;
}

// Finds operations on uint8 results that are bool in the target, and those on tensors that stay
// uint8 there but must be bool.
class MaskFinder
{
public:
    MaskFinder(const Semantics &semantics, const Rule &rule)
        : m_semantics(semantics)
        , m_tree(semantics.tree())
        , m_rule(rule)
        , m_makesByteTensors(semantics.makesByteTensors())
    {}

    Findings run()
    {
        for (NodeId id = 0; id < m_tree.size(); ++id) {
            switch (m_tree.kind(id)) {
            case Kind::BinaryOperator:
                binary(id);
                break;
            case Kind::AugmentedAssignment:
                augmented(id);
                break;
            case Kind::UnaryOperator:
                unary(id);
                break;
            case Kind::Call:
                call(id);
                break;
            case Kind::Subscript:
                subscript(id);
                break;
            default:
                break;
            }
        }
        return std::move(m_findings);
    }

private:
    void binary(NodeId id)
    {
        const NodeId left = m_tree.child(id, NodeField::Left);
        const NodeId right = m_tree.child(id, NodeField::Right);
        const std::string_view op = m_tree.text(m_tree.child(id, NodeField::Operator));
        const bool isLeftMask = isMask(m_semantics.typeOf(left));
        const bool isRightMask = isMask(m_semantics.typeOf(right));
        if (op == "-" && isOne(left) && isRightMask) {
            invert(id, right);
            return;
        }
        if (op == "^" && isLeftMask && m_tree.text(right) == "1") {
            invert(id, left); // bool and a number give an index of another kind
            return;
        }
        const bool isCounted =
            isCountable(m_semantics.typeOf(left)) && isCountable(m_semantics.typeOf(right));
        const bool isSum = op == "+" && isLeftMask && isRightMask;
        if (isSum || (op == "-" && isCounted)) {
            for (const NodeId operand : {left, right}) {
                if (isMask(m_semantics.typeOf(operand))) {
                    toByte(operand);
                }
            }
        }
    }

    bool isOne(NodeId id) const
    {
        const std::string_view text = m_tree.text(id);
        return text == "1" || text == "1." || text == "1.0";
    }

    static bool isCountable(const Type &type)
    {
        return isMask(type) || isByte(type) || type.kind == TypeKind::Number;
    }

    void unary(NodeId id)
    {
        const NodeId operand = m_tree.child(id, NodeField::Argument);
        const Type &type = m_semantics.typeOf(operand);
        const std::string_view op = m_tree.text(m_tree.child(id, NodeField::Operator));
        if (op == "~" && isByte(type)) {
            // In the source version ~ means "not" here, in the target it flips every bit.
            Replacement replacement;
            replacement.span = m_tree.span(id);
            const bool needsParentheses = precedenceNeededAt(m_tree, id) > 12;
            appendText(replacement.pieces, needsParentheses ? "(1 - " : "1 - ");
            appendKept(replacement.pieces, m_tree, operand, 13, false);
            appendText(replacement.pieces, needsParentheses ? ")" : "");
            add(std::move(replacement));
        } else if (op == "-" && isMask(type)) {
            toByte(operand);
        }
    }

    void call(NodeId id)
    {
        const NodeId callee = m_tree.child(id, NodeField::Function);
        const NodeId list = m_tree.child(id, NodeField::Arguments);
        const std::string_view symbol = m_semantics.symbolOf(callee);
        if (symbol == "torch.masked_select") {
            toMask(argument(list, "mask", 1));
        } else if (symbol == "torch.where") {
            toBool(argument(list, "condition", 0));
        } else if (symbol.starts_with("torch.")
                   && notOfBool().count(symbol.substr(sizeof("torch.") - 1)) != 0) {
            masksToByte(list);
        } else if (symbol.empty() && m_tree.kind(callee) == Kind::Attribute) {
            const std::string_view name = m_tree.text(m_tree.child(callee, NodeField::Attribute));
            if (name.starts_with("masked_fill") || name.starts_with("masked_select")
                || name.starts_with("masked_scatter")) {
                toMask(argument(list, "mask", 0));
            } else if (notOfBool().count(name) != 0
                       && isMask(m_semantics.typeOf(m_tree.child(callee, NodeField::Object)))) {
                toByte(m_tree.child(callee, NodeField::Object));
                masksToByte(list);
            }
        }
    }

    void masksToByte(NodeId list)
    {
        for (const NodeId node : m_tree.named(list)) {
            if (isMask(m_semantics.typeOf(node))) {
                toByte(node);
            }
        }
    }

    // m += x, where m is a name: 1.0 counted in it.
    void augmented(NodeId id)
    {
        const NodeId left = m_tree.child(id, NodeField::Left);
        const NodeId right = m_tree.child(id, NodeField::Right);
        std::string_view op = m_tree.text(m_tree.child(id, NodeField::Operator));
        if ((op != "+=" && op != "-=" && op != "*=") || m_tree.kind(left) != Kind::Identifier
            || !isMask(m_semantics.typeOf(left))) {
            return;
        }
        op.remove_suffix(1);
        const std::string name(m_tree.text(left));
        Replacement replacement;
        replacement.span = m_tree.span(id);
        appendText(replacement.pieces, name + " = " + name + ".byte() " + std::string(op) + " ");
        appendKept(replacement.pieces, m_tree, right, op == "*" ? 13 : 12, true);
        add(std::move(replacement));
    }

    void subscript(NodeId id)
    {
        const Type &object = m_semantics.typeOf(m_tree.child(id, NodeField::Value));
        if (object.isTensor() || object.isUnknown()) {
            for (const NodeId child : m_tree.named(id)) {
                if (m_tree[child].field == NodeField::Subscript) {
                    toBool(child);
                }
            }
        }
    }

    NodeId argument(NodeId list, std::string_view keyword, std::size_t position) const
    {
        std::size_t at = 0;
        for (const NodeId node : m_tree.named(list)) {
            if (m_tree.kind(node) == Kind::KeywordArgument) {
                if (m_tree.text(m_tree.child(node, NodeField::Name)) == keyword) {
                    return m_tree.child(node, NodeField::Value);
                }
            } else if (at++ == position) {
                return node;
            }
        }
        return kNoNode;
    }

    void invert(NodeId id, NodeId mask)
    {
        Replacement replacement;
        replacement.span = m_tree.span(id);
        const bool needsParentheses = precedenceNeededAt(m_tree, id) > kUnaryPrecedence;
        appendText(replacement.pieces, needsParentheses ? "(~" : "~");
        appendKept(replacement.pieces, m_tree, mask, kUnaryPrecedence, false);
        appendText(replacement.pieces, needsParentheses ? ")" : "");
        add(std::move(replacement));
    }

    // What `id` is before methods that leave its values: of (1 - m).unsqueeze(1) it is 1 - m.
    NodeId unshaped(NodeId id) const
    {
        static const NameSet shaping =
            splitNames("byte clone contiguous data detach expand expand_as permute repeat reshape "
                       "squeeze t transpose unsqueeze view view_as");
        while (true) {
            id = m_tree.withoutParentheses(id);
            const bool isCall = m_tree.kind(id) == Kind::Call;
            const NodeId member = isCall ? m_tree.child(id, NodeField::Function) : id;
            if (m_tree.kind(member) != Kind::Attribute
                || shaping.count(m_tree.text(m_tree.child(member, NodeField::Attribute))) == 0) {
                return id;
            }
            id = m_tree.child(member, NodeField::Object);
        }
    }

    // What only a mask can stand for: 1 - x of an unknown x turns a mask round, uint8 or bool.
    void toMask(NodeId id)
    {
        if (id == kNoNode) {
            return;
        }
        const NodeId inner = unshaped(id);
        if (m_tree.kind(inner) != Kind::BinaryOperator) {
            if (mayBeByte(inner)) {
                addCall(id, ".bool()");
            } else {
                toBool(id);
            }
            return;
        }
        const NodeId right = m_tree.child(inner, NodeField::Right);
        const bool isTurned = m_tree.text(m_tree.child(inner, NodeField::Operator)) == "-"
                              && isOne(m_tree.child(inner, NodeField::Left));
        const Type &type = m_semantics.typeOf(right);
        if (!isTurned || isMask(type) || isByte(type)) {
            toBool(id);
            return;
        }
        Replacement replacement;
        replacement.span = m_tree.span(inner);
        appendKept(replacement.pieces, m_tree, right, 12, true);
        appendText(replacement.pieces, " == 0");
        add(std::move(replacement));
    }

    // A name or member of which reading does not tell what it holds, where uint8 masks are about.
    bool mayBeByte(NodeId id) const
    {
        const Type &type = m_semantics.typeOf(id);
        const bool isOpen =
            type.isUnknown() || (type.isTensor() && type.element == ElementType::Unknown);
        const bool isHeld = m_tree.kind(id) == Kind::Identifier
                            || m_tree.kind(id) == Kind::Attribute
                            || m_tree.kind(id) == Kind::Subscript;
        return m_makesByteTensors && isOpen && isHeld;
    }

    void toByte(NodeId id) { addCall(id, ".byte()"); }

    void toBool(NodeId id)
    {
        if (id != kNoNode && isByte(m_semantics.typeOf(id))) {
            addCall(id, ".bool()");
        }
    }

    void addCall(NodeId id, std::string_view method) { add(withCall(m_tree, id, method)); }

    void add(Replacement replacement)
    {
        Edit edit = newEdit(m_rule);
        edit.evidence = Evidence::Inferred;
        edit.replacements = {std::move(replacement)};
        m_findings.edits.push_back(std::move(edit));
    }

    const Semantics &m_semantics;
    const SyntaxTree &m_tree;
    const Rule &m_rule;
    const bool m_makesByteTensors;
    Findings m_findings;
};

} // namespace

Findings maskArithmetic(const Semantics &semantics, const Rule &rule)
{
    return MaskFinder(semantics, rule).run();
}

} // namespace TorchLift
