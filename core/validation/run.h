#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/version.h"

namespace TorchLift {

/// How a run ended (design.md). "Works" means Ok and nothing else.
enum class Outcome {
    Ok,        ///< the worker reported that the last statement was reached
    Exception, ///< an uncaught exception; syntax errors too
    Exit,      ///< sys.exit or os._exit before the end, whatever the status
    Signal,    ///< segfault, abort, killed
    Timeout,
    Memory,
    OutputLimit,
    Incomplete,     ///< the worker vanished without a report
    SandboxRefused, ///< it was never started
    Cancelled,      ///< by the user
};

[[nodiscard]] const char *outcomeName(Outcome outcome) noexcept;
[[nodiscard]] std::optional<Outcome> outcomeFromName(std::string_view name) noexcept;

struct RunWarning
{
    std::string category; ///< "UserWarning", "DeprecationWarning"
    std::string message;
    int line = 0;                 ///< of the user's code; 0 when raised elsewhere
    std::size_t tracedBefore = 0; ///< events of the trace that came before it
};

/// Whether the version says that something will go, and nothing else is wrong.
[[nodiscard]] bool isDeprecation(const RunWarning &warning);

/// What decides whether the same code gives the same numbers again.
struct RunConditions
{
    int seed = 0; ///< that Python, NumPy and torch started from
    int threads = 0;
    bool deterministicAlgorithms = false; ///< torch.use_deterministic_algorithms, at the end
    bool deterministicCudnn = false;
    bool isCudaOnCpu = false; ///< CUDA was mapped to the CPU
};

/// A module-level variable as it was at the end of the run.
struct Variable
{
    std::string type;  ///< "torch.Tensor", "float", "numpy.ndarray", "dict"
    std::string dtype; ///< "float32"; empty where it has none
    std::vector<long long> shape;
    bool requiresGrad = false;
    std::string device;         ///< of a tensor: "cpu"
    bool isComparable = false;  ///< `values` hold everything there is to compare
    std::vector<double> values; ///< numbers in row-major order, complex as pairs; at most 100,000
    /// A string as it is; of containers and modules what they hold without the numbers (keys,
    /// strings, sizes). Cut at 10,000 bytes.
    std::string text;
    /// SHA-256 where not all is kept: of more than 100,000 numbers, or of a text that was cut.
    std::string digest;
    std::vector<double> statistics; ///< with such numbers: mean, deviation, least, greatest
};

/// What a name held after a statement that assigned it or may have changed it in place; "return"
/// for what a function gave back. `value.values` are at most 64 of the numbers, evenly spread,
/// `value.digest` is of all of them and of the text.
struct TraceEvent
{
    int line = 0;
    int visit = 0; ///< how often this line ran before; the first 20 are kept
    std::string name;
    Variable value;
    /// Where the random numbers stood before the statement and after it (Run::randomState).
    std::string randomBefore;
    std::string randomAfter;
};

struct TestRun;

/// Lines of one file, each ascending.
struct FileLines
{
    std::vector<int> executable; ///< they hold a statement
    std::vector<int> executed;
};

/// One execution of one code in one environment: what happened and what was observed.
struct Run
{
    Outcome outcome = Outcome::Incomplete;
    int exitStatus = 0; ///< as the process ended, when it did
    int signal = 0;
    std::string output;      ///< stdout, valid UTF-8, cut at the limit
    std::string errorOutput; ///< stderr, likewise
    std::string errorType;   ///< "AttributeError"
    std::string errorMessage;
    int errorLine = 0; ///< innermost line of the user's code; 0 when none
    std::vector<RunWarning> warnings;
    std::vector<int> executedLines;   ///< of the user's code, ascending
    std::vector<int> executableLines; ///< lines that hold a statement
    std::map<std::string, Variable> variables;
    std::vector<TraceEvent> trace; ///< on request; at most about 10,000
    double wallMs = 0;
    std::int64_t peakMemoryBytes = 0;
    Version torch;
    Version python;
    bool isSandboxed = true;
    RunConditions conditions;
    /// Where the code was watched (core/source/observation.h): what was seen at each site.
    std::map<int, std::vector<std::string>> observed;
    /// Which of RunRequest::restores the run came to need, ascending.
    std::vector<std::string> restored;
    /// Where the generators of torch, NumPy and Python stood at the end: the same in every version
    /// for the same seed and the same numbers drawn. Empty where it is not known.
    std::string randomState;
    /// Of the command of a project: how its tests went, as they ended.
    std::vector<TestRun> tests;
    /// Of the files that ProjectCommand::watched names: what ran outside of tests (imports; all
    /// where there are no tests). The run of a test holds what ran in it, and nothing executable.
    std::map<std::string, FileLines> files;
    /// Packages that the command needs and the environment lacks; it was not started then.
    std::vector<std::string> missingPackages;

    [[nodiscard]] bool works() const noexcept { return outcome == Outcome::Ok; }
    /// Failed because it asked for a CUDA card and there is none.
    [[nodiscard]] bool lacksCuda() const;
};

enum class TestStatus {
    Passed,
    Failed,  ///< also: it could not be set up, or its process ended in the middle of it
    Skipped, ///< by its own will, or expected to fail
    Absent,  ///< not among the tests of that run
};

/// One test of a project in one environment.
struct TestRun
{
    std::string id;       ///< "tests/test_net.py::test_step", "tests.test_net.Net.test_step"
    bool isGroup = false; ///< stands for all tests of a file or class that could not begin
    TestStatus status = TestStatus::Absent;
    Run run; ///< its outcome, what it printed, what its names held when it returned
};

} // namespace TorchLift
