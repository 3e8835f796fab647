#include "validation/verdict.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "validation/numbers.h"
#include "validation/printedtext.h"
#include "validation/variables.h"

namespace TorchLift {

namespace {

constexpr std::array<std::pair<VerdictKind, const char *>, 6> kNames{{
    {VerdictKind::Equal, "equal"},
    {VerdictKind::Numerical, "numerical"},
    {VerdictKind::Differs, "differs"},
    {VerdictKind::NoReference, "no reference"},
    {VerdictKind::NotCompared, "not compared"},
    {VerdictKind::RandomStream, "random stream"},
}};

constexpr std::size_t kMaxDifferences = 100;

std::string shapeText(const std::vector<long long> &shape)
{
    std::string text = "(";
    for (std::size_t i = 0; i < shape.size(); ++i) {
        text += (i == 0 ? "" : ", ") + std::to_string(shape[i]);
    }
    return text + ")";
}

// Collects what differs and how badly.
class Comparison
{
public:
    Comparison(const Tolerance &tolerance, const FurtherRuns &further)
        : m_tolerance(tolerance)
        , m_further(further)
    {
        m_verdict.isNoiseMeasured = !further.moved.empty();
    }

    void compareOutputs(const Run &oldRun, const Run &newRun)
    {
        const TextComparison text =
            compareOutput(oldRun.output, newRun.output, m_tolerance, m_further);
        m_isMaskPrinted = text.differsInMasksOnly;
        m_closeness =
            worse(m_closeness, m_isMaskPrinted ? Closeness::WithinTolerance : text.closeness);
        const bool isSomethingPrinted = !oldRun.output.empty() || !newRun.output.empty();
        if (text.isSomeLeftOut) {
            m_verdict.leftOut.emplace_back();
        }
        m_verdict.compared += text.numbers + (isSomethingPrinted ? 1 : 0);
        if (text.closeness == Closeness::Different) {
            add({text.differsInDtypeOnly ? "dtype" : "output", "", text.oldPart, text.newPart, {}});
        }
    }

    void compareVariables(const Run &oldRun, const Run &newRun)
    {
        for (const auto &[name, oldVariable] : oldRun.variables) {
            if (name == "_") {
                continue;
            }
            const auto found = newRun.variables.find(name);
            if (found == newRun.variables.end()) {
                add({"missing", name, oldVariable.type, "", {}});
            } else {
                compareVariable(name, oldVariable, found->second);
            }
        }
    }

    Verdict finish()
    {
        if (m_verdict.compared == 0) {
            m_verdict.kind = VerdictKind::NotCompared;
        } else if (m_isMaskPrinted) {
            m_verdict.kind = VerdictKind::Differs;
            m_verdict.differsInMasksOnly = m_closeness != Closeness::Different;
        } else if (m_closeness == Closeness::Different) {
            m_verdict.kind = VerdictKind::Differs;
        } else {
            m_verdict.kind =
                m_closeness == Closeness::Equal ? VerdictKind::Equal : VerdictKind::Numerical;
        }
        return std::move(m_verdict);
    }

private:
    void add(Difference difference)
    {
        if (m_verdict.differences.size() < kMaxDifferences) {
            m_verdict.differences.push_back(std::move(difference));
        }
    }

    void addCounted(Difference difference)
    {
        m_closeness = Closeness::Different;
        add(std::move(difference));
    }

    void compareVariable(const std::string &name, const Variable &left, const Variable &right)
    {
        const bool isLarge = !left.digest.empty() && !right.digest.empty() && !left.isComparable;
        if (!isLarge && (!left.isComparable || !right.isComparable)) {
            return;
        }
        ++m_verdict.compared;
        if (left.shape != right.shape) {
            if (leaveOutAsAWhole(name, left)) {
                return;
            }
            addCounted({"shape", name, shapeText(left.shape), shapeText(right.shape), {}});
            return;
        }
        if (left.dtype != right.dtype) {
            if (isExpectedDtype(left, right)) {
                add({"dtype", name, left.dtype, right.dtype, {}});
            } else {
                addCounted({"dtype", name, left.dtype, right.dtype, {}});
            }
        }
        const bool hasItems = left.text != right.text && withoutItems(left.text) == right.text;
        if (hasItems) {
            add({"dtype", name, left.text, right.text, {}});
        }
        if ((left.text != right.text && !hasItems) || left.values.size() != right.values.size()
            || (left.isComparable && left.digest != right.digest)) {
            const bool isType = left.type != right.type;
            if (leaveOutAsAWhole(name, left)) {
                return;
            }
            addCounted({isType ? "type" : "value",
                        name,
                        isType ? left.type : left.text,
                        isType ? right.type : right.text,
                        {}});
            return;
        }
        if (isLarge && left.digest == right.digest) {
            return;
        }
        compareValues(name, left, right);
    }

