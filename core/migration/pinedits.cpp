#include "migration/pinedits.h"

#include <algorithm>

#include "base/files.h"
#include "migration/textedit.h"

namespace TorchLift {

namespace {

using Op = Clause::Op;

constexpr std::string_view kSkipMark = "torchlift: skip";

} // namespace

PinEdits::PinEdits(std::string_view text, const PinKnowledge &knowledge, const Version &target)
    : m_text(text)
    , m_knowledge(knowledge)
    , m_companions(knowledge.companionsOf(target))
    , m_lines(text)
{
    const ReleaseNumber number{{target.major, target.minor, target.patch}};
    m_torch = {number, number, number.next(2), true, false};
}

ByteSpan PinEdits::trimmed(ByteSpan span) const
{
    while (span.begin < span.end && (m_text[span.begin] == ' ' || m_text[span.begin] == '\t')) {
        ++span.begin;
    }
    while (span.begin < span.end
           && std::string_view(" \t\r\n").find(m_text[span.end - 1]) != std::string_view::npos) {
        --span.end;
    }
    return span;
}

const PackageWindow *PinEdits::windowOf(std::string_view package) const
{
    const auto companion = [](const std::optional<PackageWindow> &window) {
        return window ? &*window : nullptr;
    };
    return package == "torch"         ? &m_torch
           : package == "torchvision" ? companion(m_companions.torchvision)
           : package == "torchaudio"  ? companion(m_companions.torchaudio)
           : package == "torchtext"   ? companion(m_companions.torchtext)
           : package == "numpy"       ? &m_companions.numpy
           : package == "python"      ? &m_companions.python
                                      : nullptr;
}

bool PinEdits::isWithoutRelease(std::string_view package) const
{
    return (package == "torchvision" || package == "torchaudio" || package == "torchtext")
           && windowOf(package) == nullptr;
}

bool PinEdits::isKnown(std::string_view package) const
{
    return windowOf(package) != nullptr || isWithoutRelease(package);
}

bool PinEdits::isSupported(const ReleaseNumber &python) const
{
    return std::any_of(m_companions.pythons.begin(), m_companions.pythons.end(),
                       [&](const ReleaseNumber &known) {
                           return known.part(0) == python.part(0)
                                  && (python.parts.size() == 1 || known.part(1) == python.part(1));
                       });
}

std::string PinEdits::pinOf(std::string_view package) const
{
    const PackageWindow *window = windowOf(package);
    return window == nullptr ? std::string() : window->pin.toString();
}

bool PinEdits::isRewritten(std::string_view package) const
{
    return std::any_of(m_findings.edits.begin(), m_findings.edits.end(),
                       [&](const Edit &edit) { return edit.symbol == package; });
}

bool PinEdits::asksForNewer(const std::vector<Clause> &range, const PackageWindow &window) const
{
    return std::any_of(range.begin(), range.end(), [&](const Clause &clause) {
        return clause.op != Op::Not && clause.op != Op::Below && clause.op != Op::AtMost
               && compare(clause.release, window.below) >= 0;
    });
}

std::string PinEdits::newUpperBound(std::string_view package, const Clause &clause) const
{
    const PackageWindow &window = *windowOf(package);
    if (package == "python") {
        return window.below.toString();
    }
    return window.pin.next(package == "numpy" || clause.release.parts.size() == 1 ? 0 : 1)
        .toString();
}

// What a clause becomes so that it lets the target in; nullopt: it stays.
std::optional<PinEdits::Change> PinEdits::moved(std::string_view package, const Clause &clause,
                                                RangeSyntax syntax, std::size_t offset) const
{
    const PackageWindow &window = *windowOf(package);
    const std::size_t count = clause.release.parts.size();
    const ByteSpan version{offset + clause.version.begin, offset + clause.version.end};
    const bool isPython = package == "python";
    const bool isOpen = isPython || window.isPrefix; // any last number will do
    switch (clause.op) {
    case Op::Equal:
        if (clause.isWildcard) {
            return Change{version, window.pin.toString(count) + ".*"};
        }
        if (isOpen && syntax == RangeSyntax::Conda && !clause.sign.empty()) {
            return Change{{offset + clause.span.begin, offset + clause.span.end},
                          "=" + window.pin.toString()};
        }
        return Change{version, window.pin.toString() + (isOpen ? ".*" : "")
                                   + (clause.local.empty() ? "" : "+" + clause.local)};
    case Op::Prefix:
    case Op::Caret:
    case Op::Tilde:
        return Change{version, window.pin.toString(count)};
    case Op::Compatible:
        return Change{version, window.pin.toString(std::max<std::size_t>(count, 2))};
    case Op::AtMost:
        return Change{version, (isPython ? m_companions.pythons.back() : window.pin).toString()};
    case Op::Below:
        return Change{version, newUpperBound(package, clause)};
    case Op::AtLeast: // new code is written for the new torch
        return package == "numpy" || compare(clause.release, window.oldest) >= 0
                   ? std::nullopt
                   : std::optional(Change{version, window.oldest.toString()});
    case Op::Above:
    case Op::Not:
        return std::nullopt;
    }
    return std::nullopt;
}

void PinEdits::range(std::string_view package, ByteSpan span, RangeSyntax syntax, const char *held)
{
    span = trimmed(span);
    const auto range = parseRange(textOf(span), syntax);
    if (m_knowledge.isTied(package)) {
        const bool isFixed = range && std::any_of(range->begin(), range->end(), [](const auto &c) {
                                 return c.op == Op::Equal || c.op == Op::Prefix;
                             });
        if (isFixed) {
            leave("tied", package, span);
        }
        return;
    }
    if (isWithoutRelease(package)) {
        leave("no-release", package, span);
        return;
    }
    const PackageWindow *window = windowOf(package);
    if (window == nullptr || (range && window->isReachedBy(*range))) {
        return;
    }
    if (!range) {
        const bool isComputed =
            textOf(span).find_first_of("${%") != std::string_view::npos
            || textOf(span).find_first_of("0123456789") == std::string_view::npos;
        leave(isComputed ? "dynamic" : "unreadable", package, span);
        return;
    }
    if (held != nullptr || asksForNewer(*range, *window)) {
        leave(held != nullptr ? held : "newer", package, span);
        return;
    }
    std::vector<Change> changes;
    for (const Clause &clause : *range) {
        if (!clause.local.empty() && clause.local != "cpu") {
            leave("local-version", package, span);
            return;
        }
        if (clause.op == Op::Not && !clause.allows(window->pin)) {
            leave("unreadable", package, span);
            return;
        }
        if (auto change = moved(package, clause, syntax, span.begin)) {
            changes.push_back(std::move(*change));
        }
    }
    std::erase_if(changes, [&](const Change &c) { return textOf(c.span) == c.text; });
    add(package, span, std::move(changes));
}

// All changes of one range are one edit.
void PinEdits::add(std::string_view package, ByteSpan whole, std::vector<Change> changes)
{
    std::string after;
    std::size_t at = whole.begin;
    Edit edit;
    for (const Change &change : changes) {
        after.append(textOf({at, change.span.begin})).append(change.text);
        at = change.span.end;
        edit.replacements.push_back(replaced(change.span, change.text));
    }
    after.append(textOf({at, whole.end}));
    const int line = m_lines.lineOf(whole.begin);
    if (edit.replacements.empty()) { // something else keeps the target out
        leave("unreadable", package, whole);
        return;
    }
    if (textOf(m_lines.spanOf(line)).find(kSkipMark) != std::string_view::npos) {
        Residue residue;
        residue.symbol = package;
        residue.span = whole;
        residue.line = line;
        residue.reason = ResidueReason::Skipped;
        residue.detail = filled(m_knowledge.editReason, package, textOf(whole), after);
        residue.ruleId = kPinRule;
        residue.brokenIn = m_companions.torch;
        m_findings.residues.push_back(std::move(residue));
        return;
    }
    edit.ruleId = kPinRule;
    edit.symbol = package;
    edit.title = filled(m_knowledge.editTitle, package, textOf(whole), after);
    edit.reason = filled(m_knowledge.editReason, package, textOf(whole), after);
    if (const auto known = m_knowledge.editChanges.find(package);
        known != m_knowledge.editChanges.end()) {
        edit.changes = known->second;
    }
    edit.brokenIn = m_companions.torch;
    edit.safety = Safety::Review;
    edit.evidence = Evidence::Resolved;
    edit.id = std::string(kPinRule) + ":" + std::to_string(whole.begin) + "-"
              + std::to_string(whole.end) + ":" + sha256Hex(textOf(whole)).substr(0, 12);
    m_findings.edits.push_back(std::move(edit));
}

void PinEdits::rewrite(std::string_view package, ByteSpan span, const std::string &newText)
{
    add(package, span, {{span, newText}});
}

void PinEdits::leave(const char *residueName, std::string_view package, ByteSpan span)
{
    const PinResidue &known = m_knowledge.residues.at(residueName);
    Residue residue;
    residue.symbol = package;
    residue.span = span;
    residue.line = m_lines.lineOf(span.begin);
    residue.reason = known.reason;
    residue.detail = filled(known.detail, package, textOf(span),
                            pinOf(isKnown(package) ? std::string(package) : std::string("torch")));
    residue.changes = known.changes;
    residue.ruleId = kPinRule;
    residue.brokenIn = m_companions.torch;
    residue.isBreaking = known.isBreaking;
    m_findings.residues.push_back(std::move(residue));
}

LocalizedText PinEdits::filled(const LocalizedText &text, std::string_view package,
                               std::string_view from, std::string_view to) const
{
    const std::string torch = m_companions.torch.toString();
    const auto fill = [&](std::string out) {
        for (const auto &[key, value] :
             {std::pair<std::string_view, std::string_view>{"{package}", package},
              {"{torch}", torch},
              {"{new}", to},
              {"{old}", from}}) { // last: it is foreign text
            for (std::size_t at = out.find(key); at != std::string::npos;
                 at = out.find(key, at + value.size())) {
                out.replace(at, key.size(), value);
            }
        }
        return out;
    };
    return {fill(text.en), fill(text.ru)};
}

PinFindings PinEdits::take()
{
    finishClassifiers();
    std::stable_sort(m_findings.edits.begin(), m_findings.edits.end(),
                     [](const Edit &a, const Edit &b) { return a.span().begin < b.span().begin; });
    std::stable_sort(m_findings.residues.begin(), m_findings.residues.end(),
                     [](const Residue &a, const Residue &b) { return a.span < b.span; });
    return std::move(m_findings);
}

} // namespace TorchLift
