#include "base/text.h"
#include "source/evaluator.h"

namespace TorchLift {

namespace {

using Kind = NodeKind;

// The text of 'abc' without quotes; empty when it is no plain literal.
std::string_view literalText(std::string_view written)
{
    const bool isQuoted = written.size() >= 2 && (written[0] == '\'' || written[0] == '"')
                          && written.back() == written[0];
    const std::string_view text = isQuoted ? written.substr(1, written.size() - 2) : "";
    return text.find_first_of(" '\"\\") == std::string_view::npos ? text : std::string_view{};
}

void addField(std::string &fields, std::string_view name)
{
    fields.append(fields.empty() ? "" : " ").append(name);
}

} // namespace

Type Evaluator::dictionary(NodeId node)
{
    Type dict = Type::of(TypeKind::Dict);
    std::string keys;
    bool isPlain = true;
    for (const NodeId pair : m_tree.named(node)) {
        if (m_tree.kind(pair) != Kind::Pair) {
            evaluate(pair);
            isPlain = false;
            continue;
        }
        const NodeId key = m_tree.namedChild(pair, 0);
        evaluate(key);
        dict.elements.push_back(evaluate(m_tree.namedChild(pair, 1)));
        const std::string_view name = literalText(m_tree.text(key));
        isPlain = isPlain && !name.empty();
        addField(keys, name);
    }
    if (isPlain) {
        dict.name = m_data.intern(keys);
    } else if (!dict.elements.empty()) {
        Type any = dict.elements[0];
        for (const Type &element : dict.elements) {
            any = join(any, element);
        }
        dict.elements = {std::move(any)};
    }
    return dict;
}

// dict(a=1, b=2)
Type Evaluator::dictOf(const ArgumentFacts &facts)
{
    Type dict = Type::of(TypeKind::Dict);
    std::string keys;
    for (const ArgumentFact &fact : facts) {
        if (fact.keyword.empty()) {
            return Type::of(TypeKind::Dict);
        }
        addField(keys, fact.keyword);
        dict.elements.push_back(fact.type);
    }
    dict.name = m_data.intern(keys);
    return dict;
}

Type Evaluator::itemOfDict(const Type &dict, NodeId key) const
{
    if (dict.name.empty()) {
        return dict.elements.size() == 1 ? dict.elements[0] : Type{};
    }
    const std::size_t at = fieldIndex(dict.name, literalText(m_tree.text(key)));
    if (at < dict.elements.size()) {
        return dict.elements[at];
    }
    Type any = dict.elements.empty() ? Type{} : dict.elements[0];
    for (const Type &element : dict.elements) {
        any = join(any, element);
    }
    return m_tree.kind(key) == Kind::String ? Type{} : any;
}

Type Evaluator::methodOfDict(const Type &dict, std::string_view name) const
{
    Type value = dict.elements.empty() ? Type{} : dict.elements[0];
    for (const Type &element : dict.elements) {
        value = join(value, element);
    }
    Type list = Type::of(TypeKind::List);
    if (name == "values") {
        list.elements = {value};
        return list;
    }
    if (name == "items") {
        Type pair = Type::of(TypeKind::Tuple);
        pair.elements = {Type::of(TypeKind::String), value};
        list.elements = {pair};
        return list;
    }
    if (name == "keys") {
        list.elements = {Type::of(TypeKind::String)};
        return list;
    }
    return name == "copy" ? dict : name == "get" || name == "pop" ? value : Type{};
}

// d['key'] = value
void Evaluator::assignItem(NodeId target, const Type &value)
{
    const NodeId object = m_tree.child(target, NodeField::Value);
    Type dict = typeAt(object);
    if (dict.kind != TypeKind::Dict) {
        return;
    }
    const std::string_view key =
        literalText(m_tree.text(m_tree.child(target, NodeField::Subscript)));
    if (!key.empty() && (!dict.name.empty() || dict.elements.empty())) {
        const std::size_t at = fieldIndex(dict.name, key);
        if (at < dict.elements.size()) {
            dict.elements[at] = join(dict.elements[at], value);
        } else {
            std::string keys(dict.name);
            addField(keys, key);
            dict.name = m_data.intern(keys);
            dict.elements.push_back(value);
        }
    } else {
        dict.elements = {dict.elements.empty() ? value : join(methodOfDict(dict, "get"), value)};
        dict.name = {};
    }
    assign(object, dict);
}

// list.append(element)
void Evaluator::extendList(NodeId list, const Type &element)
{
    Type type = typeAt(list);
    const bool isEmpty = type.elements.empty() || type.elements[0].isUnknown();
    type.elements = {isEmpty ? element : join(type.elements[0], element)};
    if (m_tree.kind(list) == Kind::Identifier || m_tree.kind(list) == Kind::Attribute) {
        assign(list, type);
    }
}

// module.register_buffer('name', value), and what else makes an attribute of it
void Evaluator::registerMember(const Type &object, const ArgumentFacts &facts)
{
    const std::string_view name = facts.empty() ? std::string_view{} : literalText(facts[0].text);
    if (object.kind == TypeKind::LocalInstance && !name.empty() && facts.size() > 1) {
        joinInto(m_data.classes[static_cast<std::size_t>(object.local)].attributes, name,
                 facts[1].type);
    }
}

// What a generator gives is what iterating over its call gives.
Type Evaluator::yield(NodeId node)
{
    const NodeId value = m_tree.namedChild(node, 0);
    const Type type = value == kNoNode ? Type{} : evaluate(value);
    if (m_function >= 0) {
        LocalFunctionInfo &function = m_data.functions[static_cast<std::size_t>(m_function)];
        Type list = Type::of(TypeKind::List);
        list.elements = {type};
        function.result = function.hasResult ? join(function.result, list) : list;
        function.hasResult = true;
    }
    return {};
}

// namedtuple('Name', 'a b') or ('a', 'b')
Type Evaluator::recordClass(const ArgumentFacts &facts)
{
    if (facts.size() < 2) {
        return {};
    }
    std::string fields;
    std::string word;
    bool isQuoted = false;
    for (const char c : facts[1].text) {
        const bool isQuote = c == '\'' || c == '"';
        isQuoted = isQuote ? !isQuoted : isQuoted;
        if (isQuoted && isNameCharacter(c)) {
            word.push_back(c);
        } else if (!word.empty()) {
            addField(fields, word);
            word.clear();
        }
    }
    return Type::of(TypeKind::Record, m_data.intern(fields));
}

Type Evaluator::record(std::string_view fields, const ArgumentFacts &facts)
{
    Type tuple = Type::of(TypeKind::Tuple, fields);
    for (const ArgumentFact &fact : facts) {
        const std::size_t at =
            fact.keyword.empty() ? tuple.elements.size() : fieldIndex(fields, fact.keyword);
        if (fact.text.starts_with('*') || at > facts.size()) {
            return Type::of(TypeKind::Tuple, fields);
        }
        tuple.elements.resize(std::max(tuple.elements.size(), at + 1));
        tuple.elements[at] = fact.type;
    }
    return tuple;
}

Type Evaluator::elementOf(const Type &iterable) const
{
    switch (iterable.kind) {
    case TypeKind::Tensor:
        return Type::tensor(iterable.rank > 0 ? iterable.rank - 1 : -1, iterable.element);
    case TypeKind::Loader:
        return iterable.elements.empty() ? Type::of(TypeKind::Batch) : iterable.elements[0];
    case TypeKind::Batch:
        return Type::tensor();
    case TypeKind::Size:
        return Type::number(ElementType::Integer);
    case TypeKind::List:
        return iterable.elements.empty() ? Type{} : iterable.elements[0];
    case TypeKind::Array: {
        Type row = iterable;
        row.rank = iterable.rank > 0 ? iterable.rank - 1 : -1;
        return row;
    }
    case TypeKind::Dict:
        return Type::of(TypeKind::String);
    case TypeKind::Instance: {
        if (iterable.name == "torch.utils.data.TensorDataset") {
            return rowOf(iterable);
        }
        const bool isModules =
            iterable.name == "torch.nn.ModuleList" || iterable.name == "torch.nn.Sequential";
        return isModules ? Type::of(TypeKind::Instance, "torch.nn.Module") : Type{};
    }
    case TypeKind::Tuple: {
        Type element;
        for (std::size_t i = 0; i < iterable.elements.size(); ++i) {
            element = i == 0 ? iterable.elements[0] : join(element, iterable.elements[i]);
        }
        return element;
    }
    default:
        return {};
    }
}

} // namespace TorchLift
