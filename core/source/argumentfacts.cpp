#include "source/argumentfacts.h"

#include <algorithm>

namespace TorchLift {

const ArgumentFact *keywordArgument(const ArgumentFacts &arguments, std::string_view name)
{
    const auto found = std::find_if(arguments.begin(), arguments.end(),
                                    [&](const ArgumentFact &a) { return a.keyword == name; });
    return found == arguments.end() ? nullptr : &*found;
}

const ArgumentFact *positionalArgument(const ArgumentFacts &arguments, std::size_t index)
{
    return index < arguments.size() && arguments[index].keyword.empty() ? &arguments[index]
                                                                        : nullptr;
}

std::size_t positionalCount(const ArgumentFacts &arguments)
{
    return static_cast<std::size_t>(
        std::count_if(arguments.begin(), arguments.end(), [](const ArgumentFact &a) {
            return a.keyword.empty() && !a.text.starts_with('*');
        }));
}

bool hasStarArgument(const ArgumentFacts &arguments)
{
    return std::any_of(arguments.begin(), arguments.end(),
                       [](const ArgumentFact &a) { return a.text.starts_with('*'); });
}

ElementType elementOfTorchDtype(std::string_view dtype)
{
    const auto names = [&](std::initializer_list<std::string_view> words) {
        return std::any_of(words.begin(), words.end(),
                           [&](std::string_view word) { return dtype.ends_with(word); });
    };
    if (names({"uint8", "ByteTensor", "ByteTensor'", "ByteTensor\""})) {
        return ElementType::Byte;
    }
    if (names({"int64", "int32", "int16", "int8", ".long", ".int", ".short", "LongTensor",
               "IntTensor", "LongTensor'", "LongTensor\""})) {
        return ElementType::Integer;
    }
    if (names({"float32", "float64", "float16", ".float", ".double", ".half", "FloatTensor",
               "DoubleTensor", "FloatTensor'", "FloatTensor\"", "DoubleTensor'"})) {
        return ElementType::Float;
    }
    return ElementType::Unknown;
}

int rankOfSizes(const ArgumentFacts &arguments, std::size_t first)
{
    const ArgumentFact *only = positionalArgument(arguments, first);
    const ArgumentFact *size = keywordArgument(arguments, "size");
    const std::size_t count =
        positionalCount(arguments) - std::min(first, positionalCount(arguments));
    if (size != nullptr) {
        only = size;
    } else if (hasStarArgument(arguments) || only == nullptr) {
        return -1;
    }
    if (size != nullptr || count == 1) {
        if (only->type.kind == TypeKind::Tuple || only->type.kind == TypeKind::List) {
            const bool isLiteral = only->text.starts_with('(') || only->text.starts_with('[');
            return isLiteral && only->type.kind == TypeKind::Tuple && !only->type.elements.empty()
                       ? static_cast<int>(only->type.elements.size())
                   : isLiteral && only->type.kind == TypeKind::List
                       ? static_cast<int>(std::count(only->text.begin(), only->text.end(), ',')) + 1
                       : -1;
        }
        return only->type.kind == TypeKind::Number ? 1 : -1;
    }
    return static_cast<int>(count);
}

int rankOfLiteral(std::string_view text)
{
    int rank = 0;
    bool isLeading = true;
    for (const char c : text) {
        if (isLeading && (c == '[' || c == '(')) {
            ++rank;
        } else if (c != ' ' && c != '\n' && c != '\r' && c != '\t') {
            isLeading = false;
            if ((c >= 'a' && c <= 'z' && c != 'e') || (c >= 'A' && c <= 'Z') || c == '_') {
                return -1;
            }
        }
    }
    return rank;
}

ElementType elementOfLiteral(std::string_view text)
{
    if (rankOfLiteral(text) < 0) {
        return ElementType::Unknown;
    }
    return text.find('.') != std::string_view::npos || text.find('e') != std::string_view::npos
               ? ElementType::Float
               : ElementType::Integer;
}

ElementType elementOfData(const ArgumentFacts &arguments)
{
    if (arguments.empty()) {
        return ElementType::Unknown;
    }
    const Type &data = arguments[0].type;
    const bool isList = data.kind == TypeKind::List && data.elements.size() == 1
                        && data.elements[0].kind == TypeKind::Number;
    return isList && data.elements[0].element != ElementType::Unknown
               ? data.elements[0].element
               : elementOfLiteral(arguments[0].text);
}

ElementType dtypeOr(const ArgumentFacts &arguments, ElementType otherwise)
{
    const ArgumentFact *dtype = keywordArgument(arguments, "dtype");
    return dtype != nullptr ? elementOfTorchDtype(dtype->text) : otherwise;
}

bool isTrue(const ArgumentFact *argument)
{
    return argument != nullptr && argument->text == "True";
}

} // namespace TorchLift
