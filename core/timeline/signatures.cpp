#include "timeline/signatures.h"

#include <algorithm>

namespace TorchLift {
namespace {

/// The name in "dim=None": up to the default, without blanks.
std::string nameOf(std::string_view parameter)
{
    const std::string_view name = parameter.substr(0, parameter.find('='));
    const std::size_t begin = name.find_first_not_of(' ');
    if (begin == std::string_view::npos) {
        return {};
    }
    return std::string(name.substr(begin, name.find_last_not_of(' ') - begin + 1));
}

bool contains(const std::vector<std::string> &names, std::string_view name)
{
    return std::find(names.begin(), names.end(), name) != names.end();
}

} // namespace

std::vector<std::string> parameterNames(std::string_view parameters)
{
    std::vector<std::string> names;
    std::string part;
    int depth = 0;
    char quote = '\0';
    for (const char c : parameters) {
        if (quote != '\0') { // a default such as ')' or ','
            quote = c == quote ? '\0' : quote;
        } else if (c == '\'' || c == '"') {
            quote = c;
        } else if (c == '(' || c == '[' || c == '{') {
            ++depth;
        } else if (c == ')' || c == ']' || c == '}') {
            --depth;
        }
        const bool isEnd = quote == '\0' && ((c == ',' && depth == 1) || (c == ')' && depth == 0));
        if (!isEnd) {
            // The list's own bracket and what stands between overloads belong to no name.
            part += depth == 0 || (c == '(' && depth == 1 && quote == '\0') ? ' ' : c;
            continue;
        }
        const std::string name = nameOf(part);
        if (!name.empty() && name != "*" && name != "/" && !contains(names, name)) {
            names.push_back(name);
        }
        part.clear();
    }
    return names;
}

std::vector<std::string> lostParameters(std::string_view before, std::string_view after)
{
    const std::vector<std::string> taken = parameterNames(after);
    std::vector<std::string> lost;
    if (std::any_of(taken.begin(), taken.end(),
                    [](const std::string &name) { return name.starts_with("**"); })) {
        return lost;
    }
    for (std::string &name : parameterNames(before)) {
        if (!contains(taken, name)) {
            lost.push_back(std::move(name));
        }
    }
    return lost;
}

bool isOpaque(std::string_view parameters) noexcept
{
    return parameters.empty() || parameters == "(*args, **kwargs)" || parameters == "(*args)"
           || parameters == "(**kwargs)";
}

} // namespace TorchLift
