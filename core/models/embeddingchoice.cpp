#include "models/embeddingchoice.h"

#include <filesystem>

#include <dlfcn.h>

namespace TorchLift {

namespace {

constexpr const char *kDriver = "libcuda.so.1";

// It stays open once it was there; asking again costs nothing.
bool hasDriver()
{
    return ::dlopen(kDriver, RTLD_NOW | RTLD_LOCAL) != nullptr;
}

} // namespace

const char *deviceName(Device device) noexcept
{
    return device == Device::Cuda ? "cuda" : "cpu";
}

std::optional<Precision> precisionOf(std::string_view name) noexcept
{
    for (const Precision precision : kPrecisions) {
        if (name == precisionName(precision)) {
            return precision;
        }
    }
    return std::nullopt;
}

std::optional<Device> deviceOf(std::string_view name) noexcept
{
    for (const Device device : {Device::Cpu, Device::Cuda}) {
        if (name == deviceName(device)) {
            return device;
        }
    }
    return std::nullopt;
}

std::string describe(const EmbeddingChoice &choice)
{
    return choice.model + " (" + precisionName(choice.precision) + ", " + deviceName(choice.device)
           + ')';
}

EmbeddingObstacle obstacleOf(const Error &error, const EmbeddingChoice &choice)
{
    const std::string &subject = error.subject;
    // Of libtorch, the module or CUDA; its ending may be missing as well.
    const std::string file = std::filesystem::path(subject).filename().string();
    const bool isLibrary = file.find(".so") != std::string::npos
                           || (error.code == Errc::MissingPart && file.starts_with("lib"));
    switch (error.code) {
    case Errc::Damaged:
        return isLibrary ? EmbeddingObstacle::NoLibtorch : EmbeddingObstacle::Damaged;
    case Errc::NotFound:
        return EmbeddingObstacle::NotInstalled;
    case Errc::Incompatible:
        if (isLibrary) { // another ABI
            return EmbeddingObstacle::NoLibtorch;
        }
        return choice.device == Device::Cuda && choice.precision != Precision::Fp32
                       && !subject.ends_with(".json") // an architecture
                   ? EmbeddingObstacle::PrecisionNotOnDevice
                   : EmbeddingObstacle::Other;
    case Errc::MissingPart:
        break;
    default:
        return EmbeddingObstacle::Other;
    }
    if (choice.device == Device::Cuda && (subject == kDriver || subject.empty())) {
        return hasDriver() ? EmbeddingObstacle::NoCard : EmbeddingObstacle::NoDriver;
    }
    // Those of CUDA are named without a folder, since they may lie in several.
    const bool isCuda =
        isLibrary
        && (subject.find('/') == std::string::npos || subject.find("cuda.so") != std::string::npos);
    return isCuda      ? EmbeddingObstacle::NoCudaLibraries
           : isLibrary ? EmbeddingObstacle::NoLibtorch
                       : EmbeddingObstacle::NotInstalled;
}

} // namespace TorchLift
