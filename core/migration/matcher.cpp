#include <algorithm>

#include "migration/pattern.h"

namespace TorchLift {

namespace {

using Kind = NodeKind;

// An argument with the parameter it goes to, as far as the signature tells.
struct Argument
{
    std::string key; ///< parameter name, or "#2" for a position without one
    NodeId node = kNoNode;
    NodeId value = kNoNode;
    bool isPositional = false;
    bool isStar = false;
    int position = -1;
};

std::vector<Argument> readArguments(const SyntaxTree &tree, NodeId list,
                                    const std::vector<std::string> *signature)
{
    std::vector<Argument> out;
    int position = 0;
    bool hasStar = false;
    for (const NodeId node : tree.named(list)) {
        Argument argument;
        argument.node = node;
        argument.value = node;
        const Kind kind = tree.kind(node);
        if (kind == Kind::KeywordArgument) {
            argument.key = tree.text(tree.child(node, NodeField::Name));
            argument.value = tree.child(node, NodeField::Value);
        } else if (kind == Kind::ListSplat || kind == Kind::DictionarySplat) {
            argument.isStar = true;
            hasStar = hasStar || kind == Kind::ListSplat;
            argument.key = "*";
        } else {
            argument.isPositional = true;
            argument.position = position;
            const auto index = static_cast<std::size_t>(position);
            argument.key = hasStar ? "*"
                           : signature != nullptr && index < signature->size()
                               ? (*signature)[index]
                               : "#" + std::to_string(position);
            ++position;
        }
        out.push_back(std::move(argument));
    }
    return out;
}

std::string_view unquoted(std::string_view text)
{
    while (!text.empty() && text.front() != '\'' && text.front() != '"') {
        text.remove_prefix(1);
    }
    for (const std::string_view quote : {"'''", "\"\"\"", "'", "\""}) {
        if (text.size() >= 2 * quote.size() && text.starts_with(quote) && text.ends_with(quote)) {
            return text.substr(quote.size(), text.size() - 2 * quote.size());
        }
    }
    return text;
}

class Matcher
{
public:
    Matcher(const Pattern &pattern, const Semantics &semantics, const Signatures &signatures)
        : m_pattern(pattern)
        , m_semantics(semantics)
        , m_signatures(signatures)
        , m_code(semantics.tree())
        , m_wanted(pattern.tree())
    {}

    bool matches(NodeId pattern, NodeId code)
    {
        if (pattern == kNoNode || code == kNoNode) {
            return pattern == code;
        }
        const std::string_view variable = m_pattern.metavariable(pattern);
        if (!variable.empty()) {
            return bind(variable, code);
        }
        pattern = m_wanted.withoutParentheses(pattern);
        code = m_code.withoutParentheses(code);
        if (pattern == m_pattern.anchor()) {
            anchor = code;
        }
        const std::string dotted = m_pattern.dottedName(pattern);
        if (!dotted.empty()) {
            const std::string_view symbol = m_semantics.symbolOf(code);
            return symbol == dotted
                   || (dotted.find('.') == std::string::npos && symbol == "builtins." + dotted);
        }
        if (m_wanted.kind(pattern) != m_code.kind(code)
            || (m_wanted.kind(pattern) == Kind::Other
                && m_wanted[pattern].symbol != m_code[code].symbol)) {
            return false;
        }
        switch (m_wanted.kind(pattern)) {
        case Kind::Call:
            return matchesCall(pattern, code);
        case Kind::Attribute:
            return matchesAttribute(pattern, code);
        case Kind::String:
            return unquoted(m_wanted.text(pattern)) == unquoted(m_code.text(code));
        default:
            return matchesChildren(pattern, code);
        }
    }

    Bindings bindings;
    NodeId anchor = kNoNode;

private:
    bool bind(std::string_view variable, NodeId code)
    {
        if (variable == "_") {
            return true;
        }
        const auto found = bindings.find(variable);
        if (found != bindings.end()) {
            return m_code.text(found->second.node) == m_code.text(code);
        }
        bindings[std::string(variable)].node = code;
        return true;
    }

    bool matchesAttribute(NodeId pattern, NodeId code)
    {
        const NodeId wanted = m_wanted.child(pattern, NodeField::Attribute);
        const NodeId found = m_code.child(code, NodeField::Attribute);
        const std::string_view variable = m_pattern.metavariable(wanted);
        const bool isSameName =
            variable.empty()
                ? m_semantics.symbolOf(code).empty() && m_wanted.text(wanted) == m_code.text(found)
                : bind(variable, found);
        return isSameName
               && matches(m_wanted.child(pattern, NodeField::Object),
                          m_code.child(code, NodeField::Object));
    }

