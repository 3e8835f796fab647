// Three warm validation runs of a 50-line script and their comparison, against three cold starts
// of the interpreters with the same scripts, alternating in one run.
// usage: validation_bench [ROUNDS]      (a row per round, then the medians, their ratio and the
// goal;
//        status 2: missed)

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include <unistd.h>

#include "base/files.h"
#include "settings/paths.h"
#include "validation/environment.h"
#include "validation/process.h"
#include "validation/runner.h"
#include "validation/verdict.h"

using namespace TorchLift;

namespace fs = std::filesystem;

namespace {

using Clock = std::chrono::steady_clock;

// %SOLVE% is what the migration changes.
constexpr const char *kScript = R"(import math

import torch
import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self, width):
        super(Net, self).__init__()
        self.first = nn.Linear(4, width)
        self.second = nn.Linear(width, 2)

    def forward(self, x):
        x = torch.tanh(self.first(x))
        return self.second(x)


def make_data(count):
    x = torch.randn(count, 4)
    y = (x[:, 0] * x[:, 1] > 0).long()
    return x, y


def accuracy(net, x, y):
    with torch.no_grad():
        return (net(x).argmax(1) == y).float().mean().item()


def least_squares(x, y):
    normal = x.t().mm(x) + 0.1 * torch.eye(x.size(1))
    right = x.t().mm(y.float().view(-1, 1))
    return %SOLVE%


x, y = make_data(64)
net = Net(16)
optimizer = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
losses = []
for epoch in range(20):
    optimizer.zero_grad()
    loss = F.cross_entropy(net(x), y)
    loss.backward()
    optimizer.step()
    losses.append(loss.item())
weights = least_squares(x, y)
final = math.sqrt(losses[-1])
print("accuracy", accuracy(net, x, y) > 0.5)
print("weights", weights.view(-1))
)";

std::string scriptWith(const std::string &solve)
{
    const std::string mark = "%SOLVE%";
    std::string text = kScript;
    return text.replace(text.find(mark), mark.size(), solve);
}

[[noreturn]] void giveUp(const std::string &reason)
{
    std::fprintf(stderr, "validation_bench: %s\n", reason.c_str());
    std::exit(1);
}

double millisecondsSince(Clock::time_point start)
{
    return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

double median(std::vector<double> values)
{
    std::sort(values.begin(), values.end());
    const std::size_t middle = values.size() / 2;
    return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

struct Case
{
    const Environment *environment;
    std::string code;
};

double coldStarts(const std::vector<Case> &cases, const fs::path &file)
{
    const auto start = Clock::now();
    for (const Case &one : cases) {
        if (const auto written = writeFileAtomically(file, one.code); !written) {
            giveUp(written.error().detail);
        }
        ProcessOptions options;
        options.arguments = {one.environment->interpreter.string(), file.string()};
        options.environment = {"PATH=/usr/bin:/bin", "HOME=/nonexistent", "OMP_NUM_THREADS=1",
                               "MKL_NUM_THREADS=1"};
        auto process = Process::start(std::move(options));
        if (!process) {
            giveUp(process.error().detail);
        }
        (*process)->wait(); // what it prints fits into its pipes
    }
    return millisecondsSince(start);
}

double warmRuns(Runner &runner, const std::vector<Case> &cases)
{
    std::vector<Run> runs;
    const auto start = Clock::now();
    for (const Case &one : cases) {
        RunRequest request;
        request.code = one.code;
        auto run = runner.run(*one.environment, request, {});
        if (!run) {
            giveUp(run.error().detail);
        }
        runs.push_back(std::move(*run));
    }
    const Verdict verdict = compareRuns(runs.front(), runs.back(), {});
    const double took = millisecondsSince(start);
    if (verdict.kind != VerdictKind::Equal && verdict.kind != VerdictKind::Numerical) {
        giveUp(std::string("the verdict is ") + verdictName(verdict.kind) + "\n"
               + runs.front().errorOutput + runs.back().errorOutput);
    }
    return took;
}

void waitForSpares(const Runner &runner, const Environment &source, const Environment &target)
{
    const auto start = Clock::now();
    while (runner.warmCount(source) < 1 || runner.warmCount(target) < 2) {
        if (millisecondsSince(start) > 120'000) {
            giveUp("no spare interpreters");
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
}

} // namespace

int main(int argc, char **argv)
{
    const int rounds = argc > 1 ? std::max(1, std::atoi(argv[1])) : 7;
    const Paths paths = Paths::standard();
    const auto source = findEnvironment(paths.environments(), Version{1, 0, 0});
    const auto target = findEnvironment(paths.environments(), Version{2, 7, 0});
    if (!source || !target) {
        giveUp("the environments of torch 1.0.0 and 2.7.0 are needed");
    }
    if (const auto available = Runner::sandboxAvailable(); !available) {
        giveUp(available.error().detail);
    }
    const std::string oldCode = scriptWith("torch.gesv(right, normal)[0]");
    const std::string newCode = scriptWith("torch.linalg.solve(normal, right)");
    const std::vector<Case> cases{{&*source, oldCode}, {&*target, oldCode}, {&*target, newCode}};
    const fs::path file =
        fs::temp_directory_path() / ("validation_bench_" + std::to_string(::getpid()) + ".py");

    Runner runner(paths.worker());
    runner.keepWarm(*source, 1);
    runner.keepWarm(*target, 2);
    std::vector<double> cold;
    std::vector<double> warm;
    for (int round = 0; round < rounds; ++round) {
        cold.push_back(coldStarts(cases, file));
        waitForSpares(runner, *source, *target);
        warm.push_back(warmRuns(runner, cases));
        std::printf("round %d: cold %.0f ms, warm %.0f ms\n", round + 1, cold.back(), warm.back());
        std::fflush(stdout);
    }
    fs::remove(file);
    constexpr double wantedRatio = 15;
    constexpr double wantedMs = 200;
    const double ratio = median(cold) / median(warm);
    const bool isReached = ratio >= wantedRatio && median(warm) < wantedMs;
    std::printf("median of %d: cold %.0f ms, warm %.0f ms, ratio %.1f\n", rounds, median(cold),
                median(warm), ratio);
    std::printf("goal: ratio of at least %.0f, warm below %.0f ms: %s\n", wantedRatio, wantedMs,
                isReached ? "reached" : "missed");
    return isReached ? 0 : 2;
}
