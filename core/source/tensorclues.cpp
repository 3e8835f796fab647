#include "source/tensorclues.h"

#include <algorithm>
#include <unordered_map>

#include "source/tensorfacts.h"

namespace TorchLift {

namespace {

using Kind = NodeKind;

// Methods without arguments, then with any. What NumPy's arrays, modules, distributions or
// tables of pandas have, too, is not among them, nor what people call methods of their own.
bool isTensorCall(std::string_view method, std::size_t arguments)
{
    static const NameSet bare =
        splitNames("backward byte clone contiguous detach dim exp is_contiguous log long neg "
                   "nelement numpy rsqrt short sigmoid sign size sqrt t tanh zero_");
    static const NameSet any = splitNames(
        "add_ addcdiv addcdiv_ addcmul addcmul_ addmm addmm_ baddbmm bernoulli_ bmm chunk clamp "
        "clamp_ clamp_max clamp_min copy_ div_ expand_as fill_ gather ger index_add_ index_copy_ "
        "index_fill_ index_select kthvalue masked_fill masked_fill_ masked_scatter_ masked_select "
        "matmul mm mul_ narrow new_empty new_full new_ones new_tensor new_zeros normal_ permute "
        "renorm retain_grad scatter_ scatter_add_ sub_ topk tril triu type_as uniform_ unsqueeze "
        "unsqueeze_ view_as");
    return any.count(method) != 0 || (arguments == 0 && bare.count(method) != 0)
           || (arguments == 1 && method == "size");
}

// How many of the first arguments of a function called as `module`.`name` are tensors.
std::size_t tensorArguments(std::string_view module, std::string_view name)
{
    const std::string_view last = module.substr(module.rfind('.') + 1); // npos + 1 is 0
    if (last == "F" || last == "functional") {
        const bool isLoss = name.find("loss") != std::string_view::npos
                            || name.find("entropy") != std::string_view::npos;
        return isLoss ? 2 : 1;
    }
    return module == "torch" && isTensorMember(name) ? 1 : 0;
}

class ClueFinder
{
public:
    ClueFinder(const SyntaxTree &tree, NodeId scope)
        : m_tree(tree)
    {
        const bool isModule = tree.kind(scope) == Kind::Module;
        const NodeId body = isModule ? scope : tree.child(scope, NodeField::Body);
        if (body != kNoNode) {
            walk(body);
        }
    }

    [[nodiscard]] TensorClues result() const
    {
        TensorClues clues;
        for (const auto &[name, seen] : m_clues) {
            const auto bound = m_bound.find(name);
            if (bound == m_bound.end() || seen.first < bound->second.firstEnd) {
                clues.parameters.insert(name);
            }
            if (bound != m_bound.end() && bound->second.count == 1
                && seen.last >= bound->second.firstEnd) {
                clues.locals.insert(name);
            }
        }
        return clues;
    }

private:
    struct Clues
    {
        NodeId first = kNoNode;
        NodeId last = kNoNode;
    };
    struct Binding
    {
        std::size_t count = 0;
        NodeId firstEnd = kNoNode; // what stands before still sees what the name was
    };

    void walk(NodeId root)
    {
        for (NodeId id = root + 1; id < m_tree[root].subtreeEnd; ++id) {
            switch (m_tree.kind(id)) {
            case Kind::FunctionDefinition:
            case Kind::ClassDefinition:
                bind(m_tree.child(id, NodeField::Name), id);
                [[fallthrough]];
            case Kind::Lambda:
                id = m_tree[id].subtreeEnd - 1;
                break;
            case Kind::Assignment:
                bind(m_tree.child(id, NodeField::Left), m_tree[id].subtreeEnd);
                break;
            case Kind::ForStatement:
                bind(m_tree.child(id, NodeField::Left), id);
                break;
            case Kind::ForInClause: // what the comprehension makes stands before it
                bind(m_tree.child(id, NodeField::Left), m_tree.parent(id));
                break;
            case Kind::NamedExpression:
                bind(m_tree.child(id, NodeField::Name), m_tree[id].subtreeEnd);
                break;
            case Kind::AsPatternTarget:
            case Kind::Global:
            case Kind::Nonlocal:
            case Kind::ImportStatement:
            case Kind::ImportFrom:
                bindAll(id);
                break;
            case Kind::Call:
                call(id);
                break;
            default:
                break;
            }
        }
    }

