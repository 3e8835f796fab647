#include "migration/pinreader.h"

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <utility>

#include "source/syntaxtree.h"

namespace TorchLift {

namespace {

// Up to where a comment begins.
ByteSpan withoutComment(std::string_view text, ByteSpan span)
{
    for (std::size_t at = span.begin; at < span.end; ++at) {
        const bool isAfterBlank = at == span.begin || text[at - 1] == ' ' || text[at - 1] == '\t';
        if (text[at] == '#' && isAfterBlank) {
            return {span.begin, at};
        }
    }
    return span;
}

// Calls `visit` with what stands between quotes on a line, and whether it is followed by a colon
// or an equals sign, as a key is.
template <typename Visit>
void forEachQuoted(std::string_view text, ByteSpan span, const Visit &visit)
{
    for (std::size_t at = span.begin; at < span.end; ++at) {
        if (text[at] == '#') {
            return;
        }
        if (text[at] == '"' || text[at] == '\'') {
            const std::size_t end = text.find(text[at], at + 1);
            if (end == std::string_view::npos || end >= span.end) {
                return;
            }
            visit(ByteSpan{at + 1, end});
            at = end;
        }
    }
}

bool isOneOf(std::string_view word, std::initializer_list<std::string_view> words)
{
    return std::find(words.begin(), words.end(), word) != words.end();
}

} // namespace

std::string_view withoutBlanks(std::string_view text)
{
    const std::size_t begin = text.find_first_not_of(" \t\r");
    if (begin == std::string_view::npos) {
        return {};
    }
    return text.substr(begin, text.find_last_not_of(" \t\r") + 1 - begin);
}

// `key = value`, the key perhaps in quotes.
std::optional<PinReader::Assignment> PinReader::assignmentIn(ByteSpan span) const
{
    const std::size_t equals = m_text.find('=', span.begin);
    if (equals == std::string_view::npos || equals >= span.end) {
        return std::nullopt;
    }
    std::string_view key = withoutBlanks(m_text.substr(span.begin, equals - span.begin));
    if (key.size() > 1 && (key.front() == '"' || key.front() == '\'')) {
        key = key.substr(1, key.size() - 2);
    }
    const std::size_t begin = m_text.find_first_not_of(" \t", equals + 1);
    return Assignment{key, {std::min(begin, span.end), span.end}};
}

// In this line or in those that it goes on with.
bool PinReader::hasHash(ByteSpan line) const
{
    std::size_t end = line.end;
    while (end > line.begin && end < m_text.size() && m_text[end - 1] == '\\') {
        const std::size_t next = m_text.find('\n', end);
        if (next == std::string_view::npos) {
            break;
        }
        end = std::min(m_text.find_first_of("\r\n", next + 1), m_text.size());
    }
    return textOf({line.begin, end}).find("--hash") != std::string_view::npos;
}

void PinReader::requirements()
{
    forEachLine([&](ByteSpan line, std::size_t) {
        const ByteSpan content = withoutComment(m_text, line);
        const std::string_view text = textOf(content);
        if (text.find("://") != std::string_view::npos
            && text.find('@') == std::string_view::npos) {
            m_pins.wheel({content.begin, content.begin + withoutBlanks(text).size()});
            return;
        }
        if (text.starts_with('-')) {
            return;
        }
        ByteSpan requirement = content;
        if (const std::size_t option = text.find(" --"); option != std::string_view::npos) {
            requirement.end = content.begin + option;
        } else if (text.ends_with('\\')) {
            --requirement.end;
        }
        m_pins.requirement(requirement, hasHash(line) ? "hash" : nullptr);
    });
}

void PinReader::setupPy()
{
    const Result<SyntaxTree> tree = SyntaxTree::parse(m_text);
    if (!tree) {
        return;
    }
    for (NodeId id = 0; id < static_cast<NodeId>(tree->size()); ++id) {
        if (tree->kind(id) != NodeKind::String) {
            continue;
        }
        const ByteSpan whole = tree->span(id);
        const std::size_t quote = std::min(m_text.find_first_of("\"'", whole.begin), whole.end);
        const std::size_t width =
            whole.end - quote >= 6 && m_text[quote + 1] == m_text[quote] ? 3 : 1;
        if (whole.end < quote + 2 * width) {
            continue;
        }
        const ByteSpan content{quote + width, whole.end - width};
        const NodeId above = tree->parent(id);
        const bool isKeyword = tree->kind(above) == NodeKind::KeywordArgument
                               && tree->text(tree->namedChild(above, 0)) == "python_requires";
        if (isKeyword) {
            m_pins.range("python", content, RangeSyntax::Pip);
        } else if (textOf(content).starts_with("Programming Language ::")) {
            m_pins.classifier(content);
        } else {
            m_pins.requirement(content);
        }
    }
}

void PinReader::setupCfg()
{
    std::string_view section;
    std::string_view key;
    forEachLine([&](ByteSpan line, std::size_t indentation) {
        const std::string_view text = textOf(line);
        if (text.front() == '[' && indentation == 0) {
            section = text;
            return;
        }
        ByteSpan value = withoutComment(m_text, line);
        const auto assignment = indentation == 0 ? assignmentIn(value) : std::nullopt;
        if (assignment) {
            key = assignment->key;
            value = assignment->value;
        }
        const bool isList =
            section == "[options.extras_require]"
            || isOneOf(key, {"install_requires", "setup_requires", "tests_require", "requires"});
        if (key == "python_requires" || key == "requires-python") {
            m_pins.range("python", value, RangeSyntax::Pip);
        } else if (isOneOf(key, {"classifiers", "classifier"})) {
            m_pins.classifier({value.begin, value.begin + withoutBlanks(textOf(value)).size()});
        } else if (isList && value.begin < value.end) {
            m_pins.requirement(value);
        }
    });
}

// `torch = "^1.0"`, `torch = {version = "^1.0", optional = true}`
void PinReader::poetryLine(const Assignment &line)
{
    const std::string_view value = textOf(line.value);
    if (value.starts_with('{')) {
        if (m_pins.isKnown(line.key) && value.find("version") == std::string_view::npos) {
            m_pins.leave("url", line.key, line.value);
        }
        const std::size_t version = value.find("version");
        const auto inner = version == std::string_view::npos
                               ? std::nullopt
                               : assignmentIn({line.value.begin + version, line.value.end});
        if (inner && inner->key == "version") {
            poetryLine({line.key, inner->value});
        }
        return;
    }
    bool isFirst = true;
    forEachQuoted(m_text, line.value, [&](ByteSpan range) {
        if (std::exchange(isFirst, false)) {
            m_pins.range(line.key, range, RangeSyntax::Poetry);
        }
    });
}

void PinReader::tomlStrings(ByteSpan line)
{
    forEachQuoted(m_text, line, [&](ByteSpan string) {
        m_pins.classifier(string);
        m_pins.requirement(string);
    });
}

void PinReader::pyProject()
{
    std::string_view section;
    forEachLine([&](ByteSpan line, std::size_t) {
        if (m_text[line.begin] == '[' && textOf(line).find_first_of("\"'") == std::string::npos) {
            section = textOf(line);
            return;
        }
        const bool isPoetry = section.starts_with("[tool.poetry");
        const auto assignment = assignmentIn(line);
        if (isPoetry && section.find("dependencies") != std::string_view::npos) {
            if (assignment) {
                poetryLine(*assignment);
            }
        } else if (assignment && assignment->key == "requires-python") {
            forEachQuoted(m_text, assignment->value,
                          [&](ByteSpan range) { m_pins.range("python", range, RangeSyntax::Pip); });
        } else if (isPoetry || isOneOf(section, {"[project]", "[build-system]"})
                   || section.find("dependenc") != std::string_view::npos) {
            tomlStrings(line);
        }
    });
}

void PinReader::pipfile()
{
    std::string_view section;
    forEachLine([&](ByteSpan line, std::size_t) {
        if (m_text[line.begin] == '[') {
            section = textOf(line);
            return;
        }
        const auto assignment = assignmentIn(line);
        if (!assignment) {
            return;
        }
        if (isOneOf(section, {"[packages]", "[dev-packages]"})) {
            poetryLine(*assignment);
        } else if (section == "[requires]" && assignment->key.starts_with("python_")) {
            forEachQuoted(m_text, assignment->value,
                          [&](ByteSpan version) { m_pins.pythonVersion(version); });
        }
    });
}

void PinReader::condaItem(ByteSpan item, bool isPip, std::string_view list)
{
    if (item.size() > 1 && (m_text[item.begin] == '"' || m_text[item.begin] == '\'')) {
        item = {item.begin + 1, item.end - 1};
    }
    if (list == "channels:" && textOf(item) == "pytorch") {
        m_channels.push_back(item);
    } else if (list == "dependencies:" && isPip) {
        m_pins.requirement(item);
    } else if (list == "dependencies:") {
        m_pins.condaSpec(item);
    }
}

void PinReader::condaEnvironment()
{
    std::string_view list; // the top-level key
    std::size_t pipIndentation = 0;
    bool isPip = false;
    forEachLine([&](ByteSpan line, std::size_t indentation) {
        ByteSpan content = withoutComment(m_text, line);
        content.end = content.begin + withoutBlanks(textOf(content)).size();
        const std::string_view text = textOf(content);
        if (text.empty()) {
            return;
        }
        if (!text.starts_with('-')) {
            list = text.substr(0, text.find(':') + 1);
            isPip = false;
            const std::size_t open = text.find('['); // a list on one line
            std::size_t at = open == std::string_view::npos ? text.size() : open + 1;
            while (at < text.size()) {
                const std::size_t end = std::min(text.find_first_of(",]", at), text.size());
                const std::string_view item = withoutBlanks(text.substr(at, end - at));
                if (!item.empty()) {
                    const auto begin = static_cast<std::size_t>(item.data() - m_text.data());
                    condaItem({begin, begin + item.size()}, false, list);
                }
                at = end + 1;
            }
            return;
        }
        isPip = isPip && indentation > pipIndentation;
        const std::string_view item = withoutBlanks(text.substr(1));
        if (item == "pip:") {
            isPip = true;
            pipIndentation = indentation;
        } else if (!item.empty()) {
            const auto begin = static_cast<std::size_t>(item.data() - m_text.data());
            condaItem({begin, begin + item.size()}, isPip, list);
        }
    });
    const auto &companions = m_pins.companions();
    const bool isPastChannel = companions.torch >= Version{2, 6, 0};
    for (const ByteSpan &channel : m_channels) {
        if (isPastChannel && m_pins.isRewritten("torch")) {
            m_pins.leave("channel", "torch", channel);
        }
    }
}

} // namespace TorchLift
