#include "pipeline/bisection.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "source/analysis.h"
#include "validation/missingpackage.h"
#include "validation/torchrelease.h"

namespace TorchLift {

namespace fs = std::filesystem;

namespace {

struct Expectation
{
    int line = 0;
    Version release;
    bool isWeak = false; ///< a signature that changed, which most calls do not notice
};

bool concerns(BreakKind kind, Symptom symptom)
{
    switch (kind) {
    case BreakKind::Missing:
    case BreakKind::Gone:
    case BreakKind::Raises:
    case BreakKind::KindChanged:
    case BreakKind::SignatureChanged:
        return symptom == Symptom::Fails;
    case BreakKind::Deprecated:
        return symptom == Symptom::Warns;
    case BreakKind::BehaviourChanged:
        return symptom == Symptom::Differs;
    }
    return false;
}

std::set<std::string> warningTexts(const Run &run)
{
    std::set<std::string> texts;
    for (const RunWarning &warning : run.warnings) {
        texts.insert(warning.category + ": " + warning.message);
    }
    return texts;
}

class Search
{
public:
    Search(Pipeline &pipeline, std::string_view name, std::string_view code,
           const BisectOptions &options, const BisectCallback &onStep,
           const ProgressCallback &progress, const std::stop_token &stop)
        : m_pipeline(pipeline)
        , m_name(name)
        , m_code(code)
        , m_options(options)
        , m_onStep(onStep)
        , m_progress(progress)
        , m_stop(stop)
        , m_store(pipeline.paths().environments())
        , m_runner(pipeline.paths().worker())
    {
        m_releases.push_back(options.how.source);
        for (const Version &release : minorReleases()) {
            if (release > options.how.source && release < options.how.target) {
                m_releases.push_back(release);
            }
        }
        m_releases.push_back(options.how.target);
    }

    Result<Bisection> run();

private:
    Result<Environment> environmentOf(const Version &release, bool &wasInstalled);
    Result<const BisectStep *> step(const Version &release);
    Result<Run> execute(const Version &release, bool &wasInstalled);
    void judge(BisectStep &step) const;
    void collectExpectations();
    std::optional<std::size_t> guess(std::size_t good, std::size_t bad) const;
    std::vector<int> linesOf(const Version &release) const;

