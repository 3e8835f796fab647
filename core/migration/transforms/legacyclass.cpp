#include "migration/transforms/legacyclass.h"

#include <algorithm>

namespace TorchLift {

namespace {

using Kind = NodeKind;

NodeId definitionIn(const SyntaxTree &tree, NodeId statement)
{
    return tree.kind(statement) == Kind::DecoratedDefinition
               ? tree.child(statement, NodeField::Definition)
               : statement;
}

bool isStatic(const SyntaxTree &tree, NodeId statement)
{
    if (tree.kind(statement) != Kind::DecoratedDefinition) {
        return false;
    }
    for (const NodeId child : tree.named(statement)) {
        if (tree.kind(child) == Kind::Decorator
            && tree.text(child).find("method") != std::string_view::npos) {
            return true;
        }
    }
    return false;
}

// super(C, self).__init__(...) or Function.__init__(self, ...)
bool isInitOfBase(const SyntaxTree &tree, NodeId statement)
{
    const NodeId call = tree.namedChild(statement, 0);
    return tree.kind(statement) == Kind::ExpressionStatement && tree.kind(call) == Kind::Call
           && tree.text(tree.child(call, NodeField::Function)).ends_with(".__init__");
}

std::string_view parameterName(const SyntaxTree &tree, NodeId parameter)
{
    const NodeId name = tree.child(parameter, NodeField::Name);
    if (name != kNoNode) {
        return tree.text(name);
    }
    return tree.kind(parameter) == Kind::TypedParameter ? tree.text(tree.namedChild(parameter, 0))
                                                        : tree.text(parameter);
}

bool isFunctionBase(std::string_view base)
{
    return base == "torch.autograd.Function" || base == "torch.autograd.function.InplaceFunction";
}

} // namespace

std::string_view LegacyClass::selfOf(const SyntaxTree &tree, NodeId method)
{
    return tree.text(tree.namedChild(tree.child(method, NodeField::Parameters), 0));
}

std::optional<LegacyClass> LegacyClass::read(const Semantics &semantics, NodeId definition,
                                             LocalizedText &why)
{
    const SyntaxTree &tree = semantics.tree();
    const std::vector<std::string> bases = semantics.basesOf(definition);
    if (std::none_of(bases.begin(), bases.end(), isFunctionBase)) {
        return std::nullopt;
    }
    LegacyClass out;
    out.definition = definition;
    out.name = tree.text(tree.child(definition, NodeField::Name));
    bool isForwardStatic = false;
    for (const NodeId statement : tree.named(tree.child(definition, NodeField::Body))) {
        const NodeId method = definitionIn(tree, statement);
        if (tree.kind(method) == Kind::ExpressionStatement) {
            const NodeId assignment = tree.namedChild(method, 0);
            if (tree.kind(assignment) == Kind::Assignment) {
                out.classAttributes.emplace(tree.text(tree.child(assignment, NodeField::Left)));
            }
        }
        if (tree.kind(method) != Kind::FunctionDefinition) {
            continue;
        }
        const std::string_view name = tree.text(tree.child(method, NodeField::Name));
        if (name == "forward") {
            out.forward = method;
            isForwardStatic = isStatic(tree, statement);
        } else if (name == "backward") {
            out.backward = isStatic(tree, statement) ? kNoNode : method;
        } else if (name == "__init__") {
            out.init = statement;
        } else {
            out.helperNames.emplace(name);
            if (!isStatic(tree, statement)) {
                out.helpers.push_back(method);
            } else {
                out.classAttributes.emplace(name);
                out.helperNames.erase(std::string(name));
            }
        }
    }
    if (out.forward == kNoNode || isForwardStatic) {
        return std::nullopt;
    }
    const NodeId parameters = tree.child(out.forward, NodeField::Parameters);
    if (tree.namedCount(parameters) == 0) {
        why = {"forward has no parameters.", "У forward нет параметров."};
        return std::nullopt;
    }
    std::set<std::string_view> taken;
    for (const NodeId parameter : tree.named(parameters)) {
        taken.insert(parameterName(tree, parameter));
        const Kind kind = tree.kind(parameter);
        out.isPrefixed = out.isPrefixed || kind == Kind::ListSplatPattern
                         || kind == Kind::DefaultParameter || kind == Kind::TypedDefaultParameter;
    }
    if (out.init == kNoNode) {
        return out;
    }
    const NodeId init = definitionIn(tree, out.init);
    bool isSelf = true;
    for (const NodeId parameter : tree.named(tree.child(init, NodeField::Parameters))) {
        if (isSelf) {
            isSelf = false;
            continue;
        }
        const Kind kind = tree.kind(parameter);
        if (kind == Kind::ListSplatPattern || kind == Kind::DictionarySplatPattern) {
            why = {"__init__ of " + out.name + " takes any arguments.",
                   "__init__ класса " + out.name + " принимает любые аргументы."};
            return std::nullopt;
        }
        LegacyParameter legacy;
        legacy.name = parameterName(tree, parameter);
        legacy.newName = legacy.name + (taken.count(legacy.name) != 0 ? "_value" : "");
        legacy.defaultText = tree.text(tree.child(parameter, NodeField::Value));
        out.parameters.push_back(std::move(legacy));
    }
    const bool hasReturn = [&] {
        for (NodeId id = init; id < tree[init].subtreeEnd; ++id) {
            if (tree.kind(id) == Kind::Return) {
                return true;
            }
        }
        return false;
    }();
    const bool needsIndexes =
        out.isPrefixed && !out.parameters.empty()
        && tree.text(definition).find("needs_input_grad") != std::string_view::npos;
    if (hasReturn || needsIndexes) {
        why = {"__init__ of " + out.name + " does more than can be moved into forward.",
               "__init__ класса " + out.name + " делает больше, чем можно перенести в forward."};
        return std::nullopt;
    }
    return out;
}

std::vector<std::string> LegacyClass::initStatements(const SyntaxTree &tree) const
{
    std::vector<std::string> out;
    const NodeId method = definitionIn(tree, init);
    const std::string_view self = selfOf(tree, method);
    bool isFirst = true;
    for (const NodeId statement : tree.named(tree.child(method, NodeField::Body))) {
        const bool isDocstring = isFirst && tree.kind(statement) == Kind::ExpressionStatement
                                 && tree.kind(tree.namedChild(statement, 0)) == Kind::String;
        isFirst = false;
        if (tree.kind(statement) == Kind::Pass || isDocstring) {
            continue;
        }
        if (isInitOfBase(tree, statement)) {
            // InplaceFunction keeps what it is given.
            const NodeId list = tree.child(tree.namedChild(statement, 0), NodeField::Arguments);
            const std::size_t count = tree.namedCount(list);
            const NodeId last = count > 0 ? tree.namedChild(list, count - 1) : kNoNode;
            if (last != kNoNode && tree.text(last) != self) {
                out.push_back("ctx.inplace = "
                              + std::string(tree.text(tree.kind(last) == Kind::KeywordArgument
                                                          ? tree.child(last, NodeField::Value)
                                                          : last)));
            }
            continue;
        }
        std::string text;
        std::size_t at = tree[statement].begin;
        for (NodeId id = statement; id < tree[statement].subtreeEnd; ++id) {
            if (tree.kind(id) != Kind::Identifier || tree[id].field == NodeField::Attribute) {
                continue;
            }
            std::string word(tree.text(id));
            if (word == self) {
                const NodeId above = tree.parent(id);
                const std::string_view member = tree.text(tree.child(above, NodeField::Attribute));
                const bool isOfClass = tree.kind(above) == Kind::Attribute
                                       && (isHelper(member) || isClassAttribute(member))
                                       && tree.kind(tree.parent(above)) != Kind::Assignment;
                word = isOfClass ? name : "ctx";
            }
            for (const LegacyParameter &parameter : parameters) {
                const bool isKeyword = tree.kind(tree.parent(id)) == Kind::KeywordArgument
                                       && tree[id].field == NodeField::Name;
                if (!isKeyword && word == parameter.name) {
                    word = parameter.newName;
                }
            }
            text += tree.code().substr(at, tree[id].begin - at);
            text += word;
            at = tree[id].end;
        }
        text += tree.code().substr(at, tree[statement].end - at);
        out.push_back(std::move(text));
    }
    return out;
}

} // namespace TorchLift
