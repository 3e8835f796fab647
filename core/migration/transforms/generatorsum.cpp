#include <algorithm>

#include "migration/textedit.h"
#include "migration/transforms/calls.h"
#include "migration/transforms/transforms.h"

namespace TorchLift {

namespace {

using Kind = NodeKind;

// Whether the text may mean something else than Python's own sum by that name.
bool isSumTaken(const Semantics &semantics)
{
    const SyntaxTree &tree = semantics.tree();
    const auto &imports = semantics.imports();
    if (std::any_of(imports.begin(), imports.end(),
                    [](const auto &import) { return import.isWildcard; })) {
        return true;
    }
    for (NodeId id = 0; id < tree.size(); ++id) {
        if (tree.kind(id) == Kind::Identifier && tree.text(id) == "sum"
            && tree.kind(tree.parent(id)) != Kind::Attribute
            && tree.kind(tree.parent(id)) != Kind::KeywordArgument
            && semantics.symbolOf(id) != "builtins.sum") {
            return true;
        }
    }
    return false;
}

} // namespace

Findings generatorSum(const Semantics &semantics, const Rule &rule)
{
    Findings findings;
    const SyntaxTree &tree = semantics.tree();
    const bool isTaken = isSumTaken(semantics);
    for (const NodeId id : callsOf(semantics, rule)) {
        if (tree.kind(tree.child(id, NodeField::Arguments)) != Kind::GeneratorExpression) {
            continue;
        }
        const NodeId function = tree.child(id, NodeField::Function);
        if (isTaken) {
            findings.left.push_back({function, ResidueReason::NeedsDecision, {}});
            continue;
        }
        Edit edit = newEdit(rule);
        edit.evidence = Evidence::Resolved;
        edit.replacements = {replaced(tree.span(function), "sum")};
        findings.edits.push_back(std::move(edit));
    }
    return findings;
}

} // namespace TorchLift
