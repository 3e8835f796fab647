#include "pipeline/judge.h"

#include <algorithm>
#include <iterator>
#include <map>

#include "pipeline/linepairs.h"
#include "validation/divergence.h"

namespace TorchLift {

namespace {

constexpr int kMemoryFill = 0x5A; // as a float 1.5e16: never close to what was there
constexpr int kPatterns = 2;      // by which results are moved
constexpr int kMorePatterns = 6;  // where decisions hang on them: two samples tell too little

// What cannot be taken back and is made to follow one rule in both versions (CONVENTIONS of
// resources/worker/torchlift_restore.py).
constexpr std::string_view kConventions[] = {"singular-vector-signs", "unique-sorted-default"};

// What the program knows without a run: why a mask prints otherwise.
constexpr const char *kMaskChange = "comparisons-return-bool";
constexpr const char *kScalarChange = "numpy-scalar-repr";

// What only the old code's own output tells: whether it asked for these messages.
constexpr const char *kMessageChange = "scheduler-verbose-removed";
constexpr const char *kMessage = "reducing learning rate of group";

// What the worker takes back for schedulers that step before their optimizer, as migrated code no
// longer does; and by the other name for every one: code of 1.0 that stepped them last, too.
constexpr const char *kOrderChange = "scheduler-step-order";
constexpr const char *kEveryOrderChange = "every-scheduler-step-order";

// The runs that one judgement may need beside the three of the row. `conventions`: what the runs of
// the old code follow.
class Judgement
{
public:
    Judgement(std::string_view oldCode, const ValidateOptions &options, const RunCode &run,
              std::vector<std::string> conventions = {})
        : m_oldCode(oldCode)
        , m_options(options)
        , m_run(run)
        , m_conventions(std::move(conventions))
    {}

    Result<Run> makeReference() const { return makeOld(RunWish{}); }

    // What varies by itself, and how far numbers move with the parameters.
    Result<void> gather(bool trace)
    {
        m_moved.clear();
        RunWish wish;
        wish.trace = trace;
        wish.memoryFill = kMemoryFill;
        auto made = makeOld(wish);
        if (!made) {
            return tl::unexpected(made.error());
        }
        m_repeated = std::move(*made);
        return gatherMoved(trace, 0);
    }

    // How far they move when results are moved, too: where parameters alone leave a difference.
    Result<void> gatherMovedResults(bool trace) { return gatherPatterns(trace, kPatterns); }
    Result<void> gatherMorePatterns() { return gatherPatterns(false, kMorePatterns); }

    // Whether the old code itself comes to something else when it is moved: noise decides there.
    [[nodiscard]] bool isUnsteady(const Run &reference) const
    {
        return std::any_of(m_moved.begin(), m_moved.end(), [&](const Run &moved) {
            return compareRuns(reference, moved, m_options.tolerance).kind == VerdictKind::Differs;
        });
    }

    // A further run of the old code says something only when it works as the first did.
    [[nodiscard]] FurtherRuns further() const
    {
        FurtherRuns runs;
        runs.repeated = m_repeated && m_repeated->works() ? &*m_repeated : nullptr;
        for (std::size_t pattern = 0; pattern < m_moved.size(); ++pattern) {
            if (m_moved[pattern].works()) {
                const double factor = pattern == 0 ? kNoiseFactor : kResultsNoiseFactor;
                runs.moved.push_back({&m_moved[pattern], factor});
            }
        }
        return runs;
    }

    Result<Run> makeOld(RunWish wish) const
    {
        wish.restores = m_conventions;
        return make(m_options.source, m_oldCode, wish);
    }

    Result<Run> make(const Version &torch, std::string_view code, const RunWish &wish) const
    {
        auto made = m_run(torch, code, wish);
        if (made && made->outcome == Outcome::Cancelled) {
            return fail(Errc::Cancelled, "validation was cancelled");
        }
        return made;
    }

private:
    Result<void> gatherPatterns(bool trace, int last)
    {
        while (static_cast<int>(m_moved.size()) <= last) { // the first is that of parameters
            if (auto gathered = gatherMoved(trace, static_cast<int>(m_moved.size())); !gathered) {
                return gathered;
            }
        }
        return {};
    }

    Result<void> gatherMoved(bool trace, int pattern)
    {
        RunWish wish;
        wish.trace = trace;
        wish.movesParameters = true;
        wish.resultsPattern = pattern;
        auto made = makeOld(wish);
        if (!made) {
            return tl::unexpected(made.error());
        }
        m_moved.push_back(std::move(*made));
        return {};
    }

    std::string_view m_oldCode;
    const ValidateOptions &m_options;
    const RunCode &m_run;
    std::vector<std::string> m_conventions;
    std::optional<Run> m_repeated;
    std::vector<Run> m_moved; // by pattern; 0 is that of parameters alone
};

// Which changes inside torch are the whole reason why the new code's values differ.
class Explanation
{
public:
    Explanation(const Judgement &judgement, Judgement conventions, const ResultRow &row,
                std::string_view newCode, const ValidateOptions &options)
        : m_judgement(judgement)
        , m_reference(*row.oldAtSource)
        , m_usualOutput(row.newAtTarget->output)
        , m_newCode(newCode)
        , m_options(options)
        , m_conventions(std::move(conventions))
    {}

