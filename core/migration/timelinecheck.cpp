#include "migration/timelinecheck.h"

#include <algorithm>
#include <array>

#include "source/analysis.h"

namespace TorchLift {

namespace {

using Kind = NodeKind;

constexpr std::size_t kMaxSimilar = 3;

// The NumPy and Python that code for a release of torch meets.
struct Platform
{
    Version torch;
    Version numpy;
    Version python;
};
constexpr std::array<Platform, 4> kPlatforms{{{{1, 0, 0}, {1, 15, 0}, {3, 6, 0}},
                                              {{1, 13, 0}, {1, 21, 0}, {3, 7, 0}},
                                              {{2, 0, 0}, {1, 26, 0}, {3, 11, 0}},
                                              {{2, 3, 0}, {2, 2, 0}, {3, 11, 0}}}};

const Platform &platformOf(const Version &torch)
{
    const auto after = std::find_if(kPlatforms.begin() + 1, kPlatforms.end(),
                                    [&](const Platform &p) { return torch < p.torch; });
    return *(after - 1);
}

Version releaseFor(Package package, const Version &torch)
{
    switch (package) {
    case Package::Numpy:
        return platformOf(torch).numpy;
    case Package::Python:
        return platformOf(torch).python;
    default:
        return torch;
    }
}

const char *titleOf(Package package)
{
    switch (package) {
    case Package::Numpy:
        return "NumPy";
    case Package::Python:
        return "Python";
    default:
        return "torch";
    }
}

std::string joined(const std::vector<std::string> &names)
{
    std::string out;
    for (const std::string &name : names) {
        out += (out.empty() ? "" : ", ") + name;
    }
    return out;
}

// The longest part of a dotted name that the timeline knows: "torch.legacy" of
// "torch.legacy.nn.Linear".
std::string knownPart(const Timeline &timeline, std::string name)
{
    while (!timeline.lookup(name)) {
        const std::size_t dot = name.rfind('.');
        if (dot == std::string::npos) {
            return {};
        }
        name.resize(dot);
    }
    return name;
}

bool touches(const Edit &edit, const ByteSpan &span)
{
    for (const Replacement &replacement : edit.replacements) {
        const bool isKept =
            std::any_of(replacement.pieces.begin(), replacement.pieces.end(),
                        [&](const Piece &p) { return p.isKept && p.kept.contains(span); });
        if (replacement.span.overlaps(span) && !isKept) {
            return true;
        }
    }
    return false;
}

} // namespace

bool mayName(const Timeline &timeline, std::string_view symbol, const Version &release)
{
    const bool isKnown = timeline.lookup(symbol).has_value() || timeline.covers(symbol);
    const bool isTorch = symbol.starts_with("torch.") || symbol.starts_with("torchvision.");
    return !isTorch || !isKnown || timeline.exists(symbol, release);
}

TimelineCheck::TimelineCheck(const Semantics &semantics, const Timeline &timeline,
                             const Version &to)
    : m_semantics(semantics)
    , m_tree(semantics.tree())
    , m_timeline(timeline)
    , m_to(to)
    , m_uses(usesOf(semantics))
{}

SourceBounds TimelineCheck::bounds() const
{
    std::vector<std::string> names;
    for (const Use &use : m_uses) {
        if (!use.isGuarded && use.evidence == Evidence::Resolved) {
            names.push_back(use.symbol);
        }
    }
    return m_timeline.sourceBounds(names);
}

std::vector<Residue> TimelineCheck::residues(const Version &from, const RuledUses &ruled) const
{
    std::vector<Residue> out;
    for (const Use &use : m_uses) {
        if (use.evidence == Evidence::NameOnly || use.isGuarded) {
            continue;
        }
        const NodeId node = m_tree.nodeAt(use.span);
        if (isAnswered(use, node, ruled) || isPlainAlias(node)) {
            continue;
        }
        if (std::optional<Residue> residue = residueOf(use, node, from)) {
            out.push_back(std::move(*residue));
        }
    }
    return out;
}

bool TimelineCheck::isAnswered(const Use &use, NodeId node, const RuledUses &ruled) const
{
    NodeId root = node;
    while (m_tree.kind(root) == Kind::Attribute) {
        if (ruled.fine.count(root) != 0) {
            return true;
        }
        root = m_tree.child(root, NodeField::Object);
    }
    return ruled.fine.count(root) != 0
           || ruled.movedNames.find(m_tree.text(root)) != ruled.movedNames.end()
           || std::any_of(ruled.edits.begin(), ruled.edits.end(),
                          [&](const Edit &edit) { return touches(edit, use.span); })
           || std::any_of(ruled.residues.begin(), ruled.residues.end(),
                          [&](const Residue &residue) { return residue.span.overlaps(use.span); });
}

// A name that an assignment bound: what it stands for is reported where it was assigned.
bool TimelineCheck::isPlainAlias(NodeId node) const
{
    const Kind above = m_tree.kind(m_tree.parent(node));
    if (m_tree.kind(node) != Kind::Identifier || above == Kind::DottedName
        || above == Kind::AliasedImport) {
        return false;
    }
    const auto &imports = m_semantics.imports();
    return !m_semantics.symbolOf(node).starts_with("builtins.")
           && std::none_of(imports.begin(), imports.end(), [&](const auto &import) {
                  return import.isWildcard || import.localName == m_tree.text(node);
              });
}

std::vector<std::string> TimelineCheck::keywordsOfCall(NodeId node) const
{
    std::vector<std::string> out;
    const NodeId call = m_tree.parent(node);
    if (m_tree.kind(call) != Kind::Call || m_tree[node].field != NodeField::Function) {
        return out;
    }
    for (const NodeId argument : m_tree.named(m_tree.child(call, NodeField::Arguments))) {
        if (m_tree.kind(argument) == Kind::KeywordArgument) {
            out.emplace_back(m_tree.text(m_tree.child(argument, NodeField::Name)));
        }
    }
    return out;
}

// Nothing where the break does not concern this use.
std::optional<LocalizedText> TimelineCheck::describe(const std::string &symbol,
                                                     const SymbolBreak &what, NodeId node) const
{
    const std::optional<SymbolLife> life = m_timeline.lookup(symbol);
    const std::string since = std::string(titleOf(life ? life->package : Package::Torch)) + " "
                              + what.since.toShortString();
    LocalizedText text;
    switch (what.kind) {
    case BreakKind::Gone:
        text = {symbol + " is gone since " + since + ".", symbol + " нет начиная с " + since + "."};
        if (!what.after.empty()) {
            text.en += " Use " + what.after + ".";
            text.ru += " Используйте " + what.after + ".";
        } else if (const auto similar = m_timeline.similarNames(symbol, m_to, kMaxSimilar);
                   !similar.empty()) {
            text.en += " Similar names that are there: " + joined(similar) + ".";
            text.ru += " Похожие имена, которые есть: " + joined(similar) + ".";
        }
        return text;
    case BreakKind::Missing:
        if (what.since <= m_to) {
            return std::nullopt;
        }
        return LocalizedText{symbol + " appears in " + since + " only.",
                             symbol + " появляется только в " + since + "."};
    case BreakKind::Raises:
        text = {"Every call of " + symbol + " fails since " + since,
                "Любой вызов " + symbol + " завершается ошибкой начиная с " + since};
        text.en += what.after.empty() ? "." : ": " + what.after;
        text.ru += what.after.empty() ? "." : ": " + what.after;
        return text;
    case BreakKind::SignatureChanged: {
        std::vector<std::string> lost;
        for (const std::string &keyword : keywordsOfCall(node)) {
            if (std::find(what.lost.begin(), what.lost.end(), keyword) != what.lost.end()) {
                lost.push_back(keyword);
            }
        }
        if (lost.empty() || !what.isCertain) {
            return std::nullopt;
        }
        return LocalizedText{symbol + " takes no " + joined(lost) + " since " + since + ", but "
                                 + what.after + ".",
                             symbol + " не принимает " + joined(lost) + " начиная с " + since
                                 + ", а принимает " + what.after + "."};
    }
    default:
        return std::nullopt;
    }
}

std::optional<Residue> TimelineCheck::residueOf(const Use &use, NodeId node,
                                                const Version &from) const
{
    const std::string symbol = knownPart(m_timeline, use.symbol);
    if (symbol.empty()) {
        return std::nullopt;
    }
    const Package package = m_timeline.lookup(symbol)->package;
    const bool isTorch = package == Package::Torch || package == Package::Torchvision;
    const auto breaks =
        m_timeline.breaksBetween(symbol, releaseFor(package, from), releaseFor(package, m_to));
    for (const SymbolBreak &what : breaks) {
        const bool isCallOnly = what.kind == BreakKind::Raises && !use.isCall
                                && m_timeline.lookup(symbol)->kind != SymbolKind::Module;
        if (isCallOnly) {
            continue;
        }
        std::optional<LocalizedText> detail = describe(symbol, what, node);
        if (!detail) {
            continue;
        }
        Residue residue;
        residue.symbol = symbol;
        residue.span = use.span;
        residue.line = use.line;
        residue.reason = ResidueReason::NotInCatalogue;
        residue.detail = std::move(*detail);
        residue.brokenIn = isTorch ? what.since : m_to;
        return residue;
    }
    return std::nullopt;
}

} // namespace TorchLift
