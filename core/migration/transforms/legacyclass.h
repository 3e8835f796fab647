#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "source/projectfacts.h"
#include "source/semantics.h"

namespace TorchLift {

/// What there is to know of an autograd Function whose forward is not static.
struct LegacyClass
{
    NodeId definition = kNoNode;
    std::string name;
    NodeId forward = kNoNode;
    NodeId backward = kNoNode;
    NodeId init = kNoNode;       ///< the statement: a definition, decorated or not
    bool ownsInit = true;        ///< false: it is a base's, which takes it away
    std::size_t inputs = 0;      ///< parameters of forward without the first
    StaticFunction calling;      ///< how it is called once it is static
    std::vector<NodeId> helpers; ///< other methods with a self
    std::set<std::string, std::less<>> helperNames;
    std::set<std::string, std::less<>> classAttributes;

    /// Nothing for any other class; `why` is set when it is one that cannot be rewritten.
    [[nodiscard]] static std::optional<LegacyClass> read(const Semantics &semantics,
                                                         NodeId definition, LocalizedText &why);
    /// The same for a class of this file that derives from `base`: what it inherits is the base's
    /// to rewrite. `forward` is kNoNode where it has none of its own.
    [[nodiscard]] static std::optional<LegacyClass> readHeir(const Semantics &semantics,
                                                             NodeId definition,
                                                             const LegacyClass &base,
                                                             LocalizedText &why);

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

private:
    bool readMembers(const SyntaxTree &tree);
    bool readForward(const SyntaxTree &tree, LocalizedText &why);
    bool readInit(const SyntaxTree &tree, LocalizedText &why);
    std::set<std::string_view> m_taken; ///< names of forward's parameters
};

} // namespace TorchLift
