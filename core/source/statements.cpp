#include <algorithm>

#include "source/evaluator.h"

namespace TorchLift {

namespace {

using Kind = NodeKind;

bool containsWord(std::string_view name, std::string_view word)
{
    return std::search(name.begin(), name.end(), word.begin(), word.end(),
                       [](char a, char b) { return (a | 0x20) == b; })
           != name.end();
}

// Parameters of forward() that are usually numbers, flags or several tensors.
bool isUnlikelyTensor(std::string_view name)
{
    for (const std::string_view word :
         {"len",         "size",         "num",   "training", "flag",   "use_",
          "return_",     "hidden",       "state", "mode",     "kwargs", "args",
          "temperature", "dim",          "name",  "epoch",    "step",   "alpha",
          "config",      "targets_list", "hx",    "seq_lens", "steps",  "iters"}) {
        if (containsWord(name, word)) {
            return true;
        }
    }
    return name.size() == 1 && (name == "n" || name == "k" || name == "h" || name == "l");
}

} // namespace

// What is passed and stored is found anew in each pass: what an early one could not tell would
// otherwise stay untold.
void Evaluator::startPass()
{
    for (LocalFunctionInfo &function : m_data.functions) {
        function.passedBefore = std::move(function.argumentTypes);
        function.argumentTypes.clear();
    }
    for (LocalClassInfo &info : m_data.classes) {
        info.attributesBefore = std::move(info.attributes);
        info.attributes.clear();
    }
}

void Evaluator::run(bool isLastPass)
{
    startPass();
    m_isLastPass = isLastPass;
    m_stars.clear();
    m_data.scopes.clear();
    m_data.scopeOfNode.clear();
    m_data.imports.clear();
    m_data.calls.clear();
    m_data.types.assign(m_tree.size(), Type{});
    m_scope = -1;
    m_function = -1;
    m_scope = openScope(m_tree.root(), false);
    executeChildren(m_tree.root());
    for (std::size_t i = 0; i < m_pending.size(); ++i) { // grows while it runs
        const Pending pending = m_pending[i];
        runFunction(pending);
    }
    m_pending.clear();
}

int Evaluator::openScope(NodeId node, bool isClass)
{
    Scope scope;
    scope.parent = m_scope;
    scope.isClass = isClass;
    scope.node = node;
    m_data.scopes.push_back(std::move(scope));
    const int index = static_cast<int>(m_data.scopes.size()) - 1;
    m_data.scopeOfNode[node] = index;
    return index;
}

void Evaluator::executeChildren(NodeId node)
{
    for (const NodeId child : m_tree.named(node)) {
        execute(child);
    }
}

void Evaluator::execute(NodeId node)
{
    switch (m_tree.kind(node)) {
    case Kind::ImportStatement:
        importNames(node);
        break;
    case Kind::ImportFrom:
        importFrom(node);
        break;
    case Kind::FutureImport:
    case Kind::Pass:
        break;
    case Kind::FunctionDefinition:
        defineFunction(node);
        break;
    case Kind::ClassDefinition:
        defineClass(node);
        break;
    case Kind::Global:
    case Kind::Nonlocal:
        for (const NodeId name : m_tree.named(node)) {
            m_data.scopes[static_cast<std::size_t>(m_scope)].globals.insert(m_tree.text(name));
        }
        break;
    case Kind::ForStatement:
        executeFor(node);
        break;
    case Kind::WithStatement:
        executeWith(node);
        break;
    case Kind::IfStatement:
    case Kind::TryStatement:
        executeBranches(node);
        break;
    case Kind::Return:
        for (const NodeId value : m_tree.named(node)) {
            const Type type = evaluate(value);
            if (m_function >= 0) {
                LocalFunctionInfo &function =
                    m_data.functions[static_cast<std::size_t>(m_function)];
                function.result = function.hasResult ? join(function.result, type) : type;
                function.hasResult = true;
            }
        }
        break;
    case Kind::Delete:
        evaluateChildren(node);
        break;
    case Kind::Module:
    case Kind::Block:
    case Kind::DecoratedDefinition:
    case Kind::WhileStatement:
    case Kind::ElifClause:
    case Kind::ElseClause:
    case Kind::FinallyClause:
    case Kind::ExceptClause:
    case Kind::Decorator:
    case Kind::ExpressionStatement:
    case Kind::Raise:
    case Kind::Assert:
    case Kind::Print:
    case Kind::Exec:
    case Kind::Error:
        executeChildren(node);
        break;
    default:
        evaluate(node);
        break;
    }
}

// Each branch starts from what held before the statement; afterwards what they agree on holds.
void Evaluator::executeBranches(NodeId node)
{
    const auto scope = [&]() -> Scope & {
        return m_data.scopes[static_cast<std::size_t>(m_scope)];
    };
    std::vector<std::unordered_map<std::string_view, Type>> outcomes;
    bool hasElse = m_tree.kind(node) == Kind::TryStatement;
    for (const NodeId child : m_tree.named(node)) {
        const Kind kind = m_tree.kind(child);
        const bool isBranch = kind == Kind::Block || kind == Kind::ElifClause
                              || kind == Kind::ElseClause || kind == Kind::ExceptClause;
        if (!isBranch) {
            execute(child);
            continue;
        }
        hasElse = hasElse || kind == Kind::ElseClause;
        const auto before = scope().current;
        execute(child);
        outcomes.push_back(std::move(scope().current));
        scope().current = before;
    }
    if (!hasElse) {
        outcomes.push_back(scope().current);
    }
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
        for (const auto &[name, type] : outcomes[i]) {
            auto &current = scope().current;
            const auto found = current.find(name);
            if (i == 0 || found == current.end()) {
                current[name] = type;
            } else {
                found->second = join(found->second, type);
            }
        }
    }
}

