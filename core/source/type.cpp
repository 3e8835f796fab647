#include "source/type.h"

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
    if (a.name != b.name || a.local != b.local) {
        return a.kind == TypeKind::Instance ? Type::of(TypeKind::Other) : Type{};
    }
    Type both = Type::of(a.kind, a.name);
    both.local = a.local;
    both.isObserved = a.isObserved || b.isObserved;
    both.rank = a.rank == b.rank ? a.rank : -1;
    both.element = a.element == b.element ? a.element : ElementType::Unknown;
    if (a.elements.size() == b.elements.size()) {
        for (std::size_t i = 0; i < a.elements.size(); ++i) {
            both.elements.push_back(join(a.elements[i], b.elements[i]));
        }
    }
    return both;
}

} // namespace TorchLift
