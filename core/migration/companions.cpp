#include "migration/companions.h"

#include <algorithm>
#include <array>

#include <yaml-cpp/yaml.h>

#include "migration/yamlfields.h"

namespace TorchLift {

namespace {

// Every one that the code asks for; a missing one is found when the program starts, not when it
// is needed.
constexpr std::array kResidues = {
    "no-release", "hash",       "build",  "local-version", "url",       "newer",
    "dynamic",    "unreadable", "marker", "variable",      "image",     "system-package",
    "channel",    "variant",    "cuda",   "tied",          "classifier"};

PackageWindow single(const ReleaseNumber &pin)
{
    return {pin, pin, pin.next(pin.parts.size() - 1), true, false};
}

class Reader : private YamlFields
{
public:
    using YamlFields::YamlFields;

    void readReleases(const YAML::Node &document, PinKnowledge &knowledge) const
    {
        checkKeys(document, {"schema", "releases"}, "the file");
        checkSchema(document);
        for (const YAML::Node &node : document["releases"]) {
            knowledge.releases.push_back(release(node));
            const auto count = knowledge.releases.size();
            if (count > 1
                && knowledge.releases[count - 1].torch <= knowledge.releases[count - 2].torch) {
                stop(node, "releases: must ascend");
            }
        }
        if (knowledge.releases.empty()) {
            stop(document, "releases: is empty");
        }
    }

    void readPins(const YAML::Node &document, PinKnowledge &knowledge) const
    {
        checkKeys(document, {"schema", "conda_names", "conda_variants", "tied", "edit", "residues"},
                  "the file");
        checkSchema(document);
        for (const auto &entry : document["conda_names"]) {
            for (const YAML::Node &name : entry.second) {
                knowledge.condaNames[name.as<std::string>()] = entry.first.as<std::string>();
            }
        }
        knowledge.condaVariants = texts(document, "conda_variants", "the file", true);
        knowledge.tied = texts(document, "tied", "the file", true);
        const YAML::Node edit = document["edit"];
        checkKeys(edit, {"title", "reason", "changes"}, "edit");
        knowledge.editTitle = localized(edit, "title", "edit");
        knowledge.editReason = localized(edit, "reason", "edit");
        for (const auto &entry : edit["changes"]) {
            const std::string name = entry.first.as<std::string>();
            knowledge.editChanges[name] =
                texts(edit["changes"], name.c_str(), "edit.changes", true);
        }
        readResidues(document, knowledge);
    }

private:
    void readResidues(const YAML::Node &document, PinKnowledge &knowledge) const
    {
        for (const auto &entry : document["residues"]) {
            const std::string name = entry.first.as<std::string>();
            const YAML::Node &node = entry.second;
            checkKeys(node, {"reason", "detail", "changes", "is_breaking"}, name);
            PinResidue residue;
            residue.reason =
                choice<ResidueReason>(node, "reason", name,
                                      {{"no-replacement", ResidueReason::NoReplacement},
                                       {"needs-decision", ResidueReason::NeedsDecision},
                                       {"dynamic-access", ResidueReason::DynamicAccess},
                                       {"guarded", ResidueReason::Guarded}});
            residue.detail = localized(node, "detail", name);
            residue.changes = texts(node, "changes", name, false);
            residue.isBreaking = !node["is_breaking"] || node["is_breaking"].as<bool>();
            knowledge.residues[name] = std::move(residue);
        }
        for (const char *name : kResidues) {
            if (knowledge.residues.count(name) == 0) {
                stop(document, std::string("residues: '") + name + "' is missing");
            }
        }
    }

    ReleaseNumber number(const YAML::Node &node, const std::string &text) const
    {
        const auto parsed = ReleaseNumber::parse(text);
        if (!parsed || parsed->toString() != text) {
            stop(node, "'" + text + "' is no version");
        }
        return *parsed;
    }

