#include "migration/edit.h"
#include "migration/ruleset.h"

namespace TorchLift {

const char *provenanceName(Provenance provenance) noexcept
{
    switch (provenance) {
    case Provenance::Rule:
        return "rule";
    case Provenance::Model:
        return "model";
    case Provenance::Hand:
        return "hand";
    }
    return "rule";
}

const char *safetyName(Safety safety) noexcept
{
    switch (safety) {
    case Safety::Safe:
        return "safe";
    case Safety::Review:
        return "review";
    case Safety::Behaviour:
        return "behaviour";
    }
    return "review";
}

const char *editProofName(EditProof proof) noexcept
{
    switch (proof) {
    case EditProof::NotRun:
        return "not-run";
    case EditProof::Proven:
        return "proven";
    case EditProof::NotExecuted:
        return "not-executed";
    case EditProof::NotCompared:
        return "not-compared";
    case EditProof::Refuted:
        return "refuted";
    }
    return "not-run";
}

const char *residueReasonName(ResidueReason reason) noexcept
{
    switch (reason) {
    case ResidueReason::NoReplacement:
        return "no-replacement";
    case ResidueReason::NeedsDecision:
        return "needs-decision";
    case ResidueReason::ReceiverUnknown:
        return "receiver-unknown";
    case ResidueReason::DynamicAccess:
        return "dynamic-access";
    case ResidueReason::Guarded:
        return "guarded";
    case ResidueReason::Conflict:
        return "conflict";
    case ResidueReason::Skipped:
        return "skipped";
    case ResidueReason::NotAccepted:
        return "not-accepted";
    case ResidueReason::NotInCatalogue:
        return "not-in-catalogue";
    case ResidueReason::TargetOnly:
        return "target-only";
    case ResidueReason::SyntaxError:
        return "syntax-error";
    }
    return "needs-decision";
}

const char *ruleProofName(RuleProof proof) noexcept
{
    switch (proof) {
    case RuleProof::Equal:
        return "equal";
    case RuleProof::Runs:
        return "runs";
    case RuleProof::PreSource:
        return "pre-source";
    case RuleProof::NotRunnableHere:
        return "not-runnable-here";
    }
    return "runs";
}

ByteSpan Edit::span() const
{
    if (replacements.empty()) {
        return {};
    }
    return {replacements.front().span.begin, replacements.back().span.end};
}

} // namespace TorchLift
