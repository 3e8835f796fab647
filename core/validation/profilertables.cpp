#include "validation/profilertables.h"

#include <algorithm>
#include <vector>

namespace TorchLift {

namespace {

constexpr std::string_view kMark = "[profiler]\n";

std::vector<std::string_view> linesOf(std::string_view text)
{
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
        lines.push_back(text.substr(0, end));
        text.remove_prefix(end);
    }
    return lines;
}

std::string_view trimmed(std::string_view line)
{
    const std::size_t begin = line.find_first_not_of(" \t");
    const std::size_t end = line.find_last_not_of(" \t\r\n");
    return begin == std::string_view::npos || end == std::string_view::npos
               ? std::string_view()
               : line.substr(begin, end - begin + 1);
}

// The lines of dashes around a table's heading, a group for each column.
bool isRule(std::string_view line)
{
    const std::string_view text = trimmed(line);
    return text.find("- ") != std::string_view::npos
           && text.find_first_not_of("- ") == std::string_view::npos;
}

bool isHeading(std::string_view line)
{
    const std::string_view text = trimmed(line);
    return text.substr(0, 4) == "Name" && text.find("CPU") != std::string_view::npos;
}

bool isTotal(std::string_view line)
{
    return line.find(" time total:") != std::string_view::npos;
}

bool isEvent(std::string_view line)
{
    return trimmed(line).substr(0, 14) == "<FunctionEvent";
}

// A row has a time: digits, a unit, and the end of the word.
bool isRow(std::string_view line)
{
    for (const std::string_view unit : {"us", "ms", "s"}) {
        for (std::size_t at = line.find(unit); at != std::string_view::npos;
             at = line.find(unit, at + 1)) {
            const std::size_t end = at + unit.size();
            const bool isAfterDigit = at > 0 && line[at - 1] >= '0' && line[at - 1] <= '9';
            if (isAfterDigit && (end == line.size() || line[end] == ' ' || line[end] == '\n')) {
                return true;
            }
        }
    }
    return false;
}

// The line after the table that begins at `first`; `first` where none does.
std::size_t tableEnd(const std::vector<std::string_view> &lines, std::size_t first)
{
    if (first + 2 >= lines.size() || !isRule(lines[first]) || !isHeading(lines[first + 1])
        || !isRule(lines[first + 2])) {
        return first;
    }
    std::size_t end = first + 3;
    while (end < lines.size() && (isRow(lines[end]) || isRule(lines[end]) || isTotal(lines[end]))) {
        ++end;
    }
    return end;
}

} // namespace

std::string withoutProfilerTables(std::string_view output)
{
    const std::vector<std::string_view> lines = linesOf(output);
    std::string kept;
    for (std::size_t i = 0; i < lines.size();) {
        const std::size_t end = isEvent(lines[i]) ? i + 1 : tableEnd(lines, i);
        if (end > i) {
            kept += kMark;
            i = end;
        } else {
            kept += lines[i++];
        }
    }
    return kept;
}

} // namespace TorchLift
