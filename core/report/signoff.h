#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "session/session.h"
#include "validation/environment.h"
#include "validation/installedpackages.h"

namespace TorchLift {

/// An environment as it was when runs were made in it.
struct EnvironmentRecord
{
    Version torch;
    Version python;
    std::string cuda;
    std::vector<InstalledPackage> packages; ///< with the hashes of their wheels' contents

    bool operator==(const EnvironmentRecord &) const = default;
};

[[nodiscard]] EnvironmentRecord recordOf(const Environment &environment);

/// One hash for all of it: SHA-256 of its versions and of the packages' names, versions, hashes.
[[nodiscard]] std::string hashOf(const EnvironmentRecord &record);

/// Everything that stands behind a migration, in one document that can be checked again: the
/// session with both codes, rules, decisions and runs, the environments, the bounds.
struct SignOff
{
    static constexpr int kSchema = 1;

    Session session;
    EnvironmentRecord source;
    EnvironmentRecord target;
    Tolerance tolerance;
};

/// One thing that the document cannot vouch for.
struct Unproven
{
    std::string what;  ///< "edit", "residue", "verdict", "value"
    std::string name;  ///< id, symbol or variable (empty: the output)
    std::string state; ///< "not-executed", "no-replacement", "no-reference", "varies" ...
    int line = 0;
};

[[nodiscard]] std::vector<Unproven> unprovenOf(const Session &session);

/// Follows resources/schemas/signoff.schema.json.
[[nodiscard]] std::string signOffToJson(const SignOff &signOff);
/// Errors: Damaged, Incompatible.
[[nodiscard]] Result<SignOff> signOffFromJson(std::string_view json);

/// For people, in `language`: what was decided, what is proven, what is not, and in what.
[[nodiscard]] std::string signOffToMarkdown(const SignOff &signOff, std::string_view language);
/// The same as a page of its own that loads nothing.
[[nodiscard]] std::string signOffToHtml(const SignOff &signOff, std::string_view language);

/// What a second validation found otherwise: how runs ended, what they printed and computed (by
/// the document's tolerance, without what varies by itself), the verdict, proofs, packages; empty:
/// confirmed. `again` is the session after the same codes ran once more in `source` and `target`
/// as they are now.
[[nodiscard]] std::vector<std::string> refutations(const SignOff &signOff, const Session &again,
                                                   const EnvironmentRecord &source,
                                                   const EnvironmentRecord &target);

/// Ids of the rules' edits in `before` that migrating the same code once more did not give.
[[nodiscard]] std::vector<std::string> editsNotGivenAgain(const Migration &before,
                                                          const Migration &again);

} // namespace TorchLift
