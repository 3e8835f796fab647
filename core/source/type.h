#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "source/use.h"

namespace TorchLift {

/// What an expression's value is, as far as reading the text tells.
enum class TypeKind : std::uint8_t {
    Unknown,
    Symbol, ///< a module, function or class known by its qualified `name`
    Tensor,
    TensorMethod, ///< bound method `name` of the tensor elements[0]
    Number,
    Bool,
    String,
    None,
    List,       ///< elements[0]: what it holds, if known
    Tuple,      ///< elements: each, or empty if not known; of a named tuple, `name` has its fields
    Record,     ///< the class of a named tuple with the fields of `name`
    Dict,       ///< elements: of the keys that `name` lists; without a name the one of any key
    Size,       ///< torch.Size
    Array,      ///< of NumPy
    Loader,     ///< iterating gives batches of tensors
    Batch,      ///< what a loader gives; unpacks into tensors
    Instance,   ///< of the library class `name`, e.g. torch.nn.Conv2d
    LocalClass, ///< class number `local` of this file
    LocalInstance, ///< an object of it
    LocalFunction, ///< function number `local` of this file
    Other,         ///< known not to be a tensor
};

/// What is known about a tensor's elements, an array's, or a number. Mask: the result of a
/// comparison, which is uint8 up to torch 1.1 and bool afterwards. Single: of an array, float32 or
/// float16, where Float is NumPy's own float64.
enum class ElementType : std::uint8_t { Unknown, Float, Single, Integer, Byte, Mask };

/// How a tensor lies in memory. Kept: what most functions compute of one whose dimensions are
/// swapped; up to 1.4 such a result was laid out anew, since then it keeps those strides.
enum class Strides : std::uint8_t { InOrder, Swapped, Kept };

struct Type
{
    TypeKind kind = TypeKind::Unknown;
    ElementType element = ElementType::Unknown;
    int rank = -1;                      ///< number of a tensor's dimensions, -1: not known
    int local = -1;                     ///< index of a class or function of this file
    bool isObserved = false;            ///< seen while the code ran, not read from its text
    Strides strides = Strides::InOrder; ///< of a tensor, as far as is known
    std::string_view name; ///< lives as long as the Semantics it came from; fields: "a b c"
    std::vector<Type> elements;

    bool operator==(const Type &) const = default;

    [[nodiscard]] bool isTensor() const noexcept { return kind == TypeKind::Tensor; }
    [[nodiscard]] bool isUnknown() const noexcept { return kind == TypeKind::Unknown; }
    [[nodiscard]] bool isSymbol() const noexcept { return kind == TypeKind::Symbol; }
    /// 0-dimensional for certain.
    [[nodiscard]] bool isScalarTensor() const noexcept { return isTensor() && rank == 0; }

    [[nodiscard]] static Type tensor(int rank = -1, ElementType element = ElementType::Unknown)
    {
        Type type;
        type.kind = TypeKind::Tensor;
        type.rank = rank;
        type.element = element;
        return type;
    }
    /// A Python number; Integer: a whole one for certain.
    [[nodiscard]] static Type number(ElementType element = ElementType::Unknown)
    {
        Type type;
        type.kind = TypeKind::Number;
        type.element = element;
        return type;
    }
    [[nodiscard]] static Type of(TypeKind kind, std::string_view name = {})
    {
        Type type;
        type.kind = kind;
        type.name = name;
        return type;
    }
};

/// What expressions were seen to be while the old code ran: by their span in the original text,
/// every different word of the worker (resources/worker/torchlift_observe.py says which there
/// are). They come from untrusted code: a word that is none says nothing.
using Observations = std::map<ByteSpan, std::vector<std::string>>;

/// The position of a word in "a b c", or npos.
[[nodiscard]] std::size_t fieldIndex(std::string_view fields, std::string_view field);

/// What holds for both: used where two paths of the program meet.
[[nodiscard]] Type join(const Type &a, const Type &b);

} // namespace TorchLift