    // Empty where they are not, or not they alone. Asked again, with more noise known, it makes no
    // run twice; only `isThorough` tries whether one of all is too much.
    Result<std::vector<std::string>> find(bool isThorough)
    {
        auto needed = findRestored(isThorough);
        if (needed && !needed->empty() && m_isMaskPrinted) {
            needed->emplace_back(kMaskChange);
        }
        if (needed) {
            std::replace(needed->begin(), needed->end(), std::string(kEveryOrderChange),
                         std::string(kOrderChange));
            std::sort(needed->begin(), needed->end());
        }
        return needed;
    }

private:
    Result<std::vector<std::string>> findRestored(bool isThorough)
    {
        std::vector<std::string> all{"all"};
        if (m_reference.output.find(kMessage) == std::string::npos) {
            all.push_back(std::string("-") + kMessageChange);
        }
        auto needed = restoredBy(all);
        if (!needed) {
            return needed;
        }
        if (!m_isAgreed && mayHaveScheduler()) {
            all.push_back(std::string("-") + kOrderChange);
            all.emplace_back(kEveryOrderChange);
            auto otherwise = restoredBy(all);
            if (!otherwise || m_isAgreed) {
                needed = std::move(otherwise);
            }
            if (!needed) {
                return needed;
            }
        }
        if (!m_isAgreed && !isThorough) {
            return std::vector<std::string>{};
        }
        if (m_isAgreed && m_usualOutput.find("np.") == std::string_view::npos) {
            std::erase(*needed, kScalarChange); // the worker cannot see whether it was needed
        }
        if (!m_isAgreed) { // code may count on the new way
            auto fewer = withoutOne(*needed);
            if (!fewer || fewer->empty()) {
                return fewer;
            }
            needed = std::move(fewer);
        }
        return fewest(std::move(*needed));
    }

    [[nodiscard]] bool mayHaveScheduler() const // of a project the code is not here
    {
        return m_newCode.empty() || m_newCode.find("lr_scheduler") != std::string_view::npos;
    }

    // `slugs` without those that are not needed. What is needed beside others is needed without
    // them, too: each is tried once.
    Result<std::vector<std::string>> fewest(std::vector<std::string> slugs)
    {
        for (std::size_t i = 0; slugs.size() > 1 && i < slugs.size();) {
            const bool isMaskPrinted = m_isMaskPrinted;
            auto restored = restoredBy(without(slugs, i));
            if (!restored) {
                return restored;
            }
            if (m_isAgreed) {
                slugs = std::move(*restored);
            } else {
                m_isMaskPrinted = isMaskPrinted;
                ++i;
            }
        }
        return slugs;
    }

    static std::vector<std::string> without(std::vector<std::string> slugs, std::size_t index)
    {
        slugs.erase(slugs.begin() + static_cast<std::ptrdiff_t>(index));
        return slugs;
    }

    // The new code with `slugs` taken back, run once.
    Result<const Run *> runWith(const std::vector<std::string> &slugs)
    {
        if (const auto known = m_runs.find(slugs); known != m_runs.end()) {
            return &known->second;
        }
        RunWish wish;
        wish.restores = slugs;
        auto made = m_judgement.make(m_options.target, m_newCode, wish);
        if (!made) {
            return tl::unexpected(made.error());
        }
        return &m_runs.emplace(slugs, std::move(*made)).first->second;
    }

    // What of `slugs` a run came to need; sets m_isAgreed.
    Result<std::vector<std::string>> restoredBy(const std::vector<std::string> &slugs)
    {
        const auto made = runWith(slugs);
        if (!made) {
            return tl::unexpected(made.error());
        }
        const Run *run = *made;
        const bool isConvention = std::any_of(
            std::begin(kConventions), std::end(kConventions), [&](std::string_view slug) {
                return std::find(run->restored.begin(), run->restored.end(), slug)
                       != run->restored.end();
            });
        if (isConvention) {
            if (auto conventional = makeConventional(); !conventional) {
                return tl::unexpected(conventional.error());
            }
        }
        m_isAgreed = false;
        if (run->works() && !run->restored.empty()) {
            const Verdict verdict = compareWith(*run, isConvention);
            m_isAgreed = agrees(verdict.kind) || verdict.differsInMasksOnly;
            m_isMaskPrinted = verdict.differsInMasksOnly;
        }
        return run->restored;
    }

    // The reference and its noise once more, with all conventions.
    Result<void> makeConventional()
    {
        if (m_conventional) {
            return {};
        }
        auto reference = m_conventions.makeReference();
        if (!reference) {
            return tl::unexpected(reference.error());
        }
        m_conventional = std::move(*reference);
        auto gathered = m_conventions.gather(false);
        return gathered ? m_conventions.gatherMovedResults(false) : gathered;
    }

