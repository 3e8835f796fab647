#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "validation/run.h"
#include "validation/runner.h"

namespace TorchLift {

/// One message between host and worker: a letter and its bytes (worker.py says which there are).
struct Frame
{
    char kind = 0;
    std::string payload;
};

/// Cuts a stream of bytes into frames. What the worker says is not trusted: a frame above the
/// limit makes the reader broken for good.
class FrameReader
{
public:
    void append(std::string_view bytes);
    /// The next complete frame, nullopt when more bytes are needed or isBroken().
    [[nodiscard]] std::optional<Frame> next();
    [[nodiscard]] bool isBroken() const noexcept { return m_isBroken; }

private:
    std::string m_buffer;
    bool m_isBroken = false;
};

/// Bytes that prepare a worker: limits of the run and the modules imported ahead of the script.
/// `repeats`: it is to be ready for a further run after each; only in a sandbox, since it ends all
/// processes and removes all files that it can.
[[nodiscard]] std::string setupFrame(const RunLimits &limits,
                                     const std::vector<std::string> &preload, bool repeats);

/// Bytes that give a prepared worker its script, with a nonce made for it.
[[nodiscard]] std::string jobFrames(const RunRequest &request);

/// Bytes that ask a worker for the end of its run: at once, or after its script's process had a
/// moment to report what it holds.
[[nodiscard]] std::string stopFrame(bool atOnce);

/// What the supervisor saw of the script's process.
struct WorkerEnd
{
    int exitStatus = 0;
    int signal = 0;
    std::int64_t peakBytes = 0;
    std::vector<int> executedLines;
    std::vector<int> executableLines;
};

/// Errors: Damaged.
[[nodiscard]] Result<WorkerEnd> parseEnd(std::string_view json);

/// What the script's process reported, as far as it is well formed; the outcome is Ok, Exception
/// or Exit by the report alone. Text is made valid UTF-8 and sizes are bounded.
/// Errors: Damaged.
[[nodiscard]] Result<Run> parseReport(std::string_view json);

} // namespace TorchLift
