#include "migration/transforms/callarguments.h"

#include <algorithm>

namespace TorchLift {

CallArguments::CallArguments(const SyntaxTree &tree, NodeId call,
                             const std::vector<std::string_view> &parameters)
{
    std::size_t position = 0;
    const NodeId list = tree.child(call, NodeField::Arguments);
    if (tree.kind(list) != NodeKind::ArgumentList) {
        m_hasStar = true; // a generator expression
        return;
    }
    for (const NodeId node : tree.named(list)) {
        Argument argument;
        argument.node = node;
        argument.value = node;
        if (tree.kind(node) == NodeKind::KeywordArgument) {
            argument.name = tree.text(tree.child(node, NodeField::Name));
            argument.value = tree.child(node, NodeField::Value);
            argument.isKeyword = true;
        } else if (tree.kind(node) == NodeKind::ListSplat
                   || tree.kind(node) == NodeKind::DictionarySplat) {
            m_hasStar = true;
        } else {
            argument.name =
                position < parameters.size() ? parameters[position] : std::string_view{};
            ++position;
        }
        m_arguments.push_back(argument);
    }
}

const CallArguments::Argument *CallArguments::find(std::string_view name) const
{
    const auto found = std::find_if(m_arguments.begin(), m_arguments.end(),
                                    [&](const Argument &a) { return a.name == name; });
    return found == m_arguments.end() ? nullptr : &*found;
}

} // namespace TorchLift
