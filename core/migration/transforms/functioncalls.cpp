#include "migration/transforms/functioncalls.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "migration/replacementtemplate.h"
#include "migration/textedit.h"
#include "migration/transforms/callarguments.h"

namespace TorchLift {

namespace {

using Kind = NodeKind;

void append(std::vector<Piece> &pieces, const std::vector<Piece> &argument)
{
    for (const Piece &piece : argument) {
        if (piece.isKept) {
            pieces.push_back(piece);
        } else {
            appendText(pieces, piece.text);
        }
    }
}

} // namespace

FunctionCalls::FunctionCalls(const SyntaxTree &tree, std::string name,
                             const StaticFunction &function, std::vector<Replacement> &out)
    : m_tree(tree)
    , m_name(std::move(name))
    , m_function(function)
    , m_out(out)
{}

// The values for __init__'s parameters in order, or nothing when that cannot be told.
std::optional<std::vector<FunctionCalls::Argument>>
FunctionCalls::initArguments(NodeId construction) const
{
    std::vector<std::string_view> names;
    for (const StaticFunction::Parameter &parameter : m_function.parameters) {
        names.push_back(parameter.name);
    }
    const CallArguments given(m_tree, construction, names);
    if (given.hasStar() || given.all().size() > names.size()) {
        return std::nullopt;
    }
    std::size_t needed = m_function.isPrefixed ? names.size() : 0;
    for (std::size_t i = 0; i < names.size(); ++i) {
        needed = given.find(names[i]) != nullptr ? std::max(needed, i + 1) : needed;
    }
    std::vector<Argument> out;
    for (std::size_t i = 0; i < names.size(); ++i) {
        const CallArguments::Argument *argument = given.find(names[i]);
        const std::string &fallback = m_function.parameters[i].defaultText;
        if (argument == nullptr && fallback.empty()) {
            return std::nullopt;
        }
        if (i >= needed) {
            continue;
        }
        Argument &pieces = out.emplace_back();
        if (argument != nullptr) {
            appendKept(pieces, m_tree, argument->value, 2, true);
        } else {
            appendText(pieces, fallback);
        }
    }
    return out;
}

bool FunctionCalls::rewrite(NodeId construction, LocalizedText &why)
{
    const std::optional<std::vector<Argument>> arguments = initArguments(construction);
    if (!arguments) {
        why = {"What " + m_name + "(...) is made with cannot be told.",
               "Не удаётся определить, с чем создаётся " + m_name + "(...)."};
        return false;
    }
    const NodeId call = m_tree.parent(construction);
    const bool isCalled =
        m_tree.kind(call) == Kind::Call && m_tree[construction].field == NodeField::Function;
    const NodeId callee = m_tree.child(construction, NodeField::Function);
    const ByteSpan made{m_tree[callee].end, m_tree[construction].end};
    if (!isCalled && !arguments->empty()) {
        rewriteStored(construction, *arguments);
        return true;
    }
    m_out.push_back(replaced(made, ".apply"));
    if (arguments->empty()) {
        return true;
    }
    const NodeId list = m_tree.child(call, NodeField::Arguments);
    const bool hasInputs = m_tree.namedCount(list) > 0;
    const bool isInFront = m_function.isPrefixed || !hasInputs;
    const std::size_t at = isInFront
                               ? m_tree[list].begin + 1U
                               : m_tree[m_tree.namedChild(list, m_tree.namedCount(list) - 1)].end;
    Replacement insertion;
    insertion.span = {at, at};
    for (std::size_t i = 0; i < arguments->size(); ++i) {
        appendText(insertion.pieces, i > 0 || !isInFront ? ", " : "");
        append(insertion.pieces, (*arguments)[i]);
    }
    appendText(insertion.pieces, isInFront && hasInputs ? ", " : "");
    m_out.push_back(std::move(insertion));
    return true;
}

bool FunctionCalls::isLiteral(const Argument &argument) const
{
    if (argument.size() != 1 || !argument.front().isKept) {
        return argument.size() == 1; // a default, as __init__ has it
    }
    switch (m_tree.kind(m_tree.nodeAt(argument.front().kept))) {
    case Kind::Integer:
    case Kind::Float:
    case Kind::String:
    case Kind::True:
    case Kind::False:
    case Kind::None:
        return true;
    default:
        return false;
    }
}

// An instance that is kept becomes what can be called in its place. What it was made with is
// evaluated once, then and there.
void FunctionCalls::rewriteStored(NodeId construction, const std::vector<Argument> &arguments)
{
    std::vector<Piece> bound;
    std::vector<Piece> passed;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        appendText(passed, i > 0 ? ", " : "");
        if (isLiteral(arguments[i])) {
            append(passed, arguments[i]);
            continue;
        }
        const std::string &name = m_function.parameters[i].newName;
        appendText(bound, ", " + name + "=");
        append(bound, arguments[i]);
        appendText(passed, name);
    }
    const NodeId callee = m_tree.child(construction, NodeField::Function);
    Replacement replacement;
    replacement.span = m_tree.span(construction);
    appendText(replacement.pieces, "(lambda *inputs");
    append(replacement.pieces, bound);
    appendText(replacement.pieces, ": " + std::string(m_tree.text(callee)) + ".apply("
                                       + (m_function.isPrefixed ? "" : "*inputs, "));
    append(replacement.pieces, passed);
    appendText(replacement.pieces, m_function.isPrefixed ? ", *inputs))" : "))");
    m_out.push_back(std::move(replacement));
}

} // namespace TorchLift
