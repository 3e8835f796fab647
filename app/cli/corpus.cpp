#include <iostream>

#include "cli/commands.h"
#include "cli/output.h"

namespace TorchLift::Cli {

namespace {

int printInfo(const Result<CorpusInfo> &info)
{
    if (!info) {
        return report(info.error());
    }
    for (const std::string &skipped : info->skipped) {
        std::cerr << "left out: " << skipped << '\n';
    }
    std::cout << info->chunks << " chunks in " << info->file.string() << '\n';
    return Done;
}

} // namespace

int runCorpusBuild(const Context &context, const std::string &folder)
{
    auto pipeline = Pipeline::open(context.paths);
    if (!pipeline) {
        return report(pipeline.error());
    }
    return printInfo((*pipeline)->buildCorpus(folder, terminalProgress(), context.stop));
}

int runCorpusInfo(const Context &context)
{
    return runCorpusBuild(context, {});
}

} // namespace TorchLift::Cli
