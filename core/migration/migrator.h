#pragma once

#include <map>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include "migration/constraints.h"
#include "migration/migrate.h"
#include "migration/rule.h"
#include "migration/transform.h"
#include "timeline/timeline.h"

namespace TorchLift {

/// An edit with the use that led to it.
struct Candidate
{
    Edit edit;
    NodeId use = kNoNode;
    std::size_t rule = 0;
};

/// A use that stays as it is.
struct Remaining
{
    NodeId use = kNoNode;
    std::size_t rule = 0;
    ResidueReason reason = ResidueReason::NeedsDecision;
    LocalizedText detail; ///< empty: the rule's own
    std::string symbol;
};

/// Everything that is found in one text before it is decided what is applied.
struct Found
{
    std::vector<Candidate> candidates;
    std::vector<Remaining> remaining;
    std::unordered_set<NodeId> fine;               ///< uses that are right as they are
    std::set<std::string, std::less<>> movedNames; ///< local names whose import follows
};

/// Finds uses of the rules' symbols and what to do with each.
class UseMatcher
{
public:
    /// `timeline` may be null; with it nothing is written that the target does not have.
    UseMatcher(const Semantics &semantics, const CompiledRules &rules, const Version &target,
               const Timeline *timeline);
    [[nodiscard]] Found run();

private:
    void visitName(NodeId id);
    void visitImports();
    void visitImport(const Semantics::ImportedName &import);
    void runTransforms();
    void dropAnsweredResidues();
    bool applies(std::size_t rule) const;
    void tryRules(const std::vector<std::size_t> &rules, NodeId id, std::string_view symbol);
    bool tryCases(std::size_t rule, NodeId id, bool &isReceiverUnknown);
    Edit editFor(const Rule &rule, const RuleCase &ruleCase, const Match &match,
                 Evidence evidence) const;
    bool moveImport(const Semantics::ImportedName &import, std::size_t rule);
    bool isAliasOfAlreadyRewritten(const RuleCase &ruleCase, NodeId id) const;
    void rewriteImportStatement(NodeId statement);
    void cleanUpBindings();
    void mergeImportEdits();
    void removeBinding(NodeId binding, std::string_view name, std::string_view symbol,
                       std::size_t rule, Replacement removal);
    std::vector<NodeId> readsOf(std::string_view name, std::string_view symbol) const;
    bool isBoundElsewhere(const Semantics::ImportedName &import) const;
    bool isMoved(NodeId id) const;
    bool isInTarget(const ReplacementTemplate &replacement) const;
    void leave(std::size_t rule, NodeId use, std::string_view symbol, ResidueReason reason,
               LocalizedText detail = {});

    const Semantics &m_semantics;
    const SyntaxTree &m_tree;
    const CompiledRules &m_rules;
    Version m_target;
    const Timeline *m_timeline;
    Found m_found;
    std::unordered_map<NodeId, std::size_t> m_rewritten; ///< use to candidate
    std::unordered_set<NodeId> m_movedImports;
    std::map<NodeId, std::string> m_moveLines; ///< import of a name: the line that replaces it
};

/// A rule's edit, filled in but for replacements, imports and evidence.
[[nodiscard]] Edit newEdit(const Rule &rule);

} // namespace TorchLift
