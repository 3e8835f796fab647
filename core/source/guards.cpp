#include <array>

#include "source/evaluator.h"

namespace TorchLift {

namespace {

using Kind = NodeKind;

bool isVersionSymbol(std::string_view symbol)
{
    return symbol == "torch.__version__" || symbol == "torchvision.__version__"
           || symbol == "numpy.__version__" || symbol == "torch.version.__version__"
           || symbol == "sys.version_info" || symbol == "sys.version" || symbol == "six.PY2"
           || symbol == "six.PY3";
}

class GuardFinder
{
public:
    explicit GuardFinder(Semantics::Data &data)
        : m_data(data)
        , m_tree(data.tree)
    {}

    void run()
    {
        for (NodeId id = 0; id < m_tree.size(); ++id) {
            switch (m_tree.kind(id)) {
            case Kind::Assignment:
                noteVersionName(id);
                break;
            case Kind::IfStatement:
            case Kind::ElifClause:
                guardIf(id, m_tree.child(id, NodeField::Condition));
                break;
            case Kind::Conditional:
                guardIf(id, m_tree.namedChild(id, 1));
                break;
            case Kind::TryStatement:
                guardTry(id);
                break;
            default:
                break;
            }
        }
    }

private:
    bool asksForVersion(NodeId expression) const
    {
        if (expression == kNoNode) {
            return false;
        }
        for (NodeId id = expression; id < m_tree[expression].subtreeEnd; ++id) {
            const Type &type = m_data.types[id];
            if (type.isSymbol() && isVersionSymbol(type.name)) {
                return true;
            }
            if (m_tree.kind(id) == Kind::Identifier && m_versionNames.count(m_tree.text(id)) != 0) {
                return true;
            }
        }
        return false;
    }

    void noteVersionName(NodeId assignment)
    {
        const NodeId left = m_tree.child(assignment, NodeField::Left);
        if (m_tree.kind(left) == Kind::Identifier
            && asksForVersion(m_tree.child(assignment, NodeField::Right))) {
            m_versionNames.insert(m_tree.text(left));
        }
    }

    void guardIf(NodeId statement, NodeId condition)
    {
        if (asksForVersion(condition)) {
            m_data.guards.push_back({statement, {}});
            return;
        }
        if (condition == kNoNode) {
            return;
        }
        for (NodeId id = condition; id < m_tree[condition].subtreeEnd; ++id) {
            if (m_tree.kind(id) != Kind::Call
                || m_tree.text(m_tree.child(id, NodeField::Function)) != "hasattr") {
                continue;
            }
            const NodeId list = m_tree.child(id, NodeField::Arguments);
            const NodeId subject = m_tree.namedChild(list, 0);
            if (subject == kNoNode) {
                continue;
            }
            const Type &object = m_data.types[subject];
            const std::string_view quoted = m_tree.text(m_tree.namedChild(list, 1));
            const std::string_view name =
                quoted.size() > 2 ? quoted.substr(1, quoted.size() - 2) : quoted;
            m_data.guards.push_back({statement, object.isSymbol() ? std::string_view{} : name});
        }
    }

    void guardTry(NodeId statement)
    {
        bool isCaught = false;
        for (const NodeId child : m_tree.named(statement)) {
            if (m_tree.kind(child) != Kind::ExceptClause) {
                continue;
            }
            const std::string_view head =
                m_tree.text(child).substr(0, m_tree.text(child).find(':'));
            for (const std::string_view error :
                 {"ImportError", "ModuleNotFoundError", "AttributeError", "NameError"}) {
                isCaught = isCaught || head.find(error) != std::string_view::npos;
            }
            isCaught = isCaught
                       || ((head == "except" || head == "except Exception")
                           && holdsImportsAlone(statement));
        }
        if (isCaught) {
            m_data.guards.push_back({statement, {}});
        }
    }

    bool holdsImportsAlone(NodeId statement) const
    {
        for (const NodeId child : m_tree.named(m_tree.child(statement, NodeField::Body))) {
            if (m_tree.kind(child) != Kind::ImportStatement
                && m_tree.kind(child) != Kind::ImportFrom) {
                return false;
            }
        }
        return true;
    }

    Semantics::Data &m_data;
    const SyntaxTree &m_tree;
    std::unordered_set<std::string_view> m_versionNames;
};

} // namespace

void findGuards(Semantics::Data &data)
{
    GuardFinder(data).run();
}

} // namespace TorchLift