void Evaluator::importNames(NodeId statement)
{
    for (const NodeId child : m_tree.named(statement)) {
        Semantics::ImportedName import;
        import.statement = statement;
        import.name = child;
        if (m_tree.kind(child) == Kind::AliasedImport) {
            import.symbol = m_tree.text(m_tree.child(child, NodeField::Name));
            import.localName = m_tree.text(m_tree.child(child, NodeField::Alias));
            bind(m_tree.text(m_tree.child(child, NodeField::Alias)), symbol(import.symbol));
        } else {
            import.symbol = m_tree.text(child);
            const std::string_view root =
                m_tree.text(child).substr(0, m_tree.text(child).find('.'));
            import.localName = root;
            bind(root, symbol(root));
        }
        m_data.imports.push_back(std::move(import));
    }
}

void Evaluator::importFrom(NodeId statement)
{
    const NodeId module = m_tree.child(statement, NodeField::ModuleName);
    const std::string written(m_tree.text(module));
    const std::string from = absoluteModule(written);
    for (const NodeId child : m_tree.named(statement)) {
        if (child == module) {
            continue;
        }
        Semantics::ImportedName import;
        import.statement = statement;
        import.name = child;
        import.isFrom = true;
        if (m_tree.kind(child) == Kind::WildcardImport) {
            import.isWildcard = true;
            import.symbol = written;
            m_stars.push_back(from);
            m_data.imports.push_back(std::move(import));
            continue;
        }
        const bool isAliased = m_tree.kind(child) == Kind::AliasedImport;
        const NodeId name = isAliased ? m_tree.child(child, NodeField::Name) : child;
        const NodeId local = isAliased ? m_tree.child(child, NodeField::Alias) : child;
        import.symbol = from + "." + std::string(m_tree.text(name));
        import.localName = m_tree.text(local);
        const bool isRelative = from.starts_with('.');
        bind(m_tree.text(local), isRelative ? Type{} : symbol(import.symbol));
        if (from != written) {
            import.symbol = written + "." + std::string(m_tree.text(name));
        }
        m_data.imports.push_back(std::move(import));
    }
}

void Evaluator::bind(std::string_view name, const Type &type)
{
    Scope *scope = &m_data.scopes[static_cast<std::size_t>(m_scope)];
    if (scope->globals.count(name) != 0) {
        scope = m_data.scopes.data();
    }
    scope->current[name] = type;
    const auto [at, isNew] = scope->merged.try_emplace(name, type);
    if (!isNew) {
        at->second = join(at->second, type);
    }
}

// What the code of the current function or module shows by the way it uses its names.
const TensorClues &Evaluator::clues()
{
    const NodeId node = m_data.scopes[static_cast<std::size_t>(m_scope)].node;
    const auto found = m_clues.find(node);
    return found != m_clues.end()
               ? found->second
               : m_clues.emplace(node, findTensorClues(m_tree, node)).first->second;
}

void Evaluator::assign(NodeId target, const Type &value)
{
    if (target == kNoNode) {
        return; // the text has errors there
    }
    switch (m_tree.kind(target)) {
    case Kind::Identifier: {
        const std::string_view name = m_tree.text(target);
        const bool isTensor = value.isUnknown() && clues().locals.count(name) != 0;
        m_data.types[target] = isTensor ? Type::tensor() : value;
        bind(name, m_data.types[target]);
        break;
    }
    case Kind::Attribute: {
        const Type object = evaluate(m_tree.child(target, NodeField::Object));
        if (object.kind == TypeKind::LocalInstance) {
            auto &attributes = m_data.classes[static_cast<std::size_t>(object.local)].attributes;
            joinInto(attributes, m_tree.text(m_tree.child(target, NodeField::Attribute)), value);
        }
        m_data.types[target] = compute(target);
        break;
    }
    case Kind::ListSplatPattern:
        assign(m_tree.namedChild(target, 0), Type::of(TypeKind::List));
        break;
    case Kind::Subscript:
        evaluate(target);
        assignItem(target, value);
        break;
    default:
        if (standsForSeveral(m_tree.kind(target))) {
            assignAll(target, value);
        } else {
            evaluate(target);
        }
        break;
    }
}