    std::optional<PackageWindow> companion(const YAML::Node &node, const char *package) const
    {
        if (!node[package]) {
            return std::nullopt;
        }
        return single(number(node, text(node, package, "release")));
    }

    Companions release(const YAML::Node &node) const
    {
        checkKeys(node,
                  {"torch", "torchvision", "torchaudio", "torchtext", "python", "python_pin",
                   "numpy", "numpy_pin"},
                  "release");
        Companions out;
        const auto version = Version::parse(text(node, "torch", "release"));
        if (!version) {
            stop(node, "release: 'torch' is no version");
        }
        out.torch = *version;
        out.torchvision = companion(node, "torchvision");
        out.torchaudio = companion(node, "torchaudio");
        out.torchtext = companion(node, "torchtext");
        for (const std::string &python : texts(node, "python", "release", true)) {
            out.pythons.push_back(number(node, python));
        }
        const std::vector<std::string> numpy = texts(node, "numpy", "release", true);
        if (out.pythons.empty() || numpy.size() != 2) {
            stop(node, "release: needs Pythons, and two versions of NumPy");
        }
        out.python = {number(node, text(node, "python_pin", "release")), out.pythons.front(),
                      out.pythons.back().next(1), false, false};
        out.numpy = {number(node, text(node, "numpy_pin", "release")), number(node, numpy[0]),
                     number(node, numpy[1]), false, false};
        return out;
    }
};

} // namespace

bool PackageWindow::isReachedBy(const std::vector<Clause> &range) const
{
    std::vector<ReleaseNumber> candidates{pin};
    if (!isSingle) {
        candidates.push_back(oldest);
        for (const Clause &clause : range) { // the edges of the range, and what is just past them
            candidates.push_back(clause.release);
            ReleaseNumber past = clause.release;
            past.parts.push_back(1);
            candidates.push_back(std::move(past));
        }
    }
    return std::any_of(candidates.begin(), candidates.end(), [&](const ReleaseNumber &candidate) {
        return compare(candidate, oldest) >= 0 && compare(candidate, below) < 0
               && allows(range, candidate);
    });
}

Result<std::shared_ptr<const PinKnowledge>> PinKnowledge::load(const std::filesystem::path &folder)
{
    auto knowledge = std::make_shared<PinKnowledge>();
    const auto read = readYaml(folder / "releases.yaml", [&](const YAML::Node &document) {
                          Reader("releases.yaml").readReleases(document, *knowledge);
                      }).and_then([&] {
        return readYaml(folder / "pins.yaml", [&](const YAML::Node &node) {
            Reader("pins.yaml").readPins(node, *knowledge);
        });
    });
    if (!read) {
        return tl::unexpected<Error>(read.error());
    }
    return knowledge;
}

Companions PinKnowledge::companionsOf(const Version &torch) const
{
    const auto after =
        std::upper_bound(releases.begin(), releases.end(), torch,
                         [](const Version &v, const Companions &c) { return v < c.torch; });
    Companions out = after == releases.begin() ? releases.front() : *(after - 1);
    if (out.torch == torch) {
        return out;
    }
    out.torch = torch;
    for (std::optional<PackageWindow> *window :
         {&out.torchvision, &out.torchaudio, &out.torchtext}) {
        if (*window) { // a later patch of torch has a later patch of these
            const ReleaseNumber minor{{(*window)->pin.part(0), (*window)->pin.part(1)}};
            *window = PackageWindow{minor, minor, minor.next(1), false, true};
        }
    }
    return out;
}

std::string PinKnowledge::pipName(std::string_view condaName) const
{
    const auto found = condaNames.find(condaName);
    return found == condaNames.end() ? std::string(condaName) : found->second;
}

bool PinKnowledge::isCondaVariant(std::string_view name) const
{
    return std::find(condaVariants.begin(), condaVariants.end(), name) != condaVariants.end();
}

bool PinKnowledge::isTied(std::string_view package) const
{
    return std::find(tied.begin(), tied.end(), package) != tied.end();
}

} // namespace TorchLift
