#include "source/evaluator.h"

#include <algorithm>
#include <utility>

#include "source/nameset.h"
#include "source/starnames.h"

namespace TorchLift {

namespace {

using Kind = NodeKind;

// Functions that stand in for tensors under a star import of torch.
bool isTorchName(std::string_view name)
{
    static const NameSet others =
        splitNames("zeros ones rand randn empty full tensor Tensor FloatTensor LongTensor "
                   "ByteTensor DoubleTensor IntTensor arange range linspace eye cat stack "
                   "randperm randint btriunpack manual_seed nn optim autograd cuda utils "
                   "from_numpy meshgrid matrix_rank no_grad load save is_tensor "
                   "set_default_tensor_type bartlett_window isnan");
    static const NameSet notFunctions =
        splitNames("all any max min sum abs pow round int float range type data name shape size "
                   "new view set");
    return others.count(name) != 0
           || (isTensorMember(name) && !name.ends_with('_') && notFunctions.count(name) == 0);
}

bool isBuiltin(std::string_view name)
{
    static const NameSet names =
        splitNames("print range xrange len int float str list tuple dict set zip enumerate map "
                   "filter iter next sum max min abs sorted reversed repr super getattr setattr "
                   "hasattr isinstance type open unicode basestring long raw_input reduce unichr "
                   "cmp round bool any all pow input execfile reload apply object Exception "
                   "ImportError format buffer file divmod id hash");
    return names.count(name) != 0;
}

// "torch.nn.modules.loss.MSELoss" is public as "torch.nn.MSELoss".
std::string publicName(std::string_view symbol)
{
    constexpr std::string_view prefix = "torch.nn.modules.";
    if (symbol.starts_with(prefix)) {
        const std::size_t dot = symbol.rfind('.');
        const std::string_view last = symbol.substr(dot + 1);
        if (dot >= prefix.size() && !last.empty() && last[0] >= 'A' && last[0] <= 'Z') {
            return "torch.nn." + std::string(last);
        }
    }
    constexpr std::string_view functional = "torch.functional.";
    if (symbol.starts_with(functional)) {
        return "torch." + std::string(symbol.substr(functional.size()));
    }
    struct Alias
    {
        std::string_view longer;
        std::string_view shorter;
    };
    static constexpr Alias aliases[] = {
        {"torch.autograd.variable.Variable", "torch.autograd.Variable"},
        {"torch.autograd.function.Function", "torch.autograd.Function"},
        {"torch.nn.parameter.Parameter", "torch.nn.Parameter"},
        {"torch.tensor.Tensor", "torch.Tensor"},
        {"torch.utils.data.dataloader.DataLoader", "torch.utils.data.DataLoader"},
    };
    for (const Alias &alias : aliases) {
        if (symbol == alias.longer) {
            return std::string(alias.shorter);
        }
    }
    return std::string(symbol);
}

} // namespace

void joinInto(std::unordered_map<std::string_view, Type> &types, std::string_view name,
              const Type &type)
{
    if (type.isUnknown()) {
        return;
    }
    const auto [at, isNew] = types.try_emplace(name, type);
    if (!isNew) {
        at->second = join(at->second, type);
    }
}

std::vector<std::string_view> parameterNames(const SyntaxTree &tree, NodeId definition)
{
    std::vector<std::string_view> names;
    for (const NodeId parameter : tree.named(tree.child(definition, NodeField::Parameters))) {
        const NodeId name = tree.child(parameter, NodeField::Name);
        const bool isNested = tree.kind(parameter) == Kind::TypedParameter
                              || tree.kind(parameter) == Kind::ListSplatPattern
                              || tree.kind(parameter) == Kind::DictionarySplatPattern;
        names.push_back(tree.text(name != kNoNode ? name
                                  : isNested      ? tree.namedChild(parameter, 0)
                                                  : parameter));
    }
    return names;
}

Type Evaluator::symbol(std::string_view qualified)
{
    if (m_project != nullptr) {
        const std::string own = m_project->resolve(qualified, m_package);
        if (const Type *value = m_project->valueOf(own)) {
            return localized(*value);
        }
    }
    return Type::of(TypeKind::Symbol, m_data.intern(publicName(qualified)));
}

const Type *Evaluator::lookup(std::string_view name) const
{
    int index = m_scope;
    bool isOwn = true;
    while (index >= 0) {
        const Scope &scope = m_data.scopes[static_cast<std::size_t>(index)];
        if (isOwn && scope.globals.count(name) == 0) {
            const auto found = scope.current.find(name);
            if (found != scope.current.end()) {
                return &found->second;
            }
        } else if (!scope.isClass) {
            const auto found = scope.merged.find(name);
            if (found != scope.merged.end()) {
                return &found->second;
            }
        }
        isOwn = false;
        index = scope.parent;
    }
    return nullptr;
}

const Type &Evaluator::evaluate(NodeId node)
{
    static const Type unknown;
    if (node == kNoNode) {
        return unknown;
    }
    Type type = compute(node);
    if (m_observed != nullptr) {
        refine(node, type);
    }
    m_data.types[node] = std::move(type);
    return m_data.types[node];
}

const Type &Evaluator::typeAt(NodeId node) const
{
    static const Type unknown;
    return node == kNoNode ? unknown : m_data.types[node];
}

void Evaluator::evaluateChildren(NodeId node)
{
    for (const NodeId child : m_tree.named(node)) {
        evaluate(child);
    }
}

Type Evaluator::compute(NodeId node)
{
    switch (m_tree.kind(node)) {
    case Kind::Identifier:
        return identifier(node);
    case Kind::Attribute:
        return attribute(node);
    case Kind::Call:
        return call(node);
    case Kind::Subscript:
        return subscript(node);
    case Kind::Integer:
        return Type::number(ElementType::Integer);
    case Kind::Float:
        return Type::number(ElementType::Float);
    case Kind::True:
    case Kind::False:
        return Type::of(TypeKind::Bool);
    case Kind::None:
        return Type::of(TypeKind::None);
    case Kind::String:
    case Kind::ConcatenatedString:
        evaluateChildren(node);
        return Type::of(TypeKind::String);
    case Kind::Parenthesized:
        return evaluate(m_tree.namedChild(node, 0));
    case Kind::BinaryOperator:
        return binary(node);
    case Kind::Comparison:
        return comparison(node);
    case Kind::UnaryOperator: {
        const Type inner = evaluate(m_tree.child(node, NodeField::Argument));
        return inner.isTensor() || inner.kind == TypeKind::Number ? inner : Type{};
    }
    case Kind::NotOperator:
        evaluateChildren(node);
        return Type::of(TypeKind::Bool);
    case Kind::BooleanOperator: {
        const Type left = evaluate(m_tree.child(node, NodeField::Left));
        const Type right = evaluate(m_tree.child(node, NodeField::Right));
        return join(left, right);
    }
    case Kind::Conditional: {
        const Type first = evaluate(m_tree.namedChild(node, 0));
        evaluate(m_tree.namedChild(node, 1));
        const Type last = evaluate(m_tree.namedChild(node, 2));
        return join(first, last);
    }
    case Kind::NamedExpression: {
        const Type value = evaluate(m_tree.child(node, NodeField::Value));
        assign(m_tree.child(node, NodeField::Name), value);
        return value;
    }
    case Kind::Tuple:
    case Kind::ExpressionList: {
        Type tuple = Type::of(TypeKind::Tuple);
        for (const NodeId child : m_tree.named(node)) {
            tuple.elements.push_back(evaluate(child));
        }
        return tuple;
    }
    case Kind::List: {
        Type list = Type::of(TypeKind::List);
        bool isFirst = true;
        Type element;
        for (const NodeId child : m_tree.named(node)) {
            element = isFirst ? evaluate(child) : join(element, evaluate(child));
            isFirst = false;
        }
        if (!isFirst) { // nothing is known of what an empty list is going to hold
            list.elements = {element};
        }
        return list;
    }
    case Kind::Dictionary:
    case Kind::DictComprehension:
        if (m_tree.kind(node) == Kind::DictComprehension) {
            return comprehension(node);
        }
        return dictionary(node);
    case Kind::Yield:
        return yield(node);
    case Kind::ListComprehension:
    case Kind::SetComprehension:
    case Kind::GeneratorExpression:
        return comprehension(node);
    case Kind::Lambda: {
        auto &scope = m_data.scopes[static_cast<std::size_t>(m_scope)];
        const auto before = scope.current;
        for (const NodeId name : m_tree.named(m_tree.child(node, NodeField::Parameters))) {
            if (m_tree.kind(name) == Kind::Identifier) {
                scope.current[m_tree.text(name)] = {};
            }
        }
        evaluate(m_tree.child(node, NodeField::Body));
        m_data.scopes[static_cast<std::size_t>(m_scope)].current = before;
        return Type::of(TypeKind::Other);
    }
    case Kind::Assignment: {
        const NodeId right = m_tree.child(node, NodeField::Right);
        const Type value = right == kNoNode ? Type{} : evaluate(right);
        assign(m_tree.child(node, NodeField::Left), value);
        return value;
    }
    case Kind::AugmentedAssignment: {
        const NodeId left = m_tree.child(node, NodeField::Left);
        const Type before = evaluate(left);
        const Type value = evaluate(m_tree.child(node, NodeField::Right));
        if (before.isTensor()) {
            assign(left, before);
        } else if (value.isTensor()) {
            assign(left, Type::tensor(value.rank, value.element));
        }
        return {};
    }
    case Kind::KeywordArgument:
        return evaluate(m_tree.child(node, NodeField::Value));
    default:
        evaluateChildren(node);
        return {};
    }
}

// What the last `from module import *` that has the name means by it.
Type Evaluator::starImported(std::string_view name)
{
    for (auto module = m_stars.rbegin(); module != m_stars.rend(); ++module) {
        const std::string qualified = *module + "." + std::string(name);
        const bool isOwn =
            m_project != nullptr && !m_project->resolve(qualified, m_package).empty();
        if (isOwn || isStarName(*module, name) || (*module == "torch" && isTorchName(name))) {
            return symbol(qualified);
        }
    }
    return {};
}

Type Evaluator::identifier(NodeId node)
{
    const std::string_view name = m_tree.text(node);
    if (const Type *known = lookup(name)) {
        return *known;
    }
    if (const Type imported = starImported(name); !imported.isUnknown()) {
        return imported;
    }
    if (isBuiltin(name)) {
        return symbol("builtins." + std::string(name));
    }
    // A piece of code without its imports: what everybody calls so, and nothing here binds.
    constexpr std::pair<std::string_view, std::string_view> customary[] = {
        {"torch", "torch"}, {"nn", "torch.nn"}, {"np", "numpy"}};
    for (const auto &[local, qualified] : customary) {
        if (name == local) {
            return symbol(qualified);
        }
    }
    return {};
}

Type Evaluator::memberOf(int classIndex, std::string_view name, int depth)
{
    const auto &info = m_data.classes[static_cast<std::size_t>(classIndex)];
    if (const auto before = info.attributesBefore.find(name);
        before != info.attributesBefore.end()) {
        return before->second;
    }
    if (const auto found = info.attributes.find(name); found != info.attributes.end()) {
        return found->second;
    }
    if (const auto found = info.methods.find(name); found != info.methods.end()) {
        Type method = Type::of(TypeKind::LocalFunction);
        method.local = found->second;
        return method;
    }
    for (const int base : info.localBases) {
        if (depth < 20) {
            const Type inherited = memberOf(base, name, depth + 1);
            if (!inherited.isUnknown()) {
                return inherited;
            }
        }
    }
    for (const std::string_view base : info.bases) {
        const Type inherited = foreignMember(base, name);
        if (!inherited.isUnknown()) {
            return inherited;
        }
    }
    return {};
}

bool Evaluator::derivesFrom(int classIndex, std::string_view base) const
{
    const auto &bases = m_data.classes[static_cast<std::size_t>(classIndex)].bases;
    return std::find(bases.begin(), bases.end(), base) != bases.end();
}

Type Evaluator::attribute(NodeId node)
{
    const Type object = evaluate(m_tree.child(node, NodeField::Object));
    const std::string_view name = m_tree.text(m_tree.child(node, NodeField::Attribute));
    switch (object.kind) {
    case TypeKind::Symbol:
        return symbol(std::string(object.name) + "." + std::string(name));
    case TypeKind::Tensor:
        return attributeOfTensor(object, name);
    case TypeKind::LocalInstance:
    case TypeKind::LocalClass: {
        Type member = memberOf(object.local, name);
        if (member.isUnknown() && name == "saved_tensors") {
            return Type::of(TypeKind::Tuple);
        }
        return member.isUnknown() && name == "module" ? object : member; // of a DataParallel
    }
    case TypeKind::Instance: {
        Type member = foreignMember(object.name, name);
        return member.isUnknown() && (name == "weight" || name == "bias") ? Type::tensor() : member;
    }
    case TypeKind::Tuple: {
        const std::size_t at = fieldIndex(object.name, name);
        return at < object.elements.size() ? object.elements[at] : Type{};
    }
    case TypeKind::Array:
        return name == "shape" ? Type::of(TypeKind::Tuple) : Type::of(TypeKind::Other);
    default:
        return name == "saved_tensors" ? Type::of(TypeKind::Batch) : Type{};
    }
}

} // namespace TorchLift
