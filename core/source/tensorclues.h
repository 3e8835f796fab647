#pragma once

#include "source/nameset.h"
#include "source/syntaxtree.h"

namespace TorchLift {

/// Names that the code of one scope treats as tensors, whatever they come from: it calls methods
/// of them that nothing else people hold beside tensors has (NumPy's arrays, modules, tables), or
/// passes them where torch's functions want a tensor.
struct TensorClues
{
    NameSet parameters; ///< so treated before the name means something else
    NameSet locals;     ///< bound once in the scope
};

/// `scope`: a FunctionDefinition or the Module. Definitions inside have scopes of their own. The
/// names live as long as the text.
[[nodiscard]] TensorClues findTensorClues(const SyntaxTree &tree, NodeId scope);

} // namespace TorchLift
