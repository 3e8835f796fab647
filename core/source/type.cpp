#include "source/type.h"

#include <algorithm>

namespace TorchLift {

const char *evidenceName(Evidence evidence) noexcept
{
    switch (evidence) {
    case Evidence::Resolved:
        return "resolved";
    case Evidence::Inferred:
        return "inferred";
    case Evidence::Observed:
        return "observed";
    case Evidence::NameOnly:
        return "name-only";
    }
    return "name-only";
}

std::size_t fieldIndex(std::string_view fields, std::string_view field)
{
    for (std::size_t index = 0; !fields.empty(); ++index) {
        const std::size_t end = std::min(fields.find(' '), fields.size());
        if (fields.substr(0, end) == field) {
            return index;
        }
        fields.remove_prefix(std::min(end + 1, fields.size()));
    }
    return std::string_view::npos;
}

// What a dict holds whatever the key.
static Type valueOfAny(const Type &dict)
{
    Type value;
    for (std::size_t i = 0; i < dict.elements.size(); ++i) {
        value = i == 0 ? dict.elements[0] : join(value, dict.elements[i]);
    }
    return value;
}

Type join(const Type &a, const Type &b)
{
    if (a == b) {
        return a;
    }
    if (a.kind != b.kind) {
        // `x = None` first and a tensor later: what matters is the tensor.
        if (a.kind == TypeKind::None) {
            return b;
        }
        return b.kind == TypeKind::None ? a : Type{};
    }
    if (a.kind == TypeKind::Dict && a.name != b.name) {
        Type both = Type::of(TypeKind::Dict);
        if (a.elements.empty() || b.elements.empty()) { // one of them was still empty
            return a.elements.empty() ? b : a;
        }
        both.elements = {join(valueOfAny(a), valueOfAny(b))};
        return both;
    }
    if (a.name != b.name || a.local != b.local) {
        return a.kind == TypeKind::Instance ? Type::of(TypeKind::Other) : Type{};
    }
    Type both = Type::of(a.kind, a.name);
    both.local = a.local;
    both.isObserved = a.isObserved || b.isObserved;
    both.strides = std::max(a.strides, b.strides);
    both.rank = a.rank == b.rank ? a.rank : -1;
    both.element = a.element == b.element ? a.element : ElementType::Unknown;
    const bool isContainer = a.kind == TypeKind::List || a.kind == TypeKind::Dict;
    if (isContainer && (a.elements.empty() || b.elements.empty())) { // one was still empty
        both.elements = a.elements.empty() ? b.elements : a.elements;
    } else if (a.elements.size() == b.elements.size()) {
        for (std::size_t i = 0; i < a.elements.size(); ++i) {
            both.elements.push_back(join(a.elements[i], b.elements[i]));
        }
    }
    return both;
}

} // namespace TorchLift
