#include "sourcemutator.h"

#include <algorithm>
#include <fstream>
#include <sstream>

namespace fs = std::filesystem;

namespace {

constexpr const char *kNoise[] = {
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ":",
    ",",
    ".",
    "=",
    "\n",
    "\t",
    "\"",
    "'",
    "\"\"\"",
    "#",
    "\\",
    "$",
    "@",
    "`",
    "lambda ",
    "if ",
    "else",
    "def f(",
    "class ",
    "async ",
    "*",
    "**",
    "->",
    ":=",
    "\r",
    "\f",
    "\xff",
    "\x80",
    "\xc3\x28",
    "\xed\xa0\x80",
    "\xf0\x9f\x94\xa5",
    "\xef\xbb\xbf",
    "\xe2\x80\xae",
    "é",
    "# -*- coding: latin-1 -*-\n",
    "print x",
    "except E, e:",
    "exec 'a'",
    "<>",
    "0777",
    "ur''",
};

std::string repeated(const std::string &text, std::size_t count)
{
    std::string all;
    all.reserve(text.size() * count);
    for (std::size_t i = 0; i < count; ++i) {
        all += text;
    }
    return all;
}

} // namespace

SourceMutator::SourceMutator(std::vector<std::string> sources, unsigned seed)
    : m_sources(std::move(sources))
    , m_random(seed)
{}

std::vector<std::string> SourceMutator::read(const std::vector<fs::path> &folders)
{
    std::vector<fs::path> files;
    for (const fs::path &folder : folders) {
        for (const auto &entry : fs::recursive_directory_iterator(folder)) {
            if (entry.path().extension() == ".py") {
                files.push_back(entry.path());
            }
        }
    }
    std::sort(files.begin(), files.end());
    std::vector<std::string> contents;
    for (const fs::path &file : files) {
        std::ifstream stream(file, std::ios::binary);
        std::ostringstream text;
        text << stream.rdbuf();
        contents.push_back(text.str());
    }
    return contents;
}

std::size_t SourceMutator::below(std::size_t limit)
{
    // Not a standard distribution: those differ from library to library.
    return limit == 0 ? 0 : m_random() % limit;
}

const std::string &SourceMutator::anySource()
{
    return m_sources[below(m_sources.size())];
}

SourceMutator::Lines SourceMutator::split(const std::string &code)
{
    Lines lines;
    for (std::size_t begin = 0; begin < code.size();) {
        const std::size_t end = std::min(code.find('\n', begin), code.size() - 1) + 1;
        lines.push_back(code.substr(begin, end - begin));
        begin = end;
    }
    return lines;
}

std::string SourceMutator::join(const Lines &lines)
{
    std::string code;
    for (const std::string &line : lines) {
        code += line;
    }
    return code;
}

std::string SourceMutator::next()
{
    std::string code = anySource();
    switch (below(4)) {
    case 0: { // spliced at any byte
        const std::string &other = anySource();
        code.resize(below(code.size()));
        code += other.substr(below(other.size()));
        break;
    }
    case 1: // one after the other
        code += anySource();
        break;
    default:
        break;
    }
    const std::size_t changes = 1 + below(4);
    for (std::size_t i = 0; i < changes && !code.empty(); ++i) {
        mutate(code);
    }
    return code;
}

void SourceMutator::mutate(std::string &code)
{
    switch (below(5)) {
    case 0:
    case 1:
        return changeBytes(code);
    case 2:
    case 3:
        return changeLines(code);
    default:
        return changeShape(code);
    }
}

void SourceMutator::changeBytes(std::string &code)
{
    const std::size_t at = below(code.size());
    switch (below(5)) {
    case 0:
        code.resize(at);
        break;
    case 1:
        code.erase(at, below(40));
        break;
    case 2:
        code.insert(at, code.substr(below(code.size()), below(80)));
        break;
    case 3:
        code[at] = static_cast<char>(below(256));
        break;
    default:
        code.insert(at, kNoise[below(std::size(kNoise))]);
        break;
    }
}

void SourceMutator::changeLines(std::string &code)
{
    Lines lines = split(code);
    const std::size_t at = below(lines.size());
    const auto place = lines.begin() + static_cast<std::ptrdiff_t>(at);
    switch (below(6)) {
    case 0:
        std::swap(lines[at], lines[below(lines.size())]);
        break;
    case 1:
        lines.erase(place);
        break;
    case 2:
        lines.insert(place, lines[below(lines.size())]);
        break;
    case 3: // a block moves
        std::rotate(lines.begin(), place, lines.end());
        break;
    case 4:
        lines[at].insert(0, below(9), ' ');
        break;
    default: { // lines of another source
        const Lines other = split(anySource());
        const auto begin = other.begin() + static_cast<std::ptrdiff_t>(below(other.size()));
        const auto count = std::min<std::ptrdiff_t>(other.end() - begin, 10);
        lines.insert(place, begin, begin + count);
        break;
    }
    }
    code = join(lines);
}

void SourceMutator::changeShape(std::string &code)
{
    const std::size_t lineStart = code.rfind('\n', below(code.size())) + 1;
    const std::size_t count = 1 + below(below(4) == 0 ? 3000 : 50);
    switch (below(7)) {
    case 0:
        code.insert(lineStart, "x = " + repeated("(", count) + "1" + repeated(")", count) + "\n");
        break;
    case 1: {
        std::string nested;
        for (std::size_t depth = 0; depth < count % 90; ++depth) {
            nested += std::string(depth, ' ') + "if torch:\n";
        }
        code.insert(lineStart, nested + std::string(count % 90, ' ') + "pass\n");
        break;
    }
    case 2:
        code.insert(lineStart, "x = '" + std::string(count * 100, 'a') + "'\n");
        break;
    case 3:
        code.insert(lineStart, "x = [" + repeated("torch.gesv(b, A)[0], ", count) + "]\n");
        break;
    case 4:
        code.insert(lineStart, "x = y" + repeated(".data[0]", count) + "\n");
        break;
    case 5: // the other line ends
        for (std::size_t i = code.find('\n'); i != std::string::npos; i = code.find('\n', i + 2)) {
            code.insert(i, "\r");
        }
        break;
    default:
        std::replace(code.begin(), code.end(), ' ', '\t');
        break;
    }
}
