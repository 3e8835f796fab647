#include <algorithm>
#include <utility>

#include "source/evaluator.h"
#include "source/tensornames.h"

namespace TorchLift {

namespace {

using Kind = NodeKind;

bool isObject(const Type &type)
{
    return type.kind == TypeKind::Instance || type.kind == TypeKind::LocalInstance;
}

// Methods of modules that give the module.
const NameSet &givingThemselves()
{
    static const NameSet names =
        splitNames("apply cpu cuda double eval float half share_memory to train type");
    return names;
}

} // namespace

bool Evaluator::isModule(const Type &object)
{
    if (object.kind == TypeKind::LocalInstance) {
        return derivesFrom(object.local, "torch.nn.Module")
               || !memberOf(object.local, "forward").isUnknown();
    }
    return object.kind == TypeKind::Instance
           && (object.name.starts_with("torch.nn.")
               || !foreignMember(object.name, "forward").isUnknown());
}

ArgumentFacts Evaluator::arguments(NodeId list)
{
    ArgumentFacts facts;
    if (m_tree.kind(list) == Kind::GeneratorExpression) {
        evaluate(list);
        facts.push_back({{}, m_tree.text(list), Type::of(TypeKind::List)});
        return facts;
    }
    for (const NodeId argument : m_tree.named(list)) {
        ArgumentFact fact;
        NodeId value = argument;
        if (m_tree.kind(argument) == Kind::KeywordArgument) {
            fact.keyword = m_tree.text(m_tree.child(argument, NodeField::Name));
            value = m_tree.child(argument, NodeField::Value);
        }
        fact.text = m_tree.text(value);
        fact.type = evaluate(value);
        const Type splat =
            m_tree.kind(value) == Kind::ListSplat ? typeAt(m_tree.namedChild(value, 0)) : Type{};
        if (splat.kind == TypeKind::Tuple && !splat.elements.empty()) { // as many as they are
            for (const Type &element : splat.elements) {
                facts.push_back({{}, {}, element});
            }
            continue;
        }
        facts.push_back(std::move(fact));
    }
    return facts;
}

Type Evaluator::call(NodeId node)
{
    const NodeId callee = m_tree.child(node, NodeField::Function);
    const Type function = evaluate(callee);
    const ArgumentFacts facts = arguments(m_tree.child(node, NodeField::Arguments));
    switch (function.kind) {
    case TypeKind::Symbol: {
        Type result = builtinCall(function.name, facts);
        if (result.isUnknown()) {
            result = resultOfCall(function.name, facts);
        }
        if (result.kind == TypeKind::Loader && result.elements.empty()) {
            result.elements = batchesOf(facts);
        }
        const Type &object = typeAt(m_tree.child(callee, NodeField::Object));
        return result.isUnknown() ? callForeign(function.name, facts, isObject(object)) : result;
    }
    case TypeKind::TensorMethod:
        return resultOfMethod(function.elements[0], function.name, facts);
    case TypeKind::Record:
        return record(function.name, facts);
    case TypeKind::Instance:
    case TypeKind::LocalInstance:
        return callInstance(function, facts);
    case TypeKind::LocalFunction: {
        const auto &info = m_data.functions[static_cast<std::size_t>(function.local)];
        const bool isMethod = info.classIndex >= 0 && m_tree.kind(callee) == Kind::Attribute;
        return callLocal(info, facts, isMethod);
    }
    case TypeKind::LocalClass: {
        Type object = Type::of(TypeKind::LocalInstance);
        object.local = function.local;
        const Type init = memberOf(function.local, "__init__");
        if (init.kind == TypeKind::LocalFunction) {
            callLocal(m_data.functions[static_cast<std::size_t>(init.local)], facts, true);
        }
        return object;
    }
    default:
        break;
    }
    return m_tree.kind(callee) == Kind::Attribute ? callMember(callee, facts) : Type{};
}

// Members of objects that are not known: what their names say anyway.
Type Evaluator::callMember(NodeId callee, const ArgumentFacts &facts)
{
    const std::string_view name = m_tree.text(m_tree.child(callee, NodeField::Attribute));
    const Type &object = typeAt(m_tree.child(callee, NodeField::Object));
    if (object.kind == TypeKind::LocalClass && name == "apply") {
        const Type forward = memberOf(object.local, "forward");
        if (forward.kind == TypeKind::LocalFunction) {
            const auto &info = m_data.functions[static_cast<std::size_t>(forward.local)];
            return info.result.isUnknown() ? Type::tensor() : info.result;
        }
    }
    if (name == "next" && object.kind == TypeKind::Loader) {
        return elementOf(object);
    }
    // With a size randint is NumPy's: of a RandomState, which counts as an array, or unknown.
    const bool isDrawn = name == "randint" && facts.size() == 3;
    if (isDrawn && (object.kind == TypeKind::Array || object.isUnknown())) {
        return arrayOf(name, facts);
    }
    if (isModule(object) && isIn(givingThemselves(), name)) {
        return object;
    }
    if (object.kind == TypeKind::Array) {
        return resultOfArrayMethod(object, name, facts);
    }
    if (object.kind == TypeKind::Dict) {
        return methodOfDict(object, name);
    }
    if (name == "register_buffer" || name == "register_parameter" || name == "add_module") {
        registerMember(object, facts);
    }
    if (object.kind == TypeKind::List && name == "append" && facts.size() == 1) {
        extendList(m_tree.child(callee, NodeField::Object), facts[0].type);
    }
    // NumPy's view takes a type, and has no permute.
    const bool isShaped = (name == "view" || name == "permute")
                          && std::any_of(facts.begin(), facts.end(), [](const ArgumentFact &fact) {
                                 return fact.type.kind == TypeKind::Number;
                             });
    if ((object.isUnknown() || object.kind == TypeKind::Batch) && isTensorMember(name)
        && (isShaped || !isCommonMember(name))) {
        return resultOfMethod(Type::tensor(), name, facts);
    }
    return {};
}

Type Evaluator::callLocal(const LocalFunctionInfo &function, const ArgumentFacts &facts,
                          bool isMethod)
{
    auto &known = m_data.functions[static_cast<std::size_t>(&function - m_data.functions.data())];
    const std::vector<std::string_view> names = parameterNames(m_tree, function.definition);
    std::size_t at = isMethod ? 1 : 0;
    for (const ArgumentFact &fact : facts) {
        const std::string_view name = !fact.keyword.empty() ? fact.keyword
                                      : at < names.size()   ? names[at]
                                                            : std::string_view{};
        ++at;
        if (!name.empty()) {
            joinInto(known.argumentTypes, name, fact.type);
        }
    }
    return function.result;
}

Type Evaluator::callInstance(const Type &object, const ArgumentFacts &facts)
{
    for (const std::string_view entry : {"forward", "__call__"}) {
        const bool isForeign = object.kind == TypeKind::Instance;
        const Type method =
            isForeign ? foreignMember(object.name, entry) : memberOf(object.local, entry);
        if (method.isSymbol()) {
            return callForeign(method.name, facts, true);
        }
        if (method.kind == TypeKind::LocalFunction) {
            return callLocal(m_data.functions[static_cast<std::size_t>(method.local)], facts, true);
        }
    }
    return object.kind == TypeKind::Instance ? resultOfInstance(object, facts) : Type{};
}

Type Evaluator::builtinCall(std::string_view name, const ArgumentFacts &facts)
{
    const Type first = facts.empty() ? Type{} : facts[0].type;
    if (name == "builtins.enumerate") {
        Type pair = Type::of(TypeKind::Tuple);
        pair.elements = {Type::number(ElementType::Integer), elementOf(first)};
        Type list = Type::of(TypeKind::List);
        list.elements = {pair};
        return list;
    }
    if (name == "builtins.zip") {
        Type tuple = Type::of(TypeKind::Tuple);
        for (const ArgumentFact &fact : facts) {
            tuple.elements.push_back(elementOf(fact.type));
        }
        Type list = Type::of(TypeKind::List);
        list.elements = {tuple};
        return list;
    }
    if (name == "builtins.range" || name == "builtins.xrange") {
        Type list = Type::of(TypeKind::List);
        list.elements = {Type::number(ElementType::Integer)};
        return list;
    }
    if (name == "builtins.iter" && first.isUnknown()) {
        return Type::of(TypeKind::Instance, "builtins.iterator");
    }
    if (name == "builtins.iter" || name == "builtins.reversed" || name == "builtins.list"
        || name == "builtins.sorted" || name == "tqdm.tqdm" || name == "tqdm") {
        return first.isTensor() || first.isUnknown() ? Type{} : first;
    }
    if (name == "builtins.next") {
        return elementOf(first);
    }
    if (name == "builtins.sum" || name == "builtins.max" || name == "builtins.min") {
        const Type element = elementOf(first);
        const bool isChosen = keywordArgument(facts, "key") != nullptr;
        return element.isTensor() || isChosen ? element : Type{};
    }
    if (name == "builtins.abs") {
        return first;
    }
    if (name == "collections.namedtuple") {
        return recordClass(facts);
    }
    if (name == "builtins.dict" || name == "collections.OrderedDict") {
        return dictOf(facts);
    }
    if ((name == "torch.nn.DataParallel" || name.ends_with(".DistributedDataParallel"))
        && isModule(first)) { // called as what it wraps
        return first;
    }
    if (name == "builtins.super") {
        return Type::of(TypeKind::Other);
    }
    return {};
}

} // namespace TorchLift
