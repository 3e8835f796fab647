#include "migration/pattern.h"

#include <algorithm>

#include "base/text.h"

namespace TorchLift {

namespace {

using Kind = NodeKind;

} // namespace

std::string encodeMetavariables(std::string_view text)
{
    std::string out;
    for (std::size_t i = 0; i < text.size();) {
        const bool isRest = text.substr(i).starts_with("$$$");
        if (text[i] != '$') {
            out += text[i++];
            continue;
        }
        i += isRest ? 3 : 1;
        out += isRest ? kRestPrefix : kVariablePrefix;
        while (i < text.size() && isNameCharacter(text[i])) {
            out += text[i++];
        }
    }
    return out;
}

Result<Pattern> Pattern::parse(std::string_view text)
{
    Pattern pattern;
    pattern.m_text = std::make_unique<std::string>(encodeMetavariables(text));
    Result<SyntaxTree> tree = SyntaxTree::parse(*pattern.m_text);
    if (!tree) {
        return tl::unexpected<Error>(tree.error());
    }
    pattern.m_tree = std::move(*tree);
    if (!pattern.m_tree.errors().empty()) {
        return fail(Errc::InvalidInput, "does not parse as Python");
    }
    if (pattern.m_tree.namedCount(0) != 1) {
        return fail(Errc::InvalidInput, "must be one expression or simple statement");
    }
    pattern.m_root = pattern.m_tree.namedChild(0, 0);
    if (pattern.m_tree.kind(pattern.m_root) == Kind::ExpressionStatement) {
        if (pattern.m_tree.namedCount(pattern.m_root) == 1) {
            pattern.m_root = pattern.m_tree.namedChild(pattern.m_root, 0);
        }
    }
    pattern.findAnchor();
    return pattern;
}

std::string_view Pattern::metavariable(NodeId id) const
{
    const std::string_view text = m_tree.text(id);
    return m_tree.kind(id) == Kind::Identifier && text.starts_with(kVariablePrefix)
               ? text.substr(kVariablePrefix.size())
               : std::string_view{};
}

std::string_view Pattern::restVariable(NodeId id) const
{
    const std::string_view text = m_tree.text(id);
    return m_tree.kind(id) == Kind::Identifier && text.starts_with(kRestPrefix)
               ? text.substr(kRestPrefix.size())
               : std::string_view{};
}

std::string Pattern::dottedName(NodeId id) const
{
    const NodeId parent = m_tree.parent(id);
    const NodeField field = m_tree[id].field;
    const Kind above = m_tree.kind(parent);
    const bool isNameOnly = (above == Kind::KeywordArgument && field == NodeField::Name)
                            || (above == Kind::Attribute && field == NodeField::Attribute)
                            || above == Kind::DottedName || above == Kind::Parameters
                            || above == Kind::LambdaParameters;
    if (isNameOnly) {
        return {};
    }
    if (m_tree.kind(id) == Kind::Identifier) {
        const bool isVariable = !metavariable(id).empty() || !restVariable(id).empty();
        return isVariable ? std::string{} : std::string(m_tree.text(id));
    }
    if (m_tree.kind(id) != Kind::Attribute) {
        return {};
    }
    const NodeId object = m_tree.child(id, NodeField::Object);
    if (m_tree.kind(object) != Kind::Identifier && m_tree.kind(object) != Kind::Attribute) {
        return {};
    }
    if (!metavariable(m_tree.child(id, NodeField::Attribute)).empty()) {
        return {};
    }
    const std::string inner = dottedName(object);
    return inner.empty()
               ? std::string{}
               : inner + "." + std::string(m_tree.text(m_tree.child(id, NodeField::Attribute)));
}

// A dotted name is the best anchor, a method's name the next best.
void Pattern::findAnchor()
{
    NodeId method = kNoNode;
    for (NodeId id = m_root; id < m_tree[m_root].subtreeEnd; ++id) {
        const Kind kind = m_tree.kind(id);
        if (kind != Kind::Attribute && kind != Kind::Identifier) {
            continue;
        }
        const std::string name = dottedName(id);
        if (!name.empty()) {
            m_anchor = id;
            m_anchorName = name.find('.') == std::string::npos ? "builtins." + name : name;
            return;
        }
        if (kind == Kind::Attribute && method == kNoNode) {
            method = id;
        }
    }
    if (method != kNoNode) {
        m_anchor = method;
        m_anchorName = "." + std::string(m_tree.text(m_tree.child(method, NodeField::Attribute)));
        m_receiver = metavariable(m_tree.child(method, NodeField::Object));
    }
}

std::vector<std::string> Pattern::metavariables() const
{
    std::vector<std::string> names;
    for (NodeId id = 0; id < m_tree.size(); ++id) {
        const std::string_view one = metavariable(id);
        const std::string_view rest = restVariable(id);
        if (!one.empty() || !rest.empty()) {
            names.emplace_back(one.empty() ? rest : one);
        }
    }
    return names;
}

} // namespace TorchLift
