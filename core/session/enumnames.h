#pragma once

#include <array>

#include "migration/edit.h"
#include "migration/migrate.h"
#include "models/embeddingchoice.h"
#include "validation/run.h"
#include "validation/verdict.h"

namespace TorchLift {

/// Every value of an enumeration that is written to files, and its stable name there.
template <typename E>
struct EnumNames;

template <>
struct EnumNames<Evidence>
{
    static constexpr std::array values = {Evidence::Resolved, Evidence::Inferred,
                                          Evidence::Observed, Evidence::NameOnly};
    static const char *name(Evidence value) { return evidenceName(value); }
};

template <>
struct EnumNames<Provenance>
{
    static constexpr std::array values = {Provenance::Rule, Provenance::Model, Provenance::Hand};
    static const char *name(Provenance value) { return provenanceName(value); }
};

template <>
struct EnumNames<Safety>
{
    static constexpr std::array values = {Safety::Safe, Safety::Review, Safety::Behaviour};
    static const char *name(Safety value) { return safetyName(value); }
};

template <>
struct EnumNames<EditProof>
{
    static constexpr std::array values = {EditProof::NotRun, EditProof::Proven,
                                          EditProof::NotExecuted, EditProof::NotCompared,
                                          EditProof::Refuted};
    static const char *name(EditProof value) { return editProofName(value); }
};

template <>
struct EnumNames<ResidueReason>
{
    static constexpr std::array values = {
        ResidueReason::NoReplacement, ResidueReason::NeedsDecision, ResidueReason::ReceiverUnknown,
        ResidueReason::DynamicAccess, ResidueReason::Guarded,       ResidueReason::Conflict,
        ResidueReason::Skipped,       ResidueReason::NotAccepted,   ResidueReason::NotInCatalogue,
        ResidueReason::TargetOnly,    ResidueReason::SyntaxError};
    static const char *name(ResidueReason value) { return residueReasonName(value); }
};

template <>
struct EnumNames<Acceptance>
{
    static constexpr std::array values = {Acceptance::Safe, Acceptance::Review, Acceptance::All};
    /// As `--accept` takes them.
    static const char *name(Acceptance value)
    {
        switch (value) {
        case Acceptance::Safe:
            return "safe";
        case Acceptance::Review:
            return "review";
        case Acceptance::All:
            return "all";
        }
        return "review";
    }
};

template <>
struct EnumNames<Precision>
{
    static constexpr auto values = kPrecisions;
    static const char *name(Precision value) { return precisionName(value); }
};

template <>
struct EnumNames<Device>
{
    static constexpr std::array values = {Device::Cpu, Device::Cuda};
    static const char *name(Device value) { return deviceName(value); }
};

template <>
struct EnumNames<Outcome>
{
    static constexpr std::array values = {
        Outcome::Ok,          Outcome::Exception,  Outcome::Exit,
        Outcome::Signal,      Outcome::Timeout,    Outcome::Memory,
        Outcome::OutputLimit, Outcome::Incomplete, Outcome::SandboxRefused,
        Outcome::Cancelled};
    static const char *name(Outcome value) { return outcomeName(value); }
};

template <>
struct EnumNames<VerdictKind>
{
    static constexpr std::array values = {VerdictKind::Equal,       VerdictKind::Numerical,
                                          VerdictKind::Differs,     VerdictKind::NoReference,
                                          VerdictKind::NotCompared, VerdictKind::RandomStream};
    static const char *name(VerdictKind value) { return verdictName(value); }
};

} // namespace TorchLift
