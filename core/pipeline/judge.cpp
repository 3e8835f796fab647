#include "pipeline/judge.h"

#include <algorithm>
#include <iterator>

#include "pipeline/linepairs.h"
#include "validation/divergence.h"

namespace TorchLift {

namespace {

constexpr int kMemoryFill = 0x5A; // as a float 1.5e16: never close to what was there

// What cannot be taken back and is made to follow one rule in both versions (CONVENTIONS of
// resources/worker/torchlift_restore.py).
constexpr std::string_view kConventions[] = {"singular-vector-signs"};

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

    // The old code again with these conventions; `moves`: by the least that its noise needs.
    Result<Run> makeOld(std::vector<std::string> conventions, bool moves) const
    {
        RunWish wish;
        wish.movesParameters = moves;
        wish.restores = std::move(conventions);
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
    std::string_view m_oldCode;
    const ValidateOptions &m_options;
    const RunCode &m_run;
    std::optional<Run> m_repeated;
    std::optional<Run> m_moved;
};

// Which changes inside torch are the whole reason why the new code's values differ.
class Explanation
{
public:
    Explanation(const Judgement &judgement, const Run &reference, std::string_view newCode,
                const ValidateOptions &options)
        : m_judgement(judgement)
        , m_reference(reference)
        , m_newCode(newCode)
        , m_options(options)
    {}

    // Empty where they are not, or not they alone.
    Result<std::vector<std::string>> find()
    {
        auto needed = restoredBy({"all"});
        if (!needed) {
            return tl::unexpected(needed.error());
        }
        if (!m_isAgreed) { // one of them may be too much: code may count on the new way
            auto fewer = withoutOne(*needed);
            if (!fewer || fewer->empty()) {
                return fewer;
            }
            needed = std::move(fewer);
        }
        while (true) {
            auto fewer = withoutOne(*needed);
            if (!fewer || fewer->empty()) {
                return fewer ? needed : fewer;
            }
            needed = std::move(fewer);
        }
    }

private:
    // What of `slugs` a run came to need; sets m_isAgreed.
    Result<std::vector<std::string>> restoredBy(std::vector<std::string> slugs)
    {
        RunWish wish;
        wish.restores = std::move(slugs);
        auto run = m_judgement.make(m_options.target, m_newCode, wish);
        if (!run) {
            return tl::unexpected(run.error());
        }
        const bool isConvention = std::any_of(
            std::begin(kConventions), std::end(kConventions), [&](std::string_view slug) {
                return std::find(run->restored.begin(), run->restored.end(), slug)
                       != run->restored.end();
            });
        if (isConvention) {
            if (auto made = makeConventional(); !made) {
                return tl::unexpected(made.error());
            }
        }
        m_isAgreed = run->works() && !run->restored.empty() && agreesWith(*run, isConvention);
        return std::move(run->restored);
    }

    // The reference and its noise once more, with all conventions.
    Result<void> makeConventional()
    {
        for (auto &[slot, moves] :
             {std::pair(&m_conventional, false), std::pair(&m_conventionalMoved, true)}) {
            if (slot->has_value()) {
                continue;
            }
            auto made =
                m_judgement.makeOld({std::begin(kConventions), std::end(kConventions)}, moves);
            if (!made) {
                return tl::unexpected(made.error());
            }
            *slot = std::move(*made);
        }
        return {};
    }

    [[nodiscard]] bool agreesWith(const Run &run, bool isConvention) const
    {
        if (!isConvention) {
            return agrees(
                compareRuns(m_reference, run, m_options.tolerance, m_judgement.further()).kind);
        }
        const FurtherRuns further{nullptr,
                                  m_conventionalMoved->works() ? &*m_conventionalMoved : nullptr};
        return m_conventional->works()
               && agrees(compareRuns(*m_conventional, run, m_options.tolerance, further).kind);
    }

    // `slugs` without one of them that is not needed; empty where each is.
    Result<std::vector<std::string>> withoutOne(const std::vector<std::string> &slugs)
    {
        for (std::size_t i = 0; slugs.size() > 1 && i < slugs.size(); ++i) {
            std::vector<std::string> fewer = slugs;
            fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
            auto restored = restoredBy(fewer);
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
    std::string_view m_newCode;
    const ValidateOptions &m_options;
    bool m_isAgreed = false;
    std::optional<Run> m_conventional;
    std::optional<Run> m_conventionalMoved;
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
    const bool isApart =
        verdict.kind == VerdictKind::Differs || verdict.kind == VerdictKind::RandomStream;
    if (isApart && row.oldAtSource->works() && row.newAtTarget->works()) {
        auto found = Explanation(judgement, *row.oldAtSource, newCode, options).find();
        if (!found) {
            return tl::unexpected(found.error());
        }
        verdict.explainedBy = std::move(*found);
    }
    row.verdict = std::move(verdict);
    return {};
}

} // namespace TorchLift
