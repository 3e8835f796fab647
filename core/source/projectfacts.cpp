#include "source/projectfacts.h"

#include <algorithm>
#include <cctype>
#include <optional>

#include "base/parallel.h"
#include "source/evaluator.h"

namespace TorchLift {

namespace {

// What is passed on through more files than this is not followed.
constexpr int kRounds = 4;
constexpr int kMaxDepth = 20;
constexpr std::size_t kFilesAtOnce = 256;

std::string_view parentOf(std::string_view name)
{
    const std::size_t dot = name.rfind('.');
    return dot == std::string_view::npos ? std::string_view{} : name.substr(0, dot);
}

std::string_view lastPartOf(std::string_view name)
{
    return name.substr(name.rfind('.') + 1); // npos + 1 is the beginning
}

std::string joined(std::string_view prefix, std::string_view name)
{
    return prefix.empty() ? std::string(name) : std::string(prefix) + "." + std::string(name);
}

std::string_view nameOfDefinition(const SyntaxTree &tree, NodeId definition)
{
    return tree.text(tree.child(definition, NodeField::Name));
}

// Only what stands at the top of a module can be imported from it.
bool isTopLevel(const SyntaxTree &tree, NodeId definition)
{
    return tree.enclosing(definition, NodeKind::FunctionDefinition) == kNoNode
           && tree.enclosing(definition, NodeKind::ClassDefinition) == kNoNode;
}

// The words of all import statements that may name a module; "." for a relative one.
std::set<std::string_view> importedWords(std::string_view code)
{
    constexpr std::string_view separators = " \t\r.,;()";
    std::set<std::string_view> words;
    bool goesOn = false; // within brackets, or after a backslash
    for (std::size_t at = 0; at < code.size();) {
        const std::size_t end = std::min(code.find('\n', at), code.size());
        std::string_view line = code.substr(at, end - at);
        at = end + 1;
        line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
        if (!goesOn && !line.starts_with("import ") && !line.starts_with("from ")) {
            continue;
        }
        const bool isOpen = goesOn || line.find('(') != std::string_view::npos;
        goesOn = line.ends_with('\\') || (isOpen && line.find(')') == std::string_view::npos);
        if (line.find(" .") != std::string_view::npos) {
            words.emplace(".");
        }
        for (std::size_t word = 0; word < line.size();) {
            const std::size_t stop = std::min(line.find_first_of(separators, word), line.size());
            if (stop > word) {
                words.insert(line.substr(word, stop - word));
            }
            word = stop + 1;
        }
    }
    return words;
}

// The trees of files that are read in several rounds; of a project that is too large to keep them
// they are made each time.
class ParsedFiles
{
public:
    explicit ParsedFiles(const std::vector<const ProjectFile *> &files)
        : m_files(files)
    {
        std::size_t size = 0;
        for (const ProjectFile *file : files) {
            size += file->code.size();
        }
        if (size <= kMaxKeptCode) {
            m_trees.resize(files.size());
            forEachIndex(files.size(), [this](std::size_t i) { m_trees[i] = parsed(i); });
        }
    }

    // None where the file cannot be parsed. Threads may ask at the same time.
    [[nodiscard]] std::optional<SyntaxTree> treeOf(std::size_t index) const
    {
        return m_trees.empty() ? parsed(index) : m_trees[index];
    }

private:
    // Trees take some ten times the room of their texts.
    static constexpr std::size_t kMaxKeptCode = std::size_t{16} << 20U;

    [[nodiscard]] std::optional<SyntaxTree> parsed(std::size_t index) const
    {
        Result<SyntaxTree> tree = SyntaxTree::parse(m_files[index]->code);
        return tree ? std::optional(std::move(*tree)) : std::nullopt;
    }

