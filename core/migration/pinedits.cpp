#include "migration/pinedits.h"

#include <algorithm>

#include "base/files.h"
#include "migration/textedit.h"

namespace TorchLift {

namespace {

using Op = Clause::Op;

constexpr std::string_view kSkipMark = "torchlift: skip";

// As package indexes compare names.
std::string normalized(std::string_view name)
{
    std::string out(name);
    for (char &c : out) {
        c = c == '_' || c == '.' ? '-' : c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    }
    return out;
}

ByteSpan trimmed(std::string_view text, ByteSpan span)
{
    while (span.begin < span.end && (text[span.begin] == ' ' || text[span.begin] == '\t')) {
        ++span.begin;
    }
    while (span.begin < span.end
           && std::string_view(" \t\r\n").find(text[span.end - 1]) != std::string_view::npos) {
        --span.end;
    }
    return span;
}

bool contains(const std::vector<std::string> &names, std::string_view name)
{
    return std::find(names.begin(), names.end(), name) != names.end();
}

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
    span = trimmed(m_text, span);
    const auto range = parseRange(textOf(span), syntax);
    if (contains(m_knowledge.tied, package)) {
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

void PinEdits::requirement(ByteSpan span, const char *held)
{
    span = trimmed(m_text, span);
    std::size_t at = span.begin;
    while (at < span.end && isNameCharacter(m_text[at])) {
        ++at;
    }
    const std::string package = normalized(textOf({span.begin, at}));
    if (at < span.end && m_text[at] == '[') {
        at = std::min(m_text.find(']', at), span.end - 1) + 1;
    }
    at = std::min(m_text.find_first_not_of(" \t", at), span.end);
    const bool isRequirement =
        at == span.end || std::string_view("=~<>!;@(").find(m_text[at]) != std::string_view::npos;
    if (package.empty() || package == "python" || !isRequirement) {
        return;
    }
    std::size_t end = std::min(m_text.find(';', at), span.end);
    const std::string_view marker = textOf({end, span.end});
    if (at < end && m_text[at] == '@') {
        if (isKnown(package)) {
            leave("url", package, {at, span.end});
        }
        return;
    }
    if (at < end && m_text[at] == '(') { // torch (>=1.0), the older way
        ++at;
        end = std::min(m_text.find(')', at), end);
    }
    if (isWithoutRelease(package)) {
        leave("no-release", package, {span.begin, end});
        return;
    }
    const bool isPastIt = !marker.empty() && neverApplies(marker);
    range(package, {at, end}, RangeSyntax::Pip, isPastIt ? "marker" : held);
}

// `; python_version < "3"` and the like: no Python that torch runs on takes the line.
bool PinEdits::neverApplies(std::string_view marker) const
{
    constexpr std::string_view kName = "python_version";
    if (marker.find(" or ") != std::string_view::npos) {
        return false;
    }
    for (std::size_t at = marker.find(kName); at != std::string_view::npos;
         at = marker.find(kName, at + 1)) {
        std::string condition(marker.substr(at + kName.size()));
        condition.resize(std::min(condition.find(" and "), condition.size()));
        std::erase_if(condition, [](char c) { return c == '"' || c == '\'' || c == ')'; });
        const auto range = parseRange(condition, RangeSyntax::Pip);
        const auto isAllowed = [&](const ReleaseNumber &python) { return allows(*range, python); };
        if (range
            && std::none_of(m_companions.pythons.begin(), m_companions.pythons.end(), isAllowed)) {
            return true;
        }
    }
    return false;
}

void PinEdits::condaSpec(ByteSpan span)
{
    span = trimmed(m_text, span);
    if (const std::size_t channel = textOf(span).find("::"); channel != std::string_view::npos) {
        span.begin += channel + 2;
    }
    std::size_t at = span.begin;
    while (at < span.end && isNameCharacter(m_text[at])) {
        ++at;
    }
    const std::string name = normalized(textOf({span.begin, at}));
    if (contains(m_knowledge.condaVariants, name)) {
        leave("variant", name, span);
        return;
    }
    if (name == "cudatoolkit" && at < span.end) {
        leave("cuda", name, span);
        return;
    }
    at = std::min(m_text.find_first_not_of(" \t", at), span.end);
    const std::string_view rest = textOf({at, span.end});
    // name=version=build, name version build
    const std::size_t afterSign = std::min(rest.find_first_not_of("=<>!~"), rest.size());
    const std::size_t build = rest.find(',') == std::string_view::npos
                                  ? rest.find_first_of("= ", afterSign)
                                  : std::string_view::npos;
    const bool hasBuild = build != std::string_view::npos && rest.find_first_of("<>|") > build;
    range(m_knowledge.pipName(name), {at, hasBuild ? at + build : span.end}, RangeSyntax::Conda,
          hasBuild ? "build" : nullptr);
}

void PinEdits::pythonVersion(ByteSpan span)
{
    std::size_t length = 0;
    const auto version = ReleaseNumber::parse(textOf(span), &length);
    if (!version || length != span.size() || isSupported(*version)) {
        return;
    }
    if (version->parts.size() > 2) { // which patch release is wanted is not known
        leave("variable", "python", span);
        return;
    }
    rewrite("python", span, pinOf("python"));
}

void PinEdits::classifier(ByteSpan span)
{
    constexpr std::string_view kPrefix = "Programming Language :: Python :: ";
    const std::size_t at = textOf(span).find(kPrefix);
    if (at == 0) {
        m_classifiers.push_back({span.begin + kPrefix.size(), span.end});
    }
}

// Old Pythons make way for new ones, one for one, as long as there are any that are not named.
void PinEdits::finishClassifiers()
{
    std::vector<std::string> free;
    for (const ReleaseNumber &python : m_companions.pythons) {
        const bool isNamed =
            std::any_of(m_classifiers.begin(), m_classifiers.end(),
                        [&](const ByteSpan &span) { return textOf(span) == python.toString(); });
        if (!isNamed) {
            free.push_back(python.toString());
        }
    }
    std::size_t next = 0;
    for (const ByteSpan &span : m_classifiers) {
        std::size_t length = 0;
        const auto python = ReleaseNumber::parse(textOf(span), &length);
        if (!python || isSupported(*python)) {
            continue;
        }
        const bool isExact = length == span.size() && python->parts.size() == 2;
        if (isExact && next < free.size()) {
            rewrite("python", span, free[next++]);
        } else {
            leave("classifier", "python", span);
        }
    }
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
