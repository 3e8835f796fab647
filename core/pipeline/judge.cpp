#include "pipeline/judge.h"

#include "pipeline/linepairs.h"
#include "validation/divergence.h"

namespace TorchLift {

namespace {

constexpr int kMemoryFill = 0x5A; // as a float 1.5e16: never close to what was there

// The runs that one judgement may need beside the three of the row.
class Judgement
{
public:
    Judgement(std::string_view oldCode, const ValidateOptions &options, const RunCode &run)
        : m_oldCode(oldCode)
        , m_options(options)
        , m_run(run)
    {}

    // A further run of the old code says something only when it works as the first did.
    Result<void> gather(bool trace)
    {
        for (const auto &[slot, wish] : {std::pair(&m_repeated, RunWish{trace, false, kMemoryFill}),
                                         std::pair(&m_moved, RunWish{trace, true, 0})}) {
            auto made = make(m_options.source, m_oldCode, wish);
            if (!made) {
                return tl::unexpected(made.error());
            }
            *slot = std::move(*made);
        }
        return {};
    }

    [[nodiscard]] FurtherRuns further() const
    {
        const auto usable = [](const std::optional<Run> &run) {
            return run && run->works() ? &*run : nullptr;
        };
        return {usable(m_repeated), usable(m_moved)};
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
    std::string_view m_oldCode;
    const ValidateOptions &m_options;
    const RunCode &m_run;
    std::optional<Run> m_repeated;
    std::optional<Run> m_moved;
};

Result<std::optional<Divergence>> traceBoth(Judgement &judgement, std::string_view oldCode,
                                            std::string_view newCode, const Migration *migration,
                                            const ValidateOptions &options)
{
    const RunWish traced{true, false, 0};
    const auto oldRun = judgement.make(options.source, oldCode, traced);
    if (!oldRun) {
        return tl::unexpected(oldRun.error());
    }
    const auto newRun = judgement.make(options.target, newCode, traced);
    if (!newRun) {
        return tl::unexpected(newRun.error());
    }
    const auto lines = linePairs(oldCode, newCode, migration);
    auto divergence = firstDivergence(*oldRun, *newRun, lines);
    if (divergence && (divergence->what == "value" || divergence->what == "random stream")) {
        if (auto gathered = judgement.gather(true); !gathered) {
            return tl::unexpected(gathered.error());
        }
        divergence = firstDivergence(*oldRun, *newRun, lines, kTraceTolerance, judgement.further());
    }
    return divergence;
}

} // namespace

Result<void> judge(ResultRow &row, std::string_view oldCode, std::string_view newCode,
                   const Migration *migration, const ValidateOptions &options, const RunCode &run)
{
    Judgement judgement(oldCode, options, run);
    Verdict verdict = compareRuns(*row.oldAtSource, *row.newAtTarget, options.tolerance);
    if (wantsFurtherRuns(verdict)) {
        if (auto gathered = judgement.gather(false); !gathered) {
            return gathered;
        }
        verdict =
            compareRuns(*row.oldAtSource, *row.newAtTarget, options.tolerance, judgement.further());
    }
    if (options.trace || wantsTrace(verdict, *row.oldAtSource, *row.newAtTarget)) {
        auto divergence = traceBoth(judgement, oldCode, newCode, migration, options);
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
