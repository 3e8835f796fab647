#pragma once

#include <set>
#include <string>
#include <unordered_set>
#include <vector>

#include "migration/edit.h"
#include "source/semantics.h"
#include "source/use.h"
#include "timeline/timeline.h"

namespace TorchLift {

/// What the rules have already said about a text.
struct RuledUses
{
    const std::vector<Edit> &edits;
    const std::vector<Residue> &residues;
    const std::unordered_set<NodeId> &fine;               ///< uses that are right as they are
    const std::set<std::string, std::less<>> &movedNames; ///< local names whose import moved
};

/// Breaking uses that the timeline knows and no rule does.
class TimelineCheck
{
public:
    /// `to`: a release of torch. The NumPy and Python that go with it follow from it.
    TimelineCheck(const Semantics &semantics, const Timeline &timeline, const Version &to);

    /// Releases that the names used, guarded ones aside, allow.
    [[nodiscard]] SourceBounds bounds() const;

    /// In order of position. `from`: a release of torch.
    [[nodiscard]] std::vector<Residue> residues(const Version &from, const RuledUses &ruled) const;

private:
    bool isHurt(const std::string &symbol, const Version &from) const;
    std::vector<SymbolBreak> breaksOf(const std::string &symbol, const Version &from) const;
    bool isFine(NodeId node, const RuledUses &ruled) const;
    bool isPlainAlias(NodeId node) const;
    std::optional<Residue> residueOf(const Use &use, NodeId node, const Version &from) const;
    std::optional<Residue> neverThere(const Use &use) const;
    void addSimilar(LocalizedText &text, const std::string &symbol) const;
    std::optional<LocalizedText> describe(const std::string &symbol, const SymbolBreak &what,
                                          NodeId node) const;
    std::vector<std::string> keywordsOfCall(NodeId node) const;

    const Semantics &m_semantics;
    const SyntaxTree &m_tree;
    const Timeline &m_timeline;
    Version m_to;
    std::vector<Use> m_uses;
};

/// Whether code for `release` may name `symbol`: it is there, or nothing is known about it.
[[nodiscard]] bool mayName(const Timeline &timeline, std::string_view symbol,
                           const Version &release);

} // namespace TorchLift
