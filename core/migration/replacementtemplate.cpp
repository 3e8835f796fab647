#include "migration/replacementtemplate.h"

#include <algorithm>
#include <array>

#include "migration/precedence.h"
#include "migration/textedit.h"

namespace TorchLift {

namespace {

using NKind = NodeKind;

constexpr std::array<std::string_view, 11> kModules{
    "torch",    "torchvision", "numpy", "collections", "math", "functools",
    "warnings", "builtins",    "os",    "pickle",      "sys"};

bool isModule(std::string_view name)
{
    return std::find(kModules.begin(), kModules.end(), name.substr(0, name.find('.')))
           != kModules.end();
}

// The new name by the path that leads to the old one in the code: with `import torch as th` beside
// `import torch`, `torch.gesv` becomes `torch.linalg.solve`. Empty where none leads there.
std::string spelledAsBefore(std::string_view wanted, NodeId anchor, const Semantics &semantics)
{
    const SyntaxTree &tree = semantics.tree();
    for (NodeId id = anchor; tree.kind(id) == NKind::Attribute;) {
        id = tree.child(id, NodeField::Object);
        const std::string_view module = semantics.symbolOf(id);
        if (!module.empty() && wanted.size() > module.size() && wanted.starts_with(module)
            && wanted[module.size()] == '.') {
            return std::string(tree.text(id)) + std::string(wanted.substr(module.size()));
        }
    }
    return {};
}

// What is more than one line goes on at the indentation of what it replaces.
std::string indented(std::string text, std::string_view code, std::size_t offset)
{
    const std::string newLine = std::string(lineEndOf(code)).append(indentationAt(code, offset));
    for (std::size_t at = text.find('\n'); at != std::string::npos; at = text.find('\n', at)) {
        text.replace(at, 1, newLine);
        at += newLine.size();
    }
    return text;
}

} // namespace

void appendText(std::vector<Piece> &pieces, std::string_view text)
{
    if (text.empty()) {
        return;
    }
    if (!pieces.empty() && !pieces.back().isKept) {
        pieces.back().text += text;
        return;
    }
    Piece piece;
    piece.text = text;
    pieces.push_back(std::move(piece));
}

void appendKept(std::vector<Piece> &pieces, const SyntaxTree &tree, NodeId node,
                int neededPrecedence, bool isInBrackets)
{
    const bool needsParentheses = precedenceOf(tree, node) < neededPrecedence
                                  || (!isInBrackets && hasOpenLineBreak(tree, node));
    appendText(pieces, needsParentheses ? "(" : "");
    Piece piece;
    piece.isKept = true;
    piece.kept = tree.span(node);
    pieces.push_back(std::move(piece));
    appendText(pieces, needsParentheses ? ")" : "");
}

Result<ReplacementTemplate> ReplacementTemplate::parse(std::string_view text)
{
    ReplacementTemplate out;
    if (text.empty()) {
        return out;
    }
    const std::string encoded = encodeMetavariables(text);
    const Result<SyntaxTree> parsed = SyntaxTree::parse(encoded);
    if (!parsed) {
        return tl::unexpected<Error>(parsed.error());
    }
    const SyntaxTree &tree = *parsed;
    if (!tree.errors().empty()) {
        return fail(Errc::InvalidInput, "does not parse as Python");
    }
    Result<Pattern> whole = Pattern::parse(text);
    if (whole) {
        const NKind kind = whole->tree().kind(whole->root());
        out.m_isExpression = kind != NKind::Assignment && kind != NKind::AugmentedAssignment
                             && whole->tree().statementOf(whole->root()) != whole->root();
        out.m_precedence = precedenceOf(whole->tree(), whole->root());
        out.m_dottedName = whole->dottedName(whole->root());
    }
    std::size_t done = 0;
    const auto addText = [&](std::size_t end) {
        if (end > done) {
            out.m_parts.push_back({Part::Kind::Text, encoded.substr(done, end - done), 0, false});
        }
    };
    for (NodeId id = 0; id < tree.size(); ++id) {
        const NKind kind = tree.kind(id);
        const std::string_view node = tree.text(id);
        if ((kind != NKind::Identifier && kind != NKind::Attribute) || tree[id].begin < done) {
            continue;
        }
        Part part;
        if (kind == NKind::Identifier && node.starts_with(kVariablePrefix)) {
            part = {Part::Kind::Variable, std::string(node.substr(kVariablePrefix.size())),
                    precedenceNeededAt(tree, id), isInsideBrackets(tree, id)};
        } else if (kind == NKind::Identifier && node.starts_with(kRestPrefix)) {
            part = {Part::Kind::Rest, std::string(node.substr(kRestPrefix.size())), 0, true};
        } else if (isModule(node) && node.find_first_of("()[] \n") == std::string_view::npos
                   && (kind == NKind::Attribute
                       || tree.kind(tree.parent(id)) != NKind::KeywordArgument)
                   && tree[id].field != NodeField::Attribute
                   && tree.kind(tree.parent(id)) != NKind::DottedName
                   && node.find(kVariablePrefix) == std::string_view::npos
                   && node.find('.') != std::string_view::npos) {
            part = {Part::Kind::Symbol, std::string(node), 0, false};
        } else {
            continue;
        }
        addText(tree[id].begin);
        out.m_parts.push_back(std::move(part));
        done = tree[id].end;
    }
    addText(encoded.size());
    return out;
}

std::vector<std::string> ReplacementTemplate::metavariables() const
{
    std::vector<std::string> names;
    for (const Part &part : m_parts) {
        if (part.kind == Part::Kind::Variable || part.kind == Part::Kind::Rest) {
            names.push_back(part.text);
        }
    }
    return names;
}

std::vector<std::string> ReplacementTemplate::symbols() const
{
    std::vector<std::string> names;
    for (const Part &part : m_parts) {
        if (part.kind == Part::Kind::Symbol) {
            names.push_back(part.text);
        }
    }
    return names;
}

bool ReplacementTemplate::fits(const Match &match, const SyntaxTree &tree) const
{
    std::vector<bool> hasKeyword{false}; // in each bracket that is open, the outermost first
    for (const Part &part : m_parts) {
        const std::string_view text =
            part.kind == Part::Kind::Text ? std::string_view(part.text) : std::string_view();
        for (std::size_t i = 0; i < text.size(); ++i) {
            const char c = text[i];
            if (c == '(' || c == '[' || c == '{') {
                hasKeyword.push_back(false);
            } else if ((c == ')' || c == ']' || c == '}') && hasKeyword.size() > 1) {
                hasKeyword.pop_back();
            } else if (c == '=' && hasKeyword.size() > 1) {
                hasKeyword.back() = true;
            }
        }
        const auto found =
            part.kind == Part::Kind::Rest ? match.bindings.find(part.text) : match.bindings.end();
        if (found == match.bindings.end()) {
            continue;
        }
        for (const RestArgument &argument : found->second.rest) {
            const NodeKind kind = tree.kind(argument.node);
            const bool isNamed = !argument.keyword.empty() || kind == NodeKind::KeywordArgument;
            const bool isSplat = kind == NodeKind::ListSplat || kind == NodeKind::DictionarySplat;
            if (hasKeyword.back() && !isNamed && !isSplat) {
                return false;
            }
            hasKeyword.back() = hasKeyword.back() || isNamed;
        }
    }
    return true;
}

std::vector<Piece> ReplacementTemplate::fill(const Match &match, const Semantics &semantics,
                                             std::vector<std::string> &imports) const
{
    const SyntaxTree &tree = semantics.tree();
    std::vector<Piece> pieces;
    bool isRestEmpty = false; // just now: a comma that follows or precedes goes, too
    const bool needsParentheses =
        m_isExpression && (m_precedence < precedenceNeededAt(tree, match.root));
    appendText(pieces, needsParentheses ? "(" : "");
    for (const Part &part : m_parts) {
        switch (part.kind) {
        case Part::Kind::Text: {
            std::string text = part.text;
            if (isRestEmpty && text.starts_with(", ")) {
                text.erase(0, 2);
            }
            isRestEmpty = false;
            if (text.find('\n') != std::string::npos) {
                text = indented(std::move(text), tree.code(), tree[match.root].begin);
            }
            appendText(pieces, text);
            break;
        }
        case Part::Kind::Symbol: {
            std::string spelled = spelledAsBefore(part.text, match.anchor, semantics);
            if (spelled.empty()) {
                spelled = semantics.spelling(part.text, match.root);
            }
            if (spelled.empty()) {
                spelled = part.text;
                const std::string module = part.text.substr(0, part.text.rfind('.'));
                const bool isPackage = module.starts_with("torch") || module.starts_with("numpy");
                imports.push_back("import "
                                  + (isPackage ? module.substr(0, module.find('.')) : module));
            }
            appendText(pieces, spelled);
            isRestEmpty = false;
            break;
        }
        case Part::Kind::Variable: {
            const auto found = match.bindings.find(part.text);
            if (found != match.bindings.end()) {
                appendKept(pieces, tree, found->second.node, part.neededPrecedence,
                           part.isInBrackets);
            }
            isRestEmpty = false;
            break;
        }
        case Part::Kind::Rest: {
            const auto found = match.bindings.find(part.text);
            isRestEmpty = found == match.bindings.end() || found->second.rest.empty();
            if (isRestEmpty) {
                if (!pieces.empty() && !pieces.back().isKept
                    && pieces.back().text.ends_with(", ")) {
                    pieces.back().text.resize(pieces.back().text.size() - 2);
                    isRestEmpty = false;
                }
                break;
            }
            bool isFirst = true;
            for (const RestArgument &argument : found->second.rest) {
                appendText(pieces, isFirst ? "" : ", ");
                if (!argument.keyword.empty()) {
                    appendText(pieces, std::string(argument.keyword) + "=");
                }
                appendKept(pieces, tree, argument.node, 0, true);
                isFirst = false;
            }
            break;
        }
        }
    }
    appendText(pieces, needsParentheses ? ")" : "");
    return pieces;
}

Replacement withCall(const SyntaxTree &tree, NodeId id, std::string_view method)
{
    constexpr int primaryPrecedence = 17;
    Replacement replacement;
    replacement.span = tree.span(id);
    appendKept(replacement.pieces, tree, id, primaryPrecedence, true);
    appendText(replacement.pieces, method);
    return replacement;
}

} // namespace TorchLift
