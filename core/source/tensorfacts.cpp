#include "source/tensorfacts.h"

#include <algorithm>
#include <optional>

#include "source/tensornames.h"

namespace TorchLift {

namespace {

std::string_view withoutUnderscore(std::string_view name)
{
    if (name.size() > 1 && name.ends_with('_') && !name.ends_with("__")) {
        name.remove_suffix(1);
    }
    return name;
}

Strides stridesOf(std::string_view name, const ArgumentFacts &arguments, const Type &receiver)
{
    if (name == "t" || name == "transpose" || name == "permute") {
        return Strides::Swapped;
    }
    const std::size_t first = receiver.isTensor() ? 0 : 1; // of the other arguments
    const Type input = first == 0 || arguments.empty() ? receiver : arguments[0].type;
    if (isIn(leavingStrides(), name)) {
        return input.strides;
    }
    if (name == "add" || name == "sub" || name == "mul" || name == "div") {
        return stridesOfArithmetic(input,
                                   arguments.size() > first ? arguments[first].type : Type{});
    }
    Strides strides = input.strides;
    for (const ArgumentFact &argument : arguments) {
        strides = std::max(strides, argument.type.strides);
    }
    const bool isKept = strides != Strides::InOrder && isIn(keepingStrides(), name);
    return isKept ? Strides::Kept : Strides::InOrder;
}

// What a function of that name gives, with its strides; `input` may be one of the arguments.
Type laidOut(Type result, std::string_view name, const ArgumentFacts &arguments,
             const Type &input = {})
{
    if (result.isTensor()) {
        result.strides = stridesOf(name, arguments, input);
    }
    return result;
}

// sum(x, dim, keepdim) and the like; `dimIndex`: where dim stands among the positional ones.
Type reduced(const Type &input, const ArgumentFacts &arguments, std::size_t dimIndex,
             std::string_view name)
{
    ElementType element = name == "argmax" || name == "argmin" ? ElementType::Integer
                          : name == "all" || name == "any"     ? ElementType::Mask
                                                               : input.element;
    if ((name == "sum" || name == "prod")
        && (element == ElementType::Mask || element == ElementType::Byte)) {
        element = ElementType::Integer;
    }
    const bool isNorm = name == "norm"; // its first argument is the order
    const ArgumentFact *dim = keywordArgument(arguments, "dim");
    if (dim == nullptr) {
        dim = positionalArgument(arguments, dimIndex + (isNorm ? 1 : 0));
    }
    if (name == "std" || name == "var") {
        if (dim != nullptr && dim->type.kind == TypeKind::Bool) {
            dim = nullptr; // unbiased
        }
    }
    if (hasStarArgument(arguments)) {
        return Type::of(TypeKind::Unknown);
    }
    const bool isPair = name == "max" || name == "min" || name == "median" || name == "mode";
    if (dim == nullptr) {
        if (name == "mode") {
            Type pair = Type::of(TypeKind::Tuple);
            pair.elements = {Type::tensor(-1, element), Type::tensor(-1, ElementType::Integer)};
            return pair;
        }
        return Type::tensor(0, element);
    }
    if (isPair && dim->type.isTensor()) {
        return Type::tensor(std::max(input.rank, dim->type.rank), element); // max of two tensors
    }
    const bool isKept = isTrue(keywordArgument(arguments, "keepdim"))
                        || isTrue(positionalArgument(arguments, dimIndex + (isNorm ? 2 : 1)));
    const bool hasOneDim = dim->type.kind == TypeKind::Number;
    const int rank = input.rank <= 0 ? -1 : isKept ? input.rank : hasOneDim ? input.rank - 1 : -1;
    if (isPair) {
        Type pair = Type::of(TypeKind::Tuple);
        pair.elements = {Type::tensor(rank, element), Type::tensor(rank, ElementType::Integer)};
        return pair;
    }
    return Type::tensor(rank, element);
}

Type several(std::string_view name, const Type &input)
{
    Type tuple = Type::of(TypeKind::Tuple);
    const std::size_t count = name == "svd" ? 3 : name == "btriunpack" ? 3 : 2;
    tuple.elements.assign(count, Type::tensor());
    if (name == "sort" || name == "topk" || name == "kthvalue") {
        const int rank = name == "kthvalue" ? -1 : input.rank;
        tuple.elements = {Type::tensor(rank, input.element),
                          Type::tensor(rank, ElementType::Integer)};
    }
    return tuple;
}

// Shared by torch.f(x, ...) and x.f(...); `rest`: arguments after the input.
std::optional<Type> commonResult(std::string_view name, const Type &input,
                                 const ArgumentFacts &rest)
{
    if (isIn(comparisons(), name)) {
        const Type other = rest.empty() ? Type{} : rest[0].type;
        const int rank = input.rank < 0 || (other.isTensor() && other.rank < 0)
                             ? -1
                             : std::max(input.rank, other.rank);
        return Type::tensor(rank, ElementType::Mask);
    }
    if (isIn(reductions(), name)) {
        return reduced(input, rest, 0, name);
    }
    if (isIn(alwaysScalar(), name)) {
        return Type::tensor(0, input.element);
    }
    if (isIn(severalTensors(), name)) {
        return several(name, input);
    }
    if (isIn(listsOfTensors(), name)) {
        Type list = Type::of(TypeKind::List);
        list.elements = {Type::tensor(
            name == "unbind" && input.rank > 0 ? input.rank - 1 : input.rank, input.element)};
        return list;
    }
    if (isIn(numbers(), name)) {
        const bool isCount = name != "item";
        return Type::number(isCount ? ElementType::Integer : ElementType::Unknown);
    }
    if (isIn(booleans(), name)) {
        return Type::of(TypeKind::Bool);
    }
    if (name.ends_with("_like")) {
        return Type::tensor(input.rank, dtypeOr(rest, input.element));
    }
    if (name == "squeeze" && rest.size() == 1 && input.rank > 0) {
        return Type::tensor(input.rank - 1, input.element); // nobody squeezes what is not 1
    }
    if (isIn(keepingElement(), name)) {
        return Type::tensor(-1, input.element);
    }
    if (isIn(elementwise(), name)) {
        int rank = input.rank;
        for (const ArgumentFact &argument : rest) {
            if (argument.type.isTensor()) {
                rank = rank < 0 || argument.type.rank < 0 ? -1 : std::max(rank, argument.type.rank);
            }
        }
        return Type::tensor(rank, input.element);
    }
    if (name == "mm" || name == "ger") {
        return Type::tensor(2, input.element);
    }
    if (name == "mv") {
        return Type::tensor(1, input.element);
    }
    if (name == "bmm" || name == "baddbmm") {
        return Type::tensor(3, input.element);
    }
    if (name == "unsqueeze") {
        return Type::tensor(input.rank < 0 ? -1 : input.rank + 1, input.element);
    }
    if (name == "select") {
        return Type::tensor(input.rank < 1 ? -1 : input.rank - 1, input.element);
    }
    if (name == "narrow" || name == "multinomial") {
        return Type::tensor(input.rank, name == "narrow" ? input.element : ElementType::Integer);
    }
    if (name == "nonzero") {
        return Type::tensor(2, ElementType::Integer);
    }
    if (name == "unique") {
        return rest.size() < 2 ? Type::tensor(1, input.element) : Type{};
    }
    if (name == "masked_select") {
        return Type::tensor(1, input.element);
    }
    return std::nullopt;
}

Type resultOfFactory(std::string_view name, const ArgumentFacts &arguments)
{
    ElementType element = ElementType::Float;
    if (name.ends_with("Tensor") && name != "Tensor") {
        element = elementOfTorchDtype(name);
    }
    element = dtypeOr(arguments, element);
    if (name.ends_with("Tensor") && arguments.size() == 1
        && (arguments[0].text.starts_with('[') || arguments[0].text.starts_with('('))) {
        return Type::tensor(rankOfLiteral(arguments[0].text), element);
    }
    const bool isData =
        arguments.size() == 1
        && (arguments[0].type.kind == TypeKind::Array || arguments[0].type.kind == TypeKind::List);
    if (name.ends_with("Tensor") && isData) {
        return Type::tensor(arrayOf("array", arguments).rank, element);
    }
    if (name == "full" && positionalArgument(arguments, 0) != nullptr) {
        ArgumentFacts size{arguments[0]};
        return Type::tensor(rankOfSizes(size, 0), element);
    }
    return Type::tensor(rankOfSizes(arguments, 0), element);
}

Type resultOfTorch(std::string_view symbol, std::string_view name, const ArgumentFacts &arguments)
{
    if (isIn(noTensorFunctions(), name)) {
        return name == "load" ? Type{} : Type::of(TypeKind::Other, symbol);
    }
    if (isIn(factories(), name)) {
        return resultOfFactory(name, arguments);
    }
    if (name == "tensor" || name == "as_tensor") {
        const std::string_view text = arguments.empty() ? "" : arguments[0].text;
        const int rank = rankOfLiteral(text);
        return Type::tensor(rank >= 0 ? rank : arrayOf("array", arguments).rank,
                            dtypeOr(arguments, elementOfData(arguments)));
    }
    if (name == "arange" && arguments.size() == 1
        && arguments[0].text.find('.') == std::string_view::npos) { // arange(n) counts
        return Type::tensor(1, ElementType::Integer);
    }
    if (name == "arange" || name == "range") {
        const bool hasFloat =
            std::any_of(arguments.begin(), arguments.end(), [](const ArgumentFact &a) {
                return elementOfLiteral(a.text) != ElementType::Integer;
            });
        return Type::tensor(1,
                            dtypeOr(arguments, hasFloat || name == "range" ? ElementType::Unknown
                                                                           : ElementType::Integer));
    }
    if (name == "from_numpy") {
        const Type array = arguments.empty() ? Type{} : arguments[0].type;
        const bool isByte =
            !arguments.empty() && arguments[0].text.find("uint8") != std::string_view::npos;
        return Type::tensor(array.rank, isByte ? ElementType::Byte
                                        : array.kind == TypeKind::Array
                                            ? elementInTensor(array.element)
                                            : ElementType::Unknown);
    }
    if (name == "linspace" || name == "logspace") {
        return Type::tensor(1, ElementType::Float);
    }
    if (name == "eye") {
        return Type::tensor(2, dtypeOr(arguments, ElementType::Float));
    }
    if (name == "randperm") {
        return Type::tensor(1, ElementType::Integer);
    }
    if (name == "randint") {
        return Type::tensor(-1, dtypeOr(arguments, ElementType::Unknown));
    }
    if (name == "stack" || name == "cat") {
        const Type *list = arguments.empty() ? nullptr : &arguments[0].type;
        Type element = list != nullptr && !list->elements.empty() ? list->elements[0] : Type{};
        const int rank = element.rank < 0 ? -1 : element.rank + (name == "stack" ? 1 : 0);
        return Type::tensor(rank, element.element);
    }
    if (name == "where" && arguments.size() == 3) {
        return Type::tensor(arguments[1].type.rank, arguments[1].type.element);
    }
    if (!name.empty() && name[0] >= 'A' && name[0] <= 'Z') {
        return Type::of(TypeKind::Instance, symbol);
    }
    const Type input = arguments.empty() ? Type{} : arguments[0].type;
    const ArgumentFacts rest(arguments.begin() + (arguments.empty() ? 0 : 1), arguments.end());
    if (const std::optional<Type> result = commonResult(withoutUnderscore(name), input, rest)) {
        return *result;
    }
    return Type::tensor();
}

bool isLoss(std::string_view name)
{
    return name.ends_with("Loss") || name.ends_with("_loss") || name.starts_with("cross_entropy")
           || name.starts_with("binary_cross_entropy") || name == "kl_div" || name == "loss";
}

bool isUnreduced(const ArgumentFacts &arguments)
{
    const ArgumentFact *reduction = keywordArgument(arguments, "reduction");
    const ArgumentFact *reduce = keywordArgument(arguments, "reduce");
    return (reduction != nullptr && reduction->text.find("none") != std::string_view::npos)
           || (reduction != nullptr && reduction->type.kind != TypeKind::String)
           || (reduce != nullptr && reduce->text != "True");
}

Type resultOfFunctional(std::string_view name, const ArgumentFacts &arguments)
{
    if (isLoss(name)) {
        return Type::tensor(isUnreduced(arguments) ? -1 : 0, ElementType::Float);
    }
    const Type input = arguments.empty() ? Type{} : arguments[0].type;
    if (name.find("2d") != std::string_view::npos && name != "dropout2d") {
        return Type::tensor(4, ElementType::Float);
    }
    if (name == "embedding") {
        return Type::tensor(input.rank < 0 ? -1 : input.rank + 1, ElementType::Float);
    }
    if (name == "pairwise_distance") {
        const bool isKept = isTrue(keywordArgument(arguments, "keepdim"));
        return Type::tensor(isKept ? 2 : 1, ElementType::Float);
    }
    return isIn(elementwise(), name) ? Type::tensor(input.rank, ElementType::Float)
                                     : Type::tensor(-1, ElementType::Float);
}

Type plainResultOfMethod(const Type &receiver, std::string_view method,
                         const ArgumentFacts &arguments)
{
    const bool isInPlace = method.ends_with('_');
    const std::string_view name = withoutUnderscore(method);
    if (isInPlace) {
        return name == "backward" ? Type{} : Type::tensor(receiver.rank, receiver.element);
    }
    if (name == "size") {
        return Type::of(arguments.empty() ? TypeKind::Size : TypeKind::Number);
    }
    if (name == "stride") {
        return Type::of(arguments.empty() ? TypeKind::Tuple : TypeKind::Number);
    }
    if (name == "type") {
        return arguments.empty()
                   ? Type::of(TypeKind::String)
                   : Type::tensor(receiver.rank, elementOfTorchDtype(arguments[0].text));
    }
    if (name == "to" && !arguments.empty()) {
        const ElementType element = elementOfTorchDtype(arguments[0].text);
        return Type::tensor(receiver.rank, element == ElementType::Unknown
                                               ? dtypeOr(arguments, receiver.element)
                                               : element);
    }
    if (name == "float" || name == "double" || name == "half") {
        return Type::tensor(receiver.rank, ElementType::Float);
    }
    if (name == "long" || name == "int" || name == "short" || name == "char") {
        return Type::tensor(receiver.rank, ElementType::Integer);
    }
    if (name == "byte") {
        return Type::tensor(receiver.rank, ElementType::Byte);
    }
    if (name == "type_as") {
        return Type::tensor(receiver.rank,
                            arguments.empty() ? ElementType::Unknown : arguments[0].type.element);
    }
    if (name == "numpy") {
        Type array = Type::of(TypeKind::Array);
        array.rank = receiver.rank;
        return array;
    }
    if (name == "tolist") {
        return Type::of(TypeKind::List);
    }
    if (name == "backward" || name == "register_hook" || name == "storage" || name == "storage_type"
        || name == "record_stream") {
        return Type::of(TypeKind::Other);
    }
    if (name == "view" || name == "reshape" || name == "expand" || name == "repeat"
        || name == "permute") {
        return Type::tensor(rankOfSizes(arguments, 0), receiver.element);
    }
    if (name == "new" || name == "new_zeros" || name == "new_ones" || name == "new_empty") {
        return Type::tensor(rankOfSizes(arguments, 0), dtypeOr(arguments, receiver.element));
    }
    if (const std::optional<Type> result = commonResult(name, receiver, arguments)) {
        return *result;
    }
    return isTensorMember(method) ? Type::tensor(-1, ElementType::Unknown) : Type{};
}

} // namespace

Type resultOfCall(std::string_view symbol, const ArgumentFacts &arguments)
{
    const std::size_t dot = symbol.rfind('.');
    const std::string_view module = dot == std::string_view::npos ? "" : symbol.substr(0, dot);
    const std::string_view name = dot == std::string_view::npos ? symbol : symbol.substr(dot + 1);
    if (module == "torch") {
        return laidOut(resultOfTorch(symbol, name, arguments), withoutUnderscore(name), arguments);
    }
    if (module == "torch.cuda" && name.ends_with("Tensor")) {
        return resultOfFactory(name, arguments);
    }
    if (module == "torch.nn.functional") {
        return laidOut(resultOfFunctional(name, arguments), name, arguments);
    }
    if (symbol == "torch.autograd.Variable" || symbol == "torch.nn.Parameter") {
        const Type inner = arguments.empty() ? Type{} : arguments[0].type;
        return inner.isTensor() ? inner : Type::tensor();
    }
    if (symbol == "inspect.getargspec") {
        return Type::of(TypeKind::Instance, "inspect.ArgSpec");
    }
    if (symbol == "torch.utils.data.DataLoader") {
        return Type::of(TypeKind::Loader, symbol);
    }
    if (symbol == "torch.utils.data.Subset" && !arguments.empty()) {
        return arguments[0].type; // its items are the same
    }
    if (symbol == "torch.utils.data.random_split" && !arguments.empty()) {
        Type parts = Type::of(TypeKind::List);
        parts.elements = {arguments[0].type};
        return parts;
    }
    if (module == "torch.nn.utils.rnn" && name == "pad_sequence") {
        return Type::tensor(-1, arguments.empty() || arguments[0].type.elements.empty()
                                    ? ElementType::Unknown
                                    : arguments[0].type.elements[0].element);
    }
    if (module == "torch.nn.utils.rnn" && name.starts_with("pack_")) {
        return Type::of(TypeKind::Instance, "torch.nn.utils.rnn.PackedSequence");
    }
    if (module == "torch.nn.utils.rnn" && name == "pad_packed_sequence") {
        Type pair = Type::of(TypeKind::Tuple);
        pair.elements = {Type::tensor(), Type::tensor(1, ElementType::Integer)};
        return pair;
    }
    if (module == "torch.autograd" && name == "grad") {
        return Type::of(TypeKind::Tuple);
    }
    if (module == "torch.sparse" && name.ends_with("Tensor")) {
        return Type::tensor();
    }
    if (symbol.starts_with("torch.") || symbol.starts_with("torchvision.")) {
        const bool isClass = !name.empty() && name[0] >= 'A' && name[0] <= 'Z';
        Type object = isClass ? Type::of(TypeKind::Instance, symbol) : Type{};
        object.rank = isClass && isLoss(name) && isUnreduced(arguments) ? 1 : -1;
        for (const ArgumentFact &argument : arguments) {
            if (symbol == "torch.utils.data.TensorDataset") {
                object.elements.push_back(argument.type);
            }
        }
        return object;
    }
    if (module == "numpy" || module.starts_with("numpy.")) {
        return arrayOf(name, arguments);
    }
    if (symbol == "builtins.len" || symbol == "builtins.int") {
        return Type::number(ElementType::Integer);
    }
    if (symbol == "builtins.float" || symbol == "builtins.round" || module == "math"
        || module == "time" || module == "random") {
        return Type::of(TypeKind::Number);
    }
    if (symbol == "builtins.str" || symbol == "builtins.repr") {
        return Type::of(TypeKind::String);
    }
    if (symbol == "builtins.isinstance" || symbol == "builtins.bool"
        || symbol == "builtins.hasattr") {
        return Type::of(TypeKind::Bool);
    }
    if (symbol == "builtins.dict" || symbol == "collections.OrderedDict"
        || symbol == "collections.defaultdict") {
        return Type::of(TypeKind::Dict);
    }
    if (symbol == "builtins.open" || symbol == "builtins.range" || symbol == "builtins.xrange"
        || symbol == "builtins.set") {
        return Type::of(TypeKind::Other);
    }
    return {};
}

Type resultOfMethod(const Type &receiver, std::string_view method, const ArgumentFacts &arguments)
{
    return laidOut(plainResultOfMethod(receiver, method, arguments), withoutUnderscore(method),
                   arguments, receiver);
}

// As measured, of two tensors: the first decides in the target, and where it alone is swapped, 1.0
// laid the result out anew. One of fewer dimensions changes nothing.
Strides stridesOfArithmetic(const Type &left, const Type &right) noexcept
{
    if (!left.isTensor() || !right.isTensor()) {
        return std::max(left.strides, right.strides);
    }
    const bool areRanksKnown = left.rank >= 0 && right.rank >= 0;
    if (left.strides == Strides::InOrder) {
        return areRanksKnown && left.rank < right.rank ? right.strides : Strides::InOrder;
    }
    if (right.strides == Strides::InOrder) {
        return areRanksKnown && right.rank < left.rank ? left.strides : Strides::Kept;
    }
    return std::max(left.strides, right.strides);
}

Type resultOfInstance(const Type &object, const ArgumentFacts &arguments)
{
    const std::string_view className = object.name;
    if (!className.starts_with("torch.nn.")) {
        return {};
    }
    const std::string_view name = className.substr(className.rfind('.') + 1);
    const Type input = arguments.empty() ? Type{} : arguments[0].type;
    if (isLoss(name)) {
        return Type::tensor(object.rank == 1 ? -1 : 0, ElementType::Float);
    }
    if (name == "LSTM" || name == "GRU" || name == "RNN" || name == "LSTMCell") {
        Type pair = Type::of(TypeKind::Tuple);
        pair.elements = {name == "LSTMCell" ? Type::tensor(2, ElementType::Float) : Type{},
                         name == "LSTM"       ? Type::of(TypeKind::Tuple)
                         : name == "LSTMCell" ? Type::tensor(2, ElementType::Float)
                                              : Type::tensor(3, ElementType::Float)};
        if (name != "LSTMCell" && input.isTensor()) {
            pair.elements[0] = Type::tensor(3, ElementType::Float);
        }
        return pair;
    }
    if (name.ends_with("2d") && !name.starts_with("Dropout")) {
        return Type::tensor(4, ElementType::Float);
    }
    if (name == "Embedding") {
        return Type::tensor(input.rank < 0 ? -1 : input.rank + 1, ElementType::Float);
    }
    const bool isElementwise = name.starts_with("Dropout") || name.ends_with("ReLU")
                               || name == "Tanh" || name == "Sigmoid" || name == "ELU";
    if (isElementwise || name == "Linear" || name.find("Norm") != std::string_view::npos
        || name == "Softmax" || name == "LogSoftmax") {
        Type output = Type::tensor(input.rank, ElementType::Float);
        if (name == "ReLU") {
            output.strides = input.strides; // in 1.0, too
        } else if (isElementwise && input.strides != Strides::InOrder) {
            output.strides = Strides::Kept;
        }
        return output;
    }
    return Type::tensor(-1, ElementType::Unknown);
}

Type attributeOfTensor(const Type &receiver, std::string_view name)
{
    if (name == "data" || name == "grad") {
        return laidOut(Type::tensor(receiver.rank, receiver.element), name, {}, receiver);
    }
    if (name == "T") {
        return receiver;
    }
    if (name == "shape") {
        return Type::of(TypeKind::Size);
    }
    if (name == "is_cuda" || name == "is_leaf" || name == "requires_grad" || name == "is_sparse"
        || name == "volatile") {
        return Type::of(TypeKind::Bool);
    }
    if (name == "device" || name == "dtype" || name == "layout" || name == "grad_fn"
        || name == "name") {
        return Type::of(TypeKind::Other);
    }
    Type method = Type::of(TypeKind::TensorMethod, name);
    method.elements = {receiver};
    return method;
}

} // namespace TorchLift
