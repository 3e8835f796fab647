#include "source/notebook.h"

#include <algorithm>
#include <cctype>
#include <optional>

#include <nlohmann/json.hpp>

#include "source/jsonspans.h"

namespace TorchLift {

namespace {

using Json = nlohmann::json;

// Magics whose cell is Python all the same.
constexpr std::string_view kPythonCellMagics[] = {"%%time", "%%timeit", "%%capture",
                                                  "%%prun", "%%debug",  "%%memit"};

std::string textOf(const Json &source)
{
    if (source.is_string()) {
        return source.get<std::string>();
    }
    std::string text;
    for (const Json &line : source) {
        text += line.get<std::string>();
    }
    return text;
}

std::string_view trimmed(std::string_view line)
{
    const std::size_t begin = line.find_first_not_of(" \t");
    return begin == std::string_view::npos ? std::string_view{} : line.substr(begin);
}

// Whether IPython reads the line, not Python: %magic, !command, name = !command, help?
bool isMagic(std::string_view line)
{
    line = trimmed(line);
    const auto isCommand = [](std::string_view text) {
        return (text.size() > 1 && text[0] == '%'
                && (std::isalpha(static_cast<unsigned char>(text[1])) != 0 || text[1] == '%'))
               || (text.size() > 1 && text[0] == '!' && text[1] != '=');
    };
    if (isCommand(line) || (!line.empty() && line.front() == '?')) {
        return true;
    }
    if (!line.empty() && line.back() == '?'
        && line.find_first_of("\"'# ") == std::string_view::npos) {
        return true;
    }
    const std::size_t equals = line.find('=');
    return equals != std::string_view::npos && equals + 1 < line.size()
           && line.substr(0, equals).find_first_of("\"'(#") == std::string_view::npos
           && line[equals + 1] != '=' && isCommand(trimmed(line.substr(equals + 1)));
}

std::string_view withoutReturn(std::string_view line)
{
    return line.ends_with('\r') ? line.substr(0, line.size() - 1) : line;
}

std::size_t occurrences(std::string_view text, std::string_view word)
{
    std::size_t count = 0;
    for (std::size_t at = text.find(word); at != std::string_view::npos;
         at = text.find(word, at + word.size())) {
        ++count;
    }
    return count;
}

// Whether a line begins a statement, or goes on with a string, a bracket or the line before:
// IPython reads magics at the beginning of statements only.
class LineState
{
public:
    [[nodiscard]] bool isAtStart() const
    {
        return m_quote.empty() && m_depth == 0 && !m_isContinued;
    }

    void read(std::string_view line)
    {
        m_isContinued = false;
        for (std::size_t at = 0; at < line.size();) {
            at = m_quote.empty() ? readCode(line, at) : readString(line, at);
        }
        if (m_quote.size() == 1 && !m_isContinued) {
            m_quote.clear(); // a string that nobody closed
        }
    }

private:
    std::size_t readCode(std::string_view line, std::size_t at)
    {
        const char c = line[at];
        if (c == '#') {
            return line.size();
        }
        if (c == '"' || c == '\'') {
            const std::string triple(3, c);
            m_quote = line.substr(at).starts_with(triple) ? triple : std::string(1, c);
            return at + m_quote.size();
        }
        const bool isClosing = c == ')' || c == ']' || c == '}';
        m_depth += c == '(' || c == '[' || c == '{' ? 1 : isClosing && m_depth > 0 ? -1 : 0;
        m_isContinued = c == '\\' && at + 1 == line.size();
        return at + 1;
    }

    std::size_t readString(std::string_view line, std::size_t at)
    {
        if (line[at] == '\\') {
            m_isContinued = at + 1 == line.size();
            return at + 2;
        }
        if (line.substr(at).starts_with(m_quote)) {
            at += m_quote.size();
            m_quote.clear();
            return at;
        }
        return at + 1;
    }

