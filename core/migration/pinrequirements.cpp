#include <algorithm>
#include <optional>
#include <string>

#include "migration/pinedits.h"

namespace TorchLift {

namespace {

// As package indexes compare names.
std::string normalized(std::string_view name)
{
    std::string out(name);
    for (char &c : out) {
        c = c == '_' || c == '.' ? '-' : c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    }
    return out;
}

} // namespace

void PinEdits::requirement(ByteSpan span, const char *held)
{
    span = trimmed(span);
    std::size_t at = span.begin;
    while (at < span.end && isPackageNameCharacter(m_text[at])) {
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
    span = trimmed(span);
    if (const std::size_t channel = textOf(span).find("::"); channel != std::string_view::npos) {
        span.begin += channel + 2;
    }
    std::size_t at = span.begin;
    while (at < span.end && isPackageNameCharacter(m_text[at])) {
        ++at;
    }
    const std::string name = normalized(textOf({span.begin, at}));
    if (m_knowledge.isCondaVariant(name)) {
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

} // namespace TorchLift
