#pragma once

#include <filesystem>

namespace TorchLift {

/// Where everything is kept. XDG base directories, or below TORCHLIFT_HOME when that is set
/// (config/, data/, cache/). Reads the environment once at the call; creates nothing.
struct Paths
{
    std::filesystem::path config;
    std::filesystem::path data;
    std::filesystem::path cache;
    std::filesystem::path
        resources; ///< rules, catalogue, worker ...; TORCHLIFT_RESOURCES overrides

    [[nodiscard]] std::filesystem::path environments() const { return data / "environments"; }
    [[nodiscard]] std::filesystem::path models() const { return data / "models"; }
    [[nodiscard]] std::filesystem::path libtorch() const { return data / "libtorch" / "2.7.0"; }
    [[nodiscard]] std::filesystem::path corpus() const { return data / "corpus"; }
    [[nodiscard]] std::filesystem::path rules() const { return resources / "rules"; }
    [[nodiscard]] std::filesystem::path timeline() const { return resources / "timeline"; }
    [[nodiscard]] std::filesystem::path catalogue() const { return resources / "catalogue"; }
    [[nodiscard]] std::filesystem::path judgements() const { return resources / "judgements"; }
    [[nodiscard]] std::filesystem::path worker() const
    {
        return resources / "worker" / "worker.py";
    }
    /// libtorchlift-encoder.so: beside the executable, or in ../lib/torchlift.
    [[nodiscard]] std::filesystem::path encoderModule() const;

    [[nodiscard]] static Paths standard();
};

} // namespace TorchLift
