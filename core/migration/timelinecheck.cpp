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

// A name that no release has, in a module whose names are all known. What an object has that a
// module holds ("torch.hub.HASH_REGEX.search") is not known.
bool isNowhere(const Timeline &timeline, const std::string &symbol)
{
    // The modules of torch.backends put objects in their place, which are not listed.
    if (timeline.lookup(symbol) || !timeline.covers(symbol)
        || symbol.starts_with("torch.backends.")) {
        return false;
    }
    const std::string part = knownPart(timeline, symbol);
    return !part.empty() && timeline.lookup(part)->kind == SymbolKind::Module;
}

// Bytes of the old code that edits write anew or residues speak of.
std::vector<bool> answeredBytes(std::size_t size, const RuledUses &ruled)
{
    std::vector<bool> out(size, false);
    const auto mark = [&](std::size_t begin, std::size_t end) {
        std::fill(out.begin() + static_cast<std::ptrdiff_t>(begin),
                  out.begin() + static_cast<std::ptrdiff_t>(std::max(begin, end)), true);
    };
    for (const Edit &edit : ruled.edits) {
        for (const Replacement &replacement : edit.replacements) {
            std::vector<ByteSpan> kept;
            for (const Piece &piece : replacement.pieces) {
                if (piece.isKept && replacement.span.contains(piece.kept)) {
                    kept.push_back(piece.kept);
                }
            }
            std::sort(kept.begin(), kept.end());
            std::size_t at = replacement.span.begin;
            for (const ByteSpan &span : kept) {
                mark(at, span.begin);
                at = std::max(at, span.end);
            }
            mark(at, replacement.span.end);
        }
    }
    for (const Residue &residue : ruled.residues) {
        mark(residue.span.begin, residue.span.end);
    }
    return out;
}

} // namespace

bool mayName(const Timeline &timeline, std::string_view symbol, const Version &release)
{
    const bool isKnown =
        timeline.lookup(symbol).has_value() || isNowhere(timeline, std::string(symbol));
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
    std::set<std::string> names;
    for (const Use &use : m_uses) {
        if (!use.isGuarded && use.evidence == Evidence::Resolved) {
            names.insert(use.symbol);
        }
    }
    return m_timeline.sourceBounds(std::vector<std::string>(names.begin(), names.end()));
}

std::vector<Residue> TimelineCheck::residues(const Version &from, const RuledUses &ruled) const
{
    const std::vector<bool> answered = answeredBytes(m_tree.code().size(), ruled);
    std::unordered_set<std::string> sound; // symbols that nothing happens to
    std::vector<Residue> out;
    for (const Use &use : m_uses) {
        if (use.evidence == Evidence::NameOnly || use.isGuarded || sound.count(use.symbol) != 0) {
            continue;
        }
        if (!isHurt(use.symbol, from)) {
            sound.insert(use.symbol);
            continue;
        }
        const auto begin = answered.begin();
        const bool isAnswered = std::find(begin + static_cast<std::ptrdiff_t>(use.span.begin),
                                          begin + static_cast<std::ptrdiff_t>(use.span.end), true)
                                != begin + static_cast<std::ptrdiff_t>(use.span.end);
        const NodeId node = m_tree.nodeAt(use.span);
        if (isAnswered || isFine(node, ruled) || isPlainAlias(node)) {
            continue;
        }
        if (std::optional<Residue> residue = residueOf(use, node, from)) {
            out.push_back(std::move(*residue));
        }
    }
    return out;
}

// Whether anything at all happens to a symbol, whatever the use.
bool TimelineCheck::isHurt(const std::string &symbol, const Version &from) const
{
    if (isNowhere(m_timeline, symbol)) {
        return true;
    }
    const std::string known = knownPart(m_timeline, symbol);
    return !known.empty() && !breaksOf(known, from).empty();
}

std::vector<SymbolBreak> TimelineCheck::breaksOf(const std::string &symbol,
                                                 const Version &from) const
{
    const Package package = m_timeline.lookup(symbol)->package;
    return m_timeline.breaksBetween(symbol, releaseFor(package, from), releaseFor(package, m_to));
}

bool TimelineCheck::isFine(NodeId node, const RuledUses &ruled) const
{
    NodeId root = node;
    while (m_tree.kind(root) == Kind::Attribute) {
        if (ruled.fine.count(root) != 0) {
            return true;
        }
        root = m_tree.child(root, NodeField::Object);
    }
    return ruled.fine.count(root) != 0
           || ruled.movedNames.find(m_tree.text(root)) != ruled.movedNames.end();
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
        } else {
            addSimilar(text, symbol);
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

// A name that went before the oldest release known, or never was. What the text itself puts into
// a module is there.
std::optional<Residue> TimelineCheck::neverThere(const Use &use) const
{
    for (NodeId id = 0; id < m_tree.size(); ++id) {
        const NodeId left = m_tree.child(id, NodeField::Left);
        if (m_tree.kind(id) == Kind::Assignment && m_semantics.symbolOf(left) == use.symbol) {
            return std::nullopt;
        }
    }
    const Version oldest = m_timeline.releases().front();
    const std::string since = "torch " + oldest.toShortString();
    Residue residue;
    residue.symbol = use.symbol;
    residue.span = use.span;
    residue.line = use.line;
    residue.reason = ResidueReason::NotInCatalogue;
    residue.detail = {"No release since " + since + " is known to have " + use.symbol + ".",
                      "Неизвестно выпуска начиная с " + since + ", в котором есть " + use.symbol
                          + "."};
    addSimilar(residue.detail, use.symbol);
    residue.brokenIn = oldest;
    residue.isBreaking = false; // it may come from elsewhere
    return residue;
}

void TimelineCheck::addSimilar(LocalizedText &text, const std::string &symbol) const
{
    const std::vector<std::string> similar = m_timeline.similarNames(symbol, m_to, kMaxSimilar);
    if (!similar.empty()) {
        text.en += " Similar names that are there: " + joined(similar) + ".";
        text.ru += " Похожие имена, которые есть: " + joined(similar) + ".";
    }
}

std::optional<Residue> TimelineCheck::residueOf(const Use &use, NodeId node,
                                                const Version &from) const
{
    if (isNowhere(m_timeline, use.symbol)) {
        return neverThere(use);
    }
    const std::string symbol = knownPart(m_timeline, use.symbol);
    if (symbol.empty()) {
        return std::nullopt;
    }
    const Package package = m_timeline.lookup(symbol)->package;
    const bool isTorch = package == Package::Torch || package == Package::Torchvision;
    for (const SymbolBreak &what : breaksOf(symbol, from)) {
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
