#include <algorithm>
#include <initializer_list>

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

// The array that NumPy makes of a number, an array, or lists of them.
Type arrayOfItems(const Type &items)
{
    Type array = Type::of(TypeKind::Array);
    if (items.kind == TypeKind::Array) {
        return items;
    }
    if (items.kind == TypeKind::Number) {
        array.element = items.element;
        array.rank = 0;
        return array;
    }
    if ((items.kind != TypeKind::List && items.kind != TypeKind::Tuple) || items.elements.empty()) {
        return array;
    }
    const Type first = arrayOfItems(items.elements[0]);
    const bool isSame =
        std::all_of(items.elements.begin(), items.elements.end(),
                    [&](const Type &item) { return arrayOfItems(item).element == first.element; });
    array.element = isSame ? first.element : ElementType::Unknown;
    array.rank = first.rank < 0 ? -1 : first.rank + 1;
    return array;
}

// zeros(5), zeros((2, 3)): what follows is the dtype.
int rankOfShape(const ArgumentFacts &arguments)
{
    return arguments.empty() ? -1 : rankOfSizes({arguments[0]}, 0);
}

bool isOneOf(std::string_view name, std::initializer_list<std::string_view> names)
{
    return std::find(names.begin(), names.end(), name) != names.end();
}

bool isInteger(const ArgumentFact &argument)
{
    return argument.type == Type::number(ElementType::Integer);
}

} // namespace

Type arrayOf(std::string_view function, const ArgumentFacts &arguments)
{
    Type array = Type::of(TypeKind::Array);
    if (isOneOf(function, {"array", "asarray", "ascontiguousarray"}) && !arguments.empty()) {
        array = arrayOfItems(arguments[0].type);
    } else if (isOneOf(function, {"zeros", "ones", "empty", "full"})) {
        array.rank = rankOfShape(arguments);
    } else if (isOneOf(function, {"arange", "linspace", "permutation", "fromfile", "frombuffer",
                                  "fromstring", "bincount", "flatnonzero"})) {
        array.rank = 1;
    }
    if (isOneOf(function, {"randint", "permutation", "argmax", "argmin", "argsort", "nonzero",
                           "random_integers", "bincount", "flatnonzero"})
        || (function == "arange" && std::all_of(arguments.begin(), arguments.end(), isInteger))) {
        array.element = ElementType::Integer;
    }
    if (const ArgumentFact *dtype = keywordArgument(arguments, "dtype")) {
        array.element = elementOfDtype(dtype->text);
    }
    return array;
}

Type resultOfArrayMethod(const Type &receiver, std::string_view method,
                         const ArgumentFacts &arguments)
{
    if (method == "copy" || method == "clip") {
        return receiver;
    }
    if (method != "astype" || arguments.empty()) {
        return {};
    }
    Type array = receiver;
    array.element = elementOfDtype(arguments[0].text);
    return array;
}

} // namespace TorchLift
