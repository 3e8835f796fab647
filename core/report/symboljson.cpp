#include "report/symboljson.h"

#include "report/json.h"
#include "session/jsonwriter.h"

namespace TorchLift {

namespace {

void writeNotice(JsonWriter &writer, const char *since, const char *message,
                 const std::optional<Notice> &notice)
{
    writer(since, notice ? std::optional(notice->since) : std::optional<Version>());
    writer(message, notice ? notice->message : std::string());
}

void writeLife(JsonWriter &writer, const SymbolLife &life)
{
    writer("package", packageName(life.package));
    writer("kind", symbolKindName(life.kind));
    writer("describedAs", life.describedAs);
    writer.list("presence", life.presence, [&](const Presence &presence) {
        writer("first", presence.first);
        writer("gone", presence.gone);
    });
    writeNotice(writer, "deprecatedSince", "deprecation", life.deprecated);
    writeNotice(writer, "raisesSince", "raises", life.raises);
    writer.list("signatures", life.signatures, [&](const Signature &signature) {
        writer("since", signature.since);
        writer("parameters", signature.parameters);
    });
    writer("replacement", life.replacement);
}

} // namespace

std::string symbolToJson(const SymbolReport &report)
{
    JsonWriter writer;
    writer("schema", kReportSchema);
    writer("name", report.name);
    const std::vector<SymbolLife> lives =
        report.life ? std::vector{*report.life} : std::vector<SymbolLife>{};
    writer.list("lives", lives, [&](const SymbolLife &life) { writeLife(writer, life); });
    writer("similar", report.similar);
    writer.list("rules", report.rules, [&](const RuleInfo &rule) {
        writer("id", rule.id);
        writer("brokenIn", rule.brokenIn);
        writer("reason", rule.reason);
        writer("changes", rule.changes);
        writer("hasRewrite", rule.hasRewrite);
    });
    writer.list("environments", report.environments, [&](const SymbolInEnvironment &found) {
        writer("torch", found.torch);
        writer("python", found.python);
        writer("isThere", found.isThere);
        writer("kind", found.kind);
        writer("signature", found.signature);
        writer("documentation", found.documentation);
        writer("deprecation", found.deprecation);
    });
    return writer.finish();
}

} // namespace TorchLift
