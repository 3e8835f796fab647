#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "models/modelhub.h"
#include "models/registry.h"

namespace TorchLift {

/// A model that is known, installed, or both.
struct ModelState
{
    std::string name;
    const ModelSpec *spec = nullptr; ///< of the registry; nullptr: one of the user's own
    bool isInstalled = false;
    std::uint64_t bytes = 0;           ///< on disk
    std::optional<ModelFolder> folder; ///< where it can be used
    std::string problem;               ///< why an installed one cannot be used
};

/// The models below a folder, one folder each. Installing goes through a hidden folder beside the
/// final one, so that a model is there whole, checked, with the hashes of its files
/// (kModelManifest) or not at all; an interrupted one goes on at the next call. Two programs that
/// install the same model wait for each other.
class ModelStore
{
public:
    explicit ModelStore(std::filesystem::path folder);

    /// Those of the registry in its order, then others by name. Weights are not looked into.
    [[nodiscard]] std::vector<ModelState> list() const;

    /// Gets a model of the registry, or `repository` of the hub under `name`.
    /// Errors: those of listHubModel, fetchHubModel and readModelFolder; InvalidArgument for a
    /// name that no folder may have, or one that is not known and comes without a repository.
    [[nodiscard]] Result<void> install(const std::string &name, const std::string &repository,
                                       const HubOptions &options, const ProgressCallback &progress,
                                       std::stop_token stop);

    /// Takes a model out of a folder: only the files a model needs are copied.
    /// Errors: those of readModelFolder; Io; Cancelled.
    [[nodiscard]] Result<void> installFromFolder(const std::string &name,
                                                 const std::filesystem::path &source,
                                                 const ProgressCallback &progress,
                                                 std::stop_token stop);

    /// Errors: NotFound when it is not installed; InvalidArgument; Io.
    [[nodiscard]] Result<void> remove(const std::string &name);

private:
    [[nodiscard]] Result<void> finish(const std::string &name, const std::string &origin) const;

    std::filesystem::path m_folder;
};

/// Names of the models below a folder that can be used, the known ones first.
[[nodiscard]] std::vector<std::string> installedModels(const std::filesystem::path &folder);

} // namespace TorchLift