    void compareValues(const std::string &name, const Variable &left, const Variable &right)
    {
        const bool isLarge = !left.isComparable;
        Variable before = isLarge ? statisticsOf(left) : left;
        Variable after = isLarge ? statisticsOf(right) : right;
        if (before.values.size() != after.values.size()) {
            addCounted({"value", name, "", "", {}});
            return;
        }
        const std::vector<Variable> moved = movedOf(name, isLarge);
        const std::vector<double> noise = measuredNoise(before, withFactors(moved));
        const Variable *repeated = find(m_further.repeated, name);
        std::vector<bool> unstable =
            repeated == nullptr
                ? std::vector<bool>(before.values.size(), false)
                : unstableValues(before, isLarge ? statisticsOf(*repeated) : *repeated);
        const std::vector<bool> lost = lostInNoise(before, noise);
        const bool isWhole = !isFloating(before) && !isFloating(after);
        for (std::size_t i = 0; i < lost.size(); ++i) {
            unstable[i] = unstable[i] || (lost[i] && !isWhole);
        }
        leaveOut(name, unstable, before, after);
        const Tolerance tolerance = isLarge ? toleranceFor(m_tolerance, left, right)
                                            : toleranceFor(m_tolerance, before, after);
        double others = isWhole ? allowedOthers(before, withFactors(moved)) : 0;
        Closeness closeness = Closeness::Equal;
        for (std::size_t i = 0; i < before.values.size(); ++i) {
            const bool isLost = i < lost.size() && lost[i];
            const Closeness found = compareNumbers(before.values[i], after.values[i], tolerance,
                                                   i < noise.size() && !isLost ? noise[i] : 0);
            if (found == Closeness::Different && !(isLost && --others >= 0)) {
                addDifferingValue(name, before, after, i, !m_further.moved.empty() || isLarge);
                return;
            }
            closeness = worse(closeness, std::min(found, Closeness::WithinTolerance));
        }
        // Of a large one the bytes differ, what they are like does not.
        m_closeness = worse(m_closeness, isLarge ? Closeness::WithinTolerance : closeness);
    }

    // Numbers that vary by themselves become the same on both sides: they widen no tolerance.
    void leaveOut(const std::string &name, const std::vector<bool> &unstable, Variable &before,
                  Variable &after)
    {
        const auto varying = std::count(unstable.begin(), unstable.end(), true);
        if (varying == 0) {
            return;
        }
        m_verdict.leftOut.push_back(name);
        m_verdict.compared -= static_cast<std::size_t>(varying) == unstable.size() ? 1 : 0;
        for (std::size_t i = 0; i < unstable.size(); ++i) {
            if (unstable[i]) {
                before.values[i] = after.values[i] = 0;
            }
        }
    }

    void addDifferingValue(const std::string &name, const Variable &left, const Variable &right,
                           std::size_t index, bool isMeasured)
    {
        if (!isMeasured && isDrift(left, right, m_tolerance.norm)) {
            m_closeness = worse(m_closeness, Closeness::WithinTolerance);
            m_verdict.isNoiseAssumed = true;
            return;
        }
        const std::string place =
            left.values.size() > 1 ? "[" + std::to_string(index) + "] " : std::string();
        Difference difference{"value",
                              name,
                              place + numberText(left.values[index]),
                              place + numberText(right.values[index]),
                              {}};
        if (isFloating(left) && isFloating(right)) {
            difference.distribution = distributionShift(left.values, right.values);
        }
        addCounted(std::move(difference));
    }

    // The variable in each run that tells its noise; an empty one where it is not there.
    [[nodiscard]] std::vector<Variable> movedOf(const std::string &name, bool isLarge) const
    {
        std::vector<Variable> moved;
        for (const auto &[run, factor] : m_further.moved) {
            const Variable *variable = find(run, name);
            moved.push_back(variable == nullptr ? Variable()
                            : isLarge           ? statisticsOf(*variable)
                                                : *variable);
        }
        return moved;
    }

    [[nodiscard]] std::vector<Moved<Variable>> withFactors(const std::vector<Variable> &moved) const
    {
        std::vector<Moved<Variable>> result;
        for (std::size_t i = 0; i < moved.size(); ++i) {
            result.push_back({&moved[i], m_further.moved[i].factor});
        }
        return result;
    }

