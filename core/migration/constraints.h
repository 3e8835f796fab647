#pragma once

#include "migration/pattern.h"
#include "migration/rule.h"

namespace TorchLift {

/// Whether a match is allowed, and how certain it is.
struct Judgement
{
    bool isAllowed = false;
    bool isReceiverUnknown = false; ///< refused only because nothing is known of the receiver
    Evidence evidence = Evidence::Resolved;
};

/// Checks the `where` of a case for one match.
[[nodiscard]] Judgement judge(const RuleCase &ruleCase, const Match &match,
                              const Semantics &semantics);

} // namespace TorchLift
