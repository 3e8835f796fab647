#include "migration/migrate.h"

#include <algorithm>
#include <map>

#include "base/files.h"
#include "migration/migrator.h"
#include "migration/timelinecheck.h"
#include "source/analysis.h"

namespace TorchLift {

namespace {

using Kind = NodeKind;

constexpr std::string_view kLegacyFunction = "legacy-function"; // a transform
constexpr std::string_view kSkipMark = "torchlift: skip";

// The last minor release before `version`.
Version releaseBefore(const Version &version)
{
    constexpr int kLastMinorOf0 = 4;
    constexpr int kLastMinorOf1 = 13;
    if (version.minor > 0) {
        return {version.major, version.minor - 1, 0};
    }
    return {version.major - 1, version.major == 2 ? kLastMinorOf1 : kLastMinorOf0, 0};
}

bool isListed(const std::vector<std::string> &ids, const std::string &id)
{
    return std::find(ids.begin(), ids.end(), id) != ids.end();
}

// Decides what becomes of everything that was found.
class Decider
{
public:
    Decider(const Semantics &semantics, const CompiledRules &rules, const MigrationOptions &options,
            Migration &migration)
        : m_semantics(semantics)
        , m_tree(semantics.tree())
        , m_rules(rules)
        , m_options(options)
        , m_migration(migration)
        , m_lines(m_tree.code())
    {}

    void run(Found found)
    {
        std::stable_sort(found.candidates.begin(), found.candidates.end(),
                         [](const Candidate &a, const Candidate &b) {
                             return a.edit.span().begin < b.edit.span().begin;
                         });
        noteEvidence(found);
        filter(found);
        for (Candidate &candidate : found.candidates) {
            finish(candidate.edit);
        }
        dropConflicts(found);
        for (Candidate &candidate : found.candidates) {
            m_uses[candidate.edit.id] = {candidate.use, candidate.rule, {}, {}, {}};
            m_migration.edits.push_back(std::move(candidate.edit));
        }
        for (const Remaining &remaining : found.remaining) {
            addResidue(remaining);
        }
        accept();
        verify();
        sortResidues();
    }

    // What no rule knows.
    void addUnruled(std::vector<Residue> residues)
    {
        for (Residue &residue : residues) {
            if (hasSkipMark(residue.span)) {
                residue.reason = ResidueReason::Skipped;
            }
            m_migration.fromEvidence.push_back(
                {residue.line, residue.symbol, releaseBefore(residue.brokenIn)});
            m_migration.residues.push_back(std::move(residue));
        }
        sortResidues();
    }

private:
    void noteEvidence(const Found &found)
    {
        std::map<std::pair<int, std::string>, Version> seen;
        const auto note = [&](NodeId use, std::size_t rule, const std::string &symbol) {
            const Version &broken = m_rules.compiled()[rule].info.brokenIn;
            if (m_rules.compiled()[rule].effect == Effect::Breaks) {
                seen.try_emplace({m_lines.lineOf(m_tree[use].begin), symbol},
                                 releaseBefore(broken));
            }
        };
        for (const Candidate &candidate : found.candidates) {
            note(candidate.use, candidate.rule, candidate.edit.symbol);
        }
        for (const Remaining &remaining : found.remaining) {
            note(remaining.use, remaining.rule, remaining.symbol);
        }
        for (const auto &[key, bound] : seen) {
            m_migration.fromEvidence.push_back({key.first, key.second, bound});
        }
    }

    bool isInSyntaxError(NodeId use) const
    {
        for (NodeId id = use; id != kNoNode; id = m_tree.parent(id)) {
            if (m_tree.kind(id) == Kind::Error) {
                return true;
            }
        }
        return false;
    }

    bool hasSkipMark(const ByteSpan &span) const
    {
        const int last = m_lines.lineOf(span.end == span.begin ? span.end : span.end - 1);
        for (int line = m_lines.lineOf(span.begin); line <= last; ++line) {
            const ByteSpan bytes = m_lines.spanOf(line);
            const std::string_view text =
                m_tree.code().substr(bytes.begin, bytes.end - bytes.begin);
            const std::size_t comment = text.find('#');
            if (comment != std::string_view::npos
                && text.find(kSkipMark, comment) != std::string_view::npos) {
                return true;
            }
        }
        return false;
    }

