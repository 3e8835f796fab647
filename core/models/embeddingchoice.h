#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "embedding/encoderloader.h"
#include "models/registry.h"

namespace TorchLift {

/// Which model embeds, and how it computes.
struct EmbeddingChoice
{
    std::string model{kDefaultModel}; ///< of an installed one its name; or the path of a folder
    Precision precision = Precision::Fp32;
    Device device = Device::Cpu;

    bool operator==(const EmbeddingChoice &) const = default;
};

/// "cpu", "cuda".
[[nodiscard]] const char *deviceName(Device device) noexcept;
/// nullopt for a name that is none.
[[nodiscard]] std::optional<Precision> precisionOf(std::string_view name) noexcept;
[[nodiscard]] std::optional<Device> deviceOf(std::string_view name) noexcept;

/// "e5-large-v2 (bf16, cpu)".
[[nodiscard]] std::string describe(const EmbeddingChoice &choice);

/// What keeps a model from embedding, as far as an error of openModel() tells.
enum class EmbeddingObstacle {
    Other,               ///< as the error says
    NotInstalled,        ///< the model, or one of its files
    Damaged,             ///< one of its files
    NoLibtorch,          ///< it, or the module that uses it
    NoDriver,            ///< of an NVIDIA card
    NoCard,              ///< the driver finds none
    NoCudaLibraries,     ///< those that computing on a card needs
    PrecisionNotOnDevice ///< integers are for processors
};
[[nodiscard]] EmbeddingObstacle obstacleOf(const Error &error, const EmbeddingChoice &choice);

} // namespace TorchLift
