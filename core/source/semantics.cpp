#include "source/semantics.h"

#include <algorithm>
#include <utility>

#include "source/evaluator.h"
#include "source/starnames.h"

namespace TorchLift {

namespace {

using Kind = NodeKind;

// What functions return and attributes hold is known after the first pass, what they make of
// that after the second.
constexpr int kPasses = 4;

bool isStore(const SyntaxTree &tree, NodeId name)
{
    NodeId at = name;
    NodeId above = tree.parent(at);
    while (above != kNoNode
           && (standsForSeveral(tree.kind(above)) || tree.kind(above) == Kind::ListSplatPattern)) {
        at = above;
        above = tree.parent(at);
    }
    const NodeField field = tree[at].field;
    switch (tree.kind(above)) {
    case Kind::Assignment:
    case Kind::ForStatement:
    case Kind::ForInClause:
        return field == NodeField::Left;
    case Kind::KeywordArgument:
    case Kind::DefaultParameter:
    case Kind::FunctionDefinition:
    case Kind::ClassDefinition:
        return field == NodeField::Name;
    case Kind::Attribute:
        return field == NodeField::Attribute;
    case Kind::Parameters:
    case Kind::LambdaParameters:
    case Kind::AsPatternTarget:
    case Kind::DottedName:
    case Kind::AliasedImport:
        return true;
    default:
        return false;
    }
}

} // namespace

Semantics::Semantics(std::unique_ptr<Data> data)
    : m_data(std::move(data))
{}

Semantics::~Semantics() = default;

Result<std::unique_ptr<const Semantics>>
Semantics::build(std::string_view code, const ProjectPlace &place, const Observations *observed)
{
    Result<SyntaxTree> tree = SyntaxTree::parse(code);
    if (!tree) {
        return tl::unexpected<Error>(tree.error());
    }
    return build(std::move(*tree), place, observed);
}

std::unique_ptr<const Semantics> Semantics::build(SyntaxTree tree, const ProjectPlace &place,
                                                  const Observations *observed)
{
    auto data = std::make_unique<Data>();
    data->tree = std::move(tree);
    data->place = place;
    Evaluator evaluator(*data, place, observed);
    for (int pass = 1; pass <= kPasses; ++pass) {
        evaluator.run(pass == kPasses);
    }
    findGuards(*data);
    return std::unique_ptr<const Semantics>(new Semantics(std::move(data)));
}

const SyntaxTree &Semantics::tree() const noexcept
{
    return m_data->tree;
}

const StaticFunction *Semantics::staticFunction(std::string_view symbol) const
{
    const ProjectFacts *facts = m_data->place.facts;
    if (facts == nullptr || symbol.empty()) {
        return nullptr;
    }
    return facts->staticFunction(
        facts->resolve(symbol, ProjectFacts::packageOf(m_data->place.path)));
}

const Type &Semantics::typeOf(NodeId id) const noexcept
{
    static const Type unknown;
    return id == kNoNode ? unknown : m_data->types[id];
}

bool Semantics::makesByteTensors() const noexcept
{
    const ProjectFacts *facts = m_data->place.facts;
    return (facts != nullptr && facts->makesByteTensors())
           || std::any_of(m_data->types.begin(), m_data->types.end(), [](const Type &type) {
                  return type.isTensor() && type.element == ElementType::Byte;
              });
}

std::string_view Semantics::symbolOf(NodeId id) const noexcept
{
    const Type &type = typeOf(id);
    return type.isSymbol() ? type.name : std::string_view{};
}

const std::vector<Semantics::ImportedName> &Semantics::imports() const noexcept
{
    return m_data->imports;
}

int Semantics::Data::scopeAt(NodeId node) const
{
    for (; node != kNoNode; node = tree.parent(node)) {
        const auto found = scopeOfNode.find(node);
        if (found != scopeOfNode.end()) {
            return found->second;
        }
    }
    return 0;
}

std::string Semantics::spelling(std::string_view wanted, NodeId where) const
{
    std::string best;
    for (int index = m_data->scopeAt(where); index >= 0;
         index = m_data->scopes[static_cast<std::size_t>(index)].parent) {
        const Scope &scope = m_data->scopes[static_cast<std::size_t>(index)];
        for (const ImportedName &import : m_data->imports) {
            if (import.isWildcard) {
                const std::size_t dot = wanted.rfind('.');
                const bool isBound = dot != std::string_view::npos
                                     && wanted.substr(0, dot) == import.symbol
                                     && isStarName(import.symbol, wanted.substr(dot + 1));
                best = isBound ? std::string(wanted.substr(dot + 1)) : best;
                continue;
            }
            if (m_data->scopeAt(import.statement) != index
                || (index == m_data->scopeAt(where) && import.statement > where)) {
                continue;
            }
            const auto bound = scope.merged.find(import.localName);
            if (bound == scope.merged.end() || !bound->second.isSymbol()) {
                continue;
            }
            const std::string_view symbol = bound->second.name;
            const bool isPrefix =
                wanted.starts_with(symbol)
                && (wanted.size() == symbol.size() || wanted[symbol.size()] == '.');
            if (isPrefix) {
                std::string text = import.localName + std::string(wanted.substr(symbol.size()));
                if (best.empty() || text.size() < best.size()) {
                    best = std::move(text);
                }
            }
        }
    }
    return best;
}

bool Semantics::isReadAfter(std::string_view name, NodeId where) const
{
    const SyntaxTree &tree = m_data->tree;
    NodeId scope = where;
    NodeId loop = kNoNode;
    for (scope = tree.parent(where); scope != 0; scope = tree.parent(scope)) {
        const Kind kind = tree.kind(scope);
        if (kind == Kind::FunctionDefinition || kind == Kind::Lambda
            || kind == Kind::ClassDefinition) {
            break;
        }
        if (kind == Kind::ForStatement || kind == Kind::WhileStatement) {
            loop = scope;
        }
    }
    const NodeId statement = tree.statementOf(where);
    const std::uint32_t end = tree[statement].end;
    for (NodeId id = scope; id < tree[scope].subtreeEnd; ++id) {
        if (tree.kind(id) != Kind::Identifier || tree.text(id) != name || isStore(tree, id)
            || tree.isInside(id, statement)) {
            continue;
        }
        const bool isAgain = loop != kNoNode && tree.isInside(id, loop);
        const bool isInFunction =
            scope == 0 && tree.enclosing(id, Kind::FunctionDefinition) != kNoNode;
        if (tree[id].begin >= end || isAgain || isInFunction) {
            return true;
        }
    }
    return false;
}

bool Semantics::isGuarded(NodeId id) const noexcept
{
    const SyntaxTree &tree = m_data->tree;
    return std::any_of(m_data->guards.begin(), m_data->guards.end(), [&](const Guard &guard) {
        return tree.isInside(id, guard.node)
               && (guard.onlyName.empty()
                   || tree.text(id).find(guard.onlyName) != std::string_view::npos);
    });
}

std::vector<std::string> Semantics::basesOf(NodeId classDefinition) const
{
    const auto found = m_data->classIndex.find(classDefinition);
    if (found == m_data->classIndex.end()) {
        return {};
    }
    const auto &bases = m_data->classes[static_cast<std::size_t>(found->second)].bases;
    return {bases.begin(), bases.end()};
}

std::vector<NodeId> Semantics::localBasesOf(NodeId classDefinition) const
{
    std::vector<NodeId> out;
    const auto found = m_data->classIndex.find(classDefinition);
    if (found != m_data->classIndex.end()) {
        for (const int base : m_data->classes[static_cast<std::size_t>(found->second)].localBases) {
            out.push_back(m_data->classes[static_cast<std::size_t>(base)].definition);
        }
    }
    return out;
}

NodeId Semantics::definitionOf(const Type &type) const noexcept
{
    if (type.local < 0) {
        return kNoNode;
    }
    const auto index = static_cast<std::size_t>(type.local);
    switch (type.kind) {
    case TypeKind::LocalClass:
    case TypeKind::LocalInstance:
        return m_data->classes[index].definition;
    case TypeKind::LocalFunction:
        return m_data->functions[index].definition;
    default:
        return kNoNode;
    }
}

} // namespace TorchLift
