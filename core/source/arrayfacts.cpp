#include <algorithm>
#include <iterator>

#include "source/tensorfacts.h"

namespace TorchLift {

namespace {

// What NumPy's dtypes say of the elements: np.int64, "int32", dtype=np.uint8.
ElementType elementOfDtype(std::string_view text)
{
    const auto has = [text](std::string_view word) {
        return text.find(word) != std::string_view::npos;
    };
    return has("uint8")                  ? ElementType::Byte
           : has("int") && !has("float") ? ElementType::Integer
           : has("float")                ? ElementType::Float
                                         : ElementType::Unknown;
}

// What an array holds that is made of a number, or of lists of them.
ElementType elementOfItems(const Type &items)
{
    if (items.kind == TypeKind::Number || items.kind == TypeKind::Array) {
        return items.element;
    }
    if ((items.kind != TypeKind::List && items.kind != TypeKind::Tuple) || items.elements.empty()) {
        return ElementType::Unknown;
    }
    const ElementType first = elementOfItems(items.elements[0]);
    const bool isSame =
        std::all_of(items.elements.begin(), items.elements.end(),
                    [first](const Type &item) { return elementOfItems(item) == first; });
    return isSame ? first : ElementType::Unknown;
}

} // namespace

Type arrayOf(std::string_view function, const ArgumentFacts &arguments)
{
    Type array = Type::of(TypeKind::Array);
    for (const ArgumentFact &argument : arguments) {
        if (argument.keyword == "dtype" || (function == "astype" && argument.keyword.empty())) {
            array.element = elementOfDtype(argument.text);
            return array;
        }
    }
    constexpr std::string_view counting[] = {"randint", "permutation", "argmax",         "argmin",
                                             "argsort", "nonzero",     "random_integers"};
    if (std::find(std::begin(counting), std::end(counting), function) != std::end(counting)) {
        array.element = ElementType::Integer;
    }
    if ((function == "array" || function == "asarray") && !arguments.empty()) {
        array.element = elementOfItems(arguments[0].type);
    }
    const bool isCounted =
        std::all_of(arguments.begin(), arguments.end(), [](const ArgumentFact &argument) {
            return argument.type == Type::number(ElementType::Integer);
        });
    if (function == "arange" && isCounted) {
        array.element = ElementType::Integer;
    }
    return array;
}

} // namespace TorchLift
