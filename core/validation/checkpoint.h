#pragma once

#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "validation/environment.h"
#include "validation/runner.h"
#include "validation/verdict.h"

namespace TorchLift {

/// What a saved torch file is, read without executing anything of it.
struct CheckpointFile
{
    std::string format;               ///< "legacy", "zip", "tar", "torchscript", "unknown"
    std::vector<std::string> globals; ///< classes and functions that its pickles name
    std::string error;                ///< where it could not be read to its end
};

/// One tensor or other value of it.
struct CheckpointEntry
{
    std::string key;
    std::string type; ///< "tensor", or a Python type
    std::string dtype;
    std::vector<long long> shape;
    std::string digest; ///< SHA-256 of the values; empty where there is none

    bool operator==(const CheckpointEntry &) const = default;
};

enum class WeightsOnly { NotKnown, Accepted, Refused }; ///< NotKnown: the release has no such mode

[[nodiscard]] const char *weightsOnlyName(WeightsOnly state) noexcept;

/// What loading it in one version gave. The file's pickles were executed for this, so all of it
/// is what the file wants to be seen.
struct CheckpointLoad
{
    Version torch;
    std::string error; ///< empty when it loads
    std::string className;
    bool isModule = false; ///< a whole model
    WeightsOnly weightsOnly = WeightsOnly::NotKnown;
    std::string weightsOnlyReason; ///< of a refusal
    std::vector<CheckpointEntry> entries;
    std::optional<Variable> output; ///< of the model for the same input
    std::vector<long long> inputShape;
    std::string outputError;
};

struct CheckpointOptions
{
    std::filesystem::path file;
    std::filesystem::path modelCode; ///< Python file with the classes; may be empty
    std::string model;               ///< expression that makes the model of a state dict: "Net(10)"
    std::vector<long long> inputShape; ///< empty: by the first layer
    RunLimits limits;
    bool isSandboxed = true;
};

/// `script` is resources/worker/checkpoint.py. Errors: NotFound, Unreadable, InvalidArgument for
/// the files; those of Runner::run; Damaged when what comes back is no answer (loading that crashes
/// is an outcome); Cancelled.
[[nodiscard]] Result<CheckpointFile> readCheckpoint(Runner &runner, const Environment &environment,
                                                    const std::filesystem::path &script,
                                                    const CheckpointOptions &options,
                                                    std::stop_token stop);
[[nodiscard]] Result<CheckpointLoad> loadCheckpoint(Runner &runner, const Environment &environment,
                                                    const std::filesystem::path &script,
                                                    const CheckpointOptions &options,
                                                    std::stop_token stop);

/// Entries that one has and the other lacks or holds otherwise, and outputs beyond tolerance.
[[nodiscard]] std::vector<Difference> compareCheckpoints(const CheckpointLoad &oldLoad,
                                                         const CheckpointLoad &newLoad,
                                                         const Tolerance &tolerance);

} // namespace TorchLift
