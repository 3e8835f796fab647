#include "validation/divergence.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "validation/numbers.h"
#include "validation/variables.h"

namespace TorchLift {

namespace {

using Key = std::tuple<int, int, std::string>; // line, visit, name
using Events = std::map<Key, const TraceEvent *>;

Events eventsOf(const Run &run)
{
    Events events;
    for (const TraceEvent &event : run.trace) {
        events.emplace(Key(event.line, event.visit, event.name), &event);
    }
    return events;
}

std::string shownShape(const std::vector<long long> &shape)
{
    std::string text = "(";
    for (std::size_t i = 0; i < shape.size(); ++i) {
        text += (i == 0 ? "" : ", ") + std::to_string(shape[i]);
    }
    return text + ")";
}

std::string shownValue(const Variable &value, std::size_t index)
{
    if (index < value.values.size()) {
        return numberText(value.values[index]);
    }
    return value.text.empty() ? value.type : value.text;
}

struct Part
{
    std::string what;
    std::string oldValue;
    std::string newValue;
};

// `moved`: the same event in the runs that tell what noise is.
std::optional<Part> differingNumbers(const Variable &left, const Variable &right,
                                     const Tolerance &tolerance,
                                     const std::vector<Moved<Variable>> &moved)
{
    const Tolerance own = toleranceFor(tolerance, left, right);
    const std::vector<double> noise = measuredNoise(left, moved);
    for (std::size_t i = 0; i < left.values.size(); ++i) {
        if (compareNumbers(left.values[i], right.values[i], own, i < noise.size() ? noise[i] : 0)
            == Closeness::Different) {
            if (moved.empty() && isDrift(left, right, tolerance.norm)) {
                return std::nullopt;
            }
            return Part{"value", shownValue(left, i), shownValue(right, i)};
        }
    }
    for (std::size_t i = 0; i < left.statistics.size(); ++i) {
        // A sum of many may differ by more than its parts; its scale is the deviation's.
        Tolerance wide = own;
        wide.absolute = std::max(
            {own.absolute, tolerance.norm * left.statistics[1], noise.empty() ? 0 : noise.back()});
        if (compareNumbers(left.statistics[i], right.statistics[i], wide) == Closeness::Different) {
            return Part{"value", numberText(left.statistics[i]), numberText(right.statistics[i])};
        }
    }
    return std::nullopt;
}

std::optional<Part> differingPart(const Variable &left, const Variable &right,
                                  const Tolerance &tolerance,
                                  const std::vector<Moved<Variable>> &moved)
{
    if (left.shape != right.shape) {
        return Part{"shape", shownShape(left.shape), shownShape(right.shape)};
    }
    if (left.dtype != right.dtype && !isExpectedDtype(left, right)) {
        return Part{"dtype", left.dtype, right.dtype};
    }
    if (left.requiresGrad != right.requiresGrad) {
        const auto shown = [](bool flag) { return flag ? "True" : "False"; };
        return Part{"requires_grad", shown(left.requiresGrad), shown(right.requiresGrad)};
    }
    const bool isLarge = !left.isComparable && !right.isComparable && left.statistics.size() == 4;
    if (left.digest == right.digest || (!isLarge && (!left.isComparable || !right.isComparable))) {
        return std::nullopt;
    }
    if (left.text != right.text || left.values.size() != right.values.size()
        || left.statistics.size() != right.statistics.size()) {
        return Part{"value", shownValue(left, left.values.size()),
                    shownValue(right, right.values.size())};
    }
    return differingNumbers(left, right, tolerance, moved);
}

std::optional<Divergence> newWarning(const Run &oldRun, const Run &newRun,
                                     const std::map<int, int> &newToOld)
{
    std::set<int> warned;
    for (const RunWarning &warning : oldRun.warnings) {
        warned.insert(warning.line);
    }
    for (const RunWarning &warning : newRun.warnings) {
        const auto line = newToOld.find(warning.line);
        const bool isTold = warning.category == "UserWarning" && !isDeprecation(warning);
        if (isTold && line != newToOld.end() && warned.count(line->second) == 0) {
            return Divergence{"warning",        line->second, warning.line,   0,
                              warning.category, "",           warning.message};
        }
    }
    return std::nullopt;
}

bool isCutOff(const Run &run)
{
    constexpr std::size_t maxEvents = 10'000; // of the worker
    return !run.works() || run.trace.size() >= maxEvents;
}

const TraceEvent *find(const Events &events, const Key &key)
{
    const auto found = events.find(key);
    return found == events.end() ? nullptr : found->second;
}

// Whether the generators' states say that the two drew differently at this place.
bool isOtherStream(const TraceEvent &left, const TraceEvent &right)
{
    const bool isKnown = !left.randomAfter.empty() && !right.randomAfter.empty();
    const bool drew =
        left.randomBefore != left.randomAfter || right.randomBefore != right.randomAfter;
    return isKnown && drew
           && (left.randomBefore != right.randomBefore || left.randomAfter != right.randomAfter);
}

// Looks for the events of one run in another.
class Comparison
{
public:
    Comparison(const Run &oldRun, const Run &newRun, const std::vector<std::pair<int, int>> &lines,
               const Tolerance &tolerance, const FurtherRuns &further)
        : m_oldRun(oldRun)
        , m_newRun(newRun)
        , m_oldToNew(lines.begin(), lines.end())
        , m_tolerance(tolerance)
        , m_newEvents(eventsOf(newRun))
        , m_hasRepeated(further.repeated != nullptr)
        , m_repeated(m_hasRepeated ? eventsOf(*further.repeated) : Events())
    {
        for (const auto &[run, factor] : further.moved) {
            m_moved.emplace_back(eventsOf(*run), factor);
        }
        for (const TraceEvent &event : newRun.trace) {
            m_visited.emplace(event.line, event.visit);
        }
    }

