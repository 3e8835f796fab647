#include <iostream>

#include "cli/commands.h"
#include "cli/output.h"

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

int runSymbol(const Context &context, const std::string &name)
{
    auto pipeline = Pipeline::open(context.paths);
    if (!pipeline) {
        return report(pipeline.error());
    }
    const auto timeline = (*pipeline)->timeline();
    if (!timeline) {
        return report(timeline.error());
    }
    if (const std::optional<SymbolLife> life = (*timeline)->lookup(name)) {
        printLife(*life);
    } else {
        const Version newest = (*timeline)->releases().back();
        std::cout << name << ": no release is known to have it\n";
        for (const std::string &similar : (*timeline)->similarNames(name, newest)) {
            std::cout << "  similar: " << similar << '\n';
        }
        return BadUsage;
    }
    for (const RuleInfo &rule : (*pipeline)->rules().rules()) {
        for (const std::string &symbol : rule.symbols) {
            if (symbol == name) {
                std::cout << "  rule " << rule.id << ": " << rule.reason.in(context.language)
                          << '\n';
            }
        }
    }
    return Done;
}

} // namespace TorchLift::Cli