void Evaluator::assignAll(NodeId targets, const Type &value)
{
    std::size_t index = 0;
    const std::size_t count = m_tree.namedCount(targets);
    for (const NodeId target : m_tree.named(targets)) {
        const bool isExact = value.kind == TypeKind::Tuple && value.elements.size() == count;
        assign(target, isExact ? value.elements[index] : elementOf(value));
        ++index;
    }
}

void Evaluator::executeFor(NodeId statement)
{
    const NodeId right = m_tree.child(statement, NodeField::Right);
    const Type iterable = evaluate(right);
    assign(m_tree.child(statement, NodeField::Left), elementOf(iterable));
    for (const NodeId child : m_tree.named(statement)) {
        if (m_tree.kind(child) == Kind::Block || m_tree.kind(child) == Kind::ElseClause) {
            execute(child);
        }
    }
}

void Evaluator::executeWith(NodeId statement)
{
    for (NodeId id = statement + 1; id < m_tree[statement].subtreeEnd; ++id) {
        if (m_tree.kind(id) == Kind::Block) {
            break;
        }
        if (m_tree.kind(id) == Kind::WithItem) {
            const NodeId value = m_tree.child(id, NodeField::Value);
            if (m_tree.kind(value) == Kind::AsPattern) {
                const Type type = evaluate(m_tree.namedChild(value, 0));
                const NodeId target = m_tree.child(value, NodeField::Alias);
                assign(m_tree.namedChild(target, 0),
                       type.kind == TypeKind::Instance ? Type::of(TypeKind::Other) : Type{});
            } else {
                evaluate(value);
            }
        }
    }
    for (const NodeId child : m_tree.named(statement)) {
        if (m_tree.kind(child) == Kind::Block) {
            execute(child);
        }
    }
}

void Evaluator::defineFunction(NodeId definition)
{
    const std::string_view name = m_tree.text(m_tree.child(definition, NodeField::Name));
    const auto [at, isNew] =
        m_data.functionIndex.try_emplace(definition, static_cast<int>(m_data.functions.size()));
    if (isNew) {
        m_data.functions.emplace_back().definition = definition;
    }
    const int index = at->second;
    Type type = Type::of(TypeKind::LocalFunction);
    type.local = index;
    const Scope &scope = m_data.scopes[static_cast<std::size_t>(m_scope)];
    if (scope.isClass) {
        const int classIndex = m_data.classIndex.at(scope.node);
        m_data.functions[static_cast<std::size_t>(index)].classIndex = classIndex;
        m_data.classes[static_cast<std::size_t>(classIndex)].methods[name] = index;
    }
    bind(name, type);
    // Defaults are evaluated where the function is defined.
    for (const NodeId parameter : m_tree.named(m_tree.child(definition, NodeField::Parameters))) {
        const NodeId value = m_tree.child(parameter, NodeField::Value);
        if (value != kNoNode) {
            evaluate(value);
        }
    }
    m_pending.push_back({definition, openScope(definition, false), index});
}

void Evaluator::defineClass(NodeId definition)
{
    const auto [at, isNew] =
        m_data.classIndex.try_emplace(definition, static_cast<int>(m_data.classes.size()));
    const int index = at->second;
    if (isNew) {
        m_data.classes.emplace_back().definition = definition;
    }
    std::vector<std::string_view> bases;
    std::vector<int> localBases;
    for (const NodeId base : m_tree.named(m_tree.child(definition, NodeField::Superclasses))) {
        const Type &type = evaluate(base);
        if (type.isSymbol()) {
            bases.push_back(type.name);
            const std::string own =
                m_project == nullptr ? std::string() : m_project->resolve(type.name, m_package);
            for (const std::string &inherited :
                 own.empty() ? std::vector<std::string>{} : m_project->basesOf(own)) {
                bases.push_back(m_data.intern(inherited));
            }
        } else if (type.kind == TypeKind::LocalClass && type.local != index) {
            const auto &inherited = m_data.classes[static_cast<std::size_t>(type.local)].bases;
            bases.insert(bases.end(), inherited.begin(), inherited.end());
            localBases.push_back(type.local);
        }
    }
    auto &info = m_data.classes[static_cast<std::size_t>(index)];
    info.bases = std::move(bases);
    info.localBases = std::move(localBases);
    Type type = Type::of(TypeKind::LocalClass);
    type.local = index;
    bind(m_tree.text(m_tree.child(definition, NodeField::Name)), type);

    const int outer = m_scope;
    m_scope = openScope(definition, true);
    executeChildren(m_tree.child(definition, NodeField::Body));
    auto &attributes = m_data.classes[static_cast<std::size_t>(index)].attributes;
    for (const auto &[name, value] : m_data.scopes[static_cast<std::size_t>(m_scope)].merged) {
        if (value.kind != TypeKind::LocalFunction) {
            attributes.try_emplace(name, value);
        }
    }
    m_scope = outer;
}

