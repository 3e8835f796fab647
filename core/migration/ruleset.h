#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/text.h"
#include "base/version.h"
#include "migration/edit.h"

namespace TorchLift {

/// How a rule's examples were measured (design.md, "Rules are YAML data").
enum class RuleProof { Equal, Runs, PreSource, NotRunnableHere };

[[nodiscard]] const char *ruleProofName(RuleProof proof) noexcept;

/// Before and after, as complete runnable scripts.
struct RuleExample
{
    std::string oldCode;
    std::string newCode;
    RuleProof proof = RuleProof::Equal;
    std::string why; ///< for NotRunnableHere: what is missing
};

/// What the interface and reports say about a rule; the patterns stay inside.
struct RuleInfo
{
    std::string id;
    std::vector<std::string> symbols;
    std::vector<std::string> changes;
    Version brokenIn;
    std::optional<Version> worksSince; ///< first release the new form works in, where measured
    Safety safety = Safety::Review;
    LocalizedText title;
    LocalizedText reason;
    std::vector<RuleExample> examples;
    bool hasRewrite = true; ///< false: only names a residue ("no replacement")

    [[nodiscard]] bool concerns(std::string_view symbol) const;
};

/// The rules of resources/rules, read once and then immutable. Thread-safe.
class RuleSet
{
public:
    /// Reads every *.yaml of `folder`.
    /// Errors: NotFound, InvalidInput naming file, line and field (unknown keys, missing
    /// language, a pattern that does not parse, a duplicate id), Incompatible for another schema.
    [[nodiscard]] static Result<std::shared_ptr<const RuleSet>>
    load(const std::filesystem::path &folder);

    virtual ~RuleSet() = default;
    [[nodiscard]] virtual const std::vector<RuleInfo> &rules() const noexcept = 0;
};

} // namespace TorchLift
