#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "validation/environment.h"
#include "validation/run.h"

namespace TorchLift {

/// Bounds of one run. 0 is never "unlimited".
struct RunLimits
{
    int wallSeconds = 60;
    std::int64_t memoryBytes = 4LL * 1024 * 1024 * 1024;
    int processes = 64;
    std::int64_t outputBytes = 1024 * 1024;       ///< stdout and stderr each
    std::int64_t diskBytes = 256LL * 1024 * 1024; ///< work folder, /tmp and /dev/shm each
};

/// What is run of a project.
struct ProjectCommand
{
    std::string command; ///< for a shell, in the project's folder
    /// Folders with further Python packages, shown read-only and found after the environment's own.
    std::vector<std::filesystem::path> packages;
    /// Where data lay inside the project, below its folder: it is linked from there to the name
    /// it has among RunRequest::data.
    std::vector<std::pair<std::string, std::string>> dataPlaces;
    std::vector<std::string> watched; ///< Python files, below the folder, for Run::files
};

struct RunRequest
{
    std::string code;                 ///< bytes of the script as the user saved it
    std::string fileName = "main.py"; ///< how tracebacks name it; no folders
    RunLimits limits;
    std::vector<std::filesystem::path>
        data;                 ///< files and folders shown read-only in the work folder
    bool isSandboxed = true;  ///< false only when the user said so for this run
    bool trace = false;       ///< also record what each statement assigned (Run::trace); slower
    int seed = 0;             ///< random, NumPy and torch start from it
    bool isCudaOnCpu = false; ///< what asks for a CUDA card gets the CPU
    /// Parameters and real numbers drawn at random are moved by one unit in the last place: what
    /// differs then from the usual run is numerical noise.
    bool movesParameters = false;
    /// Beside that, results that versions may round differently are moved, each up or down by one
    /// of several patterns, from 1; 0: not (resources/worker/torchlift_noise.py).
    int resultsPattern = 0;
    bool observes = false; ///< the code holds recorders; gives Run::observed
    /// Changes inside torch that the worker takes back in the target version (slugs of the
    /// catalogue, or "all" and "-SLUG" without one; resources/worker/torchlift_restore.py); gives
    /// Run::restored.
    std::vector<std::string> restores;
    int memoryFill = 0; ///< byte that fresh memory is filled with; 0: as it comes
    /// Runs a command instead of a script; `code` is then the project, as packProject() gives it.
    std::optional<ProjectCommand> project{};
};

/// Runs untrusted code in an environment, inside the sandbox. Belongs to one thread at a time.
class Runner
{
public:
    /// `worker` is resources/worker/worker.py.
    /// Errors: MissingPart (bubblewrap), Refused (namespaces are not to be had here), each with
    /// the remedy; only when a sandbox is asked for does it matter, so run() reports it.
    explicit Runner(std::filesystem::path worker);
    ~Runner();
    Runner(const Runner &) = delete;
    Runner &operator=(const Runner &) = delete;

    /// Whether a sandbox can be built here; the error says what is missing and its remedy.
    [[nodiscard]] static Result<void> sandboxAvailable();

    /// Keeps `spares` workers of this environment ready in the background, imports done, so that
    /// runs without data and with the usual limits start at once (0: none, as at first). Each
    /// takes the memory of an imported torch (120 MB in 1.0, 410 MB in 2.7); none is started
    /// where less than 2 GB are free, and all are let go after five minutes without a run.
    void keepWarm(const Environment &environment, int spares);
    /// How many of them wait now.
    [[nodiscard]] int warmCount(const Environment &environment) const;

    /// Blocks until the run ended. A stop request kills it and gives Outcome::Cancelled.
    /// The user's code failing is a Run, not an Error. Errors: MissingPart, Internal.
    [[nodiscard]] Result<Run> run(const Environment &environment, const RunRequest &request,
                                  std::stop_token stop);

private:
    friend class RepeatedRuns;
    class Impl;
    std::unique_ptr<Impl> m_impl;
};

/// While it lives, the sandboxed worker that ran a script stays for further runs of the same script
/// in the same environment, which then take no time to start; each finds what the first found: no
/// process and no file of an earlier one. At most three stay, the last ones. Not beyond its runner.
class RepeatedRuns
{
public:
    explicit RepeatedRuns(Runner &runner);
    ~RepeatedRuns();
    RepeatedRuns(const RepeatedRuns &) = delete;
    RepeatedRuns &operator=(const RepeatedRuns &) = delete;

private:
    Runner &m_runner;
};

} // namespace TorchLift
