#include "pipeline/projectvalidation.h"

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>
#include <utility>

#include "pipeline/judge.h"
#include "source/observation.h"

namespace TorchLift {

namespace {

constexpr int kUsualRuns = 3;

// Runs of one project's command, each made once.
class ProjectRuns
{
public:
    ProjectRuns(Pipeline &pipeline, const ProjectRunOptions &options, ProjectProgress progress,
                std::stop_token stop)
        : m_pipeline(pipeline)
        , m_options(options)
        , m_progress(std::move(progress))
        , m_stop(std::move(stop))
    {}

    Result<Run> make(const Version &torch, const ProjectFiles &files, const RunWish &wish)
    {
        ++m_count;
        if (m_progress) {
            m_progress(m_count, std::max(m_count, kUsualRuns), torch);
        }
        ProjectCommand command{m_options.command, m_options.packages, files.dataPlaces, {}};
        if (m_count <= kUsualRuns) { // further ones tell what values vary
            command.watched = m_options.watched;
        }
        auto run = m_pipeline.runProject(torch, packProject(files, m_options.how.data),
                                         std::move(command), m_options.how, wish, m_stop);
        if (!run) {
            return run;
        }
        if (run->outcome == Outcome::Cancelled) {
            return fail(Errc::Cancelled, "validation was cancelled");
        }
        if (!run->missingPackages.empty()) {
            const std::string &package = run->missingPackages.front();
            const std::string environment = "torch-" + torch.toString();
            return fail(Errc::MissingPart, package + " is missing in " + environment, environment,
                        "torchlift-cli environments add " + package + " --in " + torch.toString()
                            + ", or name a folder that holds it with --packages");
        }
        return run;
    }

private:
    Pipeline &m_pipeline;
    const ProjectRunOptions &m_options;
    ProjectProgress m_progress;
    std::stop_token m_stop;
    int m_count = 0;
};

// Judges tests one by one; the further runs that they ask for are runs of the whole command.
class ProjectJudge
{
public:
    ProjectJudge(ProjectRuns &runs, const ProjectFiles &oldFiles, const ProjectFiles &newFiles,
                 const ValidateOptions &how)
        : m_runs(runs)
        , m_oldFiles(oldFiles)
        , m_newFiles(newFiles)
        , m_how(how)
    {}

    Result<void> judgeRow(ResultRow &row, bool isTest)
    {
        const auto again = [&](const Version &torch, std::string_view,
                               const RunWish &wish) -> Result<Run> {
            auto whole = runOnce(torch, wish);
            if (!whole) {
                return tl::unexpected(whole.error());
            }
            return isTest ? testOf(**whole, row.api).run : **whole;
        };
        return judge(row, {}, {}, nullptr, m_how, again);
    }

private:
    Result<const Run *> runOnce(const Version &torch, const RunWish &wish)
    {
        const auto key = std::tuple(torch, wish.movesParameters, wish.resultsPattern,
                                    wish.memoryFill, wish.restores);
        auto found = m_made.find(key);
        if (found == m_made.end()) {
            // Only what is taken back is taken back of the new code.
            auto run = m_runs.make(torch, wish.restores.empty() ? m_oldFiles : m_newFiles, wish);
            if (!run) {
                return tl::unexpected(run.error());
            }
            found = m_made.emplace(key, std::move(*run)).first;
        }
        return &found->second;
    }

