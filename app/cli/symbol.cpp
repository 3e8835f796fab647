#include <algorithm>
#include <iostream>
#include <sstream>

#include "cli/commands.h"
#include "cli/output.h"
#include "report/symboljson.h"

namespace TorchLift::Cli {

namespace {

std::string inWords(const Notice &notice)
{
    return notice.since.toShortString() + (notice.message.empty() ? "" : ": " + notice.message);
}

void printLife(const SymbolLife &life)
{
    const std::string package = packageName(life.package);
    std::cout << life.name << ": " << symbolKindName(life.kind) << " of " << package << '\n';
    if (life.describedAs != life.name) {
        std::cout << "  the same as " << life.describedAs << '\n';
    }
    for (const Presence &presence : life.presence) {
        std::cout << "  there from "
                  << (presence.first == Version{} ? "the start" : presence.first.toShortString())
                  << (presence.gone ? ", gone in " + presence.gone->toShortString() : "") << '\n';
    }
    if (life.deprecated) {
        std::cout << "  deprecated since " << inWords(*life.deprecated) << '\n';
    }
    if (life.raises) {
        std::cout << "  every call fails since " << inWords(*life.raises) << '\n';
    }
    for (const Signature &signature : life.signatures) {
        if (!signature.parameters.empty()) {
            std::cout << "  since " << signature.since.toShortString() << " takes "
                      << signature.parameters << '\n';
        }
    }
    if (!life.replacement.empty()) {
        std::cout << "  use " << life.replacement << '\n';
    }
}

} // namespace

namespace {

void printEnvironment(const SymbolInEnvironment &found)
{
    std::cout << "  torch " << found.torch.toString() << " on Python " << found.python.toString();
    if (!found.isThere) {
        std::cout << ": it is not there\n";
        return;
    }
    std::cout << ": " << found.kind << ' ' << found.signature << '\n';
    std::istringstream lines(found.documentation);
    for (std::string line; std::getline(lines, line);) {
        std::cout << "    | " << line << '\n';
    }
    if (!found.deprecation.empty()) {
        std::cout << "    deprecated: " << found.deprecation << '\n';
    }
}

// The user's own environments; where one is missing or nothing may run, the timeline has to do.
std::vector<SymbolInEnvironment> askEnvironments(const Context &context, const std::string &name)
{
    std::vector<SymbolInEnvironment> found;
    for (const Environment &environment : listEnvironments(context.paths.environments())) {
        auto answer = introspect(name, environment, context.paths.worker(), context.paths.cache,
                                 context.stop);
        if (answer) {
            found.push_back(std::move(*answer));
        } else {
            std::cerr << "torchlift-cli: " << environment.name
                      << " was not asked: " << answer.error().detail << '\n';
        }
    }
    return found;
}

Result<SymbolReport> reportOn(const Context &context, const std::string &name)
{
    const auto pipeline = Pipeline::open(context.paths);
    if (!pipeline) {
        return tl::unexpected(pipeline.error());
    }
    const auto timeline = (*pipeline)->timeline();
    if (!timeline) {
        return tl::unexpected(timeline.error());
    }
    SymbolReport out;
    out.name = name;
    out.life = (*timeline)->lookup(name);
    if (!out.life) {
        out.similar = (*timeline)->similarNames(name, (*timeline)->releases().back());
    }
    for (const RuleInfo &rule : (*pipeline)->rules().rules()) {
        if (std::find(rule.symbols.begin(), rule.symbols.end(), name) != rule.symbols.end()) {
            out.rules.push_back(rule);
        }
    }
    out.environments = askEnvironments(context, name);
    return out;
}

} // namespace

int runSymbol(const Context &context, const SymbolOptions &options)
{
    const auto found = reportOn(context, options.name);
    if (!found) {
        return report(found.error());
    }
    const bool isKnown = found->life
                         || std::any_of(found->environments.begin(), found->environments.end(),
                                        [](const SymbolInEnvironment &e) { return e.isThere; });
    if (!options.json.empty()) {
        if (auto written = writeResult(options.json, symbolToJson(*found)); !written) {
            return report(written.error());
        }
    }
    if (options.json == "-") {
        return isKnown ? Done : BadUsage;
    }
    if (found->life) {
        printLife(*found->life);
    } else {
        std::cout << found->name << ": no release is known to have it\n";
        for (const std::string &similar : found->similar) {
            std::cout << "  similar: " << similar << '\n';
        }
    }
    std::for_each(found->environments.begin(), found->environments.end(), printEnvironment);
    for (const RuleInfo &rule : found->rules) {
        std::cout << "  rule " << rule.id << ": " << rule.reason.in(context.language) << '\n';
    }
    return isKnown ? Done : BadUsage;
}

} // namespace TorchLift::Cli
