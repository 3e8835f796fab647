#include "migration/textedit.h"
#include "migration/transforms/callarguments.h"
#include "migration/transforms/transforms.h"

namespace TorchLift {

// volatile has had no effect since 0.4 but a warning: without it the values stay what they are in
// the source version. What it once was for is torch.no_grad() around the code, which only the
// author can place: the rule's reason says so.
Findings volatileVariable(const Semantics &semantics, const Rule &rule)
{
    Findings findings;
    const SyntaxTree &tree = semantics.tree();
    for (NodeId id = 0; id < tree.size(); ++id) {
        if (tree.kind(id) != NodeKind::Call
            || semantics.symbolOf(tree.child(id, NodeField::Function))
                   != "torch.autograd.Variable") {
            continue;
        }
        const CallArguments arguments(tree, id, {"data", "requires_grad", "volatile"});
        const CallArguments::Argument *argument = arguments.find("volatile");
        if (argument == nullptr) {
            continue;
        }
        Edit edit = newEdit(rule);
        edit.evidence = Evidence::Resolved;
        edit.replacements = {deletionFromList(tree, argument->node)};
        findings.edits.push_back(std::move(edit));
    }
    return findings;
}

} // namespace TorchLift
