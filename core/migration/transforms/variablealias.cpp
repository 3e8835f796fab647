#include <set>
#include <string>

#include "migration/textedit.h"
#include "migration/transforms/calls.h"
#include "migration/transforms/transforms.h"

namespace TorchLift {

namespace {

using Kind = NodeKind;

// Attributes ("self.noise") that are written in place: given as out=, or by a method like
// normal_().
std::set<std::string_view> attributesWrittenInPlace(const SyntaxTree &tree)
{
    std::set<std::string_view> written;
    for (NodeId id = 0; id < tree.size(); ++id) {
        if (tree.kind(id) == Kind::KeywordArgument
            && tree.text(tree.child(id, NodeField::Name)) == "out") {
            written.insert(tree.text(tree.child(id, NodeField::Value)));
        }
        const NodeId callee =
            tree.kind(id) == Kind::Call ? tree.child(id, NodeField::Function) : kNoNode;
        if (callee == kNoNode || tree.kind(callee) != Kind::Attribute) {
            continue;
        }
        const std::string_view name = tree.text(tree.child(callee, NodeField::Attribute));
        if (name.ends_with('_') && !name.ends_with("__") && name != "requires_grad_") {
            written.insert(tree.text(tree.child(callee, NodeField::Object)));
        }
    }
    return written;
}

} // namespace

Findings variableAlias(const Semantics &semantics, const Rule &rule)
{
    Findings findings;
    const SyntaxTree &tree = semantics.tree();
    const std::set<std::string_view> written = attributesWrittenInPlace(tree);
    for (const NodeId id : callsOf(semantics, rule)) {
        const NodeId arguments = tree.child(id, NodeField::Arguments);
        const NodeId first =
            tree.namedCount(arguments) == 1 ? tree.namedChild(arguments, 0) : kNoNode;
        if (first == kNoNode || tree.kind(first) != Kind::Attribute
            || written.count(tree.text(first)) == 0) {
            continue;
        }
        Edit edit = newEdit(rule);
        edit.evidence = Evidence::Inferred;
        edit.replacements = {replaced(tree.span(id), std::string(tree.text(first)) + ".data")};
        findings.edits.push_back(std::move(edit));
    }
    return findings;
}

} // namespace TorchLift
