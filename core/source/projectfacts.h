#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "source/type.h"

namespace TorchLift {

class Semantics;

/// One file of a project.
struct ProjectFile
{
    std::string path; ///< below the project's folder, with slashes: "models/net.py"
    std::string code; ///< UTF-8
};

/// How an autograd Function with state is called once it is static (found by core/migration).
struct StaticFunction
{
    /// A parameter of __init__ that becomes one of forward.
    struct Parameter
    {
        std::string name;
        std::string newName;     ///< differs where forward has a parameter of that name
        std::string defaultText; ///< empty: none
    };
    std::vector<Parameter> parameters;
    bool isPrefixed = false; ///< they come first: forward has *args or defaults
};

/// What a file passes to a function that another file may define.
struct OutgoingCall
{
    std::string symbol;
    bool isMethod = false; ///< called on an object: self is not listed
    std::vector<std::pair<std::string, Type>> arguments; ///< keyword or empty, and type
};

/// What the files of one project know of each other: what their functions give, what the objects
/// of their classes hold, what others pass to them. Types in it refer to classes and functions by
/// qualified names ("models.net.Net"). Immutable after read() and addStaticFunction(), so threads
/// may share it.
class ProjectFacts
{
public:
    ProjectFacts() = default;
    ProjectFacts(const ProjectFacts &) = delete;
    ProjectFacts &operator=(const ProjectFacts &) = delete;
    ProjectFacts(ProjectFacts &&) = default;
    ProjectFacts &operator=(ProjectFacts &&) = default;

    /// Reads all files until no more is learned, a few times at most. Files that are too large for
    /// the parser are left out.
    [[nodiscard]] static ProjectFacts read(const std::vector<ProjectFile> &files);

    /// "models/net.py" is the module "models.net", "models/__init__.py" is "models".
    [[nodiscard]] static std::string moduleOf(std::string_view path);

    /// The package that relative imports of a file start from: "models" for both.
    [[nodiscard]] static std::string packageOf(std::string_view path);

    /// The qualified name of what `symbol` means in a file of `package`: files beside it first,
    /// then those of the folders above, then any; empty when no file defines it.
    [[nodiscard]] std::string resolve(std::string_view symbol, std::string_view package) const;

    // The following take qualified names as resolve() gives them; null: not known.
    [[nodiscard]] const Type *resultOf(std::string_view function) const;
    [[nodiscard]] const Type *valueOf(std::string_view name) const;
    [[nodiscard]] bool isClass(std::string_view name) const;
    /// Every base, qualified, followed through the project's classes.
    [[nodiscard]] std::vector<std::string> basesOf(std::string_view className) const;
    /// The qualified name of a class's member, in the class or a base; empty: none.
    [[nodiscard]] std::string memberOf(std::string_view className, std::string_view member) const;
    /// What callers in other files pass for a parameter.
    [[nodiscard]] const Type *argumentOf(std::string_view function,
                                         std::string_view parameter) const;

    /// Whether any of the files that know of each other holds a uint8 tensor, as
    /// Semantics::makesByteTensors().
    [[nodiscard]] bool makesByteTensors() const noexcept { return m_makesByteTensors; }

    /// Says that `className` of the file at `path` becomes a static Function. Defaults that other
    /// files could not write (names of that file) make its parameters required there.
    void addStaticFunction(std::string_view path, std::string_view className,
                           StaticFunction function);
    /// Null for any other class.
    [[nodiscard]] const StaticFunction *staticFunction(std::string_view className) const;

private:
    struct Function
    {
        std::vector<std::string> parameters;
        Type result;
        std::map<std::string, Type, std::less<>> arguments;
        bool operator==(const Function &) const = default;
    };
    using Strings = std::set<std::string, std::less<>>;

    void learn(const Semantics &semantics, std::string_view path,
               std::vector<std::pair<std::string, OutgoingCall>> &calls);
    void learnClass(const Semantics &semantics, int index, const std::string &name,
                    const std::string &module);
    void learnFunction(const Semantics &semantics, int index, const std::string &name,
                       const std::string &module);
    void learnCall(const OutgoingCall &call, std::string_view package);
    bool isKnown(std::string_view name) const;
    Type portable(const Semantics &semantics, const Type &type, const std::string &module);
    bool isSameAs(const ProjectFacts &other) const;

    std::map<std::string, Function, std::less<>> m_functions;
    std::map<std::string, Type, std::less<>> m_values;
    std::map<std::string, std::vector<std::string>, std::less<>> m_classes; ///< with their bases
    std::map<std::string, std::string, std::less<>> m_aliases; ///< names that modules import
    std::map<std::string, StaticFunction, std::less<>> m_staticFunctions;
    std::map<std::string, Strings, std::less<>> m_modulesByName; ///< by the last part
    bool m_makesByteTensors = false;
    Strings m_names; ///< what the types' names refer to
};

} // namespace TorchLift