    // A shape, a text or a number of values that is another in a further run.
    [[nodiscard]] bool leaveOutAsAWhole(const std::string &name, const Variable &left)
    {
        const auto isOther = [&](const Run *run) {
            const Variable *again = find(run, name);
            return again != nullptr
                   && (left.shape != again->shape || left.text != again->text
                       || left.values.size() != again->values.size()
                       || (run == m_further.repeated && left.digest != again->digest));
        };
        if (!isOther(m_further.repeated)
            && std::none_of(m_further.moved.begin(), m_further.moved.end(),
                            [&](const Moved<Run> &moved) { return isOther(moved.seen); })) {
            return false;
        }
        m_verdict.leftOut.push_back(name);
        --m_verdict.compared;
        return true;
    }

    static const Variable *find(const Run *run, const std::string &name)
    {
        if (run == nullptr) {
            return nullptr;
        }
        const auto found = run->variables.find(name);
        return found == run->variables.end() ? nullptr : &found->second;
    }

    static Variable statisticsOf(const Variable &large)
    {
        Variable result = large;
        result.values = large.statistics;
        return result;
    }

    Tolerance m_tolerance;
    FurtherRuns m_further;
    Closeness m_closeness = Closeness::Equal;
    bool m_isMaskPrinted = false;
    Verdict m_verdict;
};

} // namespace

const char *verdictName(VerdictKind kind) noexcept
{
    for (const auto &[value, name] : kNames) {
        if (value == kind) {
            return name;
        }
    }
    return "not compared";
}

bool agrees(VerdictKind kind) noexcept
{
    return kind == VerdictKind::Equal || kind == VerdictKind::Numerical;
}

std::optional<VerdictKind> verdictFromName(std::string_view name) noexcept
{
    for (const auto &[value, known] : kNames) {
        if (name == known) {
            return value;
        }
    }
    return std::nullopt;
}

namespace {

bool bothRanFor(const Run &oldRun, const Run &newRun)
{
    const auto ran = [](const Run &run) { return run.works() || run.outcome == Outcome::Timeout; };
    return ran(oldRun) && ran(newRun);
}

// The whole lines of `text` that `other` has as well, counted from the first.
std::string_view commonLines(std::string_view text, std::string_view other)
{
    std::size_t end = 0;
    for (auto left = std::count(other.begin(), other.end(), '\n'); left > 0; --left) {
        const std::size_t next = text.find('\n', end);
        if (next == std::string_view::npos) {
            break;
        }
        end = next + 1;
    }
    return text.substr(0, end);
}

} // namespace

Verdict compareRuns(const Run &oldRun, const Run &newRun, const Tolerance &tolerance,
                    const FurtherRuns &further)
{
    if (!oldRun.works() || !newRun.works()) {
        Verdict verdict;
        verdict.kind = oldRun.works() ? VerdictKind::NotCompared : VerdictKind::NoReference;
        if (bothRanFor(oldRun, newRun)) {
            const TextComparison text =
                compareOutput(commonLines(oldRun.output, newRun.output),
                              commonLines(newRun.output, oldRun.output), tolerance);
            verdict.compared = text.numbers;
            if (text.closeness == Closeness::Different && !text.differsInDtypeOnly) {
                verdict.kind = VerdictKind::Differs;
                verdict.differences.push_back({"output", "", text.oldPart, text.newPart, {}});
            }
        }
        if (oldRun.outcome != newRun.outcome) {
            verdict.differences.push_back(
                {"outcome", "", outcomeName(oldRun.outcome), outcomeName(newRun.outcome), {}});
        }
        return verdict;
    }
    Comparison comparison(tolerance, further);
    comparison.compareOutputs(oldRun, newRun);
    comparison.compareVariables(oldRun, newRun);
    return comparison.finish();
}

bool wantsFurtherRuns(const Verdict &verdict)
{
    return verdict.isNoiseAssumed
           || (verdict.kind == VerdictKind::Differs
               && std::any_of(verdict.differences.begin(), verdict.differences.end(),
                              [](const Difference &difference) {
                                  return difference.what == "value" || difference.what == "output";
                              }));
}

bool wantsTrace(const Verdict &verdict, const Run &oldRun, const Run &newRun)
{
    return verdict.kind == VerdictKind::Differs && isStreamAlone(verdict)
           && !oldRun.randomState.empty() && !newRun.randomState.empty()
           && oldRun.randomState != newRun.randomState;
}

bool isStreamAlone(const Verdict &verdict)
{
    return std::all_of(verdict.differences.begin(), verdict.differences.end(),
                       [](const Difference &difference) {
                           return difference.what == "value" || difference.what == "output"
                                  || difference.what == "missing";
                       });
}

} // namespace TorchLift
