#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/text.h"
#include "migration/edit.h"
#include "source/projectfacts.h"
#include "source/syntaxtree.h"

namespace TorchLift {

/// Rewrites what makes and calls instances of an autograd Function that becomes static:
/// `F(a)(x)` to `F.apply(x, a)`, an instance that is kept to what can be called in its place.
class FunctionCalls
{
public:
    /// `name`: the class, for messages. Replacements are added to `out`.
    FunctionCalls(const SyntaxTree &tree, std::string name, const StaticFunction &function,
                  std::vector<Replacement> &out);

    /// False, with the reason in `why`, when what the instance is made with cannot be told.
    [[nodiscard]] bool rewrite(NodeId construction, LocalizedText &why);

private:
    using Argument = std::vector<Piece>;

    std::optional<std::vector<Argument>> initArguments(NodeId construction) const;
    bool isLiteral(const Argument &argument) const;
    void rewriteStored(NodeId construction, const std::vector<Argument> &arguments);

    const SyntaxTree &m_tree;
    std::string m_name;
    const StaticFunction &m_function;
    std::vector<Replacement> &m_out;
};

} // namespace TorchLift
