#include "report/signoff.h"

#include <algorithm>
#include <iterator>
#include <sstream>

#include <nlohmann/json.hpp>

#include "base/files.h"

namespace TorchLift {

namespace {

using Json = nlohmann::ordered_json;

Json toJson(const EnvironmentRecord &record)
{
    Json json = {{"torch", record.torch.toString()},
                 {"python", record.python.toString()},
                 {"cuda", record.cuda},
                 {"sha256", hashOf(record)},
                 {"packages", Json::array()}};
    for (const InstalledPackage &package : record.packages) {
        json["packages"].push_back({{"name", package.name},
                                    {"version", package.version},
                                    {"contentSha256", package.contentSha256}});
    }
    return json;
}

std::string textOf(const Json &json, const char *name)
{
    return json.at(name).get<std::string>();
}

EnvironmentRecord recordFrom(const Json &json)
{
    EnvironmentRecord record;
    record.torch = Version::parse(textOf(json, "torch")).value_or(Version{});
    record.python = Version::parse(textOf(json, "python")).value_or(Version{});
    record.cuda = textOf(json, "cuda");
    for (const Json &package : json.at("packages")) {
        record.packages.push_back({textOf(package, "name"), textOf(package, "version"),
                                   textOf(package, "contentSha256")});
    }
    return record;
}

const char *acceptedName(const Edit &edit)
{
    return edit.isAccepted ? "applied" : "not applied";
}

void compareRecords(std::vector<std::string> &found, const EnvironmentRecord &before,
                    const EnvironmentRecord &now)
{
    const std::string name = "environment torch " + before.torch.toString();
    if (before.torch != now.torch || before.python != now.python || before.cuda != now.cuda) {
        found.push_back(name + ": torch " + now.torch.toString() + ", Python "
                        + now.python.toString() + ", CUDA " + now.cuda + " now");
    }
    for (const InstalledPackage &package : before.packages) {
        const bool isThere =
            std::find(now.packages.begin(), now.packages.end(), package) != now.packages.end();
        if (!isThere) {
            found.push_back(name + ": " + package.name + " " + package.version
                            + " is another one now");
        }
    }
}

std::string oneLine(std::string text)
{
    for (char &c : text) {
        c = c == '\n' || c == '\r' ? ' ' : c == '|' ? '/' : c;
    }
    return text;
}

void compareAgain(std::vector<std::string> &found, const std::string &what,
                  const std::optional<Run> &before, const std::optional<Run> &now,
                  const SignOff &signOff)
{
    const auto stateOf = [](const std::optional<Run> &run) {
        return run ? std::string(outcomeName(run->outcome)) + " " + run->errorType : "not run";
    };
    if (stateOf(before) != stateOf(now)) {
        found.push_back(what + ": " + stateOf(before) + " became " + stateOf(now));
        return;
    }
    if (!before || !before->works()) {
        return;
    }
    const Verdict verdict = compareRuns(*before, *now, signOff.tolerance);
    if (verdict.kind != VerdictKind::Differs) {
        return;
    }
    std::vector<std::string> varying;
    if (signOff.session.result && signOff.session.result->verdict) {
        varying = signOff.session.result->verdict->leftOut;
    }
    for (const Difference &difference : verdict.differences) {
        if (std::find(varying.begin(), varying.end(), difference.name) == varying.end()) {
            found.push_back(what + ": " + difference.what
                            + (difference.name.empty() ? "" : " of " + difference.name) + " was "
                            + oneLine(difference.oldValue) + " and is "
                            + oneLine(difference.newValue));
        }
    }
}

std::string escaped(std::string_view text)
{
    std::string html;
    for (const char c : text) {
        html += c == '&' ? "&amp;" : c == '<' ? "&lt;" : c == '>' ? "&gt;" : std::string(1, c);
    }
    return html;
}

// `form` with the numbers that the runs stand on in place of {0} to {4}.
std::string conditionsOf(const SignOff &signOff, std::string form)
{
    const auto &result = signOff.session.result;
    const RunConditions conditions =
        result && result->oldAtSource ? result->oldAtSource->conditions : RunConditions{};
    const auto number = [](double value) {
        std::ostringstream text;
        text << value;
        return text.str();
    };
    const std::string values[] = {
        std::to_string(conditions.seed), std::to_string(conditions.threads),
        number(signOff.tolerance.relative), number(signOff.tolerance.absolute),
        number(signOff.tolerance.norm)};
    for (std::size_t i = 0; i < std::size(values); ++i) {
        form.replace(form.find("{" + std::to_string(i) + "}"), 3, values[i]);
    }
    return form + "  \n";
}

} // namespace

EnvironmentRecord recordOf(const Environment &environment)
{
    return {environment.torch, environment.python, environment.cuda,
            installedPackages(sitePackagesOf(environment.folder))};
}

std::string hashOf(const EnvironmentRecord &record)
{
    std::string all =
        record.torch.toString() + '\n' + record.python.toString() + '\n' + record.cuda + '\n';
    for (const InstalledPackage &package : record.packages) {
        all += package.name + ' ' + package.version + ' ' + package.contentSha256 + '\n';
    }
    return sha256Hex(all);
}

std::vector<Unproven> unprovenOf(const Session &session)
{
    std::vector<Unproven> found;
    const LineIndex lines(session.migration.oldCode);
    for (const Edit &edit : session.migration.edits) {
        if (edit.isAccepted && edit.proof != EditProof::Proven) {
            found.push_back(
                {"edit", edit.id, editProofName(edit.proof), lines.lineOf(edit.span().begin)});
        } else if (!edit.isAccepted) {
            found.push_back({"edit", edit.id, "not-applied", lines.lineOf(edit.span().begin)});
        }
    }
    for (const Residue &residue : session.migration.residues) {
        found.push_back(
            {"residue", residue.symbol, residueReasonName(residue.reason), residue.line});
    }
    if (!session.result || !session.result->verdict) {
        found.push_back({"verdict", {}, "not-validated", 0});
    } else if (const VerdictKind kind = session.result->verdict->kind; !agrees(kind)) {
        found.push_back({"verdict", {}, verdictName(kind), 0});
    }
    if (session.result && session.result->verdict) {
        const Verdict &verdict = *session.result->verdict;
        for (const std::string &name : verdict.leftOut) {
            found.push_back({"value", name, "varies", 0});
        }
        if (verdict.isNoiseAssumed) {
            found.push_back({"verdict", {}, "noise-assumed", 0});
        }
    }
    return found;
}

std::string signOffToJson(const SignOff &signOff)
{
    const Session &session = signOff.session;
    Json json = {{"schema", SignOff::kSchema},
                 {"oldSha256", sha256Hex(session.migration.oldCode)},
                 {"newSha256", sha256Hex(session.migration.newCode)},
                 {"seed", session.result && session.result->oldAtSource
                              ? session.result->oldAtSource->conditions.seed
                              : 0},
                 {"tolerance",
                  {{"relative", signOff.tolerance.relative},
                   {"absolute", signOff.tolerance.absolute},
                   {"norm", signOff.tolerance.norm}}},
                 {"source", toJson(signOff.source)},
                 {"target", toJson(signOff.target)},
                 {"unproven", Json::array()},
                 {"session", Json::parse(sessionToJson(session))}};
    for (const Unproven &item : unprovenOf(session)) {
        json["unproven"].push_back(
            {{"what", item.what}, {"name", item.name}, {"state", item.state}, {"line", item.line}});
    }
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

Result<SignOff> signOffFromJson(std::string_view text)
{
    const Json json = Json::parse(text, nullptr, false);
    if (!json.is_object()) {
        return fail(Errc::Damaged, "this is no report");
    }
    try {
        if (json.at("schema").get<int>() != SignOff::kSchema) {
            return fail(Errc::Incompatible, "the report was written by another version");
        }
        SignOff signOff;
        signOff.source = recordFrom(json.at("source"));
        signOff.target = recordFrom(json.at("target"));
        const Json &tolerance = json.at("tolerance");
        signOff.tolerance = {tolerance.at("relative").get<double>(),
                             tolerance.at("absolute").get<double>(),
                             tolerance.at("norm").get<double>()};
        auto session = sessionFromJson(json.at("session").dump());
        if (!session) {
            return tl::unexpected(session.error());
        }
        if (sha256Hex(session->migration.oldCode) != textOf(json, "oldSha256")
            || sha256Hex(session->migration.newCode) != textOf(json, "newSha256")) {
            return fail(Errc::Damaged, "the code in the report is not the one it was made for");
        }
        signOff.session = std::move(*session);
        return signOff;
    } catch (const Json::exception &error) {
        return fail(Errc::Damaged, error.what());
    }
}

std::string signOffToMarkdown(const SignOff &signOff, std::string_view language)
{
    const Session &session = signOff.session;
    const Migration &migration = session.migration;
    const bool isRussian = language.starts_with("ru");
    const auto say = [isRussian](const char *en, const char *ru) {
        return std::string(isRussian ? ru : en);
    };
    const LineIndex lines(migration.oldCode);
    std::string out = "# " + say("Sign-off", "Акт") + ": " + oneLine(session.fileName) + "\n\n";
    out += "torch " + migration.from.toString() + " → " + migration.to.toString() + "  \n"
           + say("old code", "старый код") + ": SHA-256 `" + sha256Hex(migration.oldCode) + "`  \n"
           + say("new code", "новый код") + ": SHA-256 `" + sha256Hex(migration.newCode) + "`  \n";
    if (session.result && session.result->verdict) {
        out += say("verdict", "вердикт") + ": **" + verdictName(session.result->verdict->kind)
               + "**  \n";
    }
    out += conditionsOf(signOff, say("seed {0}, threads {1}, agreeing within relative {2}, "
                                     "absolute {3}, norm {4}",
                                     "зерно {0}, потоков {1}, допуск: относительный {2}, "
                                     "абсолютный {3}, по норме {4}"));
    if (session.bisection) {
        out += say("bisection", "первый сбойный выпуск") + ": " + session.bisection->symptom
               + ", torch " + session.bisection->lastGood.toString() + " → **"
               + session.bisection->firstBad.toString() + "**  \n";
    }
    out +=
        "\n## " + say("Decisions", "Решения") + "\n\n| "
        + say("line | rule | what | state | proof", "строка | правило | что | состояние | доказано")
        + " |\n|--:|---|---|---|---|\n";
    for (const Edit &edit : migration.edits) {
        out += "| " + std::to_string(lines.lineOf(edit.span().begin)) + " | " + edit.ruleId + " | "
               + oneLine(edit.title.in(language)) + " | " + acceptedName(edit) + " | "
               + editProofName(edit.proof) + " |\n";
    }
    out += "\n## " + say("Not proven", "Не доказано") + "\n\n";
    for (const Unproven &item : unprovenOf(session)) {
        out += "- " + item.what + (item.name.empty() ? "" : " `" + oneLine(item.name) + "`") + ": "
               + item.state + (item.line > 0 ? " (" + std::to_string(item.line) + ")" : "") + "\n";
    }
    for (const EnvironmentRecord *record : {&signOff.source, &signOff.target}) {
        out += "\n## torch " + record->torch.toString() + ", Python " + record->python.toString()
               + (record->cuda.empty() ? "" : ", CUDA " + record->cuda) + "\n\nSHA-256 `"
               + hashOf(*record) + "`\n\n";
        for (const InstalledPackage &package : record->packages) {
            out +=
                "- " + package.name + " " + package.version + ": `" + package.contentSha256 + "`\n";
        }
    }
    return out;
}

std::string signOffToHtml(const SignOff &signOff, std::string_view language)
{
    return "<!DOCTYPE html>\n<html lang=\"" + std::string(language.starts_with("ru") ? "ru" : "en")
           + "\"><head><meta charset=\"utf-8\"><title>TorchLift</title></head><body>"
             "<pre style=\"white-space:pre-wrap\">"
           + escaped(signOffToMarkdown(signOff, language)) + "</pre></body></html>\n";
}

std::vector<std::string> refutations(const SignOff &signOff, const Session &again,
                                     const EnvironmentRecord &source,
                                     const EnvironmentRecord &target)
{
    std::vector<std::string> found;
    compareRecords(found, signOff.source, source);
    compareRecords(found, signOff.target, target);
    const ResultRow before = signOff.session.result.value_or(ResultRow{});
    const ResultRow now = again.result.value_or(ResultRow{});
    compareAgain(found, "old code in the source", before.oldAtSource, now.oldAtSource, signOff);
    compareAgain(found, "old code in the target", before.oldAtTarget, now.oldAtTarget, signOff);
    compareAgain(found, "new code in the target", before.newAtTarget, now.newAtTarget, signOff);
    const auto nameOf = [](const std::optional<Verdict> &verdict) {
        return std::string(verdict ? verdictName(verdict->kind) : "none");
    };
    if (nameOf(before.verdict) != nameOf(now.verdict)) {
        found.push_back("verdict: " + nameOf(before.verdict) + " became " + nameOf(now.verdict));
    }
    const std::vector<Edit> &edits = signOff.session.migration.edits;
    for (std::size_t i = 0; i < edits.size() && i < again.migration.edits.size(); ++i) {
        if (edits[i].proof != again.migration.edits[i].proof) {
            found.push_back("edit " + edits[i].id + ": " + editProofName(edits[i].proof)
                            + " became " + editProofName(again.migration.edits[i].proof));
        }
    }
    return found;
}

std::vector<std::string> editsNotGivenAgain(const Migration &before, const Migration &again)
{
    std::vector<std::string> missing;
    for (const Edit &edit : before.edits) {
        const bool isThere =
            std::any_of(again.edits.begin(), again.edits.end(),
                        [&edit](const Edit &other) { return other.id == edit.id; });
        if (edit.provenance == Provenance::Rule && !isThere) {
            missing.push_back(edit.id);
        }
    }
    return missing;
}

} // namespace TorchLift
