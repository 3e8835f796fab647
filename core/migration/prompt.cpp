#include "migration/prompt.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/text.h"

namespace TorchLift {

namespace {

struct Marker
{
    std::string_view name;
    std::string value;
};

std::size_t longestRun(std::string_view text, char wanted)
{
    std::size_t longest = 0;
    std::size_t run = 0;
    for (const char c : text) {
        run = c == wanted ? run + 1 : 0;
        longest = std::max(longest, run);
    }
    return longest;
}

// A fence that nothing in `text` can close.
std::string fenced(std::string_view text, std::string_view label)
{
    const std::string fence(std::max<std::size_t>(3, longestRun(text, '`') + 1), '`');
    std::string out = fence + std::string(label) + '\n' + toValidUtf8(text);
    if (!out.ends_with('\n')) {
        out += '\n';
    }
    return out + fence;
}

std::string contextText(const std::vector<PromptContext> &context, bool isNumbered)
{
    if (context.empty()) {
        return "(none)";
    }
    std::string out;
    std::size_t number = 0;
    for (const PromptContext &note : context) {
        out += out.empty() ? "" : "\n\n";
        const std::string mark = isNumbered ? '[' + std::to_string(++number) + "] " : "";
        out += fenced(mark + note.version + ": " + note.title + "\n\n" + note.text, "text");
    }
    return out;
}

std::string languageName(std::string_view language)
{
    if (language.starts_with("ru")) {
        return "Russian";
    }
    return language.starts_with("en") ? "English" : toValidUtf8(language);
}

// "{name}" at the start of `text`, or empty: other braces are plain text.
std::string_view markerAt(std::string_view text)
{
    constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz_";
    const std::size_t end = std::min(text.find_first_not_of(letters, 1), text.size());
    const bool isMarker = end > 1 && end < text.size() && text[end] == '}';
    return isMarker ? text.substr(0, end + 1) : std::string_view();
}

// ---- The answer ----

using Lines = std::vector<std::string_view>; // without line ends

struct Fence
{
    char character = '`';
    std::size_t length = 0;
    std::size_t indent = 0;
    std::string label; // first word after it, lower case
};

struct Block
{
    std::size_t first = 0; // line of the opening fence
    std::size_t last = 0;  // line of the closing fence; the last line when it never closes
    bool isClosed = false;
    std::string label;
    std::string code;
};

std::string withLineFeeds(std::string_view text)
{
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\r') {
            out += '\n';
            i += i + 1 < text.size() && text[i + 1] == '\n' ? 1 : 0;
        } else {
            out += text[i];
        }
    }
    return out;
}

