#include <iostream>
#include <memory>

#include <nlohmann/json.hpp>

#include "base/files.h"
#include "cli/command.h"
#include "cli/input.h"
#include "cli/output.h"
#include "report/signoff.h"
#include "validation/installedpackages.h"

namespace TorchLift::Cli {

namespace {

using Json = nlohmann::ordered_json;

struct ReportOptions
{
    std::string session;
    std::string check;
    std::string json;
    std::string markdown;
    std::string html;
    RunOptions run; ///< of the check; the rest is as the report says
};

struct Records
{
    EnvironmentRecord source;
    EnvironmentRecord target;
};

Result<Records> recordsFor(const Context &context, const Migration &migration)
{
    const auto source = findEnvironment(context.paths.environments(), migration.from);
    const auto target = findEnvironment(context.paths.environments(), migration.to);
    if (!source || !target) {
        return tl::unexpected(source ? target.error() : source.error());
    }
    return Records{recordOf(*source), recordOf(*target)};
}

int write(const Context &context, const ReportOptions &options)
{
    auto session = loadSession(options.session);
    if (!session) {
        return report(session.error());
    }
    auto records = recordsFor(context, session->migration);
    if (!records) {
        return report(records.error());
    }
    const SignOff signOff{
        std::move(*session), std::move(records->source), std::move(records->target), {}};
    auto written = writeResults({{options.json, signOffToJson(signOff)},
                                 {options.markdown, signOffToMarkdown(signOff, context.language)},
                                 {options.html, signOffToHtml(signOff, context.language)}});
    if (!written) {
        return report(written.error());
    }
    if (options.json.empty() && options.markdown.empty() && options.html.empty()) {
        std::cout << signOffToMarkdown(signOff, context.language);
    }
    return unprovenOf(signOff.session).empty() ? Done : StillBroken;
}

// As `migrate --validate` does it: what running tells of types is part of what the rules go by.
Result<Migration> migrateAgain(Pipeline &pipeline, const Session &session,
                               const ValidateOptions &how, const std::stop_token &stop)
{
    MigrationOptions options = session.options;
    options.from = session.migration.from;
    options.to = session.migration.to;
    auto seen = pipeline.observe(session.fileName, session.migration.oldCode, how, stop);
    if (seen) {
        options.observed = std::make_shared<const Observations>(std::move(*seen));
    } else if (seen.error().code == Errc::Cancelled) {
        return tl::unexpected(seen.error());
    }
    return pipeline.migrate(session.migration.oldCode, options, stop);
}

// Everything in an environment counts: one changed library could give the report's values.
Result<void> addChange(std::vector<std::string> &refuted, const Context &context,
                       const Version &torch)
{
    const auto environment = findEnvironment(context.paths.environments(), torch);
    if (!environment) {
        return tl::unexpected(environment.error());
    }
    std::cerr << "reading the files of torch " << torch.toString() << '\n';
    const auto change =
        firstChange(sitePackagesOf(environment->folder), terminalProgress(), context.stop);
    if (!change) {
        return tl::unexpected(change.error());
    }
    if (*change) {
        refuted.push_back("environment torch " + torch.toString() + ": " + **change);
    }
    return {};
}

// What differs from the report when everything is done once more.
Result<std::vector<std::string>> refute(const Context &context, const SignOff &signOff,
                                        const RunOptions &run)
{
    Session again = signOff.session;
    const Version from = again.migration.from;
    const Version to = again.migration.to;
    const auto records = recordsFor(context, again.migration);
    if (!records) {
        return tl::unexpected(records.error());
    }
    auto pipeline = Pipeline::open(context.paths);
    if (!pipeline) {
        return tl::unexpected(pipeline.error());
    }
    ValidateOptions how = validateOptions(run, from, to);
    how.tolerance = signOff.tolerance;
    how.trace = how.trace || again.result->isTraced;
    how.isCudaOnCpu =
        how.isCudaOnCpu
        || (again.result->oldAtSource && again.result->oldAtSource->conditions.isCudaOnCpu);
    const auto migrated = migrateAgain(**pipeline, again, how, context.stop);
    if (!migrated) {
        return tl::unexpected(migrated.error());
    }
    auto row =
        (*pipeline)->validate(again.fileName, again.migration.oldCode, again.migration.newCode,
                              &again.migration, how, {}, context.stop);
    if (!row) {
        return tl::unexpected(row.error());
    }
    again.result = std::move(*row);
    auto refuted = refutations(signOff, again, records->source, records->target);
    for (const std::string &id : editsNotGivenAgain(again.migration, *migrated)) {
        refuted.push_back("edit " + id + ": the rules do not give it any more");
    }
    for (const Version &torch : {from, to}) {
        if (auto added = addChange(refuted, context, torch); !added) {
            return tl::unexpected(added.error());
        }
    }
    return refuted;
}

int check(const Context &context, const ReportOptions &options)
{
    constexpr std::size_t kMaxBytes = 256U * 1024 * 1024;
    const auto text = readFile(options.check, kMaxBytes);
    if (!text) {
        return report(text.error());
    }
    const auto signOff = signOffFromJson(*text);
    if (!signOff) {
        return report(signOff.error());
    }
    if (!signOff->session.result) {
        return report({Errc::InvalidInput, "the report has no runs that could be made again",
                       options.check, "torchlift-cli migrate FILE --validate --session FILE"});
    }
    const auto refuted = refute(context, *signOff, options.run);
    if (!refuted) {
        return report(refuted.error());
    }
    if (!options.json.empty()) {
        const Json json = {{"schema", 1}, {"isConfirmed", refuted->empty()}, {"refuted", *refuted}};
        if (auto written = writeResult(
                options.json, json.dump(2, ' ', false, Json::error_handler_t::replace) + '\n');
            !written) {
            return report(written.error());
        }
    }
    if (options.json != "-") {
        for (const std::string &difference : *refuted) {
            std::cout << "refuted: " << difference << '\n';
        }
        if (refuted->empty()) {
            std::cout << "confirmed: runs and what they computed, verdict, rules, proofs and "
                         "environments are as the report says\n";
        }
    }
    return refuted->empty() ? Done : StillBroken;
}

int run(const Context &context, const ReportOptions &options)
{
    if (options.session.empty() == options.check.empty()) {
        return report(
            {Errc::InvalidArgument, "report needs a session, or --check REPORT.json", {}, {}});
    }
    return options.check.empty() ? write(context, options) : check(context, options);
}

} // namespace

Command addReport(CLI::App &app)
{
    const auto options = std::make_shared<ReportOptions>();
    CLI::App *command = app.add_subcommand("report", "Sign-off of a session, and its check");
    command->add_option("session", options->session, "What migrate --session saved");
    command->add_option("--check", options->check, "Run everything of this report again")
        ->type_name("REPORT.json");
    addRun(command, options->run);
    addJson(command, options->json);
    command->add_option("--md", options->markdown, "Write Markdown to FILE, or to stdout")
        ->expected(0, 1)
        ->default_str("-");
    command->add_option("--html", options->html, "Write a page to FILE, or to stdout")
        ->expected(0, 1)
        ->default_str("-");
    return {command, [options](const Context &context) { return run(context, *options); }};
}

} // namespace TorchLift::Cli
