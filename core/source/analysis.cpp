#include "source/analysis.h"

#include <memory>

#include "source/operatoruses.h"
#include "source/semantics.h"
#include "source/tensorfacts.h"

namespace TorchLift {

namespace {

using Kind = NodeKind;

bool isCalled(const SyntaxTree &tree, NodeId id)
{
    return tree.kind(tree.parent(id)) == Kind::Call && tree[id].field == NodeField::Function;
}

// An attribute chain is one use: `torch` in `torch.nn.Linear` is none.
bool isPartOfChain(const Semantics &semantics, NodeId id)
{
    const NodeId parent = semantics.tree().parent(id);
    return parent != kNoNode && semantics.tree().kind(parent) == Kind::Attribute
           && (semantics.tree()[id].field == NodeField::Attribute
               || !semantics.symbolOf(parent).empty());
}

bool isTarget(const SyntaxTree &tree, NodeId id)
{
    return tree.kind(tree.parent(id)) == Kind::Assignment && tree[id].field == NodeField::Left
           && tree.kind(id) == Kind::Identifier;
}

class UseFinder
{
public:
    explicit UseFinder(const Semantics &semantics)
        : m_semantics(semantics)
        , m_tree(semantics.tree())
        , m_lines(m_tree.code())
    {}

    std::vector<Use> run()
    {
        for (const Semantics::ImportedName &import : m_semantics.imports()) {
            m_importedAt.emplace_back(import.name, &import);
        }
        std::size_t next = 0;
        for (NodeId id = 0; id < m_tree.size(); ++id) {
            while (next < m_importedAt.size() && m_importedAt[next].first < id) {
                ++next;
            }
            if (next < m_importedAt.size() && m_importedAt[next].first == id) {
                add(id, m_importedAt[next].second->symbol, Evidence::Resolved);
            } else if (m_tree.kind(id) == Kind::Identifier || m_tree.kind(id) == Kind::Attribute) {
                visit(id);
            }
        }
        return std::move(m_uses);
    }

private:
    void visit(NodeId id)
    {
        if (isPartOfChain(m_semantics, id) || isTarget(m_tree, id)) {
            return;
        }
        const std::string_view symbol = m_semantics.symbolOf(id);
        if (!symbol.empty()) {
            add(id, std::string(symbol), Evidence::Resolved);
        } else if (m_tree.kind(id) == Kind::Attribute) {
            visitMember(id);
        }
    }

    void visitMember(NodeId id)
    {
        const Type &object = m_semantics.typeOf(m_tree.child(id, NodeField::Object));
        const NodeId nameNode = m_tree.child(id, NodeField::Attribute);
        const std::string name(m_tree.text(nameNode));
        if (object.isTensor()) {
            add(id, "torch.Tensor." + name,
                object.isObserved ? Evidence::Observed : Evidence::Inferred);
        } else if (object.isUnknown() && isTensorMember(name) && isCalled(m_tree, id)) {
            add(id, "torch.Tensor." + name, Evidence::NameOnly);
        }
    }

    void add(NodeId id, std::string symbol, Evidence evidence)
    {
        Use use;
        use.symbol = std::move(symbol);
        use.span = m_tree.span(id);
        use.line = m_lines.lineOf(use.span.begin);
        use.evidence = evidence;
        use.isCall = isCalled(m_tree, id);
        use.isGuarded = m_semantics.isGuarded(id);
        m_uses.push_back(std::move(use));
    }

    const Semantics &m_semantics;
    const SyntaxTree &m_tree;
    LineIndex m_lines;
    std::vector<std::pair<NodeId, const Semantics::ImportedName *>> m_importedAt;
    std::vector<Use> m_uses;
};

} // namespace

std::vector<Use> usesOf(const Semantics &semantics)
{
    return UseFinder(semantics).run();
}

bool isPython2(const SyntaxTree &tree)
{
    for (NodeId id = 0; id < tree.size(); ++id) {
        const Kind kind = tree.kind(id);
        if (kind == Kind::Print || kind == Kind::Exec
            || (kind == Kind::Token && tree.text(id) == "<>")) {
            return true;
        }
        if (kind == Kind::ExceptClause) {
            for (const NodeId child : tree.children(id)) {
                if (tree.text(child) == ",") {
                    return true;
                }
            }
        }
    }
    return false;
}

Result<Analysis> analyse(std::string_view code)
{
    Result<std::unique_ptr<const Semantics>> semantics = Semantics::build(code);
    if (!semantics) {
        return tl::unexpected<Error>(semantics.error());
    }
    Analysis analysis;
    analysis.uses = usesOf(**semantics);
    analysis.operators = operatorUsesOf(**semantics);
    analysis.syntaxErrors = (*semantics)->tree().errors();
    analysis.isPython2 = isPython2((*semantics)->tree());
    return analysis;
}

} // namespace TorchLift