    // Why an edit must not be made, if so.
    std::optional<ResidueReason> refusal(const Candidate &candidate) const
    {
        const std::string &id = candidate.edit.ruleId;
        if (isInSyntaxError(candidate.use)) {
            return ResidueReason::SyntaxError;
        }
        if (m_semantics.isGuarded(candidate.use)) {
            return ResidueReason::Guarded;
        }
        if ((!m_options.only.empty() && !isListed(m_options.only, id))
            || isListed(m_options.skip, id)
            || std::any_of(candidate.edit.replacements.begin(), candidate.edit.replacements.end(),
                           [&](const Replacement &r) { return hasSkipMark(r.span); })) {
            return ResidueReason::Skipped;
        }
        if (m_options.keepsSource && !worksAtSource(candidate.rule)) {
            return ResidueReason::TargetOnly;
        }
        return std::nullopt;
    }

    bool worksAtSource(std::size_t rule) const
    {
        const std::optional<Version> &since = m_rules.compiled()[rule].info.worksSince;
        return since && *since <= m_migration.from;
    }

    // What to say where the new form would leave the source behind; otherwise the rule's own words.
    LocalizedText detailOf(ResidueReason reason, std::size_t rule) const
    {
        if (reason != ResidueReason::TargetOnly) {
            return {};
        }
        const RuleInfo &info = m_rules.compiled()[rule].info;
        if (!info.worksSince) {
            return {"The new form is not known to work in torch " + m_migration.from.toShortString()
                        + ".",
                    "Неизвестно, работает ли новая форма в torch "
                        + m_migration.from.toShortString() + "."};
        }
        return {"The new form works from torch " + info.worksSince->toShortString() + " on only.",
                "Новая форма работает только начиная с torch " + info.worksSince->toShortString()
                    + "."};
    }

    // An edit that goes takes its group along.
    void filter(Found &found)
    {
        std::map<std::string, ResidueReason> refusedGroups;
        std::map<const Candidate *, ResidueReason> refused;
        for (const Candidate &candidate : found.candidates) {
            if (const std::optional<ResidueReason> reason = refusal(candidate)) {
                refused[&candidate] = *reason;
                if (!candidate.edit.group.empty()) {
                    refusedGroups[candidate.edit.group] = *reason;
                }
            }
        }
        std::vector<Candidate> kept;
        for (Candidate &candidate : found.candidates) {
            const auto own = refused.find(&candidate);
            const auto group = refusedGroups.find(candidate.edit.group);
            if (own != refused.end() || group != refusedGroups.end()) {
                // Users of an import stay possible; only its removal must wait.
                const bool isRemoval = candidate.edit.group.starts_with("binding:");
                if (own == refused.end() && isRemoval && !isBinding(candidate)) {
                    candidate.edit.group.clear();
                    kept.push_back(std::move(candidate));
                    continue;
                }
                const ResidueReason reason = own != refused.end() ? own->second : group->second;
                found.remaining.push_back({candidate.use, candidate.rule, reason,
                                           detailOf(reason, candidate.rule),
                                           candidate.edit.symbol});
                continue;
            }
            kept.push_back(std::move(candidate));
        }
        found.candidates = std::move(kept);
        for (Remaining &remaining : found.remaining) {
            if (m_semantics.isGuarded(remaining.use)) {
                remaining.reason = ResidueReason::Guarded;
            } else if (hasSkipMark(m_tree.span(remaining.use))) {
                remaining.reason = ResidueReason::Skipped;
            }
        }
    }

    bool isBinding(const Candidate &candidate) const
    {
        const Kind above = m_tree.kind(m_tree.parent(candidate.use));
        return above == Kind::ImportFrom || above == Kind::ImportStatement
               || above == Kind::Assignment;
    }

    void finish(Edit &edit)
    {
        std::sort(edit.replacements.begin(), edit.replacements.end(),
                  [](const Replacement &a, const Replacement &b) { return a.span < b.span; });
        if (edit.evidence == Evidence::NameOnly && edit.safety == Safety::Safe) {
            edit.safety = Safety::Review;
        }
        const ByteSpan span = edit.span();
        const std::string hash =
            sha256Hex(m_tree.code().substr(span.begin, span.end - span.begin)).substr(0, 12);
        edit.id = edit.ruleId + ":" + std::to_string(span.begin) + "-" + std::to_string(span.end)
                  + ":" + hash;
        const int count = ++m_ids[edit.id];
        edit.id += count > 1 ? "#" + std::to_string(count) : "";
    }