    Pipeline &m_pipeline;
    std::string_view m_name;
    std::string_view m_code;
    const BisectOptions &m_options;
    const BisectCallback &m_onStep;
    const ProgressCallback &m_progress;
    const std::stop_token &m_stop;
    EnvironmentStore m_store;
    Runner m_runner;
    std::vector<Version> m_releases;
    std::vector<Expectation> m_expectations;
    Bisection m_found;
};

Result<Environment> Search::environmentOf(const Version &release, bool &wasInstalled)
{
    auto environment = findEnvironment(m_pipeline.paths().environments(), release);
    std::error_code ignored;
    if (environment || !m_options.mayInstall || fs::exists(m_store.folderOf(release), ignored)) {
        return environment; // a broken one is the user's to repair
    }
    auto plan = m_store.plan(release, m_options.provision, m_stop);
    if (!plan) {
        return tl::unexpected(plan.error());
    }
    wasInstalled = true;
    return m_store.install(*plan, {}, m_options.provision, m_progress, m_stop);
}

Result<Run> Search::execute(const Version &release, bool &wasInstalled)
{
    auto environment = environmentOf(release, wasInstalled);
    if (!environment) {
        return tl::unexpected(environment.error());
    }
    RunRequest request;
    request.code = m_code;
    request.limits = m_options.how.limits;
    request.data = m_options.how.data;
    request.isSandboxed = m_options.how.isSandboxed;
    request.isCudaOnCpu = m_options.how.isCudaOnCpu;
    auto run = m_runner.run(*environment, request, m_stop);
    if (wasInstalled && !m_options.keepsEnvironments) {
        if (auto removed = m_store.remove(release, {}); !removed) {
            return tl::unexpected(removed.error());
        }
        m_found.removed.push_back(release);
    }
    if (run && run->outcome == Outcome::Cancelled) {
        return fail(Errc::Cancelled, "the search was cancelled");
    }
    return run;
}

Result<const BisectStep *> Search::step(const Version &release)
{
    if (m_progress) {
        m_progress({"bisecting", 0, 0, {}});
    }
    BisectStep step;
    step.release = release;
    auto run = execute(release, step.wasInstalled);
    if (!run) {
        return tl::unexpected(run.error());
    }
    const fs::path script(m_name);
    if (const auto missing = missingPackage(*run, script)) {
        return fail(Errc::MissingPart,
                    "the code imports " + missing->module
                        + ", which is not in the environment of torch " + release.toString(),
                    script.string(), remedyOf(*missing, script));
    }
    step.run = std::move(*run);
    judge(step);
    m_found.steps.push_back(std::move(step));
    if (m_onStep) {
        m_onStep(m_found.steps.back());
    }
    return &m_found.steps.back();
}

void Search::judge(BisectStep &step) const
{
    if (!step.run.works()) {
        step.symptom = Symptom::Fails;
        return;
    }
    if (m_found.steps.empty()) {
        return; // the reference
    }
    const Run &reference = m_found.steps.front().run;
    const std::set<std::string> known = warningTexts(reference);
    for (const std::string &text : warningTexts(step.run)) {
        if (!known.contains(text)) {
            step.newWarnings.push_back(text);
        }
    }
    const Verdict verdict = compareRuns(reference, step.run, m_options.how.tolerance);
    if (verdict.kind == VerdictKind::Differs) {
        step.symptom = Symptom::Differs;
    } else if (!step.newWarnings.empty()) {
        step.symptom = Symptom::Warns;
    }
}

// Measured rules first, then what the timeline knows of names that no rule has.
void Search::collectExpectations()
{
    const Version source = m_options.how.source;
    const Version target = m_options.how.target;
    const LineIndex lines(m_code);
    MigrationOptions options;
    options.from = source;
    options.to = target;
    if (const auto migration = m_pipeline.migrate(m_code, options, m_stop)) {
        for (const Edit &edit : migration->edits) {
            m_expectations.push_back({lines.lineOf(edit.span().begin), edit.brokenIn});
        }
        for (const Residue &residue : migration->residues) {
            m_expectations.push_back({residue.line, residue.brokenIn});
        }
    }
    const auto timeline = m_pipeline.timeline();
    const auto analysis = analyse(m_code);
    if (timeline && analysis) {
        for (const Use &use : analysis->uses) {
            for (const SymbolBreak &change :
                 (*timeline)->breaksBetween(use.symbol, source, target)) {
                if (concerns(change.kind, *m_found.symptom)) {
                    m_expectations.push_back(
                        {use.line, change.since, change.kind == BreakKind::SignatureChanged});
                }
            }
        }
    }
    std::set<Version> releases;
    for (const Expectation &expectation : m_expectations) {
        releases.insert(expectation.release);
    }
    m_found.expected.assign(releases.begin(), releases.end());
}

// Lines of the code that a run complained about.
std::vector<int> Search::linesOf(const Version &release) const
{
    std::vector<int> lines;
    for (const BisectStep &step : m_found.steps) {
        if (step.release != release) {
            continue;
        }
        if (step.run.errorLine > 0) {
            lines.push_back(step.run.errorLine);
        }
        for (const RunWarning &warning : step.run.warnings) {
            lines.push_back(warning.line);
        }
    }
    return lines;
}

// What is best known of the line where the earliest bad release complained; otherwise of any; of
// equals the earliest.
std::optional<std::size_t> Search::guess(std::size_t good, std::size_t bad) const
{
    const std::vector<int> complained = linesOf(m_releases[bad]);
    using Rank = std::tuple<bool, bool, std::size_t>; // another line, weak, index of the release
    std::optional<Rank> best;
    for (const Expectation &expectation : m_expectations) {
        const auto at = std::find(m_releases.begin(), m_releases.end(), expectation.release);
        const auto index = static_cast<std::size_t>(at - m_releases.begin());
        if (at == m_releases.end() || index <= good || index > bad) {
            continue;
        }
        const bool isElsewhere =
            std::find(complained.begin(), complained.end(), expectation.line) == complained.end();
        const Rank rank{isElsewhere, expectation.isWeak, index};
        best = best ? std::min(*best, rank) : rank;
    }
    return best ? std::optional(std::get<2>(*best)) : std::nullopt;
}

Result<Bisection> Search::run()
{
    const auto reference = step(m_releases.front());
    if (!reference) {
        return tl::unexpected(reference.error());
    }
    if ((*reference)->symptom) {
        return fail(Errc::InvalidInput,
                    "there is no reference: the code does not work in torch "
                        + m_releases.front().toString() + " (" + (*reference)->run.errorType + ": "
                        + (*reference)->run.errorMessage + ")",
                    std::string(m_name));
    }
    const auto target = step(m_releases.back());
    if (!target) {
        return tl::unexpected(target.error());
    }
    const auto shown = (*target)->symptom;
    if (!shown || (m_options.symptom && *shown > *m_options.symptom)) {
        return std::move(m_found); // nothing to be searched for
    }
    m_found.symptom = m_options.symptom.value_or(*shown);
    collectExpectations();
    const auto shows = [this](std::size_t index) -> Result<bool> {
        const auto made = step(m_releases[index]);
        if (!made) {
            return tl::unexpected(made.error());
        }
        return (*made)->symptom && *(*made)->symptom <= *m_found.symptom; // or something worse
    };
    const auto first =
        firstReleaseWith(0, m_releases.size() - 1, shows,
                         [this](std::size_t good, std::size_t bad) { return guess(good, bad); });
    if (!first) {
        return tl::unexpected(first.error());
    }
    m_found.firstBad = m_releases[*first];
    m_found.lastGood = m_releases[*first - 1];
    return std::move(m_found);
}

} // namespace

const char *symptomName(Symptom symptom) noexcept
{
    switch (symptom) {
    case Symptom::Fails:
        return "fails";
    case Symptom::Differs:
        return "differs";
    case Symptom::Warns:
        return "warns";
    }
    return "";
}

std::optional<Symptom> symptomFromName(std::string_view name) noexcept
{
    for (const Symptom symptom : {Symptom::Fails, Symptom::Differs, Symptom::Warns}) {
        if (name == symptomName(symptom)) {
            return symptom;
        }
    }
    return std::nullopt;
}

std::optional<BisectionAnswer> answerOf(const Bisection &found)
{
    if (!found.symptom || !found.firstBad || !found.lastGood) {
        return std::nullopt;
    }
    return BisectionAnswer{symptomName(*found.symptom), *found.lastGood, *found.firstBad,
                           found.steps.size()};
}

Result<Bisection> bisect(Pipeline &pipeline, std::string_view name, std::string_view code,
                         const BisectOptions &options, const BisectCallback &onStep,
                         const ProgressCallback &progress, std::stop_token stop)
{
    if (options.how.source >= options.how.target) {
        return fail(Errc::InvalidArgument, "the source version must be before the target");
    }
    return Search(pipeline, name, code, options, onStep, progress, stop).run();
}

} // namespace TorchLift
