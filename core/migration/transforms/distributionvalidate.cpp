#include <set>

#include "migration/textedit.h"
#include "migration/transforms/callarguments.h"
#include "migration/transforms/calls.h"
#include "migration/transforms/transforms.h"

namespace TorchLift {

namespace {

using Kind = NodeKind;

// Whether an expression draws from `owner`, or asks it for what is inside its support.
bool isDrawn(const SyntaxTree &tree, NodeId id, std::string_view owner)
{
    id = tree.withoutParentheses(id);
    const bool isCall = tree.kind(id) == Kind::Call;
    const NodeId member = isCall ? tree.child(id, NodeField::Function) : id;
    if (tree.kind(member) != Kind::Attribute
        || tree.text(tree.child(member, NodeField::Object)) != owner) {
        return false;
    }
    const std::string_view name = tree.text(tree.child(member, NodeField::Attribute));
    return isCall ? name == "sample" || name == "rsample" || name == "sample_n"
                        || name == "enumerate_support"
                  : name == "mean";
}

// Whether `value` is a sample of `owner`: drawn on the spot, or a name that is nothing else.
bool isSample(const SyntaxTree &tree, NodeId value, std::string_view owner)
{
    value = tree.withoutParentheses(value);
    if (tree.kind(value) != Kind::Identifier) {
        return isDrawn(tree, value, owner);
    }
    bool isAssigned = false;
    for (NodeId id = 0; id < tree.size(); ++id) {
        if (tree.kind(id) == Kind::Assignment
            && tree.text(tree.child(id, NodeField::Left)) == tree.text(value)) {
            isAssigned = true;
            if (!isDrawn(tree, tree.child(id, NodeField::Right), owner)) {
                return false;
            }
        }
    }
    return isAssigned;
}

struct Asked
{
    std::set<std::string_view> classes; ///< of what is known to be asked
    bool isSomethingElse = false;       ///< it cannot be seen what
};

// The distributions of `rule` that are asked about values which may lie outside their support.
Asked askedOutside(const Semantics &semantics, const Rule &rule)
{
    Asked asked;
    const SyntaxTree &tree = semantics.tree();
    for (NodeId id = 0; id < tree.size(); ++id) {
        const NodeId callee =
            tree.kind(id) == Kind::Call ? tree.child(id, NodeField::Function) : kNoNode;
        if (callee == kNoNode || tree.kind(callee) != Kind::Attribute) {
            continue;
        }
        const std::string_view member = tree.text(tree.child(callee, NodeField::Attribute));
        const NodeId object = tree.child(callee, NodeField::Object);
        const Type &owner = semantics.typeOf(object);
        const NodeId value = tree.namedChild(tree.child(id, NodeField::Arguments), 0);
        if ((member != "log_prob" && member != "cdf") || value == kNoNode
            || isSample(tree, value, tree.text(object))) {
            continue;
        }
        if (owner.kind == TypeKind::Instance && rule.info.concerns(owner.name)) {
            asked.classes.insert(owner.name);
        }
        asked.isSomethingElse = asked.isSomethingElse || owner.isUnknown();
    }
    return asked;
}

} // namespace

Findings distributionValidate(const Semantics &semantics, const Rule &rule)
{
    Findings findings;
    const SyntaxTree &tree = semantics.tree();
    const Asked asked = askedOutside(semantics, rule);
    for (const NodeId id : callsOf(semantics, rule)) {
        const std::string_view symbol = semantics.symbolOf(tree.child(id, NodeField::Function));
        const bool isAsked = asked.classes.count(symbol) != 0;
        const CallArguments arguments(tree, id, {});
        if ((!isAsked && !asked.isSomethingElse) || arguments.hasStar() || arguments.all().empty()
            || arguments.find("validate_args") != nullptr) {
            continue;
        }
        Edit edit = newEdit(rule);
        edit.symbol = symbol;
        edit.evidence = Evidence::Inferred;
        // Where it cannot be seen what is asked of it, the check may be welcome.
        edit.safety = isAsked ? Safety::Review : Safety::Behaviour;
        const std::size_t end = tree[arguments.all().back().node].end;
        edit.replacements = {replaced({end, end}, ", validate_args=False")};
        findings.edits.push_back(std::move(edit));
    }
    return findings;
}

} // namespace TorchLift
