#pragma once

#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "source/projectfacts.h"
#include "source/semantics.h"
#include "source/tensorclues.h"
#include "source/tensorfacts.h"

namespace TorchLift {

/// Names of one module, class, function, lambda or comprehension.
struct Scope
{
    int parent = -1;
    bool isClass = false;
    NodeId node = kNoNode;
    std::unordered_map<std::string_view, Type> current; ///< at this point of the text
    std::unordered_map<std::string_view, Type> merged;  ///< whatever the name ever is
    std::unordered_set<std::string_view> globals;       ///< named by a global statement
};

struct LocalFunctionInfo
{
    NodeId definition = kNoNode;
    int classIndex = -1;                                      ///< of the class it is a method of
    std::unordered_map<std::string_view, Type> argumentTypes; ///< what callers here pass
    std::unordered_map<std::string_view, Type> passedBefore;  ///< as the pass before found
    Type result;
    bool hasResult = false;
};

struct LocalClassInfo
{
    NodeId definition = kNoNode;
    std::vector<std::string_view> bases; ///< qualified, followed through classes of this file
    std::vector<int> localBases;
    std::unordered_map<std::string_view, Type> attributes;
    std::unordered_map<std::string_view, Type> attributesBefore; ///< as the pass before found them
    std::unordered_map<std::string_view, int> methods;
};

struct Guard
{
    NodeId node = kNoNode;
    std::string_view onlyName; ///< hasattr of an object: guards this attribute alone
};

struct Semantics::Data
{
    SyntaxTree tree;
    ProjectPlace place;
    std::vector<Type> types; ///< by node
    std::vector<Scope> scopes;
    std::unordered_map<NodeId, int> scopeOfNode;
    std::vector<LocalFunctionInfo> functions;
    std::vector<LocalClassInfo> classes;
    std::unordered_map<NodeId, int> functionIndex;
    std::unordered_map<NodeId, int> classIndex;
    std::vector<ImportedName> imports;
    std::vector<Guard> guards;
    std::vector<OutgoingCall> calls;          ///< of what other files may define
    std::set<std::string, std::less<>> names; ///< what string_views of types refer to

    std::string_view intern(std::string_view text)
    {
        auto found = names.find(text);
        return found != names.end() ? *found : *names.emplace(text).first;
    }
    /// The scope that code at `node` runs in.
    [[nodiscard]] int scopeAt(NodeId node) const;
};

/// Finds what expressions are by reading the text in order, function bodies after what surrounds
/// them. Run a few times: each pass knows what functions and attributes turned out to be before.
class Evaluator
{
public:
    /// `observed` may be null.
    Evaluator(Semantics::Data &data, const ProjectPlace &place, const Observations *observed)
        : m_data(data)
        , m_tree(data.tree)
        , m_observed(observed)
        , m_project(place.facts)
        , m_module(ProjectFacts::moduleOf(place.path))
        , m_package(ProjectFacts::packageOf(place.path))
    {}
    void run(bool isLastPass);

private:
    struct Pending
    {
        NodeId definition;
        int scope; ///< the function's own
        int function;
    };

    // statements
    void execute(NodeId statement);
    void executeChildren(NodeId node);
    void executeBranches(NodeId node);
    void importNames(NodeId statement);
    void importFrom(NodeId statement);
    void assign(NodeId target, const Type &value);
    void assignAll(NodeId targets, const Type &value);
    void bind(std::string_view name, const Type &type);
    const TensorClues &clues();
    void defineFunction(NodeId definition);
    void defineClass(NodeId definition);
    void runFunction(const Pending &pending);
    void bindParameters(const Pending &pending, NodeId parameters);
    Type parameterType(const LocalFunctionInfo &function, std::string_view name, NodeId fallback,
                       std::size_t index, bool isForward);
    void executeFor(NodeId statement);
    void executeWith(NodeId statement);
    int openScope(NodeId node, bool isClass);

    // expressions
    const Type &evaluate(NodeId expression);
    const Type &typeAt(NodeId expression) const;
    Type compute(NodeId expression);
    Type identifier(NodeId node);
    Type attribute(NodeId node);
    Type call(NodeId node);
    Type callMember(NodeId callee, const ArgumentFacts &facts);
    [[nodiscard]] bool isModule(const Type &object);
    Type callLocal(const LocalFunctionInfo &function, const ArgumentFacts &facts, bool isMethod);
    Type callInstance(const Type &object, const ArgumentFacts &facts);
    Type builtinCall(std::string_view symbol, const ArgumentFacts &facts);
    Type subscript(NodeId node);
    [[nodiscard]] int rankOfPart(const Type &object, NodeId node) const;
    Type binary(NodeId node);
    Type comparison(NodeId node);
    Type comprehension(NodeId node);
    Type dictionary(NodeId node);
    Type dictOf(const ArgumentFacts &facts);
    Type methodOfDict(const Type &dict, std::string_view name) const;
    Type itemOfDict(const Type &dict, NodeId key) const;
    void assignItem(NodeId target, const Type &value);
    void extendList(NodeId list, const Type &element);
    void registerMember(const Type &object, const ArgumentFacts &facts);
    Type yield(NodeId node);
    Type recordClass(const ArgumentFacts &facts);
    static Type record(std::string_view fields, const ArgumentFacts &facts);
    static Type rowOf(const Type &tensors);
    Type itemOf(const Type &dataset);
    std::vector<Type> batchesOf(const ArgumentFacts &facts);
    ArgumentFacts arguments(NodeId list);
    void evaluateChildren(NodeId node);
    const Type *lookup(std::string_view name) const;
    Type starImported(std::string_view name);
    Type symbol(std::string_view qualified);
    Type memberOf(int classIndex, std::string_view name, int depth = 0);
    bool derivesFrom(int classIndex, std::string_view base) const;
    Type elementOf(const Type &iterable) const;
    void startPass();

    // what was seen when the code ran
    void refine(NodeId node, Type &type);
    Type seenType(std::string_view word, int depth = 0);

    // other files of the project
    Type callForeign(std::string_view symbol, const ArgumentFacts &facts, bool isMethod);
    Type foreignMember(std::string_view className, std::string_view member);
    Type localized(const Type &foreign);
    std::string absoluteModule(std::string_view written) const;
    std::string qualifiedName(const LocalFunctionInfo &function) const;
    const Type *foreignArgument(const LocalFunctionInfo &function,
                                std::string_view parameter) const;

    Semantics::Data &m_data;
    const SyntaxTree &m_tree;
    const Observations *m_observed;
    const ProjectFacts *m_project;
    std::string m_module;
    std::string m_package;
    std::vector<Pending> m_pending;
    std::unordered_map<NodeId, TensorClues> m_clues; ///< by scope
    int m_scope = -1;
    int m_function = -1;
    bool m_isLastPass = false;
    std::vector<std::string> m_stars; ///< modules whose names are all imported
};

/// Adds what one more place tells of a name; a place that tells nothing changes nothing.
void joinInto(std::unordered_map<std::string_view, Type> &types, std::string_view name,
              const Type &type);

/// The names of a function's parameters, without * and **.
[[nodiscard]] std::vector<std::string_view> parameterNames(const SyntaxTree &tree,
                                                           NodeId definition);

/// Notes what runs only for some versions.
void findGuards(Semantics::Data &data);

} // namespace TorchLift
