#include "source/operatoruses.h"

#include <algorithm>
#include <array>
#include <optional>

namespace TorchLift {

namespace {

using Kind = NodeKind;

struct Operator
{
    std::string_view token;
    std::string_view method;    // without its underscores
    std::string_view reflected; // where the right side is the tensor
};

// Language reference, "Emulating numeric types" and "Basic customization".
constexpr std::array<Operator, 19> kOperators{{{"+", "add", "radd"},
                                               {"-", "sub", "rsub"},
                                               {"*", "mul", "rmul"},
                                               {"/", "truediv", "rtruediv"},
                                               {"//", "floordiv", "rfloordiv"},
                                               {"%", "mod", "rmod"},
                                               {"**", "pow", "rpow"},
                                               {"@", "matmul", "rmatmul"},
                                               {"&", "and", "rand"},
                                               {"|", "or", "ror"},
                                               {"^", "xor", "rxor"},
                                               {"<<", "lshift", "rlshift"},
                                               {">>", "rshift", "rrshift"},
                                               {"<", "lt", "gt"},
                                               {">", "gt", "lt"},
                                               {"<=", "le", "ge"},
                                               {">=", "ge", "le"},
                                               {"==", "eq", "eq"},
                                               {"!=", "ne", "ne"}}};

const Operator *findOperator(std::string_view token)
{
    const auto known = std::find_if(kOperators.begin(), kOperators.end(),
                                    [&](const Operator &one) { return one.token == token; });
    return known == kOperators.end() ? nullptr : &*known;
}

class OperatorFinder
{
public:
    explicit OperatorFinder(const Semantics &semantics)
        : m_semantics(semantics)
        , m_tree(semantics.tree())
        , m_lines(m_tree.code())
    {}

    std::vector<Use> run()
    {
        for (NodeId id = 0; id < m_tree.size(); ++id) {
            switch (m_tree.kind(id)) {
            case Kind::BinaryOperator:
            case Kind::Comparison:
            case Kind::AugmentedAssignment:
                visitBinary(id);
                break;
            case Kind::UnaryOperator:
                visitUnary(id);
                break;
            default:
                break;
            }
        }
        return std::move(m_uses);
    }

private:
    // The children are operand, operator, operand, and so on for a chain of comparisons.
    void visitBinary(NodeId id)
    {
        std::optional<NodeId> left;
        std::string_view token;
        for (const NodeId child : m_tree.children(id)) {
            if (!m_tree[child].isNamed) {
                token = m_tree.text(child);
                continue;
            }
            if (m_tree.kind(child) == Kind::Comment) {
                continue;
            }
            if (left) {
                addBinary(id, token, *left, child);
            }
            left = child;
        }
    }

    void addBinary(NodeId id, std::string_view token, NodeId left, NodeId right)
    {
        const bool isInPlace = m_tree.kind(id) == Kind::AugmentedAssignment;
        if (isInPlace && token.ends_with('=')) {
            token.remove_suffix(1);
        }
        const Operator *known = findOperator(token);
        if (known == nullptr) {
            return;
        }
        if (isTensor(left)) {
            add(id, left, (isInPlace ? "i" : "") + std::string(known->method));
        } else if (isTensor(right)) {
            add(id, right, std::string(known->reflected));
        }
    }

    void visitUnary(NodeId id)
    {
        const NodeId operand = m_tree.child(id, NodeField::Argument);
        if (operand == kNoNode || !isTensor(operand)) {
            return;
        }
        const std::string_view text = m_tree.text(id);
        if (text.starts_with('~')) {
            add(id, operand, "invert");
        } else if (text.starts_with('-')) {
            add(id, operand, "neg");
        }
    }

    [[nodiscard]] bool isTensor(NodeId id) const { return m_semantics.typeOf(id).isTensor(); }

    void add(NodeId id, NodeId tensor, const std::string &method)
    {
        Use use;
        use.symbol = "torch.Tensor.__" + method + "__";
        use.span = m_tree.span(id);
        use.line = m_lines.lineOf(use.span.begin);
        use.evidence =
            m_semantics.typeOf(tensor).isObserved ? Evidence::Observed : Evidence::Inferred;
        use.isCall = true;
        use.isGuarded = m_semantics.isGuarded(id);
        m_uses.push_back(std::move(use));
    }

    const Semantics &m_semantics;
    const SyntaxTree &m_tree;
    LineIndex m_lines;
    std::vector<Use> m_uses;
};

} // namespace

std::vector<Use> operatorUsesOf(const Semantics &semantics)
{
    return OperatorFinder(semantics).run();
}

} // namespace TorchLift