Lines linesOf(std::string_view text)
{
    Lines lines;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        lines.push_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

std::string_view trimmed(std::string_view text)
{
    constexpr std::string_view space = " \t\n";
    const std::size_t begin = text.find_first_not_of(space);
    return begin == std::string_view::npos
               ? std::string_view()
               : text.substr(begin, text.find_last_not_of(space) - begin + 1);
}

std::string joined(const Lines &lines, std::size_t begin, std::size_t end)
{
    std::string out;
    for (std::size_t i = begin; i < end; ++i) {
        out += std::string(lines[i]) + '\n';
    }
    return out;
}

std::string paragraphs(std::string_view first, std::string_view second)
{
    const std::string_view before = trimmed(first);
    const std::string_view after = trimmed(second);
    return std::string(before) + (before.empty() || after.empty() ? "" : "\n\n")
           + std::string(after);
}

// Reasoning comes first, between tags; some servers swallow the opening one. Returns what
// follows, nullopt when the reasoning never ends.
std::optional<std::string_view> withoutReasoning(std::string_view text)
{
    struct Tags
    {
        std::string_view open;
        std::string_view close;
    };
    constexpr std::array<Tags, 2> known = {
        {{"<think>", "</think>"}, {"<thinking>", "</thinking>"}}};
    for (const Tags &tags : known) {
        const std::string_view start = trimmed(text);
        if (start.starts_with(tags.open)) {
            const std::size_t end = start.find(tags.close);
            return end == std::string_view::npos
                       ? std::nullopt
                       : std::optional(start.substr(end + tags.close.size()));
        }
        for (const std::string_view line : linesOf(text)) { // alone on its line: not a quotation
            if (trimmed(line) == tags.close) {
                const auto after =
                    static_cast<std::size_t>(line.data() - text.data()) + line.size();
                return text.substr(after);
            }
        }
    }
    return text;
}

std::optional<Fence> fenceAt(std::string_view line)
{
    Fence fence;
    fence.indent = std::min(line.find_first_not_of(" \t"), line.size());
    line.remove_prefix(fence.indent);
    if (line.empty() || (line.front() != '`' && line.front() != '~')) {
        return std::nullopt;
    }
    fence.character = line.front();
    fence.length = std::min(line.find_first_not_of(fence.character), line.size());
    const std::string_view rest = trimmed(line.substr(fence.length));
    if (fence.length < 3 || (fence.character == '`' && rest.find('`') != std::string_view::npos)) {
        return std::nullopt; // `code` in a sentence
    }
    for (const char c : rest.substr(0, rest.find_first_of(" \t{,:"))) {
        fence.label += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    return fence;
}

bool closes(std::string_view line, const Fence &open)
{
    const std::optional<Fence> fence = fenceAt(line);
    return fence && fence->character == open.character && fence->length >= open.length
           && trimmed(line).size() == fence->length && fence->indent <= open.indent + 3;
}

std::string_view withoutIndent(std::string_view line, std::size_t indent)
{
    const std::size_t spaces = std::min(line.find_first_not_of(" \t"), line.size());
    return line.substr(std::min(indent, spaces));
}

// Some models wrap the whole answer once more, in a block marked as Markdown.
Lines unwrapped(Lines lines)
{
    const auto isBlank = [](std::string_view line) { return trimmed(line).empty(); };
    const auto first = std::find_if_not(lines.begin(), lines.end(), isBlank);
    const std::optional<Fence> open = first == lines.end() ? std::nullopt : fenceAt(*first);
    if (open && (open->label == "markdown" || open->label == "md")) {
        lines.erase(lines.begin(), first + 1);
        while (!lines.empty() && isBlank(lines.back())) {
            lines.pop_back();
        }
        if (!lines.empty() && closes(lines.back(), *open)) {
            lines.pop_back();
        }
    }
    return lines;
}

std::vector<Block> blocksOf(const Lines &lines)
{
    std::vector<Block> blocks;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const std::optional<Fence> open = fenceAt(lines[i]);
        if (!open) {
            continue;
        }
        Block block{i, lines.size() - 1, false, open->label, {}};
        for (std::size_t j = i + 1; j < lines.size() && !block.isClosed; ++j) {
            if (closes(lines[j], *open)) {
                block.last = j;
                block.isClosed = true;
            } else {
                block.code += std::string(withoutIndent(lines[j], open->indent)) + '\n';
            }
        }
        if (block.isClosed || !trimmed(block.code).empty()) {
            blocks.push_back(block);
        }
        i = block.last;
    }
    return blocks;
}

bool startsWithWord(std::string_view line, std::string_view word)
{
    return line.starts_with(word)
           && (line.size() == word.size() || line[word.size()] == ' ' || line[word.size()] == '('
               || line[word.size()] == ':');
}

// A line that prose does not have. `x = f(y)` counts, "Note: f(x) = y holds" does not.
bool isStatement(std::string_view line)
{
    const std::string_view text = trimmed(line);
    if (text.starts_with("import ") || text.starts_with('@') || text.starts_with("#!")) {
        return true;
    }
    if (text.starts_with("from ")) {
        return text.find(" import ") != std::string_view::npos;
    }
    constexpr std::array<std::string_view, 11> heads = {
        "def", "class", "if", "elif", "else", "for", "while", "with", "try", "except", "async"};
    for (const std::string_view head : heads) {
        if (startsWithWord(text, head)) {
            return text.find(':') != std::string_view::npos;
        }
    }
    constexpr std::string_view nameLetters =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.,[] ";
    const std::size_t end = std::min(text.find_first_not_of(nameLetters), text.size());
    const std::string_view target = trimmed(text.substr(0, end));
    const std::string_view rest = text.substr(end);
    const bool isOneName =
        target.find(' ') == std::string_view::npos || target.find(',') != std::string_view::npos;
    const bool isAssignment = (rest.starts_with('=') && !rest.starts_with("=="))
                              || rest.starts_with("+=") || rest.starts_with("-=")
                              || rest.starts_with("*=") || rest.starts_with("/=");
    const bool isCall = rest.starts_with('(') && (text.ends_with(')') || text.ends_with('('))
                        && target.find(' ') == std::string_view::npos;
    return !target.empty() && isOneName && (isAssignment || isCall);
}

bool belongsToCode(std::string_view line)
{
    constexpr std::string_view closing = ")]}#\"'";
    constexpr std::array<std::string_view, 7> words = {"return", "pass",  "break", "continue",
                                                       "raise",  "print", "del"};
    return isStatement(line) || line.starts_with(' ') || line.starts_with('\t')
           || closing.find(line.front()) != std::string_view::npos
           || std::any_of(words.begin(), words.end(),
                          [&](std::string_view word) { return startsWithWord(line, word); });
}

bool isPythonLabel(std::string_view label)
{
    return label == "python" || label == "py" || label == "python3" || label == "python2"
           || label == "pytorch" || label == "torch";
}

bool looksLikePython(const Block &block)
{
    if (isPythonLabel(block.label) || !block.label.empty()) {
        return isPythonLabel(block.label);
    }
    const Lines lines = linesOf(block.code);
    return std::any_of(lines.begin(), lines.end(), isStatement);
}

// Without fences: from the first paragraph (lines up to a blank one) of code to the last.
ModelAnswer splitUnfenced(const Lines &lines)
{
    std::optional<std::size_t> first;
    std::size_t last = 0; // one past
    for (std::size_t begin = 0; begin < lines.size();) {
        std::size_t end = begin;
        std::ptrdiff_t codeLines = 0;
        bool hasStatement = false;
        for (; end < lines.size() && !trimmed(lines[end]).empty(); ++end) {
            codeLines += belongsToCode(lines[end]) ? 1 : 0;
            hasStatement = hasStatement || isStatement(lines[end]);
        }
        const auto length = static_cast<std::ptrdiff_t>(end - begin);
        if (hasStatement && 2 * codeLines >= length) {
            first = first.value_or(begin);
            last = end;
        }
        begin = end + 1;
    }
    if (!first) {
        return {{}, std::string(trimmed(joined(lines, 0, lines.size()))), false};
    }
    // "Here it is:" right above, a remark right below.
    const auto isProse = [&](std::size_t i) { return !belongsToCode(lines[i]); };
    while (isProse(*first)) {
        ++*first;
    }
    while (isProse(last - 1)) {
        --last;
    }
    return {joined(lines, *first, last),
            paragraphs(joined(lines, 0, *first), joined(lines, last, lines.size())), false};
}

// Puts the markers' values in; the first marker must occur.
Result<std::string> fillTemplate(std::string_view promptTemplate,
                                 const std::vector<Marker> &markers)
{
    if (promptTemplate.find(markers.front().name) == std::string_view::npos) {
        return fail(Errc::InvalidInput,
                    "the prompt's template lacks " + std::string(markers.front().name));
    }
    std::string out;
    while (!promptTemplate.empty()) { // one pass: what is put in is not looked at again
        const std::size_t brace = std::min(promptTemplate.find('{'), promptTemplate.size());
        out += promptTemplate.substr(0, brace);
        promptTemplate.remove_prefix(brace);
        if (promptTemplate.empty()) {
            break;
        }
        const std::string_view name = markerAt(promptTemplate);
        const auto known = std::find_if(markers.begin(), markers.end(),
                                        [&](const Marker &marker) { return marker.name == name; });
        if (known != markers.end()) {
            out += known->value;
            promptTemplate.remove_prefix(name.size());
        } else if (!name.empty()) {
            return fail(Errc::InvalidInput, "the prompt's template names an unknown marker",
                        std::string(name));
        } else {
            out += '{';
            promptTemplate.remove_prefix(1);
        }
    }
    return out;
}

} // namespace

