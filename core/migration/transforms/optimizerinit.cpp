#include "migration/textedit.h"
#include "migration/transforms/transforms.h"

namespace TorchLift {

namespace {

using Kind = NodeKind;

// The base that is torch's Optimizer, as the class writes it; kNoNode where none is.
NodeId optimizerBase(const Semantics &semantics, NodeId definition, const Rule &rule)
{
    const SyntaxTree &tree = semantics.tree();
    for (const NodeId base : tree.named(tree.child(definition, NodeField::Superclasses))) {
        if (rule.info.concerns(semantics.symbolOf(base))) {
            return base;
        }
    }
    return kNoNode;
}

// The class's own __init__; kNoNode where it has none.
NodeId initOf(const SyntaxTree &tree, NodeId definition)
{
    for (const NodeId statement : tree.named(tree.child(definition, NodeField::Body))) {
        if (tree.kind(statement) == Kind::FunctionDefinition
            && tree.text(tree.child(statement, NodeField::Name)) == "__init__") {
            return statement;
        }
    }
    return kNoNode;
}

// The first statement that is no docstring.
NodeId firstStatement(const SyntaxTree &tree, NodeId method)
{
    for (const NodeId statement : tree.named(tree.child(method, NodeField::Body))) {
        if (!tree.isStringStatement(statement) && tree.kind(statement) != Kind::Comment) {
            return statement;
        }
    }
    return kNoNode;
}

} // namespace

Findings optimizerInit(const Semantics &semantics, const Rule &rule)
{
    Findings findings;
    const SyntaxTree &tree = semantics.tree();
    for (NodeId id = 0; id < tree.size(); ++id) {
        if (tree.kind(id) != Kind::ClassDefinition) {
            continue;
        }
        const NodeId base = optimizerBase(semantics, id, rule);
        const NodeId init = base == kNoNode ? kNoNode : initOf(tree, id);
        if (init == kNoNode) {
            continue;
        }
        const NodeId parameters = tree.child(init, NodeField::Parameters);
        const NodeId first = firstStatement(tree, init);
        const std::string_view body = tree.text(tree.child(init, NodeField::Body));
        if (first == kNoNode || tree.namedCount(parameters) == 0
            || body.find(".__init__") != std::string_view::npos
            || body.find("__setstate__") != std::string_view::npos) {
            continue;
        }
        std::string text(tree.text(base));
        text += ".__setstate__(" + std::string(tree.text(tree.namedChild(parameters, 0)))
                + ", {'defaults': {}})";
        const std::size_t at = tree[first].begin;
        const std::string_view indentation = indentationAt(tree.code(), at);
        const bool isOnOwnLine =
            tree.code().substr(0, at).ends_with(indentation)
            && (at == indentation.size() || tree.code()[at - indentation.size() - 1] == '\n');
        text += isOnOwnLine ? std::string(lineEndOf(tree.code())) + std::string(indentation) : "; ";
        Edit edit = newEdit(rule);
        edit.evidence = Evidence::Resolved;
        edit.replacements = {replaced({at, at}, text)};
        findings.edits.push_back(std::move(edit));
    }
    return findings;
}

} // namespace TorchLift