    std::optional<Divergence> first() const
    {
        for (const TraceEvent &event : m_oldRun.trace) {
            const auto line = m_oldToNew.find(event.line);
            if (line == m_oldToNew.end() || event.name == "_") {
                continue;
            }
            if (auto divergence = compare(event, line->second)) {
                return divergence;
            }
        }
        std::map<int, int> newToOld;
        for (const auto &[oldLine, newLine] : m_oldToNew) {
            newToOld.emplace(newLine, oldLine);
        }
        return newWarning(m_oldRun, m_newRun, newToOld);
    }

private:
    std::optional<Divergence> compare(const TraceEvent &event, int newLine) const
    {
        Divergence divergence{"order", event.line, newLine, event.visit, event.name, "", ""};
        const TraceEvent *found = find(m_newEvents, {newLine, event.visit, event.name});
        if (found == nullptr) {
            if (isExcused(event, newLine)) {
                return std::nullopt;
            }
            divergence.oldValue = "executed";
            divergence.newValue = "not executed";
            return divergence;
        }
        const Key key{event.line, event.visit, event.name};
        if (m_hasRepeated) {
            const TraceEvent *again = find(m_repeated, key);
            if (again == nullptr || again->value.digest != event.value.digest) {
                return std::nullopt;
            }
        }
        std::vector<Moved<Variable>> moved;
        for (const auto &[events, factor] : m_moved) {
            if (const TraceEvent *again = find(events, key)) {
                moved.push_back({&again->value, factor});
            }
        }
        auto part = differingPart(event.value, found->value, m_tolerance, moved);
        if (!part) {
            return std::nullopt;
        }
        const bool isStream = part->what == "value" && isOtherStream(event, *found);
        divergence.what = isStream ? "random stream" : std::move(part->what);
        divergence.oldValue = std::move(part->oldValue);
        divergence.newValue = std::move(part->newValue);
        return divergence;
    }

    // An edit took the name off the line, or the new run did not come that far.
    [[nodiscard]] bool isExcused(const TraceEvent &event, int newLine) const
    {
        const auto &executed = m_newRun.executedLines;
        return m_visited.count({newLine, event.visit}) > 0 || isCutOff(m_newRun)
               || (event.visit == 0
                   && std::find(executed.begin(), executed.end(), newLine) != executed.end());
    }

    const Run &m_oldRun;
    const Run &m_newRun;
    std::map<int, int> m_oldToNew;
    const Tolerance m_tolerance;
    Events m_newEvents;
    bool m_hasRepeated;
    Events m_repeated;
    std::vector<std::pair<Events, double>> m_moved;
    std::set<std::pair<int, int>> m_visited; // line and visit of the new run
};

} // namespace

std::optional<Divergence> firstDivergence(const Run &oldRun, const Run &newRun,
                                          const std::vector<std::pair<int, int>> &lines,
                                          const Tolerance &tolerance, const FurtherRuns &further)
{
    return Comparison(oldRun, newRun, lines, tolerance, further).first();
}

void settleStream(Verdict &verdict, const std::optional<Divergence> &divergence)
{
    if (verdict.kind == VerdictKind::Differs && divergence && divergence->what == "random stream"
        && isStreamAlone(verdict)) {
        verdict.kind = VerdictKind::RandomStream;
        verdict.differences.insert(verdict.differences.begin(),
                                   {divergence->what, divergence->name, divergence->oldValue,
                                    divergence->newValue, std::nullopt});
    }
}

} // namespace TorchLift
