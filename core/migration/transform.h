#pragma once

#include <string_view>
#include <vector>

#include "migration/edit.h"
#include "migration/rule.h"
#include "source/projectfacts.h"
#include "source/semantics.h"

namespace TorchLift {

/// What a transform says about the code. Of an edit it fills in replacements, imports, group,
/// evidence and, where it differs from the rule's, safety; the rest comes from the rule.
struct Findings
{
    std::vector<Edit> edits;
    struct Left
    {
        NodeId node = kNoNode;
        ResidueReason reason = ResidueReason::NeedsDecision;
        LocalizedText detail; ///< empty: the rule's own
    };
    std::vector<Left> left; ///< uses that break and stay
};

/// Rewrites what patterns cannot say. Stateless, thread-safe.
using Transform = Findings (*)(const Semantics &semantics, const Rule &rule);

/// Finds the autograd Functions of a project that `rule` (of the transform legacy-function) makes
/// static, so that their calls in other files follow.
void learnStaticFunctions(const std::vector<ProjectFile> &files, const Rule &rule,
                          ProjectFacts &facts);

/// The transform that rules call by `name`, or null.
[[nodiscard]] Transform findTransform(std::string_view name);

} // namespace TorchLift