void Evaluator::runFunction(const Pending &pending)
{
    m_scope = pending.scope;
    m_function = pending.function;
    auto &function = m_data.functions[static_cast<std::size_t>(pending.function)];
    function.hasResult = false;
    function.result = {};
    bindParameters(pending, m_tree.child(pending.definition, NodeField::Parameters));
    execute(m_tree.child(pending.definition, NodeField::Body));
    m_function = -1;
}

void Evaluator::bindParameters(const Pending &pending, NodeId parameters)
{
    const auto &function = m_data.functions[static_cast<std::size_t>(pending.function)];
    const std::string_view own = m_tree.text(m_tree.child(pending.definition, NodeField::Name));
    const bool isModule =
        function.classIndex >= 0 && derivesFrom(function.classIndex, "torch.nn.Module");
    const bool isFunction =
        function.classIndex >= 0 && derivesFrom(function.classIndex, "torch.autograd.Function");
    const bool isForward =
        (isModule && own == "forward") || (isFunction && (own == "forward" || own == "backward"));
    std::size_t index = 0;
    for (const NodeId parameter : m_tree.named(parameters)) {
        NodeId name = parameter;
        const NodeId fallback = m_tree.child(parameter, NodeField::Value);
        if (m_tree.kind(parameter) == Kind::DefaultParameter
            || m_tree.kind(parameter) == Kind::TypedDefaultParameter) {
            name = m_tree.child(parameter, NodeField::Name);
        } else if (m_tree.kind(parameter) == Kind::TypedParameter) {
            name = m_tree.namedChild(parameter, 0);
        }
        if (m_tree.kind(name) == Kind::ListSplatPattern
            || m_tree.kind(name) == Kind::DictionarySplatPattern) {
            const bool isTuple = m_tree.kind(name) == Kind::ListSplatPattern;
            bind(m_tree.text(m_tree.namedChild(name, 0)),
                 Type::of(isTuple ? TypeKind::Tuple : TypeKind::Dict));
            continue;
        }
        bind(m_tree.text(name),
             parameterType(function, m_tree.text(name), fallback, index, isForward));
        ++index;
    }
}

Type Evaluator::parameterType(const LocalFunctionInfo &function, std::string_view name,
                              NodeId fallback, std::size_t index, bool isForward)
{
    if (index == 0 && function.classIndex >= 0 && name != "ctx") {
        Type self = Type::of(TypeKind::LocalInstance);
        self.local = function.classIndex;
        return self;
    }
    if (index == 0 && function.classIndex >= 0) {
        return Type::of(TypeKind::Other);
    }
    const std::string_view own = m_tree.text(m_tree.child(function.definition, NodeField::Name));
    if (index == 1 && own == "__getitem__" && function.classIndex >= 0
        && derivesFrom(function.classIndex, "torch.utils.data.Dataset")) {
        return Type::number(ElementType::Integer); // a sampler's
    }
    const auto &arguments =
        function.passedBefore.empty() ? function.argumentTypes : function.passedBefore;
    const auto passed = arguments.find(name);
    Type known = passed == arguments.end() ? Type{} : passed->second;
    if (const Type *foreign = foreignArgument(function, name)) {
        known = known.isUnknown() ? localized(*foreign) : join(known, localized(*foreign));
    }
    if (!known.isUnknown()) {
        return known;
    }
    const bool hasDefault = fallback != kNoNode && m_tree.kind(fallback) != Kind::None;
    if (hasDefault) {
        const Type type = evaluate(fallback);
        return type.kind == TypeKind::LocalFunction ? Type{} : type;
    }
    const bool isForwarded = isForward && !isUnlikelyTensor(name);
    if (isForwarded || clues().parameters.count(name) != 0) {
        return Type::tensor();
    }
    if (containsWord(name, "loader")) {
        return Type::of(TypeKind::Loader);
    }
    return {};
}

} // namespace TorchLift
