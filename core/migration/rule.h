#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "migration/pattern.h"
#include "migration/replacementtemplate.h"
#include "migration/ruleset.h"

namespace TorchLift {

/// What the old form does in the target.
enum class Effect { Breaks, Differs, Warns };

/// One condition on a metavariable.
struct Constraint
{
    enum class Kind {
        Tensor,
        ByteTensor,
        BoolTensor,
        FloatTensor,
        IntTensor,
        ScalarTensor,
        Unused,
        Sliced,
        Name,
        Literal,
        Path, ///< a name of the file's own, or attributes of one
        Int,
        String,
        In,
        Without,
        Rank,
        Type,
    };
    Kind kind = Kind::Tensor;
    bool isNegated = false;
    std::vector<std::string> values; ///< In, Without: texts; Type: qualified names
    int rank = -1;                   ///< Rank
};

/// One way to rewrite a use.
struct RuleCase
{
    Pattern match;
    std::map<std::string, std::vector<Constraint>> where;
    std::optional<ReplacementTemplate> replace; ///< none: the form is right as it is
    std::vector<std::string> imports;
    Safety safety = Safety::Review;
};

/// A rule as the engine uses it.
struct Rule
{
    RuleInfo info;
    Effect effect = Effect::Breaks;
    Signatures signatures;
    std::vector<RuleCase> cases;
    std::string transform; ///< name of the transform that stands in for cases, or empty
    ResidueReason residueReason = ResidueReason::NeedsDecision;
    LocalizedText residueDetail;
};

/// RuleSet as the engine sees it.
class CompiledRules : public RuleSet
{
public:
    explicit CompiledRules(std::vector<Rule> rules);

    [[nodiscard]] const std::vector<RuleInfo> &rules() const noexcept override { return m_infos; }
    [[nodiscard]] const std::vector<Rule> &compiled() const noexcept { return m_rules; }
    /// Indexes of the rules that name this symbol ("torch.gesv").
    [[nodiscard]] const std::vector<std::size_t> &rulesForSymbol(std::string_view symbol) const;
    /// Indexes of the rules with a symbol whose last part is this name of a member.
    [[nodiscard]] const std::vector<std::size_t> &rulesForMember(std::string_view name) const;
    /// Indexes of the rules with a case that has no anchor but this kind of root.
    [[nodiscard]] const std::vector<std::size_t> &rulesForKind(NodeKind kind) const;

private:
    using Index = std::map<std::string, std::vector<std::size_t>, std::less<>>;
    std::vector<Rule> m_rules;
    std::vector<RuleInfo> m_infos;
    Index m_bySymbol;
    Index m_byMember;
    std::map<NodeKind, std::vector<std::size_t>> m_byKind;
};

/// Whether `symbol` is a member of objects ("torch.Tensor.gesv", "dict.iteritems") rather than
/// something in a module.
[[nodiscard]] bool isMemberSymbol(std::string_view symbol);

} // namespace TorchLift