    [[nodiscard]] Verdict compareWith(const Run &run, bool isConvention) const
    {
        if (!isConvention) {
            return compareRuns(m_reference, run, m_options.tolerance, m_judgement.further());
        }
        return m_conventional->works()
                   ? compareRuns(*m_conventional, run, m_options.tolerance, m_conventions.further())
                   : Verdict{};
    }

    // `slugs` without one of them that is not needed; empty where each is.
    Result<std::vector<std::string>> withoutOne(const std::vector<std::string> &slugs)
    {
        for (std::size_t i = 0; slugs.size() > 1 && i < slugs.size(); ++i) {
            auto restored = restoredBy(without(slugs, i));
            if (!restored) {
                return restored;
            }
            if (m_isAgreed) {
                return restored;
            }
        }
        return std::vector<std::string>{};
    }

    const Judgement &m_judgement;
    const Run &m_reference;
    std::string_view m_usualOutput; // of the new code, nothing taken back
    std::string_view m_newCode;
    const ValidateOptions &m_options;
    std::map<std::vector<std::string>, Run> m_runs; // by what they take back
    bool m_isAgreed = false;
    bool m_isMaskPrinted = false; // where they agree: but for how masks print
    Judgement m_conventions;      // of the old code, where the new one follows conventions
    std::optional<Run> m_conventional;
};

Result<std::optional<Divergence>> traceBoth(std::string_view oldCode, std::string_view newCode,
                                            const Migration *migration,
                                            const ValidateOptions &options, const RunCode &run)
{
    Judgement traced(oldCode, options, run);
    const RunWish wish{.trace = true};
    const auto oldRun = traced.make(options.source, oldCode, wish);
    if (!oldRun) {
        return tl::unexpected(oldRun.error());
    }
    const auto newRun = traced.make(options.target, newCode, wish);
    if (!newRun) {
        return tl::unexpected(newRun.error());
    }
    const auto lines = linePairs(oldCode, newCode, migration);
    auto divergence = firstDivergence(*oldRun, *newRun, lines);
    for (const auto gather : {&Judgement::gather, &Judgement::gatherMovedResults}) {
        if (!divergence || (divergence->what != "value" && divergence->what != "random stream")) {
            break;
        }
        if (auto gathered = (traced.*gather)(true); !gathered) {
            return tl::unexpected(gathered.error());
        }
        divergence = firstDivergence(*oldRun, *newRun, lines, kTraceTolerance, traced.further());
    }
    return divergence;
}

} // namespace

Result<void> judge(ResultRow &row, std::string_view oldCode, std::string_view newCode,
                   const Migration *migration, const ValidateOptions &options, const RunCode &run)
{
    Judgement judgement(oldCode, options, run);
    Explanation explanation(
        judgement,
        Judgement(oldCode, options, run, {std::begin(kConventions), std::end(kConventions)}), row,
        newCode, options);
    const auto compareAgain = [&] {
        return compareRuns(*row.oldAtSource, *row.newAtTarget, options.tolerance,
                           judgement.further());
    };
    const auto explain = [&](Verdict &verdict, bool isThorough) -> Result<void> {
        const bool isApart =
            verdict.kind == VerdictKind::Differs || verdict.kind == VerdictKind::RandomStream;
        if (verdict.differsInMasksOnly) {
            verdict.explainedBy = {kMaskChange};
        } else if (isApart && row.oldAtSource->works() && row.newAtTarget->works()) {
            auto found = explanation.find(isThorough);
            if (!found) {
                return tl::unexpected(found.error());
            }
            verdict.explainedBy = std::move(*found);
        }
        return {};
    };

    Verdict verdict = compareRuns(*row.oldAtSource, *row.newAtTarget, options.tolerance);
    Result<void> step;
    if (wantsFurtherRuns(verdict)) {
        step = judgement.gather(false);
        verdict = compareAgain();
    }
    // Cheaper than what follows, and says more than "within noise" would.
    const bool wantsMore = wantsFurtherRuns(verdict);
    step = step ? explain(verdict, !wantsMore) : step;
    if (step && !isExplained(verdict) && wantsMore) {
        step = judgement.gatherMovedResults(false);
        verdict = compareAgain();
        const bool isUnsteady = wantsFurtherRuns(verdict) && judgement.isUnsteady(*row.oldAtSource);
        step = step ? explain(verdict, !isUnsteady) : step;
        if (step && !isExplained(verdict) && isUnsteady) {
            step = judgement.gatherMorePatterns();
            verdict = compareAgain();
            step = step ? explain(verdict, true) : step;
        }
    }
    if (!step) {
        return step;
    }
    if (options.trace || wantsTrace(verdict, *row.oldAtSource, *row.newAtTarget)) {
        auto divergence = traceBoth(oldCode, newCode, migration, options, run);
        if (!divergence) {
            return tl::unexpected(divergence.error());
        }
        settleStream(verdict, *divergence);
        row.isTraced = true;
        row.divergence = std::move(*divergence);
    }
    row.verdict = std::move(verdict);
    return {};
}

} // namespace TorchLift
