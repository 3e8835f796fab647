#include "migration/textedit.h"
#include "migration/transforms/calls.h"
#include "migration/transforms/transforms.h"

namespace TorchLift {

namespace {

using Kind = NodeKind;

enum class Meaning { Nothing, Reads, Ends };

// What `id` means for gradients that were set to zero: whether it reads one, or makes new ones.
Meaning meaningOf(const SyntaxTree &tree, NodeId id)
{
    if (tree.kind(id) != Kind::Attribute) {
        return Meaning::Nothing;
    }
    const std::string_view name = tree.text(tree.child(id, NodeField::Attribute));
    if (name == "backward" || name == "step" || name == "zero_grad") {
        return Meaning::Ends;
    }
    const std::string_view object = tree.text(tree.child(id, NodeField::Object));
    if (name != "grad" || object.ends_with("autograd")) {
        return name == "grad" ? Meaning::Ends : Meaning::Nothing;
    }
    const NodeId above = tree.parent(id);
    const bool isStored =
        tree.kind(above) == Kind::Assignment && tree.child(above, NodeField::Left) == id;
    const bool isTested = tree.kind(above) == Kind::Comparison
                          && tree.text(above).find("None") != std::string_view::npos;
    return isStored || isTested ? Meaning::Ends : Meaning::Reads;
}

// Whether a statement behind `statement` in its block reads a gradient before backward() makes it.
bool isReadAfterwards(const SyntaxTree &tree, NodeId statement)
{
    bool isBehind = false;
    for (const NodeId sibling : tree.named(tree.parent(statement))) {
        for (NodeId id = sibling; isBehind && id < tree.size() && tree.isInside(id, sibling);
             ++id) {
            const Meaning meaning = meaningOf(tree, id);
            if (meaning != Meaning::Nothing) {
                return meaning == Meaning::Reads;
            }
        }
        isBehind = isBehind || sibling == statement;
    }
    return false;
}

} // namespace

Findings zeroGradRead(const Semantics &semantics, const Rule &rule)
{
    Findings findings;
    const SyntaxTree &tree = semantics.tree();
    for (const NodeId id : methodCalls(tree, "zero_grad")) {
        const NodeId arguments = tree.child(id, NodeField::Arguments);
        if (tree.kind(tree.parent(id)) != Kind::ExpressionStatement
            || tree.namedCount(arguments) != 0 || !isReadAfterwards(tree, tree.parent(id))) {
            continue;
        }
        Edit edit = newEdit(rule);
        edit.evidence = Evidence::Inferred;
        edit.replacements = {replaced(tree.span(arguments), "(set_to_none=False)")};
        findings.edits.push_back(std::move(edit));
    }
    return findings;
}

} // namespace TorchLift
