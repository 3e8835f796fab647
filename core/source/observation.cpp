#include "source/observation.h"

#include <algorithm>
#include <charconv>

#include "source/evaluator.h"
#include "source/nameset.h"

namespace TorchLift {

namespace {

using Kind = NodeKind;

constexpr int kMaxNesting = 4;

bool isWholeTensor(const Type &type)
{
    return type.isTensor() && type.element != ElementType::Unknown && type.rank >= 0;
}

// Functions that look at the frame or the cell that calls them.
bool looksAtCaller(std::string_view name)
{
    static const NameSet names = splitNames("super locals globals vars dir eval exec print");
    return names.count(name) != 0;
}

// Finds where a call may be put around an expression without changing what the text does.
class SiteFinder
{
public:
    explicit SiteFinder(const Semantics &semantics)
        : m_semantics(semantics)
        , m_tree(semantics.tree())
    {}

    std::vector<NodeId> run()
    {
        visitChildren(m_tree.root());
        return std::move(m_sites);
    }

private:
    void visitChildren(NodeId node)
    {
        for (const NodeId child : m_tree.named(node)) {
            visit(child);
        }
    }

    void visit(NodeId node)
    {
        switch (m_tree.kind(node)) {
        case Kind::ImportStatement:
        case Kind::ImportFrom:
        case Kind::FutureImport:
        case Kind::Global:
        case Kind::Nonlocal:
        case Kind::Decorator:
        case Kind::String:
        case Kind::ConcatenatedString:
        case Kind::Error:
            return;
        case Kind::Parameters:
        case Kind::LambdaParameters:
            for (const NodeId parameter : m_tree.named(node)) {
                visitIf(m_tree.child(parameter, NodeField::Value));
            }
            return;
        case Kind::KeywordArgument:
            visitIf(m_tree.child(node, NodeField::Value));
            return;
        case Kind::FunctionDefinition:
            visitIf(m_tree.child(node, NodeField::Parameters));
            visitIf(m_tree.child(node, NodeField::Body));
            return;
        case Kind::ClassDefinition:
            visitIf(m_tree.child(node, NodeField::Body));
            return;
        case Kind::Delete:
            for (const NodeId target : m_tree.named(node)) {
                visitTarget(target);
            }
            return;
        case Kind::AsPatternTarget:
            return;
        default:
            break;
        }
        if (isStored(node)) {
            visitTarget(node);
            return;
        }
        addIfWanted(node);
        visitInside(node);
    }

    void visitIf(NodeId node)
    {
        if (node != kNoNode) {
            visit(node);
        }
    }

    bool isStored(NodeId node) const
    {
        const NodeField field = m_tree[node].field;
        switch (m_tree.kind(m_tree.parent(node))) {
        case Kind::Assignment:
        case Kind::AugmentedAssignment:
        case Kind::ForStatement:
        case Kind::ForInClause:
            return field == NodeField::Left;
        case Kind::NamedExpression:
            return field == NodeField::Name;
        default:
            return false;
        }
    }

    // What is assigned to is no value, but parts of it are: `x.data[mask] = 0`.
    void visitTarget(NodeId node)
    {
        switch (m_tree.kind(node)) {
        case Kind::Attribute:
            visit(m_tree.child(node, NodeField::Object));
            return;
        case Kind::Subscript:
            visitChildren(node);
            return;
        case Kind::Identifier:
            return;
        default:
            for (const NodeId part : m_tree.named(node)) {
                visitTarget(part);
            }
        }
    }

    void visitInside(NodeId node)
    {
        if (m_tree.kind(node) == Kind::Attribute) {
            visit(m_tree.child(node, NodeField::Object));
            return;
        }
        for (const NodeId child : m_tree.named(node)) {
            if (m_tree[child].field != NodeField::Type) {
                visit(child);
            }
        }
    }

