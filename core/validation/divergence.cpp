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

std::optional<Part> differingNumbers(const Variable &left, const Variable &right,
                                     const Tolerance &tolerance)
{
    const Tolerance own = toleranceFor(tolerance, left, right);
    for (std::size_t i = 0; i < left.values.size(); ++i) {
        if (compareNumbers(left.values[i], right.values[i], own) == Closeness::Different) {
            if (isDrift(left, right, tolerance.norm)) {
                return std::nullopt;
            }
            return Part{"value", shownValue(left, i), shownValue(right, i)};
        }
    }
    for (std::size_t i = 0; i < left.statistics.size(); ++i) {
        // A sum of many may differ by more than its parts; its scale is the deviation's.
        Tolerance wide = own;
        wide.absolute = std::max(own.absolute, tolerance.norm * left.statistics[1]);
        if (compareNumbers(left.statistics[i], right.statistics[i], wide) == Closeness::Different) {
            return Part{"value", numberText(left.statistics[i]), numberText(right.statistics[i])};
        }
    }
    return std::nullopt;
}

std::optional<Part> differingPart(const Variable &left, const Variable &right,
                                  const Tolerance &tolerance)
{
    if (left.shape != right.shape) {
        return Part{"shape", shownShape(left.shape), shownShape(right.shape)};
    }
    if (left.dtype != right.dtype && !isMask(left, right)) {
        return Part{"dtype", left.dtype, right.dtype};
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
    return differingNumbers(left, right, tolerance);
}

bool isDeprecation(const RunWarning &warning)
{
    return warning.category != "UserWarning"
           || warning.message.find("deprecat") != std::string::npos;
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
        if (!isDeprecation(warning) && line != newToOld.end() && warned.count(line->second) == 0) {
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

} // namespace

std::optional<Divergence> firstDivergence(const Run &oldRun, const Run &newRun,
                                          const std::vector<std::pair<int, int>> &lines,
                                          const Tolerance &tolerance, const Run *oldAgain)
{
    const std::map<int, int> oldToNew(lines.begin(), lines.end());
    std::map<int, int> newToOld;
    for (const auto &[oldLine, newLine] : lines) {
        newToOld.emplace(newLine, oldLine);
    }
    const Events newEvents = eventsOf(newRun);
    const Events again = oldAgain != nullptr ? eventsOf(*oldAgain) : Events();
    std::set<std::pair<int, int>> visited; // line and visit of the new run
    for (const TraceEvent &event : newRun.trace) {
        visited.emplace(event.line, event.visit);
    }
    for (const TraceEvent &event : oldRun.trace) {
        const auto line = oldToNew.find(event.line);
        if (line == oldToNew.end() || event.name == "_") {
            continue;
        }
        Divergence divergence{"order", event.line, line->second, event.visit, event.name, "", ""};
        const auto found = newEvents.find(Key(line->second, event.visit, event.name));
        if (found == newEvents.end()) {
            const bool isEdited = visited.count({line->second, event.visit}) > 0
                                  || (event.visit == 0
                                      && std::count(newRun.executedLines.begin(),
                                                    newRun.executedLines.end(), line->second)
                                             > 0);
            if (isEdited || isCutOff(newRun)) {
                continue;
            }
            divergence.oldValue = "executed";
            divergence.newValue = "not executed";
            return divergence;
        }
        if (oldAgain != nullptr) {
            const auto second = again.find(Key(event.line, event.visit, event.name));
            if (second == again.end() || second->second->value.digest != event.value.digest) {
                continue;
            }
        }
        if (auto part = differingPart(event.value, found->second->value, tolerance)) {
            divergence.what = std::move(part->what);
            divergence.oldValue = std::move(part->oldValue);
            divergence.newValue = std::move(part->newValue);
            return divergence;
        }
    }
    return newWarning(oldRun, newRun, newToOld);
}

} // namespace TorchLift
