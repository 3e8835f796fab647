#include <algorithm>

#include "migration/textedit.h"
#include "migration/transforms/transforms.h"

namespace TorchLift {

namespace {

using Kind = NodeKind;

constexpr std::string_view kModule = "torch.optim.lr_scheduler.";

bool isScheduler(std::string_view name)
{
    return name.starts_with(kModule) && name != "torch.optim.lr_scheduler.ReduceLROnPlateau";
}

// The position behind the line that byte `offset` is on, without its line end.
std::size_t endOfLine(std::string_view code, std::size_t offset)
{
    const std::size_t end = std::min(code.find('\n', offset), code.size());
    return end > offset && code[end - 1] == '\r' ? end - 1 : end;
}

// Finds calls of step() that stand before the steps of the optimizer in the same body.
class StepFinder
{
public:
    StepFinder(const Semantics &semantics, const Rule &rule)
        : m_semantics(semantics)
        , m_tree(semantics.tree())
        , m_rule(rule)
    {}

    Findings run()
    {
        for (NodeId id = 0; id < m_tree.size(); ++id) {
            if (m_tree.kind(id) == Kind::ExpressionStatement && m_tree.namedCount(id) == 1) {
                visit(id, m_tree.namedChild(id, 0));
            }
        }
        return std::move(m_findings);
    }

private:
    // The receiver of a call of step() without arguments, or kNoNode.
    NodeId receiverOfStep(NodeId call) const
    {
        const NodeId callee = m_tree.child(call, NodeField::Function);
        const bool isStep = m_tree.kind(call) == Kind::Call
                            && m_tree.kind(callee) == Kind::Attribute
                            && m_tree.text(m_tree.child(callee, NodeField::Attribute)) == "step"
                            && m_tree.namedCount(m_tree.child(call, NodeField::Arguments)) == 0;
        return isStep ? m_tree.child(callee, NodeField::Object) : kNoNode;
    }

    bool isKnownScheduler(const Type &type) const
    {
        if (type.kind == TypeKind::Instance) {
            return isScheduler(type.name);
        }
        const std::vector<std::string> bases = m_semantics.basesOf(m_semantics.definitionOf(type));
        return type.kind == TypeKind::LocalInstance
               && std::any_of(bases.begin(), bases.end(), isScheduler);
    }

    // Several kinds of schedulers, or one that cannot be told, under the name that all have.
    bool isNamedScheduler(NodeId receiver, const Type &type) const
    {
        std::string name(m_tree.text(receiver));
        name.erase(0, name.rfind('.') + 1);
        return (type.isUnknown() || type.kind == TypeKind::Other)
               && (name.find("sched") != std::string::npos || name.starts_with("Sched"));
    }

    void visit(NodeId statement, NodeId call)
    {
        const NodeId receiver = receiverOfStep(call);
        if (receiver == kNoNode) {
            return;
        }
        const Type &type = m_semantics.typeOf(receiver);
        const bool isKnown = isKnownScheduler(type);
        if (!isKnown && !isNamedScheduler(receiver, type)) {
            return;
        }
        if (canMove(statement)) {
            move(statement, isKnown ? Evidence::Inferred : Evidence::NameOnly);
        } else if (isKnown) {
            m_findings.left.push_back({call, ResidueReason::NeedsDecision, {}});
        }
    }

    // Whether something below `node` calls the step() of another object, or backward().
    bool trains(NodeId node) const
    {
        for (NodeId id = node; id < m_tree[node].subtreeEnd; ++id) {
            if (m_tree.kind(id) == Kind::Attribute
                && m_tree.kind(m_tree.parent(id)) == Kind::Call) {
                const std::string_view name = m_tree.text(m_tree.child(id, NodeField::Attribute));
                if (name == "step" || name == "backward") {
                    return true;
                }
            }
        }
        return false;
    }

    // A function called there may train.
    bool callsOwnFunction(NodeId node) const
    {
        for (NodeId id = node; id < m_tree[node].subtreeEnd; ++id) {
            if (m_tree.kind(id) != Kind::Call) {
                continue;
            }
            const NodeId callee = m_tree.child(id, NodeField::Function);
            const bool isUnknown = m_semantics.typeOf(id).isUnknown()
                                   && !m_semantics.symbolOf(callee).starts_with("builtins.");
            if (isUnknown || m_semantics.typeOf(callee).kind == TypeKind::LocalFunction) {
                return true;
            }
        }
        return false;
    }

    // Whether the body may be left before its end: by return, or by break and continue of its loop.
    bool isLeftEarly(NodeId body, NodeId last) const
    {
        for (NodeId id = body; id < m_tree[body].subtreeEnd; ++id) {
            const std::string_view word =
                m_tree[id].kind == Kind::Token ? std::string_view{} : m_tree.text(id);
            const bool isJump = word == "continue" || word == "break";
            if (m_tree.kind(id) == Kind::Return ? id != last
                                                : isJump && loopOf(id) == m_tree.parent(body)) {
                return true;
            }
        }
        return false;
    }

    NodeId loopOf(NodeId id) const
    {
        for (id = m_tree.parent(id); id != kNoNode; id = m_tree.parent(id)) {
            if (m_tree.kind(id) == Kind::ForStatement || m_tree.kind(id) == Kind::WhileStatement) {
                return id;
            }
        }
        return kNoNode;
    }

    bool canMove(NodeId statement) const
    {
        const NodeId body = m_tree.parent(statement);
        const Kind around = m_tree.kind(m_tree.parent(body));
        const bool isRepeated = around == Kind::ForStatement || around == Kind::WhileStatement
                                || around == Kind::FunctionDefinition;
        if (m_tree.kind(body) != Kind::Block || !isRepeated) {
            return false;
        }
        bool isBefore = true;
        bool hasTraining = false;
        NodeId last = kNoNode;
        for (const NodeId child : m_tree.named(body)) {
            if (child == statement) {
                isBefore = false;
            } else if (isBefore && trains(child)) {
                return false;
            } else if (!isBefore) {
                hasTraining = hasTraining || trains(child)
                              || (around != Kind::FunctionDefinition && callsOwnFunction(child));
                last = m_tree.kind(child) == Kind::Comment ? last : child;
            }
        }
        return hasTraining && last != kNoNode && !isLeftEarly(body, last);
    }

    void move(NodeId statement, Evidence evidence)
    {
        const NodeId body = m_tree.parent(statement);
        NodeId last = kNoNode;
        NodeId beforeLast = kNoNode;
        for (const NodeId child : m_tree.named(body)) {
            if (m_tree.kind(child) != Kind::Comment) {
                beforeLast = last;
                last = child;
            }
        }
        const std::string_view code = m_tree.code();
        const NodeId anchor = m_tree.kind(last) == Kind::Return ? beforeLast : last;
        const std::size_t at = endOfLine(code, m_tree[anchor].end);
        std::string text(lineEndOf(code));
        text.append(indentationAt(code, m_tree[statement].begin)).append(m_tree.text(statement));
        Edit edit = newEdit(m_rule);
        edit.evidence = evidence;
        edit.replacements = {deletionOf(m_tree, statement), replaced({at, at}, text)};
        m_findings.edits.push_back(std::move(edit));
    }

    const Semantics &m_semantics;
    const SyntaxTree &m_tree;
    const Rule &m_rule;
    Findings m_findings;
};

} // namespace

Findings schedulerOrder(const Semantics &semantics, const Rule &rule)
{
    return StepFinder(semantics, rule).run();
}

} // namespace TorchLift