    const std::vector<const ProjectFile *> &m_files;
    std::vector<std::optional<SyntaxTree>> m_trees;
};

std::string topOf(std::string_view package)
{
    return std::string(package.substr(0, package.find('.')));
}

// The files that import others or are imported: the rest of a project has nothing to tell them.
std::vector<const ProjectFile *> connected(const std::vector<ProjectFile> &files)
{
    std::map<std::string, std::vector<std::size_t>, std::less<>> byWord; // parts of their names
    std::map<std::string, std::vector<std::size_t>, std::less<>> byTop;  // outermost packages
    for (std::size_t i = 0; i < files.size(); ++i) {
        const std::string module = ProjectFacts::moduleOf(files[i].path);
        for (std::string_view rest = module; !rest.empty(); rest = parentOf(rest)) {
            byWord[std::string(lastPartOf(rest))].push_back(i);
        }
        byTop[topOf(ProjectFacts::packageOf(files[i].path))].push_back(i);
    }
    std::vector<bool> isWanted(files.size(), false);
    for (std::size_t i = 0; i < files.size(); ++i) {
        for (const std::string_view word : importedWords(files[i].code)) {
            const auto &index = word == "." ? byTop : byWord;
            const auto found = index.find(
                word == "." ? topOf(ProjectFacts::packageOf(files[i].path)) : std::string(word));
            if (found != index.end()) {
                isWanted[i] = true;
                for (const std::size_t imported : found->second) {
                    isWanted[imported] = true;
                }
            }
        }
    }
    std::vector<const ProjectFile *> out;
    for (std::size_t i = 0; i < files.size(); ++i) {
        if (isWanted[i]) {
            out.push_back(&files[i]);
        }
    }
    return out;
}

} // namespace

std::string ProjectFacts::moduleOf(std::string_view path)
{
    constexpr std::string_view init = "__init__.py";
    std::string module(path);
    if (module == init) {
        return {};
    }
    if (module.ends_with(std::string("/").append(init))) {
        module.resize(module.size() - init.size() - 1);
    } else if (module.ends_with(".py")) {
        module.resize(module.size() - 3);
    }
    std::replace(module.begin(), module.end(), '/', '.');
    return module;
}

std::string ProjectFacts::packageOf(std::string_view path)
{
    const std::size_t slash = path.rfind('/');
    std::string package(slash == std::string_view::npos ? std::string_view{}
                                                        : path.substr(0, slash));
    std::replace(package.begin(), package.end(), '/', '.');
    return package;
}

bool ProjectFacts::isKnown(std::string_view name) const
{
    return m_functions.find(name) != m_functions.end() || m_values.find(name) != m_values.end()
           || isClass(name);
}

std::string ProjectFacts::resolve(std::string_view symbol, std::string_view package) const
{
    const auto known = [&](std::string name) -> std::string {
        for (int depth = 0; depth < kMaxDepth; ++depth) {
            const auto alias = m_aliases.find(name);
            if (alias == m_aliases.end() || isKnown(name)) {
                break;
            }
            name = alias->second;
        }
        return isKnown(name) ? name : std::string();
    };
    for (;; package = parentOf(package)) {
        std::string found = known(joined(package, symbol));
        if (!found.empty()) {
            return found;
        }
        if (package.empty()) {
            break;
        }
    }
    // Code that is run from a folder of the project names modules from there.
    std::string only;
    const std::string_view module = parentOf(symbol);
    const auto beside = m_modulesByName.find(lastPartOf(module));
    if (module.empty() || beside == m_modulesByName.end()) {
        return {};
    }
    for (const std::string &candidate : beside->second) {
        if (!candidate.ends_with(std::string(".").append(module))) {
            continue;
        }
        if (!only.empty()) {
            return {};
        }
        only = known(joined(candidate, lastPartOf(symbol)));
    }
    return only;
}

const Type *ProjectFacts::resultOf(std::string_view function) const
{
    const auto found = m_functions.find(function);
    return found == m_functions.end() ? nullptr : &found->second.result;
}

const Type *ProjectFacts::valueOf(std::string_view name) const
{
    const auto found = m_values.find(name);
    return found == m_values.end() ? nullptr : &found->second;
}

bool ProjectFacts::isClass(std::string_view name) const
{
    return m_classes.find(name) != m_classes.end();
}

std::vector<std::string> ProjectFacts::basesOf(std::string_view className) const
{
    std::vector<std::string> out;
    std::vector<std::string> open{std::string(className)};
    while (!open.empty() && out.size() < kMaxDepth) {
        const auto found = m_classes.find(open.back());
        const std::string module(parentOf(open.back()));
        open.pop_back();
        if (found == m_classes.end()) {
            continue;
        }
        for (const std::string &base : found->second) {
            const std::string own = resolve(base, module);
            out.push_back(own.empty() ? base : own);
            open.push_back(out.back());
        }
    }
    return out;
}

std::string ProjectFacts::memberOf(std::string_view className, std::string_view member) const
{
    std::string own = joined(className, member);
    if (isKnown(own)) {
        return own;
    }
    for (const std::string &base : basesOf(className)) {
        own = joined(base, member);
        if (isKnown(own)) {
            return own;
        }
    }
    return {};
}

const Type *ProjectFacts::argumentOf(std::string_view function, std::string_view parameter) const
{
    const auto found = m_functions.find(function);
    if (found == m_functions.end()) {
        return nullptr;
    }
    const auto argument = found->second.arguments.find(parameter);
    return argument == found->second.arguments.end() ? nullptr : &argument->second;
}

void ProjectFacts::addStaticFunction(std::string_view path, std::string_view className,
                                     StaticFunction function)
{
    for (StaticFunction::Parameter &parameter : function.parameters) {
        const std::string &text = parameter.defaultText;
        const bool isName = !text.empty() && (std::isalpha(text.front()) != 0 || text[0] == '_');
        if (isName && text != "None" && text != "True" && text != "False") {
            parameter.defaultText.clear();
        }
    }
    m_staticFunctions[joined(moduleOf(path), className)] = std::move(function);
}

const StaticFunction *ProjectFacts::staticFunction(std::string_view className) const
{
    const auto found = m_staticFunctions.find(className);
    return found == m_staticFunctions.end() ? nullptr : &found->second;
}

Type ProjectFacts::portable(const Semantics &semantics, const Type &type, const std::string &module)
{
    Type out = type;
    out.local = -1;
    if (type.local >= 0) {
        const SyntaxTree &tree = semantics.tree();
        const NodeId definition = semantics.definitionOf(type);
        if (definition == kNoNode || !isTopLevel(tree, definition)) {
            return {};
        }
        const bool isObject = type.kind == TypeKind::LocalInstance;
        out = Type::of(isObject ? TypeKind::Instance : TypeKind::Symbol);
        out.name = *m_names.insert(joined(module, nameOfDefinition(tree, definition))).first;
        return out;
    }
    if (type.kind == TypeKind::TensorMethod) {
        return {};
    }
    if (!type.name.empty()) {
        out.name = *m_names.emplace(type.name).first;
    }
    out.elements.clear();
    for (const Type &element : type.elements) {
        out.elements.push_back(portable(semantics, element, module));
    }
    return out;
}

void ProjectFacts::learnFunction(const Semantics &semantics, int index, const std::string &name,
                                 const std::string &module)
{
    const LocalFunctionInfo &info = semantics.data().functions[static_cast<std::size_t>(index)];
    Function function;
    for (const std::string_view parameter : parameterNames(semantics.tree(), info.definition)) {
        function.parameters.emplace_back(parameter);
    }
    function.result = portable(semantics, info.result, module);
    m_functions[name] = std::move(function);
}

void ProjectFacts::learnClass(const Semantics &semantics, int index, const std::string &name,
                              const std::string &module)
{
    const LocalClassInfo &info = semantics.data().classes[static_cast<std::size_t>(index)];
    std::vector<std::string> &bases = m_classes[name];
    bases.assign(info.bases.begin(), info.bases.end());
    for (const int base : info.localBases) {
        const NodeId definition =
            semantics.data().classes[static_cast<std::size_t>(base)].definition;
        bases.push_back(joined(module, nameOfDefinition(semantics.tree(), definition)));
    }
    for (const auto &[method, function] : info.methods) {
        learnFunction(semantics, function, joined(name, method), module);
    }
    for (const auto &[attribute, type] : info.attributes) {
        m_values[joined(name, attribute)] = portable(semantics, type, module);
    }
}

void ProjectFacts::learn(const Semantics &semantics, std::string_view path,
                         std::vector<std::pair<std::string, OutgoingCall>> &calls)
{
    const std::string module = moduleOf(path);
    const std::string package = packageOf(path);
    m_makesByteTensors = m_makesByteTensors || semantics.makesByteTensors();
    for (const auto &[name, type] : semantics.data().scopes.front().merged) {
        const std::string qualified = joined(module, name);
        const NodeId definition = semantics.definitionOf(type);
        const bool isOwn = definition != kNoNode && isTopLevel(semantics.tree(), definition);
        if (type.kind == TypeKind::LocalFunction && isOwn) {
            learnFunction(semantics, type.local, qualified, module);
        } else if (type.kind == TypeKind::LocalClass && isOwn) {
            learnClass(semantics, type.local, qualified, module);
        } else if (type.isSymbol()) {
            std::string target = resolve(type.name, package);
            m_aliases[qualified] = target.empty() ? std::string(type.name) : std::move(target);
        } else if (!type.isUnknown()) {
            m_values[qualified] = portable(semantics, type, module);
        }
    }
    for (const OutgoingCall &call : semantics.data().calls) {
        OutgoingCall kept = call;
        for (auto &[keyword, type] : kept.arguments) {
            type = portable(semantics, type, module);
        }
        calls.emplace_back(package, std::move(kept));
    }
}

void ProjectFacts::learnCall(const OutgoingCall &call, std::string_view package)
{
    std::string symbol = resolve(call.symbol, package);
    bool isMethod = call.isMethod;
    if (isClass(symbol)) {
        symbol = memberOf(symbol, "__init__");
        isMethod = true;
    }
    const auto found = m_functions.find(symbol);
    if (found == m_functions.end()) {
        return;
    }
    Function &function = found->second;
    std::size_t at = isMethod ? 1 : 0;
    for (const auto &[keyword, type] : call.arguments) {
        const bool isNamed = !keyword.empty();
        if (!isNamed && at >= function.parameters.size()) {
            break;
        }
        const std::string &parameter = isNamed ? keyword : function.parameters[at++];
        if (type.isUnknown()) {
            continue;
        }
        const auto [slot, isNew] = function.arguments.try_emplace(parameter, type);
        if (!isNew) {
            slot->second = join(slot->second, type);
        }
    }
}

bool ProjectFacts::isSameAs(const ProjectFacts &other) const
{
    return m_functions == other.m_functions && m_values == other.m_values
           && m_classes == other.m_classes && m_aliases == other.m_aliases;
}

ProjectFacts ProjectFacts::read(const std::vector<ProjectFile> &files)
{
    const std::vector<const ProjectFile *> connectedFiles = connected(files);
    const ParsedFiles trees(connectedFiles);
    ProjectFacts known;
    for (int round = 0; round < kRounds; ++round) {
        ProjectFacts next;
        for (const ProjectFile *file : connectedFiles) {
            const std::string module = moduleOf(file->path);
            next.m_modulesByName[std::string(lastPartOf(module))].insert(module);
        }
        std::vector<std::pair<std::string, OutgoingCall>> calls;
        // Built by several threads, learned in their order; a part of a large project at a time.
        for (std::size_t begin = 0; begin < connectedFiles.size(); begin += kFilesAtOnce) {
            std::vector<std::unique_ptr<const Semantics>> built(
                std::min(kFilesAtOnce, connectedFiles.size() - begin));
            forEachIndex(built.size(), [&](std::size_t i) {
                const ProjectFile &file = *connectedFiles[begin + i];
                std::optional<SyntaxTree> tree = trees.treeOf(begin + i);
                if (tree) {
                    built[i] = Semantics::build(std::move(*tree), {&known, file.path});
                }
            });
            for (std::size_t i = 0; i < built.size(); ++i) {
                if (built[i]) {
                    next.learn(*built[i], connectedFiles[begin + i]->path, calls);
                }
            }
        }
        for (const auto &[package, call] : calls) {
            next.learnCall(call, package);
        }
        const bool isDone = next.isSameAs(known);
        known = std::move(next);
        if (isDone) {
            break;
        }
    }
    return known;
}

} // namespace TorchLift
