#include <algorithm>

#include "base/text.h"
#include "migration/migrator.h"
#include "migration/textedit.h"

namespace TorchLift {

namespace {

using Kind = NodeKind;

bool isPrefixOf(std::string_view module, std::string_view symbol)
{
    return symbol.starts_with(module)
           && (symbol.size() == module.size() || symbol[module.size()] == '.');
}

// "collections.abc.Mapping" imported as `local`.
std::string importLine(std::string_view symbol, std::string_view local)
{
    const std::size_t dot = symbol.rfind('.');
    const std::string_view name = symbol.substr(dot + 1);
    std::string line =
        "from " + std::string(symbol.substr(0, dot)) + " import " + std::string(name);
    return name == local ? line : line + " as " + std::string(local);
}

bool hasWord(std::string_view text, std::string_view name)
{
    for (std::size_t at = text.find(name); at != std::string_view::npos;
         at = text.find(name, at + 1)) {
        const std::size_t end = at + name.size();
        const bool begins = at == 0 || (!isNameCharacter(text[at - 1]) && text[at - 1] != '.');
        if (begins && (end == text.size() || !isNameCharacter(text[end]))) {
            return true;
        }
    }
    return false;
}

// Whether the code still says `name` where it stood at `read`, once `edit` is made.
bool needsName(const Edit &edit, ByteSpan read, std::string_view name)
{
    bool isReplaced = false;
    for (const Replacement &replacement : edit.replacements) {
        isReplaced = isReplaced
                     || (replacement.span.begin <= read.begin && read.end <= replacement.span.end);
        for (const Piece &piece : replacement.pieces) {
            const bool isKept = piece.kept.begin <= read.begin && read.end <= piece.kept.end;
            if (piece.isKept ? isKept : hasWord(piece.text, name)) {
                return true;
            }
        }
    }
    return !isReplaced;
}

} // namespace

// A pattern of a whole import statement binds the same names: their uses need nothing more.
void UseMatcher::rewriteImportStatement(NodeId statement)
{
    const std::size_t before = m_found.candidates.size();
    for (const std::size_t rule : m_rules.rulesForKind(m_tree.kind(statement))) {
        bool isReceiverUnknown = false;
        if (applies(rule) && m_rewritten.count(statement) == 0) {
            tryCases(rule, statement, isReceiverUnknown);
        }
    }
    if (m_found.candidates.size() == before) {
        return;
    }
    for (const Semantics::ImportedName &import : m_semantics.imports()) {
        if (import.statement == statement) {
            m_movedImports.insert(import.name);
            if (import.isFrom) {
                m_found.movedNames.insert(import.localName);
            }
        }
    }
}

void UseMatcher::visitImports()
{
    for (NodeId id = 0; id < m_tree.size(); ++id) {
        if (m_tree.kind(id) == Kind::ImportFrom || m_tree.kind(id) == Kind::ImportStatement) {
            rewriteImportStatement(id);
        }
    }
    for (const Semantics::ImportedName &import : m_semantics.imports()) {
        for (const std::size_t rule : m_rules.rulesForSymbol(import.symbol)) {
            if (import.isFrom && !import.isWildcard && applies(rule)
                && m_movedImports.count(import.name) == 0) {
                moveImport(import, rule);
            }
        }
    }
}

// A case that turns a dotted name into another moves the import; uses keep their local name.
bool UseMatcher::moveImport(const Semantics::ImportedName &import, std::size_t index)
{
    const Rule &rule = m_rules.compiled()[index];
    const auto isMove = [&](const RuleCase &ruleCase) {
        return ruleCase.match.anchor() == ruleCase.match.root()
               && ruleCase.match.anchorName() == import.symbol && ruleCase.replace
               && ruleCase.replace->dottedName().find('.') != std::string::npos;
    };
    const auto found = std::find_if(rule.cases.begin(), rule.cases.end(), isMove);
    if (found == rule.cases.end()) {
        return false;
    }
    Edit edit = newEdit(rule);
    edit.symbol = import.symbol;
    edit.safety = found->safety;
    const std::string line = importLine(found->replace->dottedName(), import.localName);
    std::size_t names = 0;
    for (const Semantics::ImportedName &other : m_semantics.imports()) {
        names += other.statement == import.statement ? 1U : 0U;
    }
    if (names == 1) {
        edit.replacements = {replaced(m_tree.span(import.statement), line)};
    } else {
        const std::size_t end = m_tree[import.statement].end;
        const std::string_view code = m_tree.code();
        std::string text(lineEndOf(code));
        text.append(indentationAt(code, m_tree[import.statement].begin)).append(line);
        edit.replacements = {deletionFromList(m_tree, import.name), replaced({end, end}, text)};
    }
    m_moveLines[import.name] = line;
    m_found.movedNames.insert(import.localName);
    m_movedImports.insert(import.name);
    m_found.candidates.push_back({std::move(edit), import.name, index});
    return true;
}

// Every expression that reads `name` and means (something in) `symbol` by it.
std::vector<NodeId> UseMatcher::readsOf(std::string_view name, std::string_view symbol) const
{
    std::vector<NodeId> reads;
    for (NodeId id = 0; id < m_tree.size(); ++id) {
        if (m_tree.kind(id) != Kind::Identifier || m_tree.text(id) != name) {
            continue;
        }
        NodeId chain = id;
        if (m_semantics.symbolOf(id).empty()) {
            continue;
        }
        while (m_tree.kind(m_tree.parent(chain)) == Kind::Attribute
               && m_tree[chain].field == NodeField::Object
               && !m_semantics.symbolOf(m_tree.parent(chain)).empty()) {
            chain = m_tree.parent(chain);
        }
        const Kind above = m_tree.kind(m_tree.parent(chain));
        const bool isStore = (above == Kind::Assignment && m_tree[chain].field == NodeField::Left)
                             || above == Kind::PatternList || above == Kind::DottedName
                             || above == Kind::AliasedImport;
        if (!isStore && isPrefixOf(symbol, m_semantics.symbolOf(chain))) {
            reads.push_back(chain);
        }
    }
    return reads;
}

// Whether another import beside this one, which stays, binds the same package.
bool UseMatcher::isBoundElsewhere(const Semantics::ImportedName &import) const
{
    const NodeId block = m_tree.parent(import.statement);
    return std::any_of(m_semantics.imports().begin(), m_semantics.imports().end(),
                       [&](const Semantics::ImportedName &other) {
                           const NodeId around = m_tree.parent(other.statement);
                           return other.name != import.name && other.symbol == import.localName
                                  && other.localName == import.localName
                                  && (around == block || around == m_tree.root());
                       });
}

// Imports and aliases of something that is gone: they go when nothing needs them any more.
void UseMatcher::cleanUpBindings()
{
    for (const Semantics::ImportedName &import : m_semantics.imports()) {
        if (import.isWildcard || m_movedImports.count(import.name) != 0) {
            continue;
        }
        for (const std::size_t index : m_rules.rulesForSymbol(import.symbol)) {
            const Rule &rule = m_rules.compiled()[index];
            if (!applies(index) || rule.effect != Effect::Breaks
                || !rule.info.concerns(import.symbol) || !rule.transform.empty()) {
                continue;
            }
            std::size_t names = 0;
            for (const Semantics::ImportedName &other : m_semantics.imports()) {
                names += other.statement == import.statement ? 1U : 0U;
            }
            Replacement removal = names == 1 ? deletionOf(m_tree, import.statement)
                                             : deletionFromList(m_tree, import.name);
            const bool bindsPackage = !import.isFrom && import.localName != import.symbol
                                      && import.symbol.starts_with(import.localName + ".");
            if (bindsPackage && !isBoundElsewhere(import)) {
                // `import torch._six` also binds torch.
                removal = replaced(m_tree.span(import.name), import.localName);
            }
            removeBinding(import.name, import.localName, import.symbol, index, std::move(removal));
            break;
        }
    }
    // Aliases: solve = torch.gesv
    std::vector<Remaining> &remaining = m_found.remaining;
    for (std::size_t i = 0; i < remaining.size(); ++i) {
        const NodeId use = remaining[i].use;
        const NodeId above = m_tree.parent(use);
        const Rule &rule = m_rules.compiled()[remaining[i].rule];
        if (m_tree.kind(above) != Kind::Assignment || m_tree[use].field != NodeField::Right
            || rule.effect != Effect::Breaks || !rule.transform.empty()) {
            continue;
        }
        const NodeId left = m_tree.child(above, NodeField::Left);
        const NodeId statement = m_tree.parent(above);
        if (m_tree.kind(left) != Kind::Identifier
            || m_tree.kind(statement) != Kind::ExpressionStatement) {
            continue;
        }
        // A module's name that nothing reads here may be read by other modules.
        const bool isLocal = m_tree.enclosing(use, Kind::FunctionDefinition) != kNoNode;
        if (!isLocal && readsOf(m_tree.text(left), remaining[i].symbol).empty()) {
            continue;
        }
        const Remaining own = remaining[i];
        const std::size_t before = m_found.candidates.size();
        remaining.erase(remaining.begin() + static_cast<std::ptrdiff_t>(i));
        removeBinding(use, m_tree.text(left), own.symbol, own.rule, deletionOf(m_tree, statement));
        if (m_found.candidates.size() == before) {
            remaining.pop_back();
            remaining.insert(remaining.begin() + static_cast<std::ptrdiff_t>(i), own);
        } else {
            --i;
        }
    }
}

// Several names of one statement that move or go are one edit: their commas overlap.
void UseMatcher::mergeImportEdits()
{
    std::map<NodeId, std::vector<std::size_t>> byStatement;
    std::map<NodeId, std::size_t> byName;
    for (std::size_t i = 0; i < m_found.candidates.size(); ++i) {
        const NodeId use = m_found.candidates[i].use;
        if (m_tree.kind(m_tree.parent(use)) == Kind::ImportFrom) {
            byStatement[m_tree.parent(use)].push_back(i);
            byName[use] = i;
        }
    }
    for (const auto &[statement, indexes] : byStatement) {
        if (indexes.size() < 2) {
            continue;
        }
        std::string kept;
        std::string text;
        const std::string newLine =
            std::string(lineEndOf(m_tree.code()))
                .append(indentationAt(m_tree.code(), m_tree[statement].begin));
        for (const Semantics::ImportedName &import : m_semantics.imports()) {
            if (import.statement != statement) {
                continue;
            }
            if (byName.count(import.name) == 0) {
                kept.append(kept.empty() ? "" : ", ").append(m_tree.text(import.name));
            } else if (m_moveLines.count(import.name) != 0) {
                text.append(text.empty() ? "" : newLine).append(m_moveLines.at(import.name));
            }
        }
        if (!kept.empty()) {
            const std::string module(m_tree.text(m_tree.child(statement, NodeField::ModuleName)));
            const std::string line = "from " + module + " import " + kept;
            text = text.empty() ? line : line + newLine + text;
        }
        const std::string group = "binding:" + std::to_string(m_tree[statement].begin);
        for (const std::size_t index : indexes) {
            const std::string before = m_found.candidates[index].edit.group;
            for (Candidate &candidate : m_found.candidates) {
                if (!before.empty() && candidate.edit.group == before) {
                    candidate.edit.group = group;
                }
            }
            m_found.candidates[index].edit.replacements.clear();
        }
        Edit &edit = m_found.candidates[indexes.front()].edit;
        edit.group = group;
        edit.replacements = {text.empty() ? deletionOf(m_tree, statement)
                                          : replaced(m_tree.span(statement), text)};
    }
    auto &all = m_found.candidates;
    all.erase(std::remove_if(all.begin(), all.end(),
                             [](const Candidate &c) { return c.edit.replacements.empty(); }),
              all.end());
}

void UseMatcher::removeBinding(NodeId binding, std::string_view name, std::string_view symbol,
                               std::size_t rule, Replacement removal)
{
    std::vector<std::size_t> users;
    if (m_rules.compiled()[rule].cases.empty()) {
        leave(rule, binding, symbol, m_rules.compiled()[rule].residueReason);
        return;
    }
    for (const NodeId read : readsOf(name, symbol)) {
        const auto rewritten = m_rewritten.find(read);
        if (m_found.fine.count(read) != 0) {
            return;
        }
        if (rewritten == m_rewritten.end()) {
            leave(rule, binding, symbol, m_rules.compiled()[rule].residueReason);
            return;
        }
        if (needsName(m_found.candidates[rewritten->second].edit, m_tree.span(read), name)) {
            return; // stft(x) became stft(x, return_complex=True)
        }
        users.push_back(rewritten->second);
    }
    Edit edit = newEdit(m_rules.compiled()[rule]);
    edit.symbol = symbol;
    edit.group = "binding:" + std::string(name) + ":" + std::to_string(removal.span.begin);
    edit.replacements = {std::move(removal)};
    for (const std::size_t user : users) {
        m_found.candidates[user].edit.group = edit.group;
    }
    m_rewritten[binding] = m_found.candidates.size();
    m_found.candidates.push_back({std::move(edit), binding, rule});
}

} // namespace TorchLift
