#include "timeline/symbollife.h"

namespace TorchLift {

const char *symbolKindName(SymbolKind kind) noexcept
{
    switch (kind) {
    case SymbolKind::Module:
        return "module";
    case SymbolKind::Class:
        return "class";
    case SymbolKind::Function:
        return "function";
    case SymbolKind::Method:
        return "method";
    case SymbolKind::Property:
        return "property";
    case SymbolKind::Attribute:
        return "attribute";
    case SymbolKind::Syntax:
        return "syntax";
    case SymbolKind::Behaviour:
        return "behaviour";
    }
    return "";
}

const char *packageName(Package package) noexcept
{
    switch (package) {
    case Package::Torch:
        return "torch";
    case Package::Torchvision:
        return "torchvision";
    case Package::Numpy:
        return "numpy";
    case Package::Python:
        return "python";
    }
    return "";
}

const char *breakKindName(BreakKind kind) noexcept
{
    switch (kind) {
    case BreakKind::Missing:
        return "missing";
    case BreakKind::Gone:
        return "gone";
    case BreakKind::Raises:
        return "raises";
    case BreakKind::KindChanged:
        return "kind-changed";
    case BreakKind::SignatureChanged:
        return "signature-changed";
    case BreakKind::Deprecated:
        return "deprecated";
    case BreakKind::BehaviourChanged:
        return "behaviour-changed";
    }
    return "";
}

std::optional<SymbolKind> parseSymbolKind(std::string_view word) noexcept
{
    for (const SymbolKind kind :
         {SymbolKind::Module, SymbolKind::Class, SymbolKind::Function, SymbolKind::Method,
          SymbolKind::Property, SymbolKind::Attribute, SymbolKind::Syntax, SymbolKind::Behaviour}) {
        if (word == symbolKindName(kind)) {
            return kind;
        }
    }
    return std::nullopt;
}

} // namespace TorchLift
