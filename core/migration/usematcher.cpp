#include <algorithm>

#include "migration/migrator.h"
#include "migration/textedit.h"
#include "migration/timelinecheck.h"
#include "source/tensorfacts.h"

namespace TorchLift {

namespace {

using Kind = NodeKind;

// The longest module around `symbol` that rules name ("torch._six" for "torch._six.PY3").
std::string_view ruledPrefix(const CompiledRules &rules, std::string_view symbol)
{
    for (std::size_t dot = symbol.rfind('.'); dot != std::string_view::npos && dot > 0;
         dot = symbol.rfind('.', dot - 1)) {
        if (!rules.rulesForSymbol(symbol.substr(0, dot)).empty()) {
            return symbol.substr(0, dot);
        }
    }
    return {};
}

// An edit that only adds behind what it found ("; init(x)") has been made before when the addition
// stands there: migrating again must not repeat it.
bool isThereAlready(std::string_view code, const Edit &edit)
{
    const Replacement &replacement = edit.replacements.front();
    std::string text;
    for (const Piece &piece : replacement.pieces) {
        text += piece.isKept ? code.substr(piece.kept.begin, piece.kept.size()) : piece.text;
    }
    const std::string_view before = code.substr(replacement.span.begin, replacement.span.size());
    return text.size() > before.size() && text.starts_with(before)
           && code.substr(replacement.span.end)
                  .starts_with(std::string_view(text).substr(before.size()));
}

} // namespace

Edit newEdit(const Rule &rule)
{
    Edit edit;
    edit.ruleId = rule.info.id;
    edit.title = rule.info.title;
    edit.reason = rule.info.reason;
    edit.changes = rule.info.changes;
    edit.symbol = rule.info.symbols.empty() ? std::string{} : rule.info.symbols.front();
    edit.brokenIn = rule.info.brokenIn;
    edit.safety = rule.info.safety;
    return edit;
}

UseMatcher::UseMatcher(const Semantics &semantics, const CompiledRules &rules,
                       const Version &target, const Timeline *timeline)
    : m_semantics(semantics)
    , m_tree(semantics.tree())
    , m_rules(rules)
    , m_target(target)
    , m_timeline(timeline)
{}

bool UseMatcher::applies(std::size_t rule) const
{
    return m_rules.compiled()[rule].info.brokenIn <= m_target;
}

Found UseMatcher::run()
{
    visitImports();
    for (NodeId id = 0; id < m_tree.size(); ++id) {
        const Kind kind = m_tree.kind(id);
        if (kind == Kind::Attribute || kind == Kind::Identifier) {
            visitName(id);
        }
        if (m_tree[id].isNamed) {
            for (const std::size_t rule : m_rules.rulesForKind(kind)) {
                bool isReceiverUnknown = false;
                if (applies(rule) && m_rewritten.count(id) == 0) {
                    tryCases(rule, id, isReceiverUnknown);
                }
            }
        }
    }
    runTransforms();
    dropAnsweredResidues();
    cleanUpBindings();
    mergeImportEdits();
    return std::move(m_found);
}

// What one rule had to leave another may have rewritten.
void UseMatcher::dropAnsweredResidues()
{
    auto &remaining = m_found.remaining;
    remaining.erase(
        std::remove_if(remaining.begin(), remaining.end(),
                       [&](const Remaining &left) { return m_rewritten.count(left.use) != 0; }),
        remaining.end());
}

bool UseMatcher::isMoved(NodeId id) const
{
    while (m_tree.kind(id) == Kind::Attribute) {
        id = m_tree.child(id, NodeField::Object);
    }
    return m_tree.kind(id) == Kind::Identifier
           && m_found.movedNames.find(m_tree.text(id)) != m_found.movedNames.end();
}

void UseMatcher::visitName(NodeId id)
{
    const std::string_view symbol = m_semantics.symbolOf(id);
    const NodeId parent = m_tree.parent(id);
    const Kind above = m_tree.kind(parent);
    if (symbol.empty()) {
        if (m_tree.kind(id) == Kind::Attribute) {
            const NodeId name = m_tree.child(id, NodeField::Attribute);
            tryRules(m_rules.rulesForMember(m_tree.text(name)), id, {});
        }
        return;
    }
    const bool isInChain =
        above == Kind::Attribute
        && (m_tree[id].field == NodeField::Attribute || !m_semantics.symbolOf(parent).empty());
    const bool isTarget = above == Kind::Assignment && m_tree[id].field == NodeField::Left;
    const bool isImport = above == Kind::DottedName || above == Kind::AliasedImport;
    const bool isPattern = above == Kind::PatternList || above == Kind::TuplePattern;
    if (isInChain || isTarget || isImport || isPattern || isMoved(id)) {
        return;
    }
    const std::vector<std::size_t> &rules = m_rules.rulesForSymbol(symbol);
    if (!rules.empty()) {
        tryRules(rules, id, symbol);
        return;
    }
    const std::string_view prefix = ruledPrefix(m_rules, symbol);
    if (!prefix.empty()) {
        NodeId inner = id;
        while (m_semantics.symbolOf(inner) != prefix && m_tree.kind(inner) == Kind::Attribute) {
            inner = m_tree.child(inner, NodeField::Object);
        }
        tryRules(m_rules.rulesForSymbol(prefix), inner, prefix);
    }
}

void UseMatcher::leave(std::size_t rule, NodeId use, std::string_view symbol, ResidueReason reason,
                       LocalizedText detail)
{
    m_found.remaining.push_back({use, rule, reason, std::move(detail), std::string(symbol)});
}

// `symbol` empty: a member of an object, known by its name and perhaps its receiver.
void UseMatcher::tryRules(const std::vector<std::size_t> &rules, NodeId id, std::string_view symbol)
{
    for (const std::size_t index : rules) {
        const Rule &rule = m_rules.compiled()[index];
        if (!applies(index) || !rule.transform.empty() || m_rewritten.count(id) != 0) {
            continue;
        }
        bool isReceiverUnknown = false;
        if (tryCases(index, id, isReceiverUnknown)) {
            continue;
        }
        if (!symbol.empty()) {
            if (rule.info.concerns(symbol)) {
                leave(index, id, symbol, rule.residueReason);
            }
            continue;
        }
        const std::string_view name = m_tree.text(m_tree.child(id, NodeField::Attribute));
        const Type &object = m_semantics.typeOf(m_tree.child(id, NodeField::Object));
        const std::string tensorSymbol = "torch.Tensor." + std::string(name);
        if (isReceiverUnknown) {
            leave(index, id, tensorSymbol, ResidueReason::ReceiverUnknown);
        } else if (rule.info.concerns(tensorSymbol)
                   && (object.isTensor() || (object.isUnknown() && !isCommonMember(name)))) {
            leave(index, id, tensorSymbol, rule.residueReason);
        }
    }
}

bool UseMatcher::tryCases(std::size_t index, NodeId id, bool &isReceiverUnknown)
{
    const Rule &rule = m_rules.compiled()[index];
    const std::string_view symbol = m_semantics.symbolOf(id);
    for (const RuleCase &ruleCase : rule.cases) {
        const std::string &anchor = ruleCase.match.anchorName();
        const bool fits = anchor.empty()          ? true
                          : anchor.front() == '.' ? symbol.empty()
                                                  : anchor == symbol;
        if (!fits) {
            continue;
        }
        const std::optional<Match> match =
            matchAt(ruleCase.match, m_semantics, rule.signatures, id);
        if (!match) {
            continue;
        }
        if (isAliasOfAlreadyRewritten(ruleCase, id)) {
            m_found.fine.insert(id);
            return true;
        }
        const Judgement judgement = judge(ruleCase, *match, m_semantics);
        isReceiverUnknown = isReceiverUnknown || judgement.isReceiverUnknown;
        if (!judgement.isAllowed) {
            continue;
        }
        if (!ruleCase.replace) {
            m_found.fine.insert(id);
            return true;
        }
        if (!isInTarget(*ruleCase.replace) || !ruleCase.replace->fits(*match, m_tree)) {
            continue;
        }
        Edit edit = editFor(rule, ruleCase, *match, judgement.evidence);
        if (isThereAlready(m_tree.code(), edit)) {
            m_found.fine.insert(id);
            return true;
        }
        m_rewritten[id] = m_found.candidates.size();
        if (!symbol.empty() && rule.info.concerns(symbol)) {
            edit.symbol = symbol;
        }
        m_found.candidates.push_back({std::move(edit), id, index});
        return true;
    }
    return false;
}

bool UseMatcher::isInTarget(const ReplacementTemplate &replacement) const
{
    const std::vector<std::string> symbols = replacement.symbols();
    return m_timeline == nullptr
           || std::all_of(symbols.begin(), symbols.end(), [&](const std::string &symbol) {
                  return mayName(*m_timeline, symbol, m_target);
              });
}

// `best = torch._six.inf` is rewritten where it is written; what reads `best` needs nothing.
bool UseMatcher::isAliasOfAlreadyRewritten(const RuleCase &ruleCase, NodeId id) const
{
    if (ruleCase.match.anchor() != ruleCase.match.root() || ruleCase.match.anchor() == kNoNode
        || m_tree.kind(id) != Kind::Identifier) {
        return false;
    }
    const auto &imports = m_semantics.imports();
    const bool hasStar = std::any_of(imports.begin(), imports.end(),
                                     [](const auto &import) { return import.isWildcard; });
    return !hasStar && !ruleCase.match.anchorName().starts_with("builtins.")
           && std::none_of(imports.begin(), imports.end(),
                           [&](const auto &import) { return import.localName == m_tree.text(id); });
}

Edit UseMatcher::editFor(const Rule &rule, const RuleCase &ruleCase, const Match &match,
                         Evidence evidence) const
{
    Edit edit = newEdit(rule);
    edit.evidence = evidence;
    edit.safety = ruleCase.safety;
    edit.imports = ruleCase.imports;
    if (ruleCase.replace->isEmpty()) {
        edit.replacements = {deletionOf(m_tree, m_tree.statementOf(match.root))};
        return edit;
    }
    Replacement replacement;
    replacement.span = m_tree.span(match.root);
    replacement.pieces = ruleCase.replace->fill(match, m_semantics, edit.imports);
    edit.replacements = {std::move(replacement)};
    return edit;
}

void UseMatcher::runTransforms()
{
    const std::vector<Rule> &rules = m_rules.compiled();
    for (std::size_t i = 0; i < rules.size(); ++i) {
        if (rules[i].transform.empty() || !applies(i)) {
            continue;
        }
        Findings findings = findTransform(rules[i].transform)(m_semantics, rules[i]);
        for (Edit &edit : findings.edits) {
            if (edit.replacements.empty()) {
                continue;
            }
            const NodeId use = m_tree.nodeAt(edit.replacements.front().span);
            m_rewritten.try_emplace(use, m_found.candidates.size());
            m_found.candidates.push_back({std::move(edit), use, i});
        }
        for (Findings::Left &left : findings.left) {
            leave(i, left.node, rules[i].info.symbols.empty() ? "" : rules[i].info.symbols.front(),
                  left.reason, std::move(left.detail));
        }
    }
}

} // namespace TorchLift
