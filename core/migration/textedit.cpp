#include "migration/textedit.h"

namespace TorchLift {

namespace {

using Kind = NodeKind;

std::size_t lineStart(std::string_view code, std::size_t offset)
{
    while (offset > 0 && code[offset - 1] != '\n' && code[offset - 1] != '\r') {
        --offset; // find_last_of would call memchr for each byte: lines may be huge
    }
    return offset;
}

std::size_t afterLineEnd(std::string_view code, std::size_t offset)
{
    if (offset < code.size() && code[offset] == '\r') {
        ++offset;
    }
    return offset < code.size() && code[offset] == '\n' ? offset + 1 : offset;
}

bool isBlank(std::string_view text)
{
    return text.find_first_not_of(" \t\f") == std::string_view::npos;
}

} // namespace

std::string_view lineEndOf(std::string_view code)
{
    const std::size_t at = code.find('\n');
    return at != std::string_view::npos && at > 0 && code[at - 1] == '\r' ? "\r\n" : "\n";
}

std::string_view indentationAt(std::string_view code, std::size_t offset)
{
    const std::size_t start = lineStart(code, offset);
    const std::size_t end = code.find_first_not_of(" \t\f", start);
    return code.substr(start, std::min(end, code.size()) - start);
}

Replacement replaced(ByteSpan span, std::string_view text)
{
    Replacement out;
    out.span = span;
    Piece piece;
    piece.text = text;
    out.pieces.push_back(std::move(piece));
    return out;
}

Replacement deletionOf(const SyntaxTree &tree, NodeId statement)
{
    const std::string_view code = tree.code();
    const SyntaxNode &node = tree[statement];
    if (tree.namedCount(tree.parent(statement)) == 1
        && tree.kind(tree.parent(statement)) == Kind::Block) {
        return replaced(tree.span(statement), "pass");
    }
    std::size_t begin = lineStart(code, node.begin);
    std::size_t end = std::min(code.find_first_of("\r\n", node.end), code.size());
    const std::string_view before = code.substr(begin, node.begin - begin);
    const std::string_view after = code.substr(node.end, end - node.end);
    if (isBlank(before) && isBlank(after)) {
        return replaced({begin, afterLineEnd(code, end)}, "");
    }
    // Other statements share the line.
    begin = node.begin;
    end = node.end;
    const std::size_t semicolon = code.find_first_not_of(" \t", end);
    if (semicolon != std::string_view::npos && code[semicolon] == ';') {
        end = code.find_first_not_of(" \t", semicolon + 1);
        return replaced({begin, std::min(end, code.size())}, "");
    }
    return replaced(tree.span(statement), isBlank(after) || !isBlank(before) ? "pass" : "");
}

Replacement deletionFromList(const SyntaxTree &tree, NodeId child)
{
    NodeId previousComma = kNoNode;
    for (const NodeId sibling : tree.children(tree.parent(child))) {
        if (sibling == child) {
            break;
        }
        if (tree.text(sibling) == ",") {
            previousComma = sibling;
        }
    }
    if (previousComma != kNoNode) {
        return replaced({tree[previousComma].begin, tree[child].end}, "");
    }
    NodeId next = tree[child].nextSibling;
    if (next != kNoNode && tree.text(next) == ",") {
        next = tree[next].nextSibling;
        const std::size_t end = next == kNoNode ? tree[tree.parent(child)].end : tree[next].begin;
        return replaced({tree[child].begin, end}, "");
    }
    return replaced(tree.span(child), "");
}

std::size_t importPosition(const SyntaxTree &tree)
{
    const std::string_view code = tree.code();
    std::size_t end = 0;
    bool isFirst = true;
    for (const NodeId statement : tree.named(tree.root())) {
        const Kind kind = tree.kind(statement);
        const bool isDocstring = isFirst && tree.isStringStatement(statement);
        const bool isImport =
            kind == Kind::ImportStatement || kind == Kind::ImportFrom || kind == Kind::FutureImport;
        isFirst = false;
        if (!isDocstring && !isImport) {
            break;
        }
        end = tree[statement].end;
    }
    if (end == 0) { // after a shebang, coding line and leading comments
        for (const NodeId child : tree.children(tree.root())) {
            if (tree.kind(child) != Kind::Comment) {
                break;
            }
            end = tree[child].end;
        }
    }
    if (end == 0) {
        return 0;
    }
    return afterLineEnd(code, std::min(code.find_first_of("\r\n", end), code.size()));
}

} // namespace TorchLift