    // Whether `inner` lies in a kept piece of `outer`, so that both can apply.
    static bool isNested(const Replacement &outer, const Replacement &inner)
    {
        return std::any_of(outer.pieces.begin(), outer.pieces.end(), [&](const Piece &piece) {
            return piece.isKept && piece.kept.contains(inner.span);
        });
    }

    static bool collide(const Edit &a, const Edit &b)
    {
        for (const Replacement &x : a.replacements) {
            for (const Replacement &y : b.replacements) {
                if (x.span.overlaps(y.span) && !isNested(x, y) && !isNested(y, x)) {
                    return true;
                }
            }
        }
        return false;
    }

    void dropConflicts(Found &found)
    {
        std::vector<Candidate> kept;
        std::vector<std::size_t> open; // of `kept`: those that reach to here
        std::set<std::string> droppedGroups;
        for (Candidate &candidate : found.candidates) { // by where they begin
            const std::size_t begin = candidate.edit.span().begin;
            std::erase_if(open, [&](std::size_t i) { return kept[i].edit.span().end <= begin; });
            const bool isInTheWay = std::any_of(open.begin(), open.end(), [&](std::size_t i) {
                return collide(kept[i].edit, candidate.edit);
            });
            if (isInTheWay) {
                if (candidate.edit.group.empty()
                    || droppedGroups.insert(candidate.edit.group).second) {
                    found.remaining.push_back({candidate.use,
                                               candidate.rule,
                                               ResidueReason::Conflict,
                                               {},
                                               candidate.edit.symbol});
                }
                continue;
            }
            open.push_back(kept.size());
            kept.push_back(std::move(candidate));
        }
        kept.erase(std::remove_if(kept.begin(), kept.end(),
                                  [&](const Candidate &candidate) {
                                      return droppedGroups.count(candidate.edit.group) != 0
                                             && isBinding(candidate);
                                  }),
                   kept.end());
        found.candidates = std::move(kept);
    }

    bool isWithin(Safety safety) const
    {
        switch (m_options.accept) {
        case Acceptance::Safe:
            return safety == Safety::Safe;
        case Acceptance::Review:
            return safety != Safety::Behaviour;
        case Acceptance::All:
            return true;
        }
        return false;
    }

    void accept()
    {
        std::set<std::string> refusedGroups;
        for (const Edit &edit : m_migration.edits) {
            if (!edit.group.empty() && !isWithin(edit.safety)) {
                refusedGroups.insert(edit.group);
            }
        }
        for (Edit &edit : m_migration.edits) {
            edit.isAccepted = isWithin(edit.safety) && refusedGroups.count(edit.group) == 0;
            if (!edit.isAccepted) {
                addResidueFor(edit, ResidueReason::NotAccepted);
            }
        }
    }

    // The new code must parse when the old one did: otherwise edits are taken back.
    void verify()
    {
        m_migration.newCode = render(m_migration.oldCode, m_migration.edits).newCode;
        if (m_migration.newCode == m_migration.oldCode || m_migration.hasSyntaxErrors
            || parses(m_migration.newCode)) {
            return;
        }
        std::vector<bool> wanted;
        for (Edit &edit : m_migration.edits) {
            wanted.push_back(edit.isAccepted);
            edit.isAccepted = false;
        }
        for (std::size_t i = 0; i < wanted.size(); ++i) {
            Edit &edit = m_migration.edits[i];
            edit.isAccepted = wanted[i];
            if (wanted[i] && !parses(render(m_migration.oldCode, m_migration.edits).newCode)) {
                edit.isAccepted = false;
                addResidueFor(edit, ResidueReason::Conflict);
            }
        }
        m_migration.newCode = render(m_migration.oldCode, m_migration.edits).newCode;
    }

    static bool parses(std::string_view code)
    {
        const Result<SyntaxTree> tree = SyntaxTree::parse(code);
        return tree && tree->errors().empty();
    }

    void addResidueFor(const Edit &edit, ResidueReason reason)
    {
        Remaining remaining = m_uses[edit.id];
        remaining.reason = reason;
        remaining.symbol = edit.symbol;
        addResidue(remaining);
    }

