#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/version.h"
#include "migration/edit.h"
#include "migration/requirement.h"

namespace TorchLift {

/// The versions of a package that go with one release of torch: from `oldest` on, below `below`.
struct PackageWindow
{
    ReleaseNumber pin; ///< what is written where one has to be named
    ReleaseNumber oldest;
    ReleaseNumber below;
    bool isSingle = false; ///< `pin` alone
    bool isPrefix = false; ///< `pin` lacks the last number: any will do

    /// Whether `range` lets any of them in.
    [[nodiscard]] bool isReachedBy(const std::vector<Clause> &range) const;
};

/// What goes with one release of torch.
struct Companions
{
    Version torch;
    std::optional<PackageWindow> torchvision; ///< nullopt: there is none
    std::optional<PackageWindow> torchaudio;
    std::optional<PackageWindow> torchtext;
    PackageWindow numpy;
    PackageWindow python;
    std::vector<ReleaseNumber> pythons; ///< ascending
};

/// What is said where a pin stays as it is.
struct PinResidue
{
    ResidueReason reason = ResidueReason::NeedsDecision;
    LocalizedText detail; ///< with {package}, {old}, {new} and {torch}
    std::vector<std::string> changes;
    bool isBreaking = true;
};

/// resources/project: which versions go together, and what is said about pins. Immutable.
struct PinKnowledge
{
    /// Reads releases.yaml and pins.yaml of `folder`. Errors: those of readYaml.
    [[nodiscard]] static Result<std::shared_ptr<const PinKnowledge>>
    load(const std::filesystem::path &folder);

    /// Of the nearest release that is listed and not after `torch`; torch itself is `torch`. Where
    /// that is another one, its companions are told by major and minor number only.
    [[nodiscard]] Companions companionsOf(const Version &torch) const;
    /// What pip knows a conda package as: "torch" for "pytorch".
    [[nodiscard]] std::string pipName(std::string_view condaName) const;
    /// Whether a conda package was only a variant of torch.
    [[nodiscard]] bool isCondaVariant(std::string_view name) const;
    /// Whether each release of a package is made for one torch.
    [[nodiscard]] bool isTied(std::string_view package) const;

    std::vector<Companions> releases;                           ///< ascending, never empty
    std::map<std::string, std::string, std::less<>> condaNames; ///< conda's name to pip's
    std::vector<std::string> condaVariants;
    std::vector<std::string> tied;
    LocalizedText editTitle;
    LocalizedText editReason;
    std::map<std::string, std::vector<std::string>, std::less<>> editChanges; ///< by package
    std::map<std::string, PinResidue, std::less<>> residues; ///< by the name in pins.yaml
};

} // namespace TorchLift