    std::string m_quote; // of the string that is open
    int m_depth = 0;     // of brackets
    bool m_isContinued = false;
};

bool isOpaqueCell(std::string_view text)
{
    const std::string_view first = text.substr(0, text.find_first_of(" \n"));
    return first.starts_with("%%")
           && std::find(std::begin(kPythonCellMagics), std::end(kPythonCellMagics), first)
                  == std::end(kPythonCellMagics);
}

std::string languageOf(const Json &notebook)
{
    const Json metadata = notebook.value("metadata", Json::object());
    const Json info = metadata.value("language_info", Json::object());
    const Json kernel = metadata.value("kernelspec", Json::object());
    const std::string name = info.value("name", kernel.value("language", std::string("python")));
    return name.starts_with("ipython") ? "python" : name;
}

tl::unexpected<Error> broken(const std::string &detail)
{
    return fail(Errc::InvalidInput, "the notebook " + detail);
}

} // namespace

Result<Notebook> Notebook::parse(std::string json)
{
    Notebook out;
    out.m_json = std::move(json);
    try {
        const Json notebook = Json::parse(out.m_json);
        if (!notebook.is_object() || notebook.value("nbformat", 0) != 4
            || !notebook.contains("cells")) {
            return broken("is not of format 4: open and save it in Jupyter first");
        }
        if (const std::string language = languageOf(notebook); language != "python") {
            return broken("is written in " + language + ", not in Python");
        }
        const std::vector<std::optional<ByteSpan>> sources = cellSources(out.m_json);
        int number = 0;
        for (const Json &cell : notebook.at("cells")) {
            const std::optional<ByteSpan> span = sources.at(static_cast<std::size_t>(number++));
            if (cell.at("cell_type").get<std::string>() != "code" || !span) {
                continue;
            }
            Cell code;
            code.number = number;
            code.source = *span;
            code.text = textOf(cell.at("source"));
            out.m_cells.push_back(std::move(code));
        }
    } catch (const std::exception &) {
        return broken("has broken JSON");
    }
    out.join();
    return out;
}

std::string Notebook::markOf(const Cell &cell) const
{
    return m_mark + " cell " + std::to_string(cell.number);
}

// Every line that IPython reads becomes one of Python, so that lines keep their numbers.
void Notebook::maskMagics(Cell &cell) const
{
    const bool isOpaque = isOpaqueCell(cell.text);
    LineState state;
    bool goesOn = false; // a magic of several lines
    std::string indentation;
    for (std::size_t at = 0; at < cell.text.size();) {
        const std::size_t end = std::min(cell.text.find('\n', at), cell.text.size());
        const std::string_view line = std::string_view(cell.text).substr(at, end - at);
        const bool isOurs = goesOn || isOpaque || (state.isAtStart() && isMagic(line));
        if (isOurs && !trimmed(withoutReturn(line)).empty()) {
            if (!goesOn && !isOpaque) {
                indentation = line.substr(0, line.size() - trimmed(line).size());
            }
            cell.python += indentation + magicPrefix();
        }
        cell.python.append(line).append(end < cell.text.size() ? "\n" : "");
        goesOn = isOurs && !isOpaque && withoutReturn(line).ends_with('\\');
        if (!isOurs) {
            state.read(withoutReturn(line));
        }
        at = end + 1;
    }
}

void Notebook::join()
{
    m_mark = "# torchlift";
    while (m_json.find(m_mark) != std::string::npos) {
        m_mark += '-';
    }
    int line = 1;
    for (Cell &cell : m_cells) {
        maskMagics(cell);
        cell.firstLine = line + 1;
        const std::string part = markOf(cell) + "\n" + cell.python + "\n";
        m_code += part;
        line += static_cast<int>(std::count(part.begin(), part.end(), '\n'));
    }
}

Notebook::Place Notebook::placeOf(int line) const noexcept
{
    Place place;
    for (const Cell &cell : m_cells) {
        if (cell.firstLine <= line) {
            place = {cell.number, line - cell.firstLine + 1};
        }
    }
    return place;
}

// Magics as they were, without what stood in for them.
std::string Notebook::restored(std::string_view python) const
{
    const std::string prefix = magicPrefix();
    std::string out;
    std::size_t at = 0;
    for (std::size_t found = python.find(prefix); found != std::string_view::npos;
         found = python.find(prefix, at)) {
        const std::size_t line = python.rfind('\n', found) + 1; // npos + 1 is the beginning
        out.append(python.substr(at, std::max(line, at) - at));
        at = found + prefix.size();
    }
    return out.append(python.substr(at));
}

Result<std::string> Notebook::withCode(std::string_view newCode) const
{
    if (occurrences(newCode, magicPrefix()) != occurrences(m_code, magicPrefix())) {
        return broken("cannot be put together again: a magic has gone");
    }
    std::string out;
    std::size_t copied = 0;
    std::size_t at = 0;
    for (std::size_t i = 0; i < m_cells.size(); ++i) {
        const Cell &cell = m_cells[i];
        const std::string head = markOf(cell) + "\n";
        const std::size_t begin = newCode.find(head, at);
        const std::size_t end = i + 1 < m_cells.size()
                                    ? newCode.find(markOf(m_cells[i + 1]) + "\n", at)
                                    : newCode.size();
        if (begin != at || end == std::string_view::npos || end <= begin + head.size() - 1) {
            return broken("cannot be put together again");
        }
        std::string_view python = newCode.substr(begin + head.size(), end - begin - head.size());
        if (python.ends_with('\n')) {
            python.remove_suffix(1);
        }
        at = end;
        if (python == cell.python) {
            continue;
        }
        out.append(m_json, copied, cell.source.begin - copied);
        out += sourceJson(cell, restored(python));
        copied = cell.source.end;
    }
    return out.append(m_json, copied, std::string::npos);
}

// In the form that the cell's source has: one string, or a list of lines, laid out as before.
std::string Notebook::sourceJson(const Cell &cell, const std::string &text) const
{
    const std::string_view old =
        std::string_view(m_json).substr(cell.source.begin, cell.source.size());
    const bool isAscii = old.find("\\u") != std::string_view::npos;
    const auto quoted = [&](const std::string &line) { return Json(line).dump(-1, ' ', isAscii); };
    if (old.front() == '"') {
        return quoted(text);
    }
    const std::size_t first = old.find('"');
    const std::size_t last = old.rfind('"');
    if (first == std::string_view::npos) {
        return Json(std::vector<std::string>{text}).dump(-1, ' ', isAscii);
    }
    const std::string before(old.substr(1, first - 1));
    std::size_t end = first + 1; // of the first line
    while (old[end] != '"') {
        end += old[end] == '\\' ? 2 : 1;
    }
    const std::string between =
        end < last ? std::string(old.substr(end + 1, old.find('"', end + 1) - end - 1))
                   : "," + (before.empty() ? " " : before);
    std::string out = "[" + before;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t lineEnd = std::min(text.find('\n', at), text.size() - 1) + 1;
        out += (at > 0 ? between : "") + quoted(text.substr(at, lineEnd - at));
        at = lineEnd;
    }
    return out.append(old.substr(last + 1));
}

} // namespace TorchLift