    void bind(NodeId target, NodeId end)
    {
        const Kind kind = m_tree.kind(target);
        if (kind == Kind::Identifier) {
            Binding &binding = m_bound[m_tree.text(target)];
            ++binding.count;
            binding.firstEnd = std::min(binding.firstEnd, end);
        } else if (kind == Kind::ListSplatPattern || standsForSeveral(kind)) {
            for (const NodeId part : m_tree.named(target)) {
                bind(part, end);
            }
        }
    }

    // What these bind is known otherwise, or belongs to another scope.
    void bindAll(NodeId statement)
    {
        for (NodeId id = statement + 1; id < m_tree[statement].subtreeEnd; ++id) {
            if (m_tree.kind(id) == Kind::Identifier) {
                m_bound[m_tree.text(id)] = {2, statement};
            }
        }
    }

    void call(NodeId id)
    {
        const NodeId function = m_tree.child(id, NodeField::Function);
        if (m_tree.kind(function) != Kind::Attribute) {
            return;
        }
        const NodeId object = m_tree.child(function, NodeField::Object);
        const NodeId receiver = receiverOf(object);
        const std::string_view name = m_tree.text(m_tree.child(function, NodeField::Attribute));
        const NodeId list = m_tree.child(id, NodeField::Arguments);
        const std::size_t count = list == kNoNode ? 0 : m_tree.namedCount(list);
        if (receiver != kNoNode && (isTensorCall(name, count) || isShaping(name, list, count))) {
            clue(receiver);
        }
        const std::size_t tensors = tensorArguments(m_tree.text(object), name);
        for (std::size_t i = 0; i < std::min(tensors, count); ++i) {
            clue(m_tree.namedChild(list, i));
        }
    }

    // The name at the beginning of x.float().transpose(0, 1), as long as each step is a method of
    // tensors or x.grad; kNoNode for any other expression.
    [[nodiscard]] NodeId receiverOf(NodeId id) const
    {
        while (m_tree.kind(id) == Kind::Call || m_tree.kind(id) == Kind::Attribute) {
            const bool isCall = m_tree.kind(id) == Kind::Call;
            const NodeId member = isCall ? m_tree.child(id, NodeField::Function) : id;
            const std::string_view name = m_tree.text(m_tree.child(member, NodeField::Attribute));
            if (m_tree.kind(member) != Kind::Attribute
                || (isCall ? !isTensorMember(name) : name != "grad")) {
                return kNoNode;
            }
            id = m_tree.child(member, NodeField::Object);
        }
        return m_tree.kind(id) == Kind::Identifier ? id : kNoNode;
    }

    // view(-1, 28): that of NumPy's arrays takes a dtype.
    [[nodiscard]] bool isShaping(std::string_view name, NodeId list, std::size_t count) const
    {
        if ((name != "view" && name != "expand") || count == 0) {
            return false;
        }
        const Kind first = m_tree.kind(m_tree.namedChild(list, 0));
        return count > 1 || first == Kind::Integer || first == Kind::UnaryOperator
               || first == Kind::BinaryOperator;
    }

    void clue(NodeId id)
    {
        if (m_tree.kind(id) == Kind::Identifier) {
            m_clues.try_emplace(m_tree.text(id), Clues{id, id}).first->second.last = id;
        }
    }

    const SyntaxTree &m_tree;
    std::unordered_map<std::string_view, Binding> m_bound;
    std::unordered_map<std::string_view, Clues> m_clues; // in the order of the text
};

} // namespace

TensorClues findTensorClues(const SyntaxTree &tree, NodeId scope)
{
    return ClueFinder(tree, scope).result();
}

} // namespace TorchLift