    void addIfWanted(NodeId node)
    {
        const Kind kind = m_tree.kind(node);
        const bool isExpression = kind == Kind::Identifier || kind == Kind::Attribute
                                  || kind == Kind::Call || kind == Kind::Subscript;
        const Kind above = m_tree.kind(m_tree.parent(node));
        const bool isCallee = above == Kind::Call && m_tree[node].field == NodeField::Function;
        const bool isMethod = isCallee && kind == Kind::Attribute;
        const bool isStatement = above == Kind::ExpressionStatement;
        if (!isExpression || isMethod || isStatement
            || (isCallee && looksAtCaller(m_tree.text(node)))) {
            return;
        }
        const Type &type = m_semantics.typeOf(node);
        const bool isOpen = type.isUnknown() || type.kind == TypeKind::Batch
                            || type.kind == TypeKind::Loader
                            || (type.isTensor() && !isWholeTensor(type));
        if (isOpen) {
            m_sites.push_back(node);
        }
    }

    const Semantics &m_semantics;
    const SyntaxTree &m_tree;
    std::vector<NodeId> m_sites;
};

// The sites in preorder hold each other: what opens at one byte closes from the inside out.
std::string instrumented(const SyntaxTree &tree, const std::vector<NodeId> &sites,
                         std::size_t firstSite)
{
    std::string out;
    std::size_t at = 0;
    std::vector<std::size_t> open; // ends, outermost first
    const auto closeUntil = [&](std::size_t offset) {
        while (!open.empty() && open.back() <= offset) {
            out.append(tree.code().substr(at, open.back() - at)).append(")");
            at = open.back();
            open.pop_back();
        }
    };
    for (std::size_t i = 0; i < sites.size(); ++i) {
        const ByteSpan span = tree.span(sites[i]);
        closeUntil(span.begin);
        out.append(tree.code().substr(at, span.begin - at));
        out.append(kObservationRecorder)
            .append("(")
            .append(std::to_string(firstSite + i))
            .append(", ");
        at = span.begin;
        open.push_back(span.end);
    }
    closeUntil(tree.code().size());
    return out.append(tree.code().substr(at));
}

ElementType elementOfDtype(std::string_view dtype)
{
    if (dtype.starts_with("float")) {
        return ElementType::Float;
    }
    // uint8 in an old version is a byte or the mask that a comparison gives: whoever saw the same
    // in a version after 1.1 says which.
    return dtype.starts_with("int") ? ElementType::Integer
           : dtype == "byte"        ? ElementType::Byte
           : dtype == "bool"        ? ElementType::Mask
                                    : ElementType::Unknown;
}

Type seenTensor(std::string_view rest) // "float32:2"
{
    const std::size_t colon = rest.find(':');
    int rank = -1;
    if (colon != std::string_view::npos) {
        std::from_chars(rest.data() + colon + 1, rest.data() + rest.size(), rank);
    }
    return Type::tensor(rank, elementOfDtype(rest.substr(0, colon)));
}

TypeKind plainKind(std::string_view word)
{
    struct Entry
    {
        std::string_view word;
        TypeKind kind;
    };
    static constexpr Entry entries[] = {
        {"number", TypeKind::Number}, {"bool", TypeKind::Bool},   {"string", TypeKind::String},
        {"none", TypeKind::None},     {"dict", TypeKind::Dict},   {"size", TypeKind::Size},
        {"array", TypeKind::Array},   {"other", TypeKind::Other},
    };
    for (const Entry &entry : entries) {
        if (entry.word == word) {
            return entry.kind;
        }
    }
    return TypeKind::Unknown;
}

// The parts of "(a,b(c,d))" between the outer brackets.
std::vector<std::string_view> partsOf(std::string_view inside)
{
    std::vector<std::string_view> parts;
    int depth = 0;
    std::size_t begin = 0;
    for (std::size_t i = 0; i < inside.size(); ++i) {
        depth += inside[i] == '(' || inside[i] == '[' ? 1 : 0;
        depth -= inside[i] == ')' || inside[i] == ']' ? 1 : 0;
        if (inside[i] == ',' && depth == 0) {
            parts.push_back(inside.substr(begin, i - begin));
            begin = i + 1;
        }
    }
    if (begin < inside.size()) {
        parts.push_back(inside.substr(begin));
    }
    return parts;
}

} // namespace

Result<ObservationPlan> planObservation(std::string_view code, const ProjectPlace &place,
                                        int firstSite)
{
    const auto semantics = Semantics::build(code, place);
    if (!semantics) {
        return tl::unexpected<Error>(semantics.error());
    }
    const SyntaxTree &tree = (*semantics)->tree();
    if (!tree.errors().empty()) {
        return fail(Errc::InvalidInput, "code that does not parse cannot be watched");
    }
    const std::vector<NodeId> sites = SiteFinder(**semantics).run();
    ObservationPlan plan;
    plan.code = instrumented(tree, sites, static_cast<std::size_t>(firstSite));
    for (const NodeId site : sites) {
        plan.sites.push_back(tree.span(site));
    }
    return plan;
}

Observations observationsOf(const ObservationPlan &plan, const SeenWords &before,
                            const SeenWords &after)
{
    constexpr std::string_view byte = "tensor:uint8:";
    Observations observed;
    for (const auto &[site, words] : before) {
        if (site < 0 || static_cast<std::size_t>(site) >= plan.sites.size()) {
            continue;
        }
        const auto later = after.find(site);
        for (std::string word : words) {
            if (word.starts_with(byte) && later != after.end() && later->second.size() == 1) {
                const std::string_view now = later->second.front();
                const std::string rank = word.substr(byte.size());
                word = now.starts_with("tensor:bool:") ? "tensor:bool:" + rank
                       : now == word                   ? "tensor:byte:" + rank
                                                       : word;
            }
            observed[plan.sites[static_cast<std::size_t>(site)]].push_back(std::move(word));
        }
    }
    return observed;
}

Type Evaluator::seenType(std::string_view word, int depth)
{
    if (word.size() >= 2 && (word.front() == '(' || word.front() == '[')) {
        Type type = Type::of(word.front() == '(' ? TypeKind::Tuple : TypeKind::List);
        if (depth < kMaxNesting) {
            for (const std::string_view part : partsOf(word.substr(1, word.size() - 2))) {
                type.elements.push_back(seenType(part, depth + 1));
            }
        }
        if (type.kind == TypeKind::List && type.elements.size() != 1) {
            type.elements = {Type{}};
        }
        return type;
    }
    const std::size_t colon = std::min(word.find(':'), word.size());
    const std::string_view kind = word.substr(0, colon);
    const std::string_view rest = word.substr(std::min(colon + 1, word.size()));
    if (kind == "tensor") {
        return seenTensor(rest);
    }
    if (kind == "object") {
        return rest == "torch.utils.data.DataLoader"
                   ? Type::of(TypeKind::Loader)
                   : Type::of(TypeKind::Instance, m_data.intern(rest));
    }
    if (kind == "own") {
        for (std::size_t i = 0; i < m_data.classes.size(); ++i) {
            const NodeId definition = m_data.classes[i].definition;
            if (m_tree.text(m_tree.child(definition, NodeField::Name)) == rest) {
                Type type = Type::of(TypeKind::LocalInstance);
                type.local = static_cast<int>(i);
                return type;
            }
        }
        return {};
    }
    return Type::of(plainKind(kind));
}

// What was read stays, as far as it goes; what was seen fills in the rest.
void Evaluator::refine(NodeId node, Type &type)
{
    const auto found = m_observed->find(m_tree.span(node));
    if (found == m_observed->end() || found->second.empty() || type.isSymbol()) {
        return;
    }
    Type seen = seenType(found->second.front());
    for (std::size_t i = 1; i < found->second.size(); ++i) {
        seen = join(seen, seenType(found->second[i]));
    }
    if (seen.isUnknown()) {
        return;
    }
    if (type.isUnknown() || type.kind == TypeKind::Batch || (type.isTensor() && !seen.isTensor())) {
        type = std::move(seen);
        type.isObserved = true;
    } else if (type.isTensor()) {
        const Type read = type;
        type.rank = type.rank < 0 ? seen.rank : type.rank;
        type.element = type.element == ElementType::Unknown ? seen.element : type.element;
        type.isObserved = type.isObserved || type != read;
    }
}

} // namespace TorchLift
