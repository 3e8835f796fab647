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
    return array;
}

} // namespace TorchLift
