#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>

#include "base/result.h"
#include "embedding/embeddingmodel.h"

namespace TorchLift {

/// Where the parts are that only this loader touches.
struct EncoderPaths
{
    std::filesystem::path libtorch; ///< folder that holds torch/lib/libtorch_cpu.so
    std::filesystem::path module;   ///< libtorchlift-encoder.so
    std::filesystem::path model;    ///< folder with config.json, vocab.txt, model.safetensors
    std::filesystem::path cache;    ///< where the weights' hash is kept; empty: computed each time
};

/// How the matrix products are computed; residuals, norms and pooling are always fp32.
enum class Precision { Fp32, Bf16 };

struct EncoderOptions
{
    Precision precision = Precision::Fp32;
    /// Threads that compute, each on batches of its own; 0: one for each physical core this
    /// process may use.
    std::size_t threads = 0;
};

/// Opens libtorch by absolute path, then the encoder module, then the model. The libraries are
/// opened once in a process and never closed; a second call loads only the model. Takes 0.3 to
/// 2 s: never call it on the GUI thread. Thread-safe.
/// Errors: MissingPart (which file, and the command that installs it); Damaged for weights or
/// vocabulary that fail their checks; Incompatible for another ABI number of the module.
[[nodiscard]] Result<std::unique_ptr<EmbeddingModel>>
loadEncoder(const EncoderPaths &paths, const EncoderOptions &options = {});

} // namespace TorchLift
