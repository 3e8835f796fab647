#pragma once

#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/version.h"
#include "migration/edit.h"
#include "migration/ruleset.h"
#include "source/projectfacts.h"
#include "source/semantics.h"
#include "timeline/timeline.h"

namespace TorchLift {

/// Which edits become part of the new code unasked (design.md, "What is applied").
enum class Acceptance { Safe, Review, All };

struct MigrationOptions
{
    std::optional<Version> from; ///< nullopt: auto, from the symbols used
    Version to{2, 7, 0};
    Acceptance accept = Acceptance::Review;
    std::vector<std::string> only; ///< rule ids; empty: all
    std::vector<std::string> skip; ///< rule ids
    bool keepsSource = false; ///< only edits whose new form was measured to work at `from`, too
    ProjectPlace place;       ///< where the text stands among others, if it does
    std::shared_ptr<const Observations> observed; ///< what was seen when it ran, if it did
};

/// A line that bounds the version the code was written for.
struct VersionEvidence
{
    int line = 0;
    std::string symbol;
    Version bound; ///< last release in which this form works
};

/// The result of migrating one text.
struct Migration
{
    std::string oldCode; ///< UTF-8, as given
    Version from{1, 0, 0};
    Version to{2, 7, 0};
    bool isFromDetected = false;
    std::vector<VersionEvidence> fromEvidence;
    std::vector<Edit> edits; ///< ascending by span; the accepted ones make newCode
    std::vector<Residue> residues;
    std::string newCode;
    bool hasSyntaxErrors = false; ///< the old code does not parse
    bool isPython2 = false;       ///< it parses, as Python 2 only
};

/// Where an edit's text ended up in the new code.
struct RenderedEdit
{
    std::string editId;
    std::vector<ByteSpan> spans; ///< bytes of the new text, one for each replacement
};

struct Rendering
{
    std::string newCode;
    std::vector<RenderedEdit> edits; ///< accepted ones only
};

/// Finds what breaks between options.from and options.to and rewrites what rules can.
/// Code that needs nothing comes back byte for byte. Pure and thread-safe.
/// With a timeline the source release is found from the names used (options.from unset), breaking
/// uses that no rule knows become residues, and no edit names what the target lacks.
/// Errors: Cancelled; TooLarge. Syntax errors are not errors: the rest is still migrated.
[[nodiscard]] Result<Migration> migrate(std::string_view oldCode, const RuleSet &rules,
                                        const MigrationOptions &options, std::stop_token stop = {},
                                        const Timeline *timeline = nullptr);

/// The release that the code was written for, as migrate() takes it: options.from, else what the
/// timeline makes of the names used, else 1.0.0. Errors: those of Semantics::build.
[[nodiscard]] Result<Version>
sourceVersion(std::string_view oldCode, const MigrationOptions &options, const Timeline *timeline);

/// What the files of a project know of each other, and what migration will make of the classes that
/// several of them use. For MigrationOptions::place.
[[nodiscard]] ProjectFacts readProject(const std::vector<ProjectFile> &files, const RuleSet &rules);

/// The new code made of the accepted edits alone. Edits must come from one migrate() of
/// `oldCode`. Overlapping accepted edits: the later one is left out (never garbled text), and an
/// edit by hand stands before all others, which lose only their parts that it touches.
[[nodiscard]] Rendering render(std::string_view oldCode, const std::vector<Edit> &edits);

} // namespace TorchLift
