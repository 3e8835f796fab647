#include "migration/textedit.h"
#include "migration/transforms/transforms.h"

namespace TorchLift {

namespace {

using Kind = NodeKind;

bool isWrittenTo(const SyntaxTree &tree, NodeId id)
{
    const Kind above = tree.kind(tree.parent(id));
    return (above == Kind::Assignment || above == Kind::AugmentedAssignment
            || above == Kind::ForStatement)
           && tree[id].field == NodeField::Left;
}

// "loss", "err_D", "self.total_loss": code of the time indexed nothing else of that name by 0.
bool soundsLikeLoss(std::string_view text)
{
    const std::string_view name = text.substr(text.rfind('.') + 1);
    return name.find("loss") != std::string_view::npos
           || name.find("Loss") != std::string_view::npos || name.starts_with("err")
           || name == "cost";
}

} // namespace

Findings dataIndexZero(const Semantics &semantics, const Rule &rule)
{
    Findings findings;
    const SyntaxTree &tree = semantics.tree();
    for (NodeId id = 0; id < tree.size(); ++id) {
        if (tree.kind(id) != Kind::Subscript || isWrittenTo(tree, id)
            || tree.text(tree.child(id, NodeField::Subscript)) != "0" || tree.namedCount(id) != 2) {
            continue;
        }
        const NodeId value = tree.child(id, NodeField::Value);
        const bool isData = tree.kind(value) == Kind::Attribute
                            && tree.text(tree.child(value, NodeField::Attribute)) == "data";
        const NodeId tensor = isData ? tree.child(value, NodeField::Object) : value;
        const Type &type = semantics.typeOf(tensor);
        const bool isGuess = isData && type.rank < 0 && (type.isTensor() || type.isUnknown())
                             && soundsLikeLoss(tree.text(tensor));
        if (!type.isScalarTensor() && !isGuess) {
            continue;
        }
        Edit edit = newEdit(rule);
        edit.evidence = isGuess ? Evidence::NameOnly : Evidence::Inferred;
        edit.replacements = {replaced({tree[tensor].end, tree[id].end}, ".item()")};
        findings.edits.push_back(std::move(edit));
    }
    return findings;
}

} // namespace TorchLift
