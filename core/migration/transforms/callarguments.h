#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "source/semantics.h"

namespace TorchLift {

/// The arguments of one call by the names of the callee's parameters.
class CallArguments
{
public:
    /// `parameters`: names in order of position.
    CallArguments(const SyntaxTree &tree, NodeId call,
                  const std::vector<std::string_view> &parameters);

    struct Argument
    {
        std::string_view name; ///< empty: no parameter of that position is known
        NodeId node = kNoNode; ///< as written, keyword included
        NodeId value = kNoNode;
        bool isKeyword = false;
    };
    [[nodiscard]] const std::vector<Argument> &all() const noexcept { return m_arguments; }
    /// Null when it is not given.
    [[nodiscard]] const Argument *find(std::string_view name) const;
    /// *args or **kwargs: what is passed cannot be told.
    [[nodiscard]] bool hasStar() const noexcept { return m_hasStar; }

private:
    std::vector<Argument> m_arguments;
    bool m_hasStar = false;
};

} // namespace TorchLift