    ProjectRuns &m_runs;
    const ProjectFiles &m_oldFiles;
    const ProjectFiles &m_newFiles;
    const ValidateOptions &m_how;
    std::map<std::tuple<Version, bool, int, int, std::vector<std::string>>, Run> m_made;
};

Result<void> checkOptions(const ProjectRunOptions &options)
{
    if (options.how.trace) {
        return fail(Errc::InvalidArgument, "--trace follows one script, not a project's command");
    }
    return {};
}

bool isWatchable(const MigratableFile &file)
{
    return file.path.extension() == ".py";
}

} // namespace

Result<ProjectResult> validateProject(Pipeline &pipeline, const ProjectFiles &oldFiles,
                                      const ProjectFiles &newFiles,
                                      const ProjectRunOptions &options,
                                      const ProjectProgress &progress, std::stop_token stop)
{
    if (auto checked = checkOptions(options); !checked) {
        return tl::unexpected(checked.error());
    }
    ProjectRuns runs(pipeline, options, progress, std::move(stop));
    ProjectResult result;
    result.command = options.command;
    result.whole.api = options.command;
    result.whole.file = oldFiles.folder.filename().string();
    for (const auto &[slot, torch, files] :
         {std::tuple(&result.whole.oldAtSource, options.how.source, &oldFiles),
          std::tuple(&result.whole.oldAtTarget, options.how.target, &oldFiles),
          std::tuple(&result.whole.newAtTarget, options.how.target, &newFiles)}) {
        auto run = runs.make(torch, *files, {});
        if (!run) {
            return tl::unexpected(run.error());
        }
        *slot = std::move(*run);
    }
    result.tests =
        pairTests(*result.whole.oldAtSource, *result.whole.oldAtTarget, *result.whole.newAtTarget);
    ProjectJudge judge(runs, oldFiles, newFiles, options.how);
    if (result.tests.empty()) {
        if (auto judged = judge.judgeRow(result.whole, false); !judged) {
            return tl::unexpected(judged.error());
        }
    }
    for (ProjectTest &test : result.tests) {
        if (auto judged = judge.judgeRow(test.row, true); !judged) {
            return tl::unexpected(judged.error());
        }
    }
    for (std::optional<Run> *run :
         {&result.whole.oldAtSource, &result.whole.oldAtTarget, &result.whole.newAtTarget}) {
        (*run)->tests.clear(); // they are in their rows now
    }
    result.missing = missingImports(result);
    for (const ProjectFiles *files : {&oldFiles, &newFiles}) {
        for (const SkippedPath &path : files->skipped) {
            result.skipped.push_back({files->folder / path.path, path.reason});
        }
    }
    return result;
}

Result<FolderObservations> observeProject(Pipeline &pipeline, const std::filesystem::path &folder,
                                          const ProjectRunOptions &options,
                                          const ProjectProgress &progress, std::stop_token stop)
{
    if (auto checked = checkOptions(options); !checked) {
        return tl::unexpected(checked.error());
    }
    auto project = readProjectFolder(folder, options.how.data, stop);
    if (!project) {
        return tl::unexpected(project.error());
    }
    const auto sources = readFolder(pipeline, folder, stop);
    if (!sources) {
        return tl::unexpected(sources.error());
    }
    // The sites of all files are numbered through: one run sees them all.
    struct Watched
    {
        std::string path;
        ObservationPlan plan;
        int firstSite = 0;
    };
    std::vector<Watched> watched;
    int next = 0;
    for (const MigratableFile &file : sources->files) {
        if (!isWatchable(file)) {
            continue;
        }
        const std::string path = file.path.generic_string();
        const auto place = std::find_if(project->files.begin(), project->files.end(),
                                        [&](const FileCopy &own) { return own.path == path; });
        auto plan = planObservation(file.source.text.utf8, {&sources->facts, path}, next);
        if (place == project->files.end() || !plan || plan->sites.empty()) {
            continue; // what does not parse is run as it is
        }
        if (auto bytes = file.source.encode(plan->code)) {
            place->bytes = std::move(*bytes);
            const int first = next;
            next += static_cast<int>(plan->sites.size());
            watched.push_back({path, std::move(*plan), first});
        }
    }
    ProjectRuns runs(pipeline, options, progress, std::move(stop));
    RunWish wish;
    wish.observes = true;
    std::vector<Run> made;
    for (const Version &torch : {options.how.source, options.how.target}) {
        auto run = runs.make(torch, *project, wish);
        if (!run) {
            return tl::unexpected(run.error());
        }
        made.push_back(std::move(*run));
    }
    FolderObservations observations;
    for (const Watched &file : watched) {
        const auto ofFile = [&](const SeenWords &all) {
            SeenWords own;
            const int end = file.firstSite + static_cast<int>(file.plan.sites.size());
            for (auto site = all.lower_bound(file.firstSite);
                 site != all.end() && site->first < end; ++site) {
                own.emplace(site->first - file.firstSite, site->second);
            }
            return own;
        };
        auto seen = std::make_shared<const Observations>(
            observationsOf(file.plan, ofFile(made[0].observed), ofFile(made[1].observed)));
        if (!seen->empty()) {
            observations.emplace(file.path, std::move(seen));
        }
    }
    return observations;
}

} // namespace TorchLift
