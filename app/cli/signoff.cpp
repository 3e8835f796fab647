#include <iostream>
#include <memory>

#include "base/files.h"
#include "cli/command.h"
#include "cli/output.h"
#include "report/signoff.h"

namespace TorchLift::Cli {

namespace {

struct ReportOptions
{
    std::string session;
    std::string check;
    std::string json;
    std::string markdown;
    std::string html;
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
    bool isShown = false;
    for (const auto &[target, text] :
         {std::pair(options.json, signOffToJson(signOff)),
          std::pair(options.markdown, signOffToMarkdown(signOff, context.language)),
          std::pair(options.html, signOffToHtml(signOff, context.language))}) {
        if (target.empty()) {
            continue;
        }
        isShown = true;
        if (auto written = writeResult(target, text); !written) {
            return report(written.error());
        }
    }
    if (!isShown) {
        std::cout << signOffToMarkdown(signOff, context.language);
    }
    return unprovenOf(signOff.session).empty() ? Done : StillBroken;
}

int check(const Context &context, const ReportOptions &options)
{
    const auto text = readFile(options.check, 256U * 1024 * 1024);
    if (!text) {
        return report(text.error());
    }
    const auto signOff = signOffFromJson(*text);
    if (!signOff) {
        return report(signOff.error());
    }
    Session again = signOff->session;
    const auto records = recordsFor(context, again.migration);
    if (!records) {
        return report(records.error());
    }
    if (!again.result) {
        return report({Errc::InvalidInput, "the report has no runs that could be made again",
                       options.check, "torchlift-cli migrate FILE --validate --session FILE"});
    }
    auto pipeline = Pipeline::open(context.paths);
    if (!pipeline) {
        return report(pipeline.error());
    }
    ValidateOptions how;
    how.source = again.migration.from;
    how.target = again.migration.to;
    how.tolerance = signOff->tolerance;
    auto row =
        (*pipeline)->validate(again.fileName, again.migration.oldCode, again.migration.newCode,
                              &again.migration, how, {}, context.stop);
    if (!row) {
        return report(row.error());
    }
    again.result = std::move(*row);
    const auto refuted = refutations(*signOff, again, records->source, records->target);
    for (const std::string &difference : refuted) {
        std::cout << "refuted: " << difference << '\n';
    }
    if (refuted.empty()) {
        std::cout << "confirmed: runs, verdict, proofs and environments are as the report says\n";
    }
    return refuted.empty() ? Done : StillBroken;
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
