#pragma once

#include <string>

#include "base/text.h"

namespace TorchLift {

/// How a use's qualified name is known, strongest first.
enum class Evidence {
    Resolved, ///< through imports and aliases: certain
    Inferred, ///< the receiver's type follows from assignments nearby
    Observed, ///< its type was recorded while the code ran
    NameOnly, ///< only the method's name fits; an edit resting on this is never safe
};

[[nodiscard]] const char *evidenceName(Evidence evidence) noexcept;

/// One place in the code that uses a symbol of torch, torchvision, NumPy or Python.
struct Use
{
    std::string symbol; ///< qualified: "torch.gesv", "torch.Tensor.gesv", "numpy.float"
    ByteSpan span;      ///< the name as written, e.g. `t.gesv`; bytes of SourceText::utf8
    int line = 0;       ///< from 1
    Evidence evidence = Evidence::Resolved;
    bool isCall = false; ///< the name is called here
    bool isGuarded =
        false; ///< inside a version check, hasattr test or except ImportError/AttributeError
};

} // namespace TorchLift