    // Operators and other words that carry meaning must be the same; commas need not.
    bool matchesChildren(NodeId pattern, NodeId code)
    {
        const auto significant = [](const SyntaxTree &tree, NodeId id) {
            std::vector<NodeId> out;
            for (const NodeId child : tree.children(id)) {
                const std::string_view text = tree.text(child);
                if (tree.kind(child) != Kind::Comment && text != "," && text != ";") {
                    out.push_back(child);
                }
            }
            return out;
        };
        const std::vector<NodeId> wanted = significant(m_wanted, pattern);
        const std::vector<NodeId> found = significant(m_code, code);
        if (wanted.size() != found.size()) {
            return false;
        }
        if (wanted.empty()) {
            return m_wanted.text(pattern) == m_code.text(code);
        }
        for (std::size_t i = 0; i < wanted.size(); ++i) {
            const bool isSame = m_wanted[wanted[i]].isNamed
                                    ? matches(wanted[i], found[i])
                                    : m_wanted.text(wanted[i]) == m_code.text(found[i]);
            if (!isSame) {
                return false;
            }
        }
        return true;
    }

    const std::vector<std::string> *signatureOf(NodeId callee) const
    {
        std::string name = m_pattern.dottedName(callee);
        if (name.empty() && m_wanted.kind(callee) == Kind::Attribute) {
            name = "torch.Tensor."
                   + std::string(m_wanted.text(m_wanted.child(callee, NodeField::Attribute)));
        }
        const auto found = m_signatures.find(name);
        return found == m_signatures.end() ? nullptr : &found->second;
    }

    bool matchesCall(NodeId pattern, NodeId code)
    {
        const NodeId callee = m_wanted.child(pattern, NodeField::Function);
        if (!matches(callee, m_code.child(code, NodeField::Function))) {
            return false;
        }
        const NodeId wantedList = m_wanted.child(pattern, NodeField::Arguments);
        const NodeId foundList = m_code.child(code, NodeField::Arguments);
        if (m_code.kind(foundList) != Kind::ArgumentList) {
            return m_wanted.kind(wantedList) == m_code.kind(foundList)
                   && matches(wantedList, foundList);
        }
        const std::vector<std::string> *signature =
            signatureOf(m_wanted.withoutParentheses(callee));
        return matchesArguments(readArguments(m_wanted, wantedList, signature),
                                readArguments(m_code, foundList, signature), signature);
    }

    bool matchesArguments(const std::vector<Argument> &wanted, std::vector<Argument> found,
                          const std::vector<std::string> *signature)
    {
        std::string_view rest;
        std::vector<int> taken;
        for (const Argument &argument : wanted) {
            const std::string_view restName = m_pattern.restVariable(argument.node);
            if (!restName.empty()) {
                rest = restName;
                continue;
            }
            const auto at = std::find_if(found.begin(), found.end(), [&](const Argument &f) {
                return f.key == argument.key && f.isStar == argument.isStar;
            });
            if (at == found.end() || !matches(argument.value, at->value)) {
                return false;
            }
            if (at->isPositional) {
                taken.push_back(at->position);
            }
            found.erase(at);
        }
        return rest.empty() ? found.empty() : bindRest(rest, found, taken, signature);
    }

    // Arguments after a gap in the positions need their names from now on.
    bool bindRest(std::string_view name, const std::vector<Argument> &found,
                  const std::vector<int> &taken, const std::vector<std::string> *signature)
    {
        Binding binding;
        binding.isRest = true;
        int firstLeft = 1 << 20;
        for (const Argument &argument : found) {
            if (argument.isPositional) {
                firstLeft = std::min(firstLeft, argument.position);
            }
        }
        for (const Argument &argument : found) {
            RestArgument out{argument.node, {}};
            const bool hasGap =
                argument.isPositional && std::any_of(taken.begin(), taken.end(), [&](int position) {
                    return position > firstLeft && position < argument.position;
                });
            if (hasGap) {
                const auto index = static_cast<std::size_t>(argument.position);
                if (signature == nullptr || index >= signature->size()) {
                    return false;
                }
                out.keyword = (*signature)[index];
            }
            binding.rest.push_back(out);
        }
        bindings[std::string(name)] = std::move(binding);
        return true;
    }

    const Pattern &m_pattern;
    const Semantics &m_semantics;
    const Signatures &m_signatures;
    const SyntaxTree &m_code;
    const SyntaxTree &m_wanted;
};

} // namespace

std::optional<Match> matchAt(const Pattern &pattern, const Semantics &semantics,
                             const Signatures &signatures, NodeId anchor)
{
    const SyntaxTree &code = semantics.tree();
    // A dotted name may be written as one word, and parentheses do not count.
    const bool isDotted = pattern.anchor() == pattern.root();
    const Kind wanted = pattern.tree().kind(pattern.root());
    for (NodeId root = anchor; root != kNoNode; root = code.parent(root)) {
        const Kind kind = code.kind(root);
        if (isDotted
            || (kind == wanted && pattern.tree()[pattern.root()].symbol == code[root].symbol)) {
            Matcher matcher(pattern, semantics, signatures);
            if (matcher.matches(pattern.root(), root)
                && (pattern.anchor() == kNoNode || matcher.anchor == anchor)) {
                return Match{root, anchor, std::move(matcher.bindings)};
            }
        }
        if (pattern.anchor() == kNoNode || isDotted || kind == Kind::Block
            || kind == Kind::Module) {
            break;
        }
    }
    return std::nullopt;
}

} // namespace TorchLift
