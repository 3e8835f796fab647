#pragma once

#include <array>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "base/result.h"
#include "embedding/embeddingmodel.h"
#include "embedding/modelfolder.h"

namespace TorchLift {

/// Where the parts are that only this loader touches.
struct EncoderPaths
{
    std::filesystem::path libtorch; ///< folder that holds torch/lib/libtorch_cpu.so
    std::filesystem::path module;   ///< libtorchlift-encoder.so
    std::filesystem::path model;    ///< an ordinary model folder (modelfolder.h)
    std::filesystem::path cache;    ///< where the weights' hash is kept; empty: computed each time
};

/// How the matrix products are computed; residuals, norms and pooling are always fp32. On a
/// processor without instructions for bf16 or fp16 only the weights have that precision.
enum class Precision {
    Fp32,
    Bf16,
    Fp16,
    Int16, ///< weights rounded once, what comes in row by row; more exact than bf16
    Int8,  ///< the same, and much coarser; queries, keys and values are not
};
inline constexpr std::array kPrecisions{Precision::Fp32, Precision::Bf16, Precision::Fp16,
                                        Precision::Int16, Precision::Int8};

enum class Device { Cpu, Cuda };

/// "fp32", "bf16", "fp16", "int16", "int8".
[[nodiscard]] const char *precisionName(Precision precision) noexcept;

struct EncoderOptions
{
    Precision precision = Precision::Fp32;
    Device device = Device::Cpu;
    /// torch's own operators instead of ours: what a GPU runs, to compare it on the processor.
    bool isPlain = false;
    /// What models are told before each text; unset: as the folder itself says, or nothing.
    std::optional<std::string> queryPrefix = std::nullopt;
    std::optional<std::string> passagePrefix = std::nullopt;
    std::optional<Pooling> pooling = std::nullopt; ///< for a folder that says nothing about it
    std::size_t maxTokens = 0; ///< read at most, where the folder allows more; 0: as it says
    /// Threads that compute, each on batches of its own, or all on a few texts together; 0: one for
    /// each physical core this process may use.
    std::size_t threads = 0;
};

/// Opens libtorch by absolute path, then the encoder module, then the model. The libraries are
/// opened once in a process and never closed; a second call loads only the model. Takes 0.3 to
/// 2 s, a large model's first time longer: never call it on the GUI thread. Thread-safe.
/// Errors: MissingPart (which file, and the command that installs it; for a GPU what is not
/// there: driver, card or libraries); Damaged for weights or vocabulary that fail their checks;
/// Incompatible for another ABI number of the module, integers on a GPU, an architecture that is
/// not supported; Cancelled, between two tensors.
[[nodiscard]] Result<std::unique_ptr<EmbeddingModel>>
loadEncoder(const EncoderPaths &paths, const EncoderOptions &options = {},
            const std::stop_token &stop = {});

} // namespace TorchLift
