#include "migration/pins.h"

#include <algorithm>
#include <iterator>

#include "migration/pinreader.h"

namespace TorchLift {

PinFile pinFileOf(const std::filesystem::path &path)
{
    const std::string name = path.filename().string();
    const std::string extension = path.extension().string();
    const bool isText = extension == ".txt" || extension == ".in";
    const bool isYaml = extension == ".yml" || extension == ".yaml";
    const bool isInFolder = path.parent_path().filename() == "requirements";
    if (name == "setup.py") {
        return PinFile::SetupPy;
    }
    if (name == "setup.cfg") {
        return PinFile::SetupCfg;
    }
    if (name == "pyproject.toml") {
        return PinFile::PyProject;
    }
    if (name == "Pipfile") {
        return PinFile::Pipfile;
    }
    if (name.starts_with("Dockerfile") || extension == ".dockerfile") {
        return PinFile::Dockerfile;
    }
    if (isYaml && (name.starts_with("environment") || name.starts_with("conda"))) {
        return PinFile::CondaEnvironment;
    }
    const bool isNamed = name.find("requirements") != std::string::npos
                         || name.starts_with("constraints") || isInFolder;
    return isText && isNamed ? PinFile::Requirements : PinFile::None;
}

PinFindings findPins(std::string_view text, PinFile kind, const PinKnowledge &knowledge,
                     const Version &target, std::string_view linePrefix)
{
    PinEdits pins(text, knowledge, target);
    PinReader reader(text, pins);
    switch (kind) {
    case PinFile::Requirements:
        reader.requirements();
        break;
    case PinFile::SetupPy:
        reader.setupPy();
        break;
    case PinFile::SetupCfg:
        reader.setupCfg();
        break;
    case PinFile::PyProject:
        reader.pyProject();
        break;
    case PinFile::Pipfile:
        reader.pipfile();
        break;
    case PinFile::CondaEnvironment:
        reader.condaEnvironment();
        break;
    case PinFile::Dockerfile:
        reader.dockerfile();
        break;
    case PinFile::Notebook:
        pins.commands({0, text.size()}, linePrefix);
        break;
    case PinFile::None:
        break;
    }
    return pins.take();
}

void addPins(Migration &migration, PinFindings pins, const MigrationOptions &options)
{
    const auto isListed = [](const std::vector<std::string> &ids) {
        return std::find(ids.begin(), ids.end(), kPinRule) != ids.end();
    };
    if (isListed(options.skip) || (!options.only.empty() && !isListed(options.only))) {
        return;
    }
    const LineIndex lines(migration.oldCode);
    for (Edit &edit : pins.edits) {
        edit.isAccepted = options.accept != Acceptance::Safe;
        if (!edit.isAccepted) {
            migration.residues.push_back({edit.symbol, edit.span(), lines.lineOf(edit.span().begin),
                                          ResidueReason::NotAccepted, edit.reason, edit.changes,
                                          edit.ruleId, edit.brokenIn, true});
        }
        migration.edits.push_back(std::move(edit));
    }
    migration.residues.insert(migration.residues.end(),
                              std::make_move_iterator(pins.residues.begin()),
                              std::make_move_iterator(pins.residues.end()));
    std::stable_sort(migration.edits.begin(), migration.edits.end(),
                     [](const Edit &a, const Edit &b) { return a.span().begin < b.span().begin; });
    std::stable_sort(migration.residues.begin(), migration.residues.end(),
                     [](const Residue &a, const Residue &b) { return a.span < b.span; });
    migration.newCode = render(migration.oldCode, migration.edits).newCode;
}

} // namespace TorchLift