    void addResidue(const Remaining &remaining)
    {
        const Rule &rule = m_rules.compiled()[remaining.rule];
        Residue residue;
        residue.symbol = remaining.symbol;
        residue.span = m_tree.span(remaining.use);
        residue.line = m_lines.lineOf(residue.span.begin);
        residue.reason =
            isInSyntaxError(remaining.use) ? ResidueReason::SyntaxError : remaining.reason;
        residue.detail = remaining.detail.en.empty() ? rule.residueDetail : remaining.detail;
        residue.changes = rule.info.changes;
        residue.ruleId = rule.info.id;
        residue.brokenIn = rule.info.brokenIn;
        residue.isBreaking = rule.effect == Effect::Breaks;
        m_migration.residues.push_back(std::move(residue));
    }

    void sortResidues()
    {
        auto &residues = m_migration.residues;
        std::stable_sort(residues.begin(), residues.end(),
                         [](const Residue &a, const Residue &b) { return a.span < b.span; });
        residues.erase(std::unique(residues.begin(), residues.end(),
                                   [](const Residue &a, const Residue &b) {
                                       return a.span == b.span && a.ruleId == b.ruleId;
                                   }),
                       residues.end());
    }

    const Semantics &m_semantics;
    const SyntaxTree &m_tree;
    const CompiledRules &m_rules;
    const MigrationOptions &m_options;
    Migration &m_migration;
    LineIndex m_lines;
    std::map<std::string, Remaining> m_uses; // by edit id
    std::map<std::string, int> m_ids;
};

Version sourceOf(const MigrationOptions &options, const TimelineCheck *check)
{
    return options.from       ? *options.from
           : check != nullptr ? std::min(check->bounds().oldest, options.to)
                              : Version{1, 0, 0};
}

} // namespace

Result<Version> sourceVersion(std::string_view oldCode, const MigrationOptions &options,
                              const Timeline *timeline)
{
    if (options.from || timeline == nullptr) {
        return sourceOf(options, nullptr);
    }
    const auto semantics = Semantics::build(oldCode, options.place);
    if (!semantics) {
        return tl::unexpected<Error>(semantics.error());
    }
    const TimelineCheck check(**semantics, *timeline, options.to);
    return sourceOf(options, &check);
}

Result<Migration> migrate(std::string_view oldCode, const RuleSet &rules,
                          const MigrationOptions &options, std::stop_token stop,
                          const Timeline *timeline)
{
    const auto *compiled = dynamic_cast<const CompiledRules *>(&rules);
    if (compiled == nullptr) {
        return fail(Errc::InvalidArgument, "the rules were not read by RuleSet::load");
    }
    Migration migration;
    migration.oldCode = oldCode;
    migration.to = options.to;
    migration.isFromDetected = !options.from.has_value();
    const Result<std::unique_ptr<const Semantics>> semantics =
        Semantics::build(migration.oldCode, options.place, options.observed.get());
    if (!semantics) {
        return tl::unexpected<Error>(semantics.error());
    }
    if (stop.stop_requested()) {
        return fail(Errc::Cancelled, "cancelled");
    }
    migration.hasSyntaxErrors = !(*semantics)->tree().errors().empty();
    migration.isPython2 = isPython2((*semantics)->tree());
    std::optional<TimelineCheck> check;
    if (timeline != nullptr) {
        check.emplace(**semantics, *timeline, options.to);
    }
    migration.from = sourceOf(options, check ? &*check : nullptr);
    Found found = UseMatcher(**semantics, *compiled, options.to, timeline).run();
    if (stop.stop_requested()) {
        return fail(Errc::Cancelled, "cancelled");
    }
    const auto fine = std::move(found.fine);
    const auto movedNames = std::move(found.movedNames);
    Decider decider(**semantics, *compiled, options, migration);
    decider.run(std::move(found));
    if (check) {
        decider.addUnruled(check->residues(
            migration.from, {migration.edits, migration.residues, fine, movedNames}));
    }
    return migration;
}

ProjectFacts readProject(const std::vector<ProjectFile> &files, const RuleSet &rules)
{
    ProjectFacts facts = ProjectFacts::read(files);
    if (const auto *compiled = dynamic_cast<const CompiledRules *>(&rules)) {
        for (const Rule &rule : compiled->compiled()) {
            if (rule.transform == kLegacyFunction) {
                learnStaticFunctions(files, rule, facts);
            }
        }
    }
    return facts;
}

} // namespace TorchLift