Result<std::string> buildPrompt(std::string_view promptTemplate, std::string_view oldCode,
                                const std::vector<PromptContext> &context, const Version &from,
                                const Version &to, std::string_view language)
{
    return fillTemplate(promptTemplate, {{"{old_code}", fenced(oldCode, "python")},
                                         {"{context}", contextText(context, false)},
                                         {"{from}", from.toString()},
                                         {"{to}", to.toString()},
                                         {"{language}", languageName(language)}});
}

Result<std::string> buildQuestionPrompt(std::string_view promptTemplate, std::string_view question,
                                        const std::vector<PromptContext> &context,
                                        const Version &from, const Version &to,
                                        std::string_view language)
{
    return fillTemplate(promptTemplate, {{"{question}", fenced(question, "text")},
                                         {"{context}", contextText(context, true)},
                                         {"{from}", from.toString()},
                                         {"{to}", to.toString()},
                                         {"{language}", languageName(language)}});
}

std::string saidText(std::string_view answer)
{
    const std::string text = withLineFeeds(answer);
    return std::string(trimmed(withoutReasoning(text).value_or("")));
}

ModelAnswer splitAnswer(std::string_view answer)
{
    const std::string text = withLineFeeds(answer);
    const std::optional<std::string_view> said = withoutReasoning(text);
    if (!said) {
        return {{}, {}, true};
    }
    const Lines lines = unwrapped(linesOf(*said));
    const std::vector<Block> blocks = blocksOf(lines);
    if (blocks.empty()) {
        return splitUnfenced(lines);
    }
    const Block *best = nullptr;
    for (const Block &block : blocks) {
        if (looksLikePython(block) && (best == nullptr || block.code.size() > best->code.size())) {
            best = &block;
        }
    }
    ModelAnswer parts;
    parts.isCutOff = !blocks.back().isClosed;
    if (best == nullptr) {
        parts.explanation = trimmed(*said);
        return parts;
    }
    parts.code = best->code;
    parts.explanation =
        paragraphs(joined(lines, 0, best->first), joined(lines, best->last + 1, lines.size()));
    return parts;
}

} // namespace TorchLift
