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

// False: forward is static already.
bool LegacyClass::readMembers(const SyntaxTree &tree)
{
    name = tree.text(tree.child(definition, NodeField::Name));
    bool isForwardStatic = false;
    for (const NodeId statement : tree.named(tree.child(definition, NodeField::Body))) {
        const NodeId method = definitionIn(tree, statement);
        if (tree.kind(method) == Kind::ExpressionStatement) {
            const NodeId assignment = tree.namedChild(method, 0);
            if (tree.kind(assignment) == Kind::Assignment) {
                classAttributes.emplace(tree.text(tree.child(assignment, NodeField::Left)));
            }
        }
        if (tree.kind(method) != Kind::FunctionDefinition) {
            continue;
        }
        const std::string_view member = tree.text(tree.child(method, NodeField::Name));
        if (member == "forward") {
            forward = method;
            isForwardStatic = isStatic(tree, statement);
        } else if (member == "backward") {
            backward = isStatic(tree, statement) ? kNoNode : method;
        } else if (member == "__init__") {
            init = statement;
        } else if (isStatic(tree, statement)) {
            classAttributes.emplace(member);
        } else {
            helperNames.emplace(member);
            helpers.push_back(method);
        }
    }
    return !isForwardStatic;
}

bool LegacyClass::readForward(const SyntaxTree &tree, LocalizedText &why)
{
    const NodeId list = tree.child(forward, NodeField::Parameters);
    if (tree.namedCount(list) == 0) {
        why = {"forward has no parameters.", "У forward нет параметров."};
        return false;
    }
    inputs = tree.namedCount(list) - 1;
    for (const NodeId parameter : tree.named(list)) {
        m_taken.insert(parameterName(tree, parameter));
        const Kind kind = tree.kind(parameter);
        calling.isPrefixed = calling.isPrefixed || kind == Kind::ListSplatPattern
                             || kind == Kind::DefaultParameter
                             || kind == Kind::TypedDefaultParameter;
    }
    return true;
}

bool LegacyClass::readInit(const SyntaxTree &tree, LocalizedText &why)
{
    const NodeId method = definitionIn(tree, init);
    bool isSelf = true;
    for (const NodeId parameter : tree.named(tree.child(method, NodeField::Parameters))) {
        if (isSelf) {
            isSelf = false;
            continue;
        }
        const Kind kind = tree.kind(parameter);
        if (kind == Kind::ListSplatPattern || kind == Kind::DictionarySplatPattern) {
            why = {"__init__ of " + name + " takes any arguments.",
                   "__init__ класса " + name + " принимает любые аргументы."};
            return false;
        }
        StaticFunction::Parameter legacy;
        legacy.name = parameterName(tree, parameter);
        legacy.newName = legacy.name + (m_taken.count(legacy.name) != 0 ? "_value" : "");
        legacy.defaultText = tree.text(tree.child(parameter, NodeField::Value));
        calling.parameters.push_back(std::move(legacy));
    }
    bool hasReturn = false;
    for (NodeId id = method; id < tree[method].subtreeEnd; ++id) {
        hasReturn = hasReturn || tree.kind(id) == Kind::Return;
    }
    const bool needsIndexes =
        calling.isPrefixed && !calling.parameters.empty()
        && tree.text(definition).find("needs_input_grad") != std::string_view::npos;
    if (hasReturn || needsIndexes) {
        why = {"__init__ of " + name + " does more than can be moved into forward.",
               "__init__ класса " + name + " делает больше, чем можно перенести в forward."};
        return false;
    }
    return true;
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
    if (!out.readMembers(tree) || out.forward == kNoNode || !out.readForward(tree, why)
        || (out.init != kNoNode && !out.readInit(tree, why))) {
        return std::nullopt;
    }
    return out;
}

std::optional<LegacyClass> LegacyClass::readHeir(const Semantics &semantics, NodeId definition,
                                                 const LegacyClass &base, LocalizedText &why)
{
    const SyntaxTree &tree = semantics.tree();
    LegacyClass out;
    out.definition = definition;
    const bool isLegacy = out.readMembers(tree);
    const auto isOfBase = [&](const std::string &member) {
        return base.isHelper(member) || base.isClassAttribute(member);
    };
    const bool overrides =
        std::any_of(out.helperNames.begin(), out.helperNames.end(), isOfBase)
        || std::any_of(out.classAttributes.begin(), out.classAttributes.end(), isOfBase);
    const bool hasOwnForward = out.forward != kNoNode;
    const bool hasOwnState = out.init != kNoNode;
    const bool callsBase = tree.text(definition).find("super(") != std::string_view::npos
                           || tree.text(definition).find(base.name + ".") != std::string_view::npos;
    const bool isEntangled =
        hasOwnState ? base.init != kNoNode || !hasOwnForward || out.backward == kNoNode : callsBase;
    if (!isLegacy || overrides || isEntangled) {
        why = {out.name + " and its base " + base.name
                   + " share state or override each other's methods: make both static by hand.",
               out.name + " и базовый класс " + base.name
                   + " делят состояние или переопределяют методы друг друга: сделайте их методы "
                     "статическими вручную."};
        return std::nullopt;
    }
    out.helperNames.insert(base.helperNames.begin(), base.helperNames.end());
    out.classAttributes.insert(base.classAttributes.begin(), base.classAttributes.end());
    if (!hasOwnForward) {
        out.calling = base.calling;
        out.inputs = base.inputs;
        return out;
    }
    if (!hasOwnState) {
        out.init = base.init;
        out.ownsInit = false;
    }
    if (!out.readForward(tree, why) || (out.init != kNoNode && !out.readInit(tree, why))) {
        return std::nullopt;
    }
    if (out.backward == kNoNode && out.calling.isPrefixed != base.calling.isPrefixed) {
        why = {"forward of " + out.name + " takes other arguments than that of " + base.name + ".",
               "forward класса " + out.name + " принимает не те аргументы, что у " + base.name
                   + "."};
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
        const bool isDocstring = isFirst && tree.isStringStatement(statement);
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
            for (const StaticFunction::Parameter &parameter : calling.parameters) {
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
