#include <algorithm>

#include "migration/textedit.h"
#include "migration/transforms/calls.h"
#include "migration/transforms/transforms.h"

namespace TorchLift {

namespace {

using Kind = NodeKind;

constexpr std::string_view kSchedulers = "torch.optim.lr_scheduler.";

constexpr std::string_view kClosedForm = "_get_closed_form_lr";

// Whether `id` is the way out of schedulers that have no closed form.
bool isRewritten(const SyntaxTree &tree, NodeId id)
{
    const NodeId choice = tree.enclosing(id, Kind::Conditional);
    return choice != kNoNode && tree.text(choice).find(kClosedForm) != std::string_view::npos;
}

// Whether `id` stands in the get_lr() of a scheduler that the file itself defines.
bool isInOwnRate(const Semantics &semantics, NodeId id)
{
    const SyntaxTree &tree = semantics.tree();
    const NodeId method = tree.enclosing(id, Kind::FunctionDefinition);
    if (method == kNoNode || tree.text(tree.child(method, NodeField::Name)) != "get_lr") {
        return false;
    }
    const NodeId owner = tree.enclosing(method, Kind::ClassDefinition);
    if (owner == kNoNode) {
        return false;
    }
    const std::vector<std::string> bases = semantics.basesOf(owner);
    return std::any_of(bases.begin(), bases.end(),
                       [](const std::string &base) { return base.starts_with(kSchedulers); });
}

} // namespace

Findings schedulerGetLr(const Semantics &semantics, const Rule &rule)
{
    Findings findings;
    const SyntaxTree &tree = semantics.tree();
    for (const NodeId id : methodCalls(tree, "get_lr")) {
        if (tree.namedCount(tree.child(id, NodeField::Arguments)) != 0) {
            continue;
        }
        const NodeId callee = tree.child(id, NodeField::Function);
        const NodeId receiver = tree.child(callee, NodeField::Object);
        const Type &type = semantics.typeOf(receiver);
        const bool isKnown = type.kind == TypeKind::Instance && type.name.starts_with(kSchedulers);
        if ((!isKnown && !type.isUnknown()) || isRewritten(tree, id)) {
            continue;
        }
        Edit edit = newEdit(rule);
        edit.symbol =
            (isKnown ? std::string(type.name) : std::string(kSchedulers) + "StepLR") + ".get_lr";
        edit.evidence = isKnown ? Evidence::Inferred : Evidence::NameOnly;
        const bool isName =
            tree.kind(receiver) == Kind::Identifier || tree.kind(receiver) == Kind::Attribute;
        if (isInOwnRate(semantics, id) && isName) {
            const std::string scheduler(tree.text(receiver));
            const std::string closed(kClosedForm);
            edit.replacements = {replaced(
                tree.span(id), "(" + scheduler + '.' + closed + "() if hasattr(" + scheduler + ", '"
                                   + closed + "') else " + scheduler + ".get_lr())")};
        } else if (isKnown) {
            edit.replacements = {
                replaced(tree.span(tree.child(callee, NodeField::Attribute)), "get_last_lr")};
        } else {
            findings.left.push_back({callee, ResidueReason::ReceiverUnknown, {}});
            continue;
        }
        findings.edits.push_back(std::move(edit));
    }
    return findings;
}

} // namespace TorchLift
