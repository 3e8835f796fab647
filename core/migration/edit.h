#pragma once

#include <string>
#include <vector>

#include "base/text.h"
#include "base/version.h"
#include "source/use.h"

namespace TorchLift {

enum class Provenance { Rule, Model, Hand };

/// How far an edit may be applied without being asked.
enum class Safety {
    Safe,      ///< measured equal in both versions, receiver certain
    Review,    ///< right as far as we know; a person should look
    Behaviour, ///< changes what the code does: offered, never applied unasked
};

/// What validation says about an edit (design.md, "A run's outcome").
enum class EditProof {
    NotRun,      ///< nothing was validated yet
    Proven,      ///< its lines ran in old@source and new@target and what was observed agreed
    NotExecuted, ///< the runs never reached its lines
    NotCompared, ///< they ran, but there was nothing comparable (or no reference)
    Refuted,     ///< they ran and the results differ
};

[[nodiscard]] const char *provenanceName(Provenance provenance) noexcept;
[[nodiscard]] const char *safetyName(Safety safety) noexcept;
[[nodiscard]] const char *editProofName(EditProof proof) noexcept;

/// A piece of a replacement: new text, or a range of the original that is kept (other edits
/// inside a kept range still apply, which is how nested edits compose).
struct Piece
{
    std::string text; ///< used when !isKept
    ByteSpan kept; ///< used when isKept; inside the replacement's span or elsewhere in the original
    bool isKept = false;

    bool operator==(const Piece &) const = default;
};

/// Original bytes `span` become the pieces, in order. An empty span inserts.
struct Replacement
{
    ByteSpan span;
    std::vector<Piece> pieces;

    bool operator==(const Replacement &) const = default;
};

/// One explained change of the code. Several replacements belong together (a decorator and a
/// signature); they are accepted and rejected as one.
struct Edit
{
    std::string id;     ///< stable: rule + original span + hash of the original text
    std::string ruleId; ///< empty for model and hand edits
    std::string group;  ///< edits that only make sense together share this; empty: alone
    std::vector<Replacement> replacements; ///< ascending, not overlapping, never empty
    std::vector<std::string> imports;      ///< import lines the new text needs, added once
    LocalizedText title;                   ///< short: "gesv → linalg.solve"
    LocalizedText reason;                  ///< one or two sentences
    std::vector<std::string> changes;      ///< slugs of the cited changes
    std::string symbol;                    ///< the breaking symbol, "torch.gesv"
    Version brokenIn;                      ///< release in which the old form broke, as measured
    Provenance provenance = Provenance::Rule;
    Safety safety = Safety::Review;
    Evidence evidence = Evidence::Resolved;
    EditProof proof = EditProof::NotRun;
    bool isAccepted = false; ///< part of the new code

    /// First to last original byte the edit touches.
    [[nodiscard]] ByteSpan span() const;
};

/// Why a use known to break was left alone.
enum class ResidueReason {
    NoReplacement,   ///< the target has nothing that does this
    NeedsDecision,   ///< several right answers; a person must choose
    ReceiverUnknown, ///< by name only, and the name is too common to touch
    DynamicAccess,   ///< getattr, star-args or the like hide what is called
    Guarded,         ///< behind a version check
    Conflict,        ///< overlaps another edit
    Skipped,         ///< `# torchlift: skip`, --skip or --only
    NotAccepted,     ///< an edit exists, but --accept did not let it through
    NotInCatalogue,  ///< the timeline says it is gone, and no rule knows it
    TargetOnly,      ///< the new form does not work in the source, which was asked to go on working
    SyntaxError,     ///< inside a region that does not parse
};

[[nodiscard]] const char *residueReasonName(ResidueReason reason) noexcept;

/// "Not migrated because": a breaking use that remains.
struct Residue
{
    std::string symbol;
    ByteSpan span;
    int line = 0; ///< from 1
    ResidueReason reason = ResidueReason::NoReplacement;
    LocalizedText detail; ///< what to do instead, in both languages
    std::vector<std::string> changes;
    std::string ruleId; ///< empty when no rule knows it
    Version brokenIn;
    bool isBreaking = true; ///< false: only warns or changes behaviour
};

} // namespace TorchLift
