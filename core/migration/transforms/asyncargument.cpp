#include "migration/textedit.h"
#include "migration/transforms/transforms.h"

namespace TorchLift {

// `async` has been a keyword since Python 3.7, so that patterns cannot name the argument.
Findings asyncArgument(const Semantics &semantics, const Rule &rule)
{
    Findings findings;
    const SyntaxTree &tree = semantics.tree();
    for (NodeId id = 0; id < tree.size(); ++id) {
        if (tree.kind(id) != NodeKind::KeywordArgument) {
            continue;
        }
        const NodeId name = tree.child(id, NodeField::Name);
        const NodeId call = tree.parent(tree.parent(id));
        const NodeId callee = tree.child(call, NodeField::Function);
        const std::string_view method = tree.text(tree.child(callee, NodeField::Attribute));
        if (tree.text(name) != "async" || tree.kind(call) != NodeKind::Call
            || (method != "cuda" && method != "copy_" && method != "type" && method != "to")) {
            continue;
        }
        Edit edit = newEdit(rule);
        const Type &object = semantics.typeOf(tree.child(callee, NodeField::Object));
        edit.evidence = object.isTensor() ? Evidence::Inferred : Evidence::NameOnly;
        edit.replacements = {replaced(tree.span(name), "non_blocking")};
        findings.edits.push_back(std::move(edit));
    }
    return findings;
}

} // namespace TorchLift
