#include <algorithm>
#include <optional>

#include "source/tensorfacts.h"
#include "source/tensornames.h"

namespace TorchLift {

namespace {

// What NumPy's dtypes say of the elements: np.int64, "int32", dtype=np.uint8.
ElementType elementOfDtype(std::string_view text)
{
    const auto has = [text](std::string_view word) {
        return text.find(word) != std::string_view::npos;
    };
    return has("uint8")                       ? ElementType::Byte
           : has("int") && !has("float")      ? ElementType::Integer
           : has("float32") || has("float16") ? ElementType::Single
           : has("float") || has("double")    ? ElementType::Float
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
int rankOfShape(const ArgumentFact *shape)
{
    return shape == nullptr ? -1 : rankOfSizes({{{}, shape->text, shape->type}}, 0);
}

bool isInteger(const ArgumentFact &argument)
{
    return argument.type == Type::number(ElementType::Integer);
}

Type numberOf(ElementType element)
{
    Type number = Type::of(TypeKind::Array);
    number.rank = 0;
    number.element = element;
    return number;
}

// What is computed for each element: of a number it is a number of NumPy's.
Type elementwise(const Type &operand)
{
    if (operand.kind != TypeKind::Number && operand.kind != TypeKind::Array) {
        return Type::of(TypeKind::Array);
    }
    Type result = operand.kind == TypeKind::Number ? numberOf(ElementType::Float) : operand;
    if (result.element == ElementType::Integer || result.element == ElementType::Byte) {
        result.element = ElementType::Float;
    }
    return result;
}

// Of all elements, or along an axis, which gives an array of a rank that is not told here.
Type reduced(const Type &array, bool isMean, bool isOfAll)
{
    Type result = Type::of(TypeKind::Array);
    const bool isByte = array.element == ElementType::Byte;
    const bool isWhole = isByte || array.element == ElementType::Integer;
    result.element = isMean && isWhole ? ElementType::Float
                     : isByte          ? ElementType::Unknown // a sum is wider
                                       : array.element;
    result.rank = isOfAll ? 0 : -1;
    return result;
}

// What numpy.random draws by each function: where the size may stand; npos: the arguments are it.
std::optional<std::size_t> placeOfSize(std::string_view function)
{
    static const NameSet third = splitNames("normal uniform laplace gumbel logistic");
    static const NameSet first = splitNames("random_sample random sample standard_normal");
    static const NameSet all = splitNames("rand randn");
    return isIn(third, function)   ? std::optional<std::size_t>(2)
           : isIn(first, function) ? std::optional<std::size_t>(0)
           : isIn(all, function)   ? std::optional<std::size_t>(std::string_view::npos)
                                   : std::nullopt;
}

Type drawn(const ArgumentFacts &arguments, std::size_t sizeAt)
{
    if (sizeAt == std::string_view::npos) {
        Type array = arguments.empty() ? Type::number() : numberOf(ElementType::Float);
        array.rank = arguments.empty() || hasStarArgument(arguments)
                         ? -1
                         : static_cast<int>(arguments.size());
        return array;
    }
    const ArgumentFact *named = keywordArgument(arguments, "size");
    const ArgumentFact *size = named != nullptr ? named : positionalArgument(arguments, sizeAt);
    if (size == nullptr) {
        return Type::number();
    }
    Type array = numberOf(ElementType::Float);
    array.rank = rankOfShape(size);
    return array;
}

const NameSet &arrayReductions()
{
    static const NameSet names = splitNames("mean std var median sum prod max min amax amin");
    return names;
}

const NameSet &arrayMeans()
{
    static const NameSet names = splitNames("mean std var median");
    return names;
}

Type arrayByName(std::string_view function, const ArgumentFacts &arguments)
{
    static const NameSet takingItems = splitNames("array asarray ascontiguousarray");
    static const NameSet takingShape = splitNames("zeros ones empty full");
    static const NameSet likes = splitNames("zeros_like ones_like empty_like full_like copy");
    static const NameSet lists =
        splitNames("arange linspace logspace permutation fromfile frombuffer fromstring bincount "
                   "flatnonzero");
    static const NameSet ofEach = splitNames("sqrt exp log log2 log10 log1p expm1 sin cos tan tanh "
                                             "arctan arcsin arccos sinh cosh");
    const Type first = arguments.empty() ? Type{} : arguments[0].type;
    Type array = Type::of(TypeKind::Array);
    if (isIn(takingItems, function)) {
        array = arguments.empty() ? array : arrayOfItems(first);
    } else if (isIn(takingShape, function)) {
        array.rank = rankOfShape(positionalArgument(arguments, 0));
        array.element = function == "full" ? ElementType::Unknown : ElementType::Float;
    } else if (isIn(likes, function) && first.kind == TypeKind::Array) {
        array = first;
    } else if (isIn(lists, function)) {
        array.rank = 1;
        const bool isSpaced = function == "linspace" || function == "logspace";
        array.element = isSpaced ? ElementType::Float : ElementType::Unknown;
    } else if (isIn(ofEach, function) && arguments.size() == 1) {
        array = elementwise(first);
    } else if (isIn(arrayReductions(), function) && first.kind == TypeKind::Array) {
        array = reduced(first, isIn(arrayMeans(), function), arguments.size() == 1);
    } else if (function == "float32" && (first.kind == TypeKind::Number)) {
        array = numberOf(ElementType::Single);
    } else if (function == "float64" && (first.kind == TypeKind::Number)) {
        array = numberOf(ElementType::Float);
    } else if (const auto sizeAt = placeOfSize(function)) {
        array = drawn(arguments, *sizeAt);
    }
    return array;
}

} // namespace

ElementType elementInTensor(ElementType element)
{
    return element == ElementType::Single ? ElementType::Float : element;
}

Type arrayOf(std::string_view function, const ArgumentFacts &arguments)
{
    static const NameSet counting = splitNames("randint permutation argmax argmin argsort nonzero "
                                               "random_integers bincount flatnonzero");
    Type array = arrayByName(function, arguments);
    if (isIn(counting, function)
        || (function == "arange" && std::all_of(arguments.begin(), arguments.end(), isInteger))) {
        array.element = ElementType::Integer;
    }
    static const NameSet withDtype = splitNames("array asarray zeros ones empty");
    const ArgumentFact *named = keywordArgument(arguments, "dtype");
    const ArgumentFact *second =
        isIn(withDtype, function) ? positionalArgument(arguments, 1) : nullptr;
    if (const ArgumentFact *dtype = named != nullptr ? named : second) {
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
    Type array = receiver;
    if (method == "astype" && !arguments.empty()) {
        array.element = elementOfDtype(arguments[0].text);
        return array;
    }
    if (method == "reshape") {
        array.rank = rankOfSizes(arguments, 0);
        return array;
    }
    if (method == "ravel" || method == "flatten") {
        array.rank = 1;
        return array;
    }
    if (placeOfSize(method)) { // of a RandomState
        return arrayOf(method, arguments);
    }
    return isIn(arrayReductions(), method)
               ? reduced(receiver, isIn(arrayMeans(), method), arguments.empty())
               : Type{};
}

Type resultOfArrays(std::string_view op, const Type &left, const Type &right)
{
    const bool isWhole =
        left.element == ElementType::Integer && right.element == ElementType::Integer;
    const auto isSingle = [](const Type &one, const Type &other) {
        return one.element == ElementType::Single && one.rank > 0
               && (other.kind == TypeKind::Number || other.rank == 0
                   || other.element == ElementType::Single);
    };
    const auto isFloat = [](const Type &type) { return type.element == ElementType::Float; };
    const auto isKnown = [](const Type &type) {
        return type.kind == TypeKind::Number || (type.kind == TypeKind::Array && type.rank >= 0);
    };
    Type result = Type::of(TypeKind::Array);
    result.rank =
        op != "@" && isKnown(left) && isKnown(right) ? std::max(left.rank, right.rank) : -1;
    result.element = isSingle(left, right) || isSingle(right, left) ? ElementType::Single
                     : isWhole && op != "/"                         ? ElementType::Integer
                     : isWhole || isFloat(left) || isFloat(right)   ? ElementType::Float
                                                                    : ElementType::Unknown;
    return result;
}

} // namespace TorchLift
