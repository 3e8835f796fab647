// Runs one script in one environment and prints what came of it, for tests that have to be
// somebody else than the test program (setpriv).
#include <cstdio>
#include <cstdlib>
#include <string>

#include "base/files.h"
#include "validation/runner.h"

using namespace TorchLift;

int main(int count, char **arguments)
{
    if (count < 4) {
        std::fputs("usage: runnertool WORKER ENVIRONMENT SCRIPT [NAME=VALUE ...]\n", stderr);
        return 2;
    }
    const auto environment = inspectEnvironment(arguments[2]);
    const auto code = readFile(arguments[3]);
    if (!environment || !code) {
        std::printf("error: %s\n",
                    (environment ? code.error() : environment.error()).detail.c_str());
        return 2;
    }
    RunRequest request;
    request.code = *code;
    for (int i = 4; i < count; ++i) {
        const std::string option = arguments[i];
        const std::size_t equals = option.find('=');
        const std::string name = option.substr(0, equals);
        const long long value = std::atoll(option.c_str() + equals + 1);
        if (name == "wall") {
            request.limits.wallSeconds = static_cast<int>(value);
        } else if (name == "memory") {
            request.limits.memoryBytes = value;
        } else if (name == "processes") {
            request.limits.processes = static_cast<int>(value);
        } else if (name == "output") {
            request.limits.outputBytes = value;
        } else if (name == "disk") {
            request.limits.diskBytes = value;
        } else if (name == "sandbox") {
            request.isSandboxed = value != 0;
        }
    }
    Runner runner(arguments[1]);
    const auto run = runner.run(*environment, request, {});
    if (!run) {
        std::printf("error: %s: %s\n", errcName(run.error().code), run.error().detail.c_str());
        return 3;
    }
    std::printf("outcome: %s exit %d signal %d %.0f ms %lld bytes\nerror: %s: %s (line %d)\n",
                outcomeName(run->outcome), run->exitStatus, run->signal, run->wallMs,
                static_cast<long long>(run->peakMemoryBytes), run->errorType.c_str(),
                run->errorMessage.c_str(), run->errorLine);
    std::printf("variables:");
    for (const auto &[name, variable] : run->variables) {
        std::printf(" %s:%s:%s:%zu", name.c_str(), variable.type.c_str(), variable.dtype.c_str(),
                    variable.values.size());
    }
    std::printf("\nexecuted %zu of %zu lines, %zu warnings\n--- output\n%s\n--- errors\n%s\n",
                run->executedLines.size(), run->executableLines.size(), run->warnings.size(),
                run->output.c_str(), run->errorOutput.c_str());
    return run->works() ? 0 : 1;
}
