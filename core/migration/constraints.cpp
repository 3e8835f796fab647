#include "migration/constraints.h"

#include <algorithm>

#include "source/tensorfacts.h"

namespace TorchLift {

namespace {

using K = Constraint::Kind;
using Kind = NodeKind;

enum class Answer { Yes, No, Unknown };

Answer yes(bool isTrue)
{
    return isTrue ? Answer::Yes : Answer::No;
}

bool isOpaque(const Type &type)
{
    return type.isUnknown() || type.kind == TypeKind::Batch;
}

Answer elementIs(const Type &type, std::initializer_list<ElementType> wanted)
{
    if (!type.isTensor()) {
        return isOpaque(type) ? Answer::Unknown : Answer::No;
    }
    if (type.element == ElementType::Unknown) {
        return Answer::Unknown;
    }
    return yes(std::find(wanted.begin(), wanted.end(), type.element) != wanted.end());
}

bool isLiteral(const SyntaxTree &tree, NodeId id)
{
    switch (tree.kind(id)) {
    case Kind::Integer:
    case Kind::Float:
    case Kind::String:
    case Kind::True:
    case Kind::False:
    case Kind::None:
        return true;
    case Kind::UnaryOperator:
        return isLiteral(tree, tree.child(id, NodeField::Argument));
    default:
        return false;
    }
}

// A name of the file's own, or attributes of one: x, self.pad.
bool isPath(const SyntaxTree &tree, NodeId id)
{
    while (tree.kind(id) == Kind::Attribute) {
        id = tree.child(id, NodeField::Object);
    }
    return tree.kind(id) == Kind::Identifier;
}

Answer checkType(const Type &type, const Constraint &constraint, const Semantics &semantics)
{
    const std::string &wanted = constraint.values.front();
    if (type.kind == TypeKind::Instance || type.kind == TypeKind::Loader) {
        return yes(type.name == wanted || wanted.ends_with('.')
                   || (wanted.ends_with(".*")
                       && type.name.starts_with(wanted.substr(0, wanted.size() - 1))));
    }
    if (type.kind == TypeKind::LocalInstance || type.kind == TypeKind::LocalClass) {
        const std::vector<std::string> bases = semantics.basesOf(semantics.definitionOf(type));
        return yes(std::find(bases.begin(), bases.end(), wanted) != bases.end());
    }
    return isOpaque(type) ? Answer::Unknown : Answer::No;
}

// Whether whatever reads the name after `binding` in its scope takes a slice of it.
bool isOnlySliced(const SyntaxTree &tree, NodeId binding)
{
    NodeId scope = tree.enclosing(binding, Kind::FunctionDefinition);
    scope = scope == kNoNode ? tree.root() : scope;
    for (NodeId id = binding + 1; id < tree[scope].subtreeEnd; ++id) {
        if (tree.kind(id) != Kind::Identifier || tree.text(id) != tree.text(binding)
            || tree.kind(tree.parent(id)) == Kind::Delete) {
            continue;
        }
        const NodeId above = tree.parent(id);
        const bool isSlice = tree.kind(above) == Kind::Subscript
                             && tree[id].field == NodeField::Value
                             && tree.kind(tree.child(above, NodeField::Subscript)) == Kind::Slice;
        if (!isSlice) {
            return false;
        }
    }
    return true;
}

Answer checkRest(const Constraint &constraint, const Binding &binding, const SyntaxTree &tree)
{
    const auto isForbidden = [&](const RestArgument &argument) {
        const NodeId name = tree.kind(argument.node) == Kind::KeywordArgument
                                ? tree.child(argument.node, NodeField::Name)
                                : kNoNode;
        const std::string_view keyword = name == kNoNode ? argument.keyword : tree.text(name);
        return std::find(constraint.values.begin(), constraint.values.end(), keyword)
               != constraint.values.end();
    };
    return yes(std::none_of(binding.rest.begin(), binding.rest.end(), isForbidden));
}

Answer check(const Constraint &constraint, const Binding &binding, const Semantics &semantics)
{
    const SyntaxTree &tree = semantics.tree();
    if (constraint.kind == K::Without) {
        return checkRest(constraint, binding, tree);
    }
    if (binding.isRest || binding.node == kNoNode) {
        return Answer::No;
    }
    const NodeId node = tree.withoutParentheses(binding.node);
    const Type &type = semantics.typeOf(node);
    switch (constraint.kind) {
    case K::Tensor:
        return type.isTensor() ? Answer::Yes : isOpaque(type) ? Answer::Unknown : Answer::No;
    case K::ByteTensor:
        return elementIs(type, {ElementType::Byte});
    case K::BoolTensor:
        return elementIs(type, {ElementType::Mask});
    case K::FloatTensor:
        return elementIs(type, {ElementType::Float});
    case K::IntTensor:
        return elementIs(type, {ElementType::Integer, ElementType::Byte});
    case K::ScalarTensor:
        return type.isTensor()  ? (type.rank < 0 ? Answer::Unknown : yes(type.rank == 0))
               : isOpaque(type) ? Answer::Unknown
                                : Answer::No;
    case K::Rank:
        return type.isTensor()
                   ? (type.rank < 0 ? Answer::Unknown : yes(type.rank == constraint.rank))
               : isOpaque(type) ? Answer::Unknown
                                : Answer::No;
    case K::Unused:
        return yes(tree.kind(node) == Kind::Identifier
                   && !semantics.isReadAfter(tree.text(node), node));
    case K::Sliced:
        return yes(tree.kind(node) == Kind::Identifier && isOnlySliced(tree, node));
    case K::Name:
        return yes(tree.kind(node) == Kind::Identifier);
    case K::Path:
        return yes(isPath(tree, node) && semantics.symbolOf(node).empty());
    case K::Literal:
        return yes(isLiteral(tree, node));
    case K::Int:
        return yes(tree.kind(node) == Kind::Integer
                   || (tree.kind(node) == Kind::UnaryOperator
                       && tree.kind(tree.child(node, NodeField::Argument)) == Kind::Integer));
    case K::String:
        return yes(tree.kind(node) == Kind::String);
    case K::In:
        return yes(std::find(constraint.values.begin(), constraint.values.end(), tree.text(node))
                   != constraint.values.end());
    case K::Type:
        return checkType(type, constraint, semantics);
    case K::Without:
        break;
    }
    return Answer::No;
}

bool asksForTensor(const std::vector<Constraint> &constraints)
{
    return std::any_of(constraints.begin(), constraints.end(), [](const Constraint &constraint) {
        return constraint.kind == K::Tensor && !constraint.isNegated;
    });
}

Evidence evidenceOf(const Binding &binding, const Semantics &semantics)
{
    const NodeId node = semantics.tree().withoutParentheses(binding.node);
    return semantics.typeOf(node).isObserved ? Evidence::Observed : Evidence::Inferred;
}

bool asksForElement(const Constraint &constraint)
{
    return constraint.kind == K::ByteTensor || constraint.kind == K::BoolTensor
           || constraint.kind == K::FloatTensor || constraint.kind == K::IntTensor;
}

Evidence receiverEvidence(const RuleCase &ruleCase, const Match &match, const Semantics &semantics)
{
    const auto receiver = match.bindings.find(ruleCase.match.receiver());
    if (receiver == match.bindings.end() || receiver->second.isRest) {
        return Evidence::NameOnly;
    }
    const NodeId node = semantics.tree().withoutParentheses(receiver->second.node);
    return semantics.typeOf(node).isTensor() ? evidenceOf(receiver->second, semantics)
                                             : Evidence::NameOnly;
}

} // namespace

Judgement judge(const RuleCase &ruleCase, const Match &match, const Semantics &semantics)
{
    Judgement judgement;
    const std::string &anchor = ruleCase.match.anchorName();
    const bool isMethod = anchor.starts_with('.');
    const bool isDistinctive =
        isMethod && isTensorMember(anchor.substr(1)) && !isCommonMember(anchor.substr(1));
    for (const auto &[name, constraints] : ruleCase.where) {
        const auto bound = match.bindings.find(name);
        if (bound == match.bindings.end()) {
            continue;
        }
        for (const Constraint &constraint : constraints) {
            Answer answer = check(constraint, bound->second, semantics);
            if (constraint.isNegated && answer != Answer::Unknown) {
                answer = answer == Answer::Yes ? Answer::No : Answer::Yes;
            }
            if (answer == Answer::No) {
                return {};
            }
            const bool isType = constraint.kind == K::Tensor;
            if (answer == Answer::Yes) {
                const bool isInferred =
                    isType || constraint.kind == K::Type || constraint.kind == K::Rank
                    || constraint.kind == K::ScalarTensor || asksForElement(constraint);
                if (isInferred) {
                    judgement.evidence =
                        std::max(judgement.evidence, evidenceOf(bound->second, semantics));
                }
                continue;
            }
            // Unknown: a tensor is believed where a distinctive name or a function of torch says
            // so; anything finer must be known.
            const bool isReceiver = name == ruleCase.match.receiver();
            const bool isBelieved = isType && (isReceiver ? isDistinctive : !anchor.empty());
            if (!isBelieved && constraint.isNegated) {
                continue; // not known to be what is excluded
            }
            if (!isBelieved) {
                judgement.isReceiverUnknown = isReceiver && asksForTensor(constraints);
                return judgement;
            }
            judgement.evidence = Evidence::NameOnly;
        }
    }
    // A method without a word on its receiver rests on what the receiver is, or on its name.
    if (isMethod && judgement.evidence == Evidence::Resolved) {
        judgement.evidence = receiverEvidence(ruleCase, match, semantics);
    }
    judgement.isAllowed = true;
    return judgement;
}

} // namespace TorchLift
