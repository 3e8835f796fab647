#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "source/semantics.h"

namespace TorchLift {

/// A parameter of __init__ that becomes one of forward.
struct LegacyParameter
{
    std::string name;
    std::string newName;     ///< differs where forward has a parameter of that name
    std::string defaultText; ///< empty: none
};

/// What there is to know of an autograd Function whose forward is not static.
struct LegacyClass
{
    NodeId definition = kNoNode;
    std::string name;
    NodeId forward = kNoNode;
    NodeId backward = kNoNode;
    NodeId init = kNoNode; ///< the statement: a definition, decorated or not
    std::vector<LegacyParameter> parameters;
    std::vector<NodeId> helpers; ///< other methods with a self
    std::set<std::string, std::less<>> helperNames;
    std::set<std::string, std::less<>> classAttributes;
    bool isPrefixed = false; ///< new parameters come first: forward has *args or defaults

    /// Nothing for any other class; `why` is set when it is one that cannot be rewritten.
    [[nodiscard]] static std::optional<LegacyClass> read(const Semantics &semantics,
                                                         NodeId definition, LocalizedText &why);

    [[nodiscard]] bool isHelper(std::string_view member) const
    {
        return helperNames.find(member) != helperNames.end();
    }
    [[nodiscard]] bool isClassAttribute(std::string_view member) const
    {
        return classAttributes.find(member) != classAttributes.end();
    }
    /// The name of a method's first parameter.
    [[nodiscard]] static std::string_view selfOf(const SyntaxTree &tree, NodeId method);
    /// The statements of __init__ as they stand in forward.
    [[nodiscard]] std::vector<std::string> initStatements(const SyntaxTree &tree) const;
};

} // namespace TorchLift
