#include "pipeline/repair.h"

#include <algorithm>
#include <set>

#include "pipeline/linepairs.h"
#include "source/syntaxtree.h"

namespace TorchLift {

namespace {

using Kind = NodeKind;

constexpr int kMaxRepairs = 5;
constexpr std::size_t kShortestName = 3; // shorter ones stand in any message
constexpr const char *kTensorWord = "tensor";
constexpr const char *kMaskWord = "tensor:bool:-1";

std::string_view lastName(std::string_view symbol)
{
    return symbol.substr(symbol.rfind('.') + 1);
}

bool isMentioned(std::string_view symbol, std::string_view message)
{
    const std::string_view name = lastName(symbol);
    return name.size() >= kShortestName && message.find(name) != std::string_view::npos;
}

class HintFinder
{
public:
    HintFinder(const Migration &migration, const Run &failed)
        : m_migration(migration)
        , m_run(failed)
        , m_lines(migration.oldCode)
    {
        int nearest = 0;
        for (const auto &[oldLine, newLine] :
             linePairs(migration.oldCode, migration.newCode, &migration)) {
            if (newLine == failed.errorLine) {
                m_errorLines.insert(oldLine);
            }
            nearest = newLine < failed.errorLine ? oldLine : nearest;
        }
        if (m_errorLines.empty()) {
            m_errorLines.insert(nearest); // a line that only the new code has
        }
    }

    RepairHints run()
    {
        for (const Residue &residue : m_migration.residues) {
            if (residue.reason == ResidueReason::ReceiverUnknown) {
                visitUnknownReceiver(residue);
            }
        }
        for (const Edit &edit : m_migration.edits) {
            const bool isThere =
                touchesError(edit.span()) || isMentioned(edit.symbol, m_run.errorMessage);
            if (!edit.isAccepted && edit.provenance == Provenance::Rule && isThere) {
                m_hints.edits.push_back(edit.id);
            }
        }
        if (m_run.errorMessage.find("bool tensor") != std::string::npos) {
            visitSubtractions();
        }
        return std::move(m_hints);
    }

private:
    bool touchesError(const ByteSpan &span) const
    {
        const int first = m_lines.lineOf(span.begin);
        const int last = m_lines.lineOf(span.size() == 0 ? span.begin : span.end - 1);
        const auto line = m_errorLines.lower_bound(first);
        return line != m_errorLines.end() && *line <= last;
    }

    // "'Tensor' object has no attribute 'gesv'" on the line of `x.gesv(a)`: x is a tensor.
    void visitUnknownReceiver(const Residue &residue)
    {
        if (!touchesError(residue.span) || !isMentioned(residue.symbol, m_run.errorMessage)) {
            return;
        }
        const std::string_view text =
            std::string_view(m_migration.oldCode).substr(residue.span.begin, residue.span.size());
        const std::size_t dot = text.rfind('.');
        if (dot == std::string_view::npos || dot == 0) {
            return;
        }
        const std::size_t end = text.find_last_not_of(" \t\r\n\\", dot - 1);
        if (end != std::string_view::npos) {
            m_hints.observed[{residue.span.begin, residue.span.begin + end + 1}] = {kTensorWord};
        }
    }

    // "Subtraction, the `-` operator, with a bool tensor is not supported": `1 - mask`, or with
    // "two bool tensors" both sides are masks.
    void visitSubtractions()
    {
        const Result<SyntaxTree> tree = SyntaxTree::parse(m_migration.oldCode);
        if (!tree) {
            return;
        }
        const bool areBoth = m_run.errorMessage.find("two bool tensor") != std::string::npos;
        for (NodeId id = 0; id < tree->size(); ++id) {
            if (tree->kind(id) != Kind::BinaryOperator || !touchesError(tree->span(id))
                || tree->text(tree->child(id, NodeField::Operator)) != "-") {
                continue;
            }
            const NodeId left = tree->child(id, NodeField::Left);
            const NodeId right = tree->child(id, NodeField::Right);
            const bool isOneMinus = isNumber(*tree, left);
            if (areBoth || isOneMinus) {
                m_hints.observed[tree->span(right)] = {kMaskWord};
            }
            if (areBoth || isNumber(*tree, right)) {
                m_hints.observed[tree->span(left)] = {kMaskWord};
            }
        }
    }

    static bool isNumber(const SyntaxTree &tree, NodeId node)
    {
        return tree.kind(node) == Kind::Integer || tree.kind(node) == Kind::Float;
    }

    const Migration &m_migration;
    const Run &m_run;
    LineIndex m_lines;
    std::set<int> m_errorLines; ///< of the old code
    RepairHints m_hints;
};

std::set<std::string> acceptedIds(const Migration &migration)
{
    std::set<std::string> ids;
    for (const Edit &edit : migration.edits) {
        if (edit.isAccepted) {
            ids.insert(edit.id);
        }
    }
    return ids;
}

// With an edit goes its group; what says that it was not accepted goes.
void acceptToo(Migration &migration, const std::set<std::string> &ids)
{
    std::set<std::string> groups;
    for (const Edit &edit : migration.edits) {
        if (ids.count(edit.id) != 0 && !edit.group.empty()) {
            groups.insert(edit.group);
        }
    }
    std::erase_if(migration.residues, [&](const Residue &residue) {
        return residue.reason == ResidueReason::NotAccepted
               && std::any_of(migration.edits.begin(), migration.edits.end(),
                              [&](const Edit &edit) {
                                  return ids.count(edit.id) != 0 && edit.ruleId == residue.ruleId
                                         && edit.span().overlaps(residue.span);
                              });
    });
    for (Edit &edit : migration.edits) {
        edit.isAccepted =
            edit.isAccepted || ids.count(edit.id) != 0 || groups.count(edit.group) != 0;
    }
    migration.newCode = render(migration.oldCode, migration.edits).newCode;
}

} // namespace

RepairHints repairHints(const Migration &migration, const Run &failed)
{
    return HintFinder(migration, failed).run();
}

Result<RepairedRow> validateAndRepair(Pipeline &pipeline, std::string_view name,
                                      Migration &migration, RepairOptions options,
                                      const MigrateAgain &migrateAgain, const RowCallback &onRow,
                                      std::stop_token stop)
{
    const std::set<std::string> before = acceptedIds(migration);
    std::set<std::string> tried;
    RepairedRow out;
    for (int round = 0;; ++round) {
        auto row = pipeline.validate(name, migration.oldCode, migration.newCode, &migration,
                                     options.validation, onRow, stop);
        if (!row) {
            return tl::unexpected(row.error());
        }
        out.row = std::move(*row);
        const std::optional<Run> &run = out.row.newAtTarget;
        if (round == kMaxRepairs || !run || run->outcome != Outcome::Exception) {
            break;
        }
        RepairHints hints = repairHints(migration, *run);
        if (!options.triesHeldBack) {
            hints.edits.clear();
        }
        Observations known =
            options.migration.observed ? *options.migration.observed : Observations{};
        known.insert(hints.observed.begin(), hints.observed.end());
        tried.insert(hints.edits.begin(), hints.edits.end());
        options.migration.observed = std::make_shared<const Observations>(std::move(known));
        auto again = migrateAgain(options.migration);
        if (!again) {
            return tl::unexpected(again.error());
        }
        acceptToo(*again, tried);
        if (hints.isEmpty() || again->newCode == migration.newCode) {
            break;
        }
        migration = std::move(*again);
    }
    for (const std::string &id : acceptedIds(migration)) {
        if (before.count(id) == 0) {
            out.edits.push_back(id);
        }
    }
    return out;
}

} // namespace TorchLift
