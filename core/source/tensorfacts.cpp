#include "source/tensorfacts.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <unordered_set>

namespace TorchLift {

namespace {

// Facts about torch 1.0.0, as its own introspection lists them.
const NameSet &tensorMembers()
{
    static const NameSet names =
        splitNames("abs abs_ acos acos_ add add_ addbmm addbmm_ addcdiv addcdiv_ addcmul addcmul_ "
                   "addmm addmm_ addmv addmv_ addr addr_ all allclose any apply_ argmax argmin "
                   "argsort as_strided as_strided_ asin asin_ atan atan2 atan2_ atan_ backward "
                   "baddbmm baddbmm_ bernoulli bernoulli_ bincount bmm btrifact "
                   "btrifact_with_info btrisolve byte cauchy_ ceil ceil_ char cholesky chunk "
                   "clamp clamp_ clamp_max clamp_max_ clamp_min clamp_min_ clone coalesce "
                   "contiguous copy_ cos cos_ cosh cosh_ cpu cross cuda cumprod cumsum data "
                   "data_ptr dense_dim det detach detach_ device diag diag_embed diagflat "
                   "diagonal digamma digamma_ dim dist div div_ dot double dtype eig element_size "
                   "eq eq_ equal erf erf_ erfc erfc_ erfinv erfinv_ exp exp_ expand expand_as "
                   "expm1 expm1_ exponential_ fft fill_ flatten flip float floor floor_ fmod "
                   "fmod_ frac frac_ gather ge ge_ gels geometric_ geqrf ger gesv get_device grad "
                   "grad_fn gt gt_ half hardshrink histc ifft index_add index_add_ index_copy "
                   "index_copy_ index_fill index_fill_ index_put index_put_ index_select indices "
                   "int inverse irfft is_coalesced is_complex is_contiguous is_cuda "
                   "is_distributed is_floating_point is_leaf is_nonzero is_pinned is_same_size "
                   "is_set_to is_shared is_signed is_sparse isclose item kthvalue layout le le_ "
                   "lerp lerp_ lgamma lgamma_ log log10 log10_ log1p log1p_ log2 log2_ log_ "
                   "log_normal_ log_softmax logdet logsumexp long lt lt_ map2_ map_ masked_fill "
                   "masked_fill_ masked_scatter masked_scatter_ masked_select matmul matrix_power "
                   "max mean median min mm mode mul mul_ multinomial mv mvlgamma mvlgamma_ name "
                   "narrow narrow_copy ndimension ne ne_ neg neg_ nelement new new_empty new_full "
                   "new_ones new_tensor new_zeros nonzero norm normal_ numel numpy orgqr ormqr "
                   "output_nr permute pin_memory pinverse polygamma polygamma_ potrf potri potrs "
                   "pow pow_ prelu prod pstrf put_ qr random_ reciprocal reciprocal_ "
                   "record_stream register_hook reinforce relu relu_ remainder remainder_ renorm "
                   "renorm_ repeat requires_grad requires_grad_ reshape reshape_as resize resize_ "
                   "resize_as resize_as_ retain_grad rfft roll rot90 round round_ rsqrt rsqrt_ "
                   "scatter scatter_ scatter_add scatter_add_ select set_ shape share_memory_ "
                   "short sigmoid sigmoid_ sign sign_ sin sin_ sinh sinh_ size slogdet smm "
                   "softmax sort sparse_dim sparse_mask split split_with_sizes sqrt sqrt_ squeeze "
                   "squeeze_ sspaddmm std stft storage storage_offset storage_type stride sub "
                   "sub_ sum svd symeig t t_ take tan tan_ tanh tanh_ to to_dense to_sparse "
                   "tolist topk trace transpose transpose_ tril tril_ triu triu_ trtrs trunc "
                   "trunc_ type type_as unbind unfold uniform_ unique unsqueeze unsqueeze_ values "
                   "var view view_as volatile where zero_");
    return names;
}

const NameSet &comparisons()
{
    static const NameSet names = splitNames("eq ne lt le gt ge isnan isinf isfinite isclose");
    return names;
}

// Results with as many dimensions as the input.
const NameSet &elementwise()
{
    static const NameSet names =
        splitNames("abs acos add addcdiv addcmul asin atan atan2 bernoulli ceil clamp clamp_max "
                   "clamp_min clone contiguous copy_ cos cosh cpu cuda cumprod cumsum detach "
                   "digamma div dropout dropout2d elu erf erfc erfinv exp expand_as expm1 fill_ "
                   "flip floor fmod frac gather hardtanh inverse leaky_relu lerp log log10 log1p "
                   "log2 log_softmax logsigmoid masked_fill masked_scatter mul neg normal_ pow "
                   "prelu random_ reciprocal relu relu6 remainder renorm requires_grad_ roll "
                   "round rsqrt scatter scatter_add selu sigmoid sign sin sinh softmax softmin "
                   "softplus softsign sqrt sub t tan tanh to transpose tril triu trunc type_as "
                   "uniform_ view_as where zero_ pin_memory cauchy_ exponential_ geometric_ "
                   "log_normal_ index_add index_copy index_fill index_select zeros_like ones_like "
                   "rand_like randn_like full_like empty_like batch_norm layer_norm instance_norm "
                   "normalize linear tanhshrink cholesky potrf rrelu celu glu threshold "
                   "hardshrink softshrink");
    return names;
}

// Results with as many dimensions as only values tell, of the input's element type.
const NameSet &keepingElement()
{
    static const NameSet names =
        splitNames("squeeze flatten diag diagonal diag_embed unfold take rot90 expand reshape_as "
                   "resize set pinverse matrix_power renorm");
    return names;
}

// Whole-tensor reductions, 0-dimensional without a dim argument.
const NameSet &reductions()
{
    static const NameSet names =
        splitNames("sum mean prod std var norm median max min mode all any argmax argmin "
                   "logsumexp");
    return names;
}

const NameSet &alwaysScalar()
{
    static const NameSet names =
        splitNames("dot det logdet trace dist frobenius_norm nuclear_norm");
    return names;
}

// Functions and methods that give several tensors.
const NameSet &severalTensors()
{
    static const NameSet names =
        splitNames("sort topk kthvalue svd qr eig symeig gesv trtrs gels geqrf pstrf slogdet "
                   "btrifact btriunpack");
    return names;
}

const NameSet &listsOfTensors()
{
    static const NameSet names =
        splitNames("split chunk unbind split_with_sizes meshgrid broadcast_tensors");
    return names;
}

const NameSet &numbers()
{
    static const NameSet names =
        splitNames("item dim numel nelement data_ptr dense_dim ndimension sparse_dim "
                   "storage_offset element_size get_device output_nr");
    return names;
}

const NameSet &booleans()
{
    static const NameSet names =
        splitNames("is_contiguous is_pinned is_complex is_floating_point is_same_size is_set_to "
                   "is_shared is_signed is_coalesced is_nonzero allclose equal is_tensor is_cuda "
                   "is_leaf is_sparse requires_grad is_distributed");
    return names;
}

const NameSet &factories()
{
    static const NameSet names =
        splitNames("zeros ones rand randn empty full Tensor FloatTensor DoubleTensor HalfTensor "
                   "LongTensor IntTensor ShortTensor CharTensor ByteTensor");
    return names;
}

// torch functions whose result is no tensor.
const NameSet &noTensorFunctions()
{
    static const NameSet names =
        splitNames("compiled_with_cxx11_abi fork get_default_dtype get_device get_file_path "
                   "get_num_threads import_ir_module initial_seed is_anomaly_enabled "
                   "is_grad_enabled is_storage load manual_seed save set_anomaly_enabled "
                   "set_default_dtype set_default_tensor_type set_flush_denormal set_num_threads "
                   "set_printoptions set_rng_state typename no_grad enable_grad set_grad_enabled "
                   "device dtype Size Generator");
    return names;
}

bool isIn(const NameSet &names, std::string_view name)
{
    return names.find(name) != names.end();
}

std::string_view withoutUnderscore(std::string_view name)
{
    if (name.size() > 1 && name.ends_with('_') && !name.ends_with("__")) {
        name.remove_suffix(1);
    }
    return name;
}

const ArgumentFact *keyword(const ArgumentFacts &arguments, std::string_view name)
{
    const auto found = std::find_if(arguments.begin(), arguments.end(),
                                    [&](const ArgumentFact &a) { return a.keyword == name; });
    return found == arguments.end() ? nullptr : &*found;
}

const ArgumentFact *positional(const ArgumentFacts &arguments, std::size_t index)
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

bool hasStar(const ArgumentFacts &arguments)
{
    return std::any_of(arguments.begin(), arguments.end(),
                       [](const ArgumentFact &a) { return a.text.starts_with('*'); });
}

ElementType elementFromText(std::string_view dtype)
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

// The rank that a list of sizes means: (2, 3) and [2, 3] and 2, 3 all give two.
int rankOfSizes(const ArgumentFacts &arguments, std::size_t first)
{
    const ArgumentFact *only = positional(arguments, first);
    const ArgumentFact *size = keyword(arguments, "size");
    const std::size_t count =
        positionalCount(arguments) - std::min(first, positionalCount(arguments));
    if (size != nullptr) {
        only = size;
    } else if (hasStar(arguments) || only == nullptr) {
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

// Nesting of brackets of a literal: [[1, 2], [3, 4]] has rank 2. -1 when it is no literal of
// numbers alone.
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

ElementType dtypeOr(const ArgumentFacts &arguments, ElementType otherwise)
{
    const ArgumentFact *dtype = keyword(arguments, "dtype");
    return dtype != nullptr ? elementFromText(dtype->text) : otherwise;
}

bool isTrue(const ArgumentFact *argument)
{
    return argument != nullptr && argument->text == "True";
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
    const ArgumentFact *dim = keyword(arguments, "dim");
    if (dim == nullptr) {
        dim = positional(arguments, dimIndex + (isNorm ? 1 : 0));
    }
    if (name == "std" || name == "var") {
        if (dim != nullptr && dim->type.kind == TypeKind::Bool) {
            dim = nullptr; // unbiased
        }
    }
    if (hasStar(arguments)) {
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
    const bool isKept = isTrue(keyword(arguments, "keepdim"))
                        || isTrue(positional(arguments, dimIndex + (isNorm ? 2 : 1)));
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
        return Type::of(TypeKind::Number);
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
        element = elementFromText(name);
    }
    element = dtypeOr(arguments, element);
    if (name.ends_with("Tensor") && arguments.size() == 1
        && (arguments[0].text.starts_with('[') || arguments[0].text.starts_with('('))) {
        return Type::tensor(rankOfLiteral(arguments[0].text), element);
    }
    if (name == "full" && positional(arguments, 0) != nullptr) {
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
        return Type::tensor(rankOfLiteral(text), dtypeOr(arguments, elementOfLiteral(text)));
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
        return Type::tensor(-1, isByte                          ? ElementType::Byte
                                : array.kind == TypeKind::Array ? array.element
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
    const ArgumentFact *reduction = keyword(arguments, "reduction");
    const ArgumentFact *reduce = keyword(arguments, "reduce");
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
        return Type::tensor(1, ElementType::Float);
    }
    return isIn(elementwise(), name) ? Type::tensor(input.rank, ElementType::Float)
                                     : Type::tensor(-1, ElementType::Float);
}

} // namespace

Type resultOfCall(std::string_view symbol, const ArgumentFacts &arguments)
{
    const std::size_t dot = symbol.rfind('.');
    const std::string_view module = dot == std::string_view::npos ? "" : symbol.substr(0, dot);
    const std::string_view name = dot == std::string_view::npos ? symbol : symbol.substr(dot + 1);
    if (module == "torch") {
        return resultOfTorch(symbol, name, arguments);
    }
    if (module == "torch.cuda" && name.ends_with("Tensor")) {
        return resultOfFactory(name, arguments);
    }
    if (module == "torch.nn.functional") {
        return resultOfFunctional(name, arguments);
    }
    if (symbol == "torch.autograd.Variable" || symbol == "torch.nn.Parameter") {
        const Type inner = arguments.empty() ? Type{} : arguments[0].type;
        return inner.isTensor() ? inner : Type::tensor();
    }
    if (symbol == "torch.utils.data.DataLoader") {
        return Type::of(TypeKind::Loader, symbol);
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
        return object;
    }
    if (module == "numpy" || module.starts_with("numpy.")) {
        return arrayOf(name, arguments);
    }
    if (symbol == "builtins.len" || symbol == "builtins.int" || symbol == "builtins.float"
        || symbol == "builtins.round" || module == "math" || module == "time"
        || module == "random") {
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
        return arguments.empty() ? Type::of(TypeKind::String)
                                 : Type::tensor(receiver.rank, elementFromText(arguments[0].text));
    }
    if (name == "to" && !arguments.empty()) {
        const ElementType element = elementFromText(arguments[0].text);
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
        return Type::of(TypeKind::Array);
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
    if (name == "Linear" || name.find("Norm") != std::string_view::npos
        || name.starts_with("Dropout") || name.ends_with("ReLU") || name == "Tanh"
        || name == "Sigmoid" || name == "Softmax" || name == "LogSoftmax" || name == "ELU") {
        return Type::tensor(input.rank, ElementType::Float);
    }
    return Type::tensor(-1, ElementType::Unknown);
}

Type attributeOfTensor(const Type &receiver, std::string_view name)
{
    if (name == "data" || name == "grad") {
        return Type::tensor(receiver.rank, receiver.element);
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

bool isTensorMember(std::string_view name)
{
    return isIn(tensorMembers(), name);
}

bool isCommonMember(std::string_view name)
{
    static const NameSet names =
        splitNames("add all any apply argmax argmin argsort byte clip clone close conj copy count "
                   "cpu cross cuda cumsum cumprod data device diagonal dim dist div dot double "
                   "dtype eig eq expand fft fill flatten float format full gather get grad half "
                   "ifft index indices int inverse irfft item items lerp log long lower lt max "
                   "mean min mode mul name ne new nonzero norm normal numpy permute pow prod put "
                   "qr range ravel remove renorm repeat reshape resize rfft round select set "
                   "shape sign size softmax sort split squeeze std stft storage stride sub sum "
                   "svd swapaxes t take to tolist trace transpose type unique update upper values "
                   "var view where solve lu matmul step reinforce");
    return isIn(names, name);
}

} // namespace TorchLift
